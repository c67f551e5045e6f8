package app

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/crawler/schedule"
	"huiying/internal/audit"
	"huiying/internal/post"
	"huiying/internal/robottest"
	"huiying/internal/rulebook"
	"huiying/internal/slacktest"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

var auditFull = flag.Bool("audit.full", false, "stop every stage on PostgreSQL, too")

// scale is how much faster huiying looks at itself here: 5 minutes are 10 seconds.
const scale = 30

func scaled() audit.Times {
	t := audit.Times{}.WithDefaults()
	return audit.Times{Every: t.Every / scale, Patience: t.Patience / scale, Beat: t.Beat / scale, Leap: t.Leap}
}

// outside is a service that counts heartbeats.
type outside struct {
	*httptest.Server
	well, ill atomic.Int64
}

func startOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ping/secret-token-12345":
			o.well.Add(1)
		case "/ping/secret-token-12345/fail":
			o.ill.Add(1)
		}
	}))
	t.Cleanup(o.Close)
	return o
}

// watched is huiying with two chats and a service outside, the parts of which can be
// stopped.
type watched struct {
	*App
	slack   *slacktest.Server
	spare   *robottest.Server
	outside *outside
	hang    atomic.Bool // Slack answers nothing

	mu   sync.Mutex
	held map[string]chan struct{} // named points at which the process is held
}

func (w *watched) hold(point string) (release func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan struct{})
	w.held[point] = c
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.held, point)
		close(c)
	})
}

