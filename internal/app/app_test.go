package app

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/digest"
	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/store"
	"huiying/internal/zh"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// shippedRules are the shipped rules.
func shippedRules(t *testing.T) *rulefile.Rules {
	t.Helper()
	_, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// newApp is huiying on the shipped configuration and a new database.
func newApp(t *testing.T, now func() time.Time) *App {
	t.Helper()
	config, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), Options{Config: config, Rules: rules, Data: t.TempDir(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, zh.Beijing())
}

func TestOneDigestADay(t *testing.T) {
	t.Parallel()
	c := &clock{now: at(20, 9, 0)}
	a := newApp(t, c.Now)
	_, err := a.Import(t.Context(), []post.Post{{
		ID: "P-1", Source: "a", SourceName: "热线", Channel: post.Hotline, Local: true, Title: "长治潞州区停电三天没人管",
	}})
	if err != nil {
		t.Fatal(err)
	}
	run := func(now time.Time) {
		t.Helper()
		c.set(now)
		err := a.dailyDigest(t.Context(), "daily")
		wait, ok := store.SnoozedFor(err)
		if !ok || wait <= 0 || wait > digestPause {
			t.Fatalf("at %v the job answered %v, want to come back within %v", now, err, digestPause)
		}
	}
	run(at(20, 9, 0))                    // due at 08:30, before we watched: none
	run(at(21, 8, 29))                   // not yet
	run(at(21, 8, 30))                   // the first
	run(at(21, 8, 31))                   // once
	run(at(24, 10, 15))                  // down for three days: one for all of them
	run(at(23, 8, 30))                   // the clock fell back a day
	run(at(25, 8, 35))                   // and on
	run(at(25, 8, 35).AddDate(73, 0, 0)) // the clock ran ahead
	run(at(26, 8, 30))                   // and was put right
	all, err := digest.List(t.Context(), a.db.Reader(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range all {
		got = append(got, r.Day+": "+r.From.In(zh.Beijing()).Format("02 15:04")+" – "+r.To.In(zh.Beijing()).Format("02 15:04"))
	}
	want := []string{
		"2099-11-25: 25 08:30 – 25 08:30",
		"2026-11-26: 25 08:30 – 26 08:30",
		"2026-11-25: 24 08:30 – 25 08:30",
		"2026-11-24: 21 08:30 – 24 08:30",
		"2026-11-21: 20 08:30 – 21 08:30",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digests differ (-want +got):\n%s", diff)
	}
	var ns []alerting.Notice
	err = a.db.Reader().NewSelect().Model(&ns).Where("kind = ?", alerting.KindDigest).Scan(t.Context())
	if err != nil || len(ns) != len(want) {
		t.Errorf("%d digests sent (err %v), want one each", len(ns), err)
	}
}

func TestStopWaitsForNoBrowser(t *testing.T) {
	t.Parallel()
	a := newApp(t, time.Now)
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Watch(t.Context())
	if err := a.Serve(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	idle, err := net.Dial("tcp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	if err := a.Stop(ctx); err != nil {
		t.Errorf("Stop returned %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("Stop took %v", took)
	}
}

// Another process may hold the database's write lock for as long as it likes; the
// stop does not wait for it.
func TestStopEndsInTimeWhateverTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	a := newApp(t, time.Now)
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(t.Context(), store.Options{Path: filepath.Join(a.o.Data, "huiying.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	go func() { _ = a.pipe.Emit(context.Background(), []post.Post{{ID: "P-1", Source: "a", Body: "x"}}) }()
	time.Sleep(300 * time.Millisecond)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	_ = a.Stop(ctx)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Stop took %v", took)
	}
	_ = tx.Rollback()
	time.Sleep(time.Second) // what was cut off ends before the database is closed
}

// A channel that refuses for good hides nothing: the office gets a copy.
func TestWhatIsNotDeliveredIsCopied(t *testing.T) {
	t.Parallel()
	a := newApp(t, time.Now)
	now := time.Now()
	n := alerting.Notice{ID: "H-E-1", Kind: alerting.KindReminder, CreatedAt: now, Content: alerting.Content{Headline: "【等级待定】某矿"}}
	err := a.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := a.outbox.PostTo(ctx, tx, n, []alerting.Receiver{{Name: "局主要负责人", Target: "没有这个目标"}}, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.deliver(t.Context(), "H-E-1/局主要负责人"); err != nil {
		t.Fatal(err)
	}
	var copies []alerting.Notice
	if err := a.db.Reader().NewSelect().Model(&copies).Where("kind = ?", alerting.KindWarning).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(copies) != 1 || !strings.Contains(copies[0].Content.Headline+copies[0].Content.Summary, "某矿") {
		t.Errorf("copies %+v, want one that tells the reminder", copies)
	}
	if err := a.deliver(t.Context(), "nobody/nothing"); err != nil {
		t.Errorf("a job without a delivery would be tried for ever: %v", err)
	}
}
