package alerting_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/classifier"
	"huiying/internal/pgtest"
	"huiying/store"
)

// clock is a clock that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// platform is a chat platform in memory; behave decides what an attempt does.
type platform struct {
	mu     sync.Mutex
	stands []alerting.Message
	sends  int
	finds  int
	behave func(n int) (stands bool, err error)
	finder func() error // nil result: looking up works
}

func (p *platform) Send(_ context.Context, m alerting.Message) (alerting.Ref, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sends++
	stands, err := true, error(nil)
	if p.behave != nil {
		stands, err = p.behave(p.sends)
	}
	if stands {
		p.stands = append(p.stands, m)
	}
	return alerting.Ref{Channel: "C1", TS: fmt.Sprint(len(p.stands))}, err
}

// finding is a platform with look-up.
type finding struct{ *platform }

func (p finding) Find(_ context.Context, id string, _ alerting.Ref, _ time.Time) (alerting.Ref, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finds++
	if p.finder != nil {
		if err := p.finder(); err != nil {
			return alerting.Ref{}, false, err
		}
	}
	for i, m := range p.stands {
		if m.DeliveryID == id {
			return alerting.Ref{Channel: "C1", TS: fmt.Sprint(i + 1)}, true, nil
		}
	}
	return alerting.Ref{}, false, nil
}

func fail(r alerting.Reason) error { return &alerting.Failure{Reason: r, Err: errors.New("so it is")} }

// house is a database with one notice to one receiver, and what delivers it.
type house struct {
	db    *bun.DB
	clock *clock
	d     *alerting.Deliverer
	lost  []string
}

func newHouse(t *testing.T, targets map[string]alerting.Sender) *house {
	t.Helper()
	return houseOn(t, store.Options{Driver: store.SQLite, Path: filepath.Join(t.TempDir(), "test.db")}, targets)
}

func houseOn(t *testing.T, o store.Options, targets map[string]alerting.Sender) *house {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &house{db: db.Writer(), clock: newClock()}
	h.d = h.deliverer(t, targets)
	return h
}