func startWatched(t *testing.T, o store.Options) *watched {
	t.Helper()
	w := &watched{held: map[string]chan struct{}{}, outside: startOutside(t)}
	w.slack = slacktest.Start(t, slacktest.Options{Fault: func(method string, _ int) *slacktest.Fault {
		if w.hang.Load() {
			return &slacktest.Fault{Method: method, Hang: true}
		}
		return nil
	}})
	w.spare = robottest.Start(t, robottest.Webhook, robottest.Options{})
	config, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	config.Sources = nil
	config.Chat.Targets = []configs.Target{
		{Name: "控制台", Kind: "slack", Channel: slacktest.Channel, Token: configs.NewSecret(slacktest.Token), APIURL: w.slack.URL(), PerMessage: time.Millisecond},
		{Name: "备用", Kind: "webhook", Webhook: configs.NewSecret(w.spare.URL()), Secret: configs.NewSecret(robottest.Secret), PerMessage: time.Millisecond},
	}
	config.Heartbeat = configs.Heartbeat{URL: configs.NewSecret(w.outside.URL + "/ping/secret-token-12345"), Fail: true}
	if o.Driver == store.Postgres {
		config.Storage = configs.Storage{Driver: "postgres", URL: configs.NewSecret(o.URL)}
	}
	w.App, err = New(t.Context(), Options{
		Config: config, Rules: rules, Data: t.TempDir(), Poll: 20 * time.Millisecond, Tick: 50 * time.Millisecond, Audit: scaled(),
		Reached: func(point string) {
			w.mu.Lock()
			c := w.held[point]
			w.mu.Unlock()
			if c != nil {
				<-c
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Second)
		defer cancel()
		_ = w.Stop(ctx)
	})
	if err := w.Serve(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	w.Watch(t.Context())
	return w
}

// heard counts the messages in either chat that hold a text.
func (w *watched) heard(text string) (slack, spare int) {
	for _, m := range w.slack.Messages() {
		if strings.Contains(m.Text, text) || strings.Contains(string(m.Blocks), text) {
			slack++
		}
	}
	for _, m := range w.spare.Messages() {
		var p struct{ Content alerting.Content }
		if json.Unmarshal(m.Body, &p) == nil && strings.Contains(string(m.Body), text) {
			spare++
		}
	}
	return slack, spare
}

func (w *watched) ready(t *testing.T) bool {
	t.Helper()
	res, err := http.Get("http://" + w.Addr().String() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (w *watched) emit(n int) {
	_ = w.pipe.Emit(context.Background(), []post.Post{{
		ID: fmt.Sprintf("P-%d", n), Source: "a", SourceName: "热线", Channel: post.Hotline, Local: true,
		Title: "潞州区某小区停电两天没人管", Published: time.Now(),
	}})
}

// TestStoppedStages stops every stage in turn: people hear of it within what are five
// minutes on the scaled clock, once, by a way that does not use the stage; the
// heartbeat stops; and both come back with the stage.
func TestStoppedStages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		title string
		stop  func(t *testing.T, w *watched) (start func())
		spare bool // it must come by the other chat
	}{
		"collector": {"采集停了", func(_ *testing.T, w *watched) func() { return w.hold("collecting") }, false},
		"classifier": {"研判停了", func(_ *testing.T, w *watched) func() {
			release := w.hold("fetched")
			go w.emit(1)
			return release
		}, false},
		"sender": {"“控制台”发不出去", func(_ *testing.T, w *watched) func() {
			w.hang.Store(true)
			w.emit(1)
			return func() { w.hang.Store(false) }
		}, true},
		"timers": {"定时任务停了", func(t *testing.T, w *watched) func() {
			t.Helper()
			if err := w.db.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			return nil
		}, false},
	} {
		if testing.Short() && name != "collector" { // each waits for minutes of a scaled clock
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines := storetest.Each
			if !*auditFull && name != "timers" {
				engines = func(t *testing.T, test func(*testing.T, store.Options)) { t.Helper(); test(t, storetest.SQLite(t)) }
			}
			engines(t, func(t *testing.T, o store.Options) {
				w := startWatched(t, o)
				within(t, 30*time.Second, "all is well", func() bool { return w.outside.well.Load() > 0 && w.ready(t) })
				began := time.Now()
				start := c.stop(t, w)
				if start != nil {
					defer start()
				}
				within(t, 60*time.Second, "people hear of it", func() bool {
					slack, spare := w.heard(c.title)
					return spare > 0 || !c.spare && slack > 0
				})
				took := time.Since(began) * scale
				t.Logf("%s: told after %v of the scaled clock", name, took.Round(time.Second))
				if took > 5*time.Minute {
					t.Errorf("%s: told after %v, want 5m", name, took)
				}
				if w.ready(t) {
					t.Error("the probe says ready")
				}
				well := w.outside.well.Load()
				within(t, 30*time.Second, "the service outside hears of it", func() bool { return w.outside.ill.Load() > 0 })
				<-time.After(4 * scaled().Beat)
				if now := w.outside.well.Load(); now > well+1 { // one may have been under way
					t.Errorf("%d heartbeats while the stage stood", now-well)
				}
				var notices []string
				err := w.db.Reader().NewSelect().Table("notices").Column("id").
					Where("id LIKE 'W-audit-%'").Where("id NOT LIKE '%|ok'").Scan(t.Context(), &notices)
				if err != nil || len(notices) != 1 {
					t.Errorf("told by %v (%v), want one notice", notices, err)
				}
				if start == nil {
					return
				}
				start()
				within(t, 60*time.Second, "people hear that it is over", func() bool {
					slack, spare := w.heard("【自查】恢复")
					return slack+spare > 0 && w.ready(t) && w.outside.well.Load() > well+1
				})
			})
		})
	}
}

// TestSourcesAfterAStandstill holds the audit to give a process that was away for long
// the time to read what became due meanwhile.
func TestSourcesAfterAStandstill(t *testing.T) {
	t.Parallel()
	c := &clock{now: at(23, 8, 0)}
	a := newApp(t, c.Now)
	row := schedule.Health{ID: "a", Name: "县政府网", Active: true, NextAt: at(23, 2, 0), LastTried: at(23, 1, 0)}
	if _, err := a.db.Writer().NewInsert().Model(&row).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.began = c.Now()
	a.collecting.Store(true)
	for after, want := range map[time.Duration]int{time.Minute: 0, 6 * time.Minute: 1, -time.Hour: 1} {
		found, err := a.checkSources(t.Context(), c.Now().Add(after))
		if err != nil || len(found) != want {
			t.Errorf("%v after the start: %v (%v), want %d", after, found, err, want)
		}
	}
}
