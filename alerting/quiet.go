package alerting

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Quiet are the hours of the day, in +08:00, in which a receiver is told only of
// what cannot wait. The zero Quiet has none.
type Quiet struct {
	// From and To are times since midnight; To before From is on the next day.
	From, To time.Duration
}

// ParseQuiet reads "22:00-07:00".
func ParseQuiet(s string) (Quiet, error) {
	var h1, m1, h2, m2 int
	if n, err := fmt.Sscanf(s, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil || n != 4 ||
		s != fmt.Sprintf("%02d:%02d-%02d:%02d", h1, m1, h2, m2) || min(h1, h2, m1, m2) < 0 || max(h1, h2) > 23 || max(m1, m2) > 59 || h1 == h2 && m1 == m2 {
		return Quiet{}, fmt.Errorf("quiet hours %q: write them like 22:00-07:00", s)
	}
	since := func(h, m int) time.Duration { return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute }
	return Quiet{From: since(h1, m1), To: since(h2, m2)}, nil
}

// Until is when the quiet time ends that now lies in; ok is false outside.
func (q Quiet) Until(now time.Time) (end time.Time, ok bool) {
	now = now.In(zh.Beijing())
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	at := now.Sub(midnight)
	switch {
	case q.From == q.To:
		return time.Time{}, false
	case q.From < q.To && q.From <= at && at < q.To, q.To < q.From && at < q.To:
		return midnight.Add(q.To), true
	case q.To < q.From && at >= q.From:
		return midnight.AddDate(0, 0, 1).Add(q.To), true
	}
	return time.Time{}, false
}

// MayWait reports whether a notice may wait for the end of a receiver's quiet hours:
// warnings, reminders of clocks that still run, possible answers, and alerts of
// 一般 emergencies and of what is no emergency. Emergencies of 较大 and above, those of
// 待定 or no grade, clocks that ran out and the digest never wait.
func MayWait(n Notice) bool {
	if n.Category == verdict.Emergency && n.Grade != verdict.Ordinary || n.Grade.Rank() >= verdict.Large.Rank() || n.Grade == verdict.Pending {
		return false
	}
	return n.Kind != KindDigest && !n.Overdue
}

// WaitUntil is when a receiver is told of a notice that is made now; the zero time is
// at once. The office never waits.
func (r *Router) WaitUntil(n Notice, receiver string, now time.Time) time.Time {
	if !MayWait(n) {
		return time.Time{}
	}
	end, _ := r.org.Quiet[receiver].Until(now)
	return end
}

// held is how long nobody in charge is told of a notice, sections and units of the
// place alike; 0 where any of them is told at once, or nobody is in charge.
func (r *Router) held(n Notice) time.Duration {
	n.Units = r.Units(n)
	var least time.Duration
	for i, s := range r.inCharge(n) {
		end := r.WaitUntil(n, s.Receiver.Name, n.CreatedAt)
		if end.IsZero() {
			return 0
		}
		if d := end.Sub(n.CreatedAt); i == 0 || d < least {
			least = d
		}
	}
	return least
}

// wake sends at once what waits for the quiet hours' end and is answered by a
// delivery that does not wait: nobody is told of a change before the matter.
func (o *Outbox) wake(ctx context.Context, tx store.Tx, n Notice, ds []Delivery) ([]store.Job, error) {
	var parents []string
	for _, d := range ds {
		if end, quiet := o.router.org.Quiet[d.Receiver].Until(n.CreatedAt); d.Parent != "" && quiet && !end.IsZero() {
			parents = append(parents, d.Parent)
		}
	}
	if len(parents) == 0 || MayWait(n) {
		return nil, nil
	}
	var waiting []string
	if err := tx.NewSelect().Model((*Delivery)(nil)).Column("id").Where("id IN ?", bun.Tuple(parents)).
		Where("state = ?", Pending).Scan(ctx, &waiting); err != nil {
		return nil, fmt.Errorf("find what notice %s answers: %w", n.ID, err)
	}
	jobs := make([]store.Job, len(waiting))
	for i, id := range waiting {
		jobs[i] = store.Job{Kind: JobDeliver, ID: id, Urgent: n.Grade == verdict.Extreme, Outward: true}
	}
	return jobs, nil
}