func (h *house) deliverer(t *testing.T, targets map[string]alerting.Sender) *alerting.Deliverer {
	t.Helper()
	d, err := alerting.NewDeliverer(alerting.DelivererOptions{
		DB: h.db, Claims: claims.NewSQL(h.db, h.clock.Now), Targets: targets, Now: h.clock.Now,
		Undelivered: func(_ context.Context, _ bun.Tx, n alerting.Notice, d alerting.Delivery) error {
			h.lost = append(h.lost, n.Content.Headline+" → "+d.Receiver+": "+d.LastError)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const id = "A-1/煤炭科"

func (h *house) save(t *testing.T, noticeID, parent string, rs ...alerting.Receiver) {
	t.Helper()
	n := alerting.Notice{
		ID: noticeID, Kind: alerting.KindAlert, Step: 1, Category: classifier.Emergency, Grade: classifier.Large,
		Content: alerting.Content{Headline: "煤矿透水"}, CreatedAt: h.clock.Now(),
	}
	created, err := alerting.Save(t.Context(), h.db, n, alerting.Plan(n, rs, parent))
	if err != nil || !created {
		t.Fatalf("Save = %v, %v", created, err)
	}
}

func (h *house) row(t *testing.T, id string) alerting.Delivery {
	t.Helper()
	var d alerting.Delivery
	if err := h.db.NewSelect().Model(&d).Where("id = ?", id).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func (h *house) deliver(t *testing.T, id string, want alerting.Outcome) {
	t.Helper()
	got, err := h.d.Deliver(t.Context(), id)
	if err != nil {
		t.Fatalf("Deliver: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("Deliver (-want +got)\n%s", diff)
	}
}

var section = alerting.Receiver{Name: "煤炭科", Target: "coal"}

func one(s alerting.Sender) map[string]alerting.Sender {
	return map[string]alerting.Sender{"coal": s}
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	settle := 12 * time.Second
	type step struct {
		after time.Duration
		want  alerting.Outcome
	}
	sent := alerting.Outcome{State: alerting.Sent}
	first := func(stands bool, r alerting.Reason) func(int) (bool, error) {
		return func(n int) (bool, error) {
			if n == 1 {
				return stands, fail(r)
			}
			return true, nil
		}
	}
	tests := map[string]struct {
		p      *platform
		blind  bool // no look-up
		steps  []step
		sends  int
		repeat bool // the message that stands last is marked
		stands int
		lost   int
	}{
		"sent at once": {p: &platform{}, steps: []step{{0, sent}, {0, sent}}, sends: 1, stands: 1},
		"not written": {
			p:     &platform{behave: first(false, alerting.Retry)},
			steps: []step{{0, alerting.Outcome{State: alerting.Pending, Snooze: time.Second}}, {time.Second, sent}}, sends: 2, stands: 1,
		},
		"rate limited": {
			p: &platform{behave: func(n int) (bool, error) {
				if n == 1 {
					return false, &alerting.Failure{Reason: alerting.RateLimited, RetryAfter: 30 * time.Second, Err: errors.New("429")}
				}
				return true, nil
			}},
			steps: []step{{0, alerting.Outcome{State: alerting.Pending, Snooze: 30 * time.Second}}, {30 * time.Second, sent}}, sends: 2, stands: 1,
		},
		"unclear, stands, found": {
			p:     &platform{behave: first(true, alerting.Ambiguous)},
			steps: []step{{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}}, {settle, sent}}, sends: 1, stands: 1,
		},
		"unclear, looked up too early": {
			p: &platform{behave: first(true, alerting.Ambiguous)},
			steps: []step{
				{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}},
				{5 * time.Second, alerting.Outcome{State: alerting.Unsure, Snooze: 7 * time.Second}},
				{7 * time.Second, sent},
			}, sends: 1, stands: 1,
		},
		"unclear, does not stand": {
			p:     &platform{behave: first(false, alerting.Ambiguous)},
			steps: []step{{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}}, {settle, sent}}, sends: 2, stands: 1,
		},
		"unclear, no look-up": {
			p: &platform{behave: first(true, alerting.Ambiguous)}, blind: true,
			steps: []step{{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}}, {settle, sent}}, sends: 2, stands: 2, repeat: true,
		},
		"unclear, look-up not allowed": {
			p:     &platform{behave: first(true, alerting.Ambiguous), finder: func() error { return fail(alerting.Configuration) }},
			steps: []step{{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}}, {settle, sent}}, sends: 2, stands: 2, repeat: true,
		},
		"error of no class": {
			p: &platform{behave: func(n int) (bool, error) {
				if n == 1 {
					return true, errors.New("who knows")
				}
				return true, nil
			}},
			steps: []step{{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}}, {settle, sent}}, sends: 1, stands: 1,
		},
		"refused for good": {
			p:     &platform{behave: first(false, alerting.Permanent)},
			steps: []step{{0, alerting.Outcome{State: alerting.Failed}}, {time.Hour, alerting.Outcome{State: alerting.Failed}}}, sends: 1, lost: 1,
		},
		"wrongly configured": {
			p:     &platform{behave: first(false, alerting.Configuration)},
			steps: []step{{0, alerting.Outcome{State: alerting.Failed}}}, sends: 1, lost: 1,
		},
		"clock set back a day": {
			p: &platform{behave: first(true, alerting.Ambiguous)},
			steps: []step{
				{0, alerting.Outcome{State: alerting.Unsure, Snooze: settle}},
				{-24 * time.Hour, alerting.Outcome{State: alerting.Unsure, Snooze: settle}},
				{settle, sent},
			}, sends: 1, stands: 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s alerting.Sender = finding{test.p}
			if test.blind {
				s = test.p
			}
			h := newHouse(t, one(s))
			h.save(t, "A-1", "", section)
			for _, step := range test.steps {
				h.clock.Add(step.after)
				h.deliver(t, id, step.want)
			}
			row := h.row(t, id)
			if test.p.sends != test.sends || len(test.p.stands) != test.stands || row.Attempts != test.sends {
				t.Errorf("%d sends, %d messages, %d attempts; want %d, %d", test.p.sends, len(test.p.stands), row.Attempts, test.sends, test.stands)
			}
			if test.stands > 0 && test.p.stands[test.stands-1].Repeat != test.repeat {
				t.Errorf("marked as a repeat: %v, want %v", !test.repeat, test.repeat)
			}
			if row.State == alerting.Sent && (row.Ref == alerting.Ref{} || row.SentAt.IsZero()) {
				t.Errorf("sent without ref or time: %+v", row)
			}
			if len(h.lost) != test.lost {
				t.Errorf("undelivered: %q, want %d", h.lost, test.lost)
			}
			if row.State == alerting.Failed && row.LastError == "" {
				t.Error("failed without a reason")
			}
		})
	}
}

