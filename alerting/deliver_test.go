package alerting_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
)

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

func TestOneReceiversTroubleIsNotAnothers(t *testing.T) {
	t.Parallel()
	good, bad := &platform{}, &platform{behave: func(int) (bool, error) { return false, fail(alerting.Retry) }}
	h := newHouse(t, map[string]alerting.Sender{"coal": good, "office": bad})
	h.save(t, "A-1", "", section, alerting.Receiver{Name: "局办公室", Target: "office"})
	for range 20 {
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
	if good.sends != 1 || bad.sends != 20 {
		t.Errorf("section told %d times, office tried %d times; want 1, 20", good.sends, bad.sends)
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
