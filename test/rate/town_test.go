package rate

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/alerting/dingtalk"
	"huiying/alerting/feishu"
	"huiying/alerting/slack"
	"huiying/alerting/wecom"
	"huiying/internal/faulttest"
	"huiying/internal/robottest"
	"huiying/internal/slacktest"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Slots are the pauses between two messages that the senders keep.
var slots = map[string]time.Duration{
	"slack": time.Second, "wecom": 4 * time.Second, "dingtalk": 4 * time.Second, "feishu": 750 * time.Millisecond,
}

// platforms are fakes that keep every limit.
type platforms struct {
	slack                   *slacktest.Server
	wecom, dingtalk, feishu *robottest.Server
}

// startPlatforms runs the fakes. Slack answers 500 to some messages it has taken,
// so that they have to be looked up.
func startPlatforms(t *testing.T, badSlackEvery int) *platforms {
	t.Helper()
	p := &platforms{}
	p.slack = slacktest.Start(t, slacktest.Options{
		PerChannel: time.Second, ReadsPerMinute: 50,
		Fault: func(method string, n int) *slacktest.Fault {
			if badSlackEvery == 0 || method != "chat.postMessage" || n%badSlackEvery != 0 {
				return nil
			}
			return &faulttest.Fault{Accept: true, Status: http.StatusInternalServerError}
		},
	})
	p.wecom = robottest.Start(t, robottest.WeCom, robottest.Options{PerMinute: 20})
	p.dingtalk = robottest.Start(t, robottest.DingTalk, robottest.Options{PerMinute: 20})
	p.feishu = robottest.Start(t, robottest.Feishu, robottest.Options{PerMinute: 100})
	return p
}

// town is the program's sending half on those platforms.
type town struct {
	t      *testing.T
	p      *platforms
	db     *store.DB
	q      *queue
	began  time.Time
	down   func(target string) trouble
	limits []*limit
	// made is when each notice was made, by its id; to whom it went.
	made map[string]time.Time
	to   map[string][]string // targets by notice
}

// receivers by target: the office hears of everything.
var sections = []alerting.Receiver{
	{Name: "煤炭科", Target: "slack"}, {Name: "电力科", Target: "dingtalk"}, {Name: "油气科", Target: "feishu"},
}

func newTown(t *testing.T, p *platforms, o store.Options, change func(*alerting.DelivererOptions)) *town {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	tw := &town{t: t, p: p, db: db, began: time.Now(), made: map[string]time.Time{}, to: map[string][]string{}}
	tw.down = func(string) trouble { return none }
	tw.q = &queue{t: t}
	via := func(name string, h http.Handler) *http.Client {
		w := wire{to: h, down: func() trouble { return tw.down(name) }, block: time.Minute, limit: &limit{until: map[string]time.Time{}}}
		if name == "dingtalk" {
			w.block = 10 * time.Minute
		}
		tw.limits = append(tw.limits, w.limit)
		return &http.Client{Transport: w}
	}
	s, err1 := slack.New(slack.Options{
		Token: slacktest.Token, Channel: slacktest.Channel, APIURL: "http://slack.invalid/api/", HTTP: via("slack", p.slack), Now: time.Now,
	})
	w, err2 := wecom.New(wecom.Options{Webhook: p.wecom.URL(), HTTP: via("wecom", p.wecom), Now: time.Now})
	d, err3 := dingtalk.New(dingtalk.Options{Webhook: p.dingtalk.URL(), Secret: robottest.Secret, HTTP: via("dingtalk", p.dingtalk), Now: time.Now})
	f, err4 := feishu.New(feishu.Options{Webhook: p.feishu.URL(), Secret: robottest.Secret, HTTP: via("feishu", p.feishu), Now: time.Now})
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	opts := alerting.DelivererOptions{
		DB: db.Writer(), Claims: claims.NewSQL(db.Writer(), time.Now), Now: time.Now, Enqueue: tw.q.enqueue,
		Targets: map[string]alerting.Sender{"slack": s, "wecom": w, "dingtalk": d, "feishu": f},
		Undelivered: func(_ context.Context, _ store.Tx, _ alerting.Notice, d alerting.Delivery) error {
			t.Errorf("%s failed for good: %s", d.ID, d.LastError)
			return nil
		},
	}
	if change != nil {
		change(&opts)
	}
	if tw.q.d, err = alerting.NewDeliverer(opts); err != nil {
		t.Fatal(err)
	}
	return tw
}