// TestCrashes abandons a delivery where a kill would, and lets another process go on.
func TestCrashes(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		crashes(t, func(t *testing.T) store.Options {
			t.Helper()
			return store.Options{Driver: store.SQLite, Path: filepath.Join(t.TempDir(), "test.db")}
		})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := pgtest.Start(t)
		crashes(t, func(t *testing.T) store.Options {
			t.Helper()
			return store.Options{Driver: store.Postgres, URL: server.Database(t)}
		})
	})
}

func crashes(t *testing.T, open func(t *testing.T) store.Options) {
	t.Helper()
	for name, crash := range map[string]struct {
		left  alerting.State // what the dead process left
		stood bool           // whether its message stands
		sends int            // by the process that takes over
	}{
		"before the claim":              {alerting.Pending, false, 1},
		"sending, request not written":  {alerting.Sending, false, 1},
		"sending, request written":      {alerting.Sending, true, 0},
		"unsure, before look-up":        {alerting.Unsure, true, 0},
		"unsure, message never arrived": {alerting.Unsure, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &platform{}
			h := houseOn(t, open(t), one(finding{p}))
			h.save(t, "A-1", "", section)
			if crash.left != alerting.Pending {
				if _, err := h.db.NewRaw("UPDATE deliveries SET state = ?, attempts = 1, started_at = ?", crash.left, h.clock.Now()).Exec(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if crash.stood {
				p.stands = append(p.stands, alerting.Message{DeliveryID: id})
			}
			ids, err := h.d.Recover(t.Context())
			if err != nil || len(ids) != 1 || ids[0] != id {
				t.Fatalf("Recover = %v, %v", ids, err)
			}
			var out alerting.Outcome
			for range 5 {
				if out, err = h.d.Deliver(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				if out.Snooze == 0 {
					break
				}
				if p.sends+p.finds > 0 {
					t.Fatalf("looked or sent before the dead attempt had settled")
				}
				h.clock.Add(out.Snooze)
			}
			if out.State != alerting.Sent || p.sends != crash.sends || len(p.stands) != 1 {
				t.Errorf("%v after %d sends with %d messages; want sent, %d, 1", out, p.sends, len(p.stands), crash.sends)
			}
		})
	}
}

func TestManyWorkersSendOnce(t *testing.T) {
	t.Parallel()
	p := &platform{}
	h := newHouse(t, one(finding{p}))
	h.save(t, "A-1", "", section)
	var wg sync.WaitGroup
	for range 2 { // two processes
		d := h.deliverer(t, one(finding{p}))
		for range 8 {
			wg.Go(func() {
				if _, err := d.Deliver(t.Context(), id); err != nil {
					t.Errorf("Deliver: %v", err)
				}
			})
		}
	}
	wg.Wait()
	if p.sends != 1 || h.row(t, id).State != alerting.Sent {
		t.Errorf("%d sends, %v", p.sends, h.row(t, id).State)
	}
}

// brokenClaims is Redis and SQL claims both gone.
type brokenClaims struct{}

func (brokenClaims) Claim(context.Context, string, string, time.Duration) (bool, error) {
	return false, errors.New("gone")
}

func (brokenClaims) Release(context.Context, string, string) error { return errors.New("gone") }

func TestTheFenceHoldsWithoutClaims(t *testing.T) {
	t.Parallel()
	p := &platform{}
	h := newHouse(t, one(p))
	h.save(t, "A-1", "", section)
	d, err := alerting.NewDeliverer(alerting.DelivererOptions{DB: h.db, Claims: brokenClaims{}, Targets: one(p), Now: h.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, err := d.Deliver(t.Context(), id); err != nil {
				t.Errorf("Deliver: %v", err)
			}
		})
	}
	wg.Wait()
	if p.sends != 1 {
		t.Errorf("%d sends", p.sends)
	}
}

func TestOneReceiversTroubleIsNotAnothers(t *testing.T) {
	t.Parallel()
	good, bad := &platform{}, &platform{behave: func(int) (bool, error) { return false, fail(alerting.Retry) }}
	h := newHouse(t, map[string]alerting.Sender{"coal": good, "office": bad})
	h.save(t, "A-1", "", section, alerting.Receiver{Name: "局办公室", Target: "office"})
	for range 50 {
		for _, one := range []string{"A-1/煤炭科", "A-1/局办公室"} {
			out, err := h.d.Deliver(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			if out.Snooze > time.Minute {
				t.Fatalf("snoozes %v, over a minute", out.Snooze)
			}
		}
		h.clock.Add(time.Minute)
	}
	if good.sends != 1 || bad.sends != 50 {
		t.Errorf("section told %d times, office tried %d times; want 1, 50", good.sends, bad.sends)
	}
}

func TestUnknownTargetFallsBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, map[string]alerting.Sender{"other": &platform{}})
	h.save(t, "A-1", "", section)
	h.deliver(t, id, alerting.Outcome{State: alerting.Failed})
	want := []string{"煤矿透水 → 煤炭科: 没有名为 coal 的聊天目标，请在 huiying.yaml 中配置"}
	if diff := cmp.Diff(want, h.lost); diff != "" {
		t.Error(diff)
	}
	if _, err := h.d.Deliver(t.Context(), "A-none/x"); !errors.Is(err, alerting.ErrNoDelivery) {
		t.Errorf("Deliver of nothing = %v", err)
	}
}

