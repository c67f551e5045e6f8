package alerting_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
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
	return houseOn(t, storetest.SQLite(t), targets)
}

func houseOn(t *testing.T, o store.Options, targets map[string]alerting.Sender) *house {
	t.Helper()
	db := storetest.Open(t, o)
	h := &house{db: db.Writer(), clock: newClock()}
	h.d = h.deliverer(t, targets)
	return h
}

func (h *house) deliverer(t *testing.T, targets map[string]alerting.Sender) *alerting.Deliverer {
	t.Helper()
	d, err := alerting.NewDeliverer(alerting.DelivererOptions{
		DB: h.db, Claims: claims.NewSQL(h.db, h.clock.Now), Targets: targets, Now: h.clock.Now,
		Undelivered: func(_ context.Context, _ store.Tx, n alerting.Notice, d alerting.Delivery) error {
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
		ID: noticeID, Kind: alerting.KindAlert, Step: 1, Category: verdict.Emergency, Grade: verdict.Large,
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