// alert makes one alert, to a section and the office.
func (tw *town) alert(id string, g verdict.Grade, rs ...alerting.Receiver) {
	tw.t.Helper()
	n := alerting.Notice{
		ID: id, Kind: alerting.KindAlert, Step: 1, Category: verdict.Emergency, Grade: g, CreatedAt: time.Now(),
		Content: alerting.Content{
			Headline: "【突发事件·" + g.Name() + "】长治某处发生的第 " + id + " 件事，群众反映强烈，请核实",
			Page:     "http://127.0.0.1:8420/events/" + id,
		},
	}
	ds := alerting.Plan(n, rs, "")
	err := tw.db.Write(tw.t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := alerting.Save(ctx, tx, n, ds)
		return err
	})
	if err != nil {
		tw.t.Fatal(err)
	}
	tw.made[id] = n.CreatedAt
	for _, d := range ds {
		tw.to[id] = append(tw.to[id], d.Target)
		_ = tw.q.enqueue(tw.t.Context(), store.Tx{}, store.Job{ID: d.ID, Urgent: d.Urgent})
	}
}

// open counts what is not sent yet.
func (tw *town) open() int {
	tw.t.Helper()
	n, err := tw.db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).Where("state <> ?", alerting.Sent).Count(tw.t.Context())
	if err != nil {
		tw.t.Fatal(err)
	}
	return int(n)
}

// mention is one place where a notice is told of.
type mention struct {
	at   time.Time
	list bool
}

var noticeID = regexp.MustCompile(`A-[a-z]+-[0-9]{5}`)

// mentions reads from the fakes what people see: every notice, by target.
func (tw *town) mentions() (told map[string]map[string][]mention, messages, lists int) {
	told = map[string]map[string][]mention{}
	note := func(target, text string, at time.Time) {
		if told[target] == nil {
			told[target] = map[string][]mention{}
		}
		list := strings.Contains(text, "【汇总】")
		if messages++; list {
			lists++
		}
		seen := map[string]bool{}
		for _, id := range noticeID.FindAllString(text, -1) {
			if !seen[id] {
				seen[id] = true
				told[target][id] = append(told[target][id], mention{at, list})
			}
		}
	}
	for _, m := range tw.p.slack.Messages() {
		if m.Delivery != "" { // else it is somebody else's
			note("slack", string(m.Blocks), m.At)
		}
	}
	for target, s := range map[string]*robottest.Server{"wecom": tw.p.wecom, "dingtalk": tw.p.dingtalk, "feishu": tw.p.feishu} {
		for _, m := range s.Messages() {
			if text, _ := robottest.Shown(m.Body); !strings.Contains(text, "别的程序") {
				note(target, text, m.At)
			}
		}
	}
	return told, messages, lists
}

// missing lists what a receiver was not told of, and what one was told of twice.
func (tw *town) missing() (missing, twice []string) {
	told, _, _ := tw.mentions()
	for id, targets := range tw.to {
		for _, target := range targets {
			switch n := len(told[target][id]); {
			case n == 0:
				missing = append(missing, id+" at "+target)
			case n > 1:
				twice = append(twice, fmt.Sprintf("%s at %s, %d times", id, target, n))
			}
		}
	}
	return missing, twice
}

// early counts our requests made before the platforms allowed them.
func (tw *town) early() int {
	n := 0
	for _, l := range tw.limits {
		n += l.early
	}
	return n
}

// refused counts our requests that a platform refused for its rate.
func (tw *town) refused() int {
	n := 0
	for _, l := range tw.limits {
		n += l.refused
	}
	return n
}

// intrude sends what another program sends by the same channel, so that the
// platform refuses ours for its sake.
func (tw *town) intrude(target string) {
	tw.t.Helper()
	var req *http.Request
	var h http.Handler
	switch target {
	case "slack":
		h = tw.p.slack
		req, _ = http.NewRequestWithContext(tw.t.Context(), http.MethodPost, "http://slack.invalid/api/chat.postMessage",
			strings.NewReader("channel="+slacktest.Channel+"&text=hello&token="+slacktest.Token))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case "wecom":
		h = tw.p.wecom
		body, _ := json.Marshal(map[string]any{"msgtype": "markdown", "markdown": map[string]any{"content": "别的程序"}})
		req, _ = http.NewRequestWithContext(tw.t.Context(), http.MethodPost, tw.p.wecom.URL(), strings.NewReader(string(body)))
	}
	req.RequestURI = req.URL.RequestURI()
	h.ServeHTTP(httptest.NewRecorder(), req)
}