func TestUpdatesAnswerInTheThread(t *testing.T) {
	t.Parallel()
	pending := func(d time.Duration) alerting.Outcome {
		return alerting.Outcome{State: alerting.Pending, Snooze: d}
	}
	sent := alerting.Outcome{State: alerting.Sent}
	update := "A-2/煤炭科"
	for name, test := range map[string]struct {
		before func(t *testing.T, h *house)
		thread bool
	}{
		"parent sent": {func(t *testing.T, h *house) {
			t.Helper()
			h.deliver(t, update, pending(2*time.Second))
			h.deliver(t, id, sent)
		}, true},
		"parent failed": {func(t *testing.T, h *house) {
			t.Helper()
			if _, err := h.db.NewRaw("UPDATE deliveries SET state = 'failed' WHERE id = ?", id).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, false},
		"parent stuck": {func(t *testing.T, h *house) {
			t.Helper()
			h.deliver(t, update, pending(2*time.Second))
			h.clock.Add(6 * time.Minute)
		}, false},
		"parent elsewhere": {func(t *testing.T, h *house) {
			t.Helper()
			if _, err := h.db.NewRaw("UPDATE deliveries SET target = 'old' WHERE id = ?", id).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, false},
		"no parent": {func(t *testing.T, h *house) {
			t.Helper()
			if _, err := h.db.NewRaw("DELETE FROM deliveries WHERE id = ?", id).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &platform{}
			h := newHouse(t, one(finding{p}))
			h.save(t, "A-1", "", section)
			h.save(t, "A-2", "A-1", section)
			test.before(t, h)
			h.deliver(t, update, sent)
			last := p.stands[len(p.stands)-1]
			if got := last.Thread != (alerting.Ref{}); got != test.thread {
				t.Errorf("thread %v, want one: %v", last.Thread, test.thread)
			}
		})
	}
}

func TestSaveOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, one(&platform{}))
	h.save(t, "A-1", "", section)
	n := alerting.Notice{ID: "A-1", Kind: alerting.KindAlert, CreatedAt: h.clock.Now()}
	created, err := alerting.Save(t.Context(), h.db, n, alerting.Plan(n, []alerting.Receiver{section, {Name: "局办公室", Target: "x"}}, ""))
	if err != nil || created {
		t.Errorf("Save again = %v, %v", created, err)
	}
	ds, err := alerting.DeliveriesOf(t.Context(), h.db, []string{"A-1", "A-9"})
	if err != nil || len(ds) != 1 || ds[0].ID != id {
		t.Errorf("DeliveriesOf = %v, %v", ds, err)
	}
}
