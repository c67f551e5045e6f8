package alerting_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// TestCrashes abandons a delivery where a kill would, and lets another process go on.
func TestCrashes(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(t *testing.T) store.Options{
		store.SQLite:   func(t *testing.T) store.Options { return storetest.SQLite(t) },
		store.Postgres: storetest.Postgres,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			crashes(t, open)
		})
	}
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
