package alerting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Standstill is what waits at one chat target for longer than it should.
type Standstill struct {
	Target string
	// Waiting counts the deliveries, Oldest is when the first of them was made.
	Waiting int
	Oldest  time.Time
	// Moved is when the target last took a message; zero for never.
	Moved time.Time
	// Error is what the oldest met last; "" for nothing yet.
	Error string
}

// Standstills lists by target the open deliveries that should have been sent before
// now by more than patience: those tried before, and those whose job was due then. What
// waits for the end of quiet hours is not among them. lost are open deliveries that no
// job will send.
func Standstills(ctx context.Context, db *store.DB, now time.Time, patience time.Duration) (all []Standstill, lost []string, err error) {
	// The jobs are read last: a delivery may be sent between the two.
	var open []Delivery
	err = db.Reader().NewSelect().Model(&open).
		Where("state IN (?)", bun.List([]State{Pending, Sending, Unsure})).
		Where("created_at < ?", now.Add(-patience)).Order("created_at", "id").Scan(ctx)
	if err != nil || len(open) == 0 {
		return nil, nil, wrapped("read open deliveries", err)
	}
	due, err := db.Live(ctx, JobDeliver)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range open {
		at, known := due[d.ID]
		switch {
		case !known:
			lost = append(lost, d.ID)
			continue
		case d.Attempts == 0 && !at.Before(now.Add(-patience)):
			continue
		}
		i := slices.IndexFunc(all, func(s Standstill) bool { return s.Target == d.Target })
		if i < 0 {
			i = len(all)
			all = append(all, Standstill{Target: d.Target, Oldest: d.CreatedAt, Error: d.LastError})
		}
		all[i].Waiting++
	}
	for i := range all {
		var at bun.NullTime
		err := db.Reader().NewSelect().Model((*Delivery)(nil)).ColumnExpr("max(sent_at)").
			Where("target = ?", all[i].Target).Where("sent_at <= ?", now).Scan(ctx, &at)
		if err != nil {
			return nil, nil, wrapped("read when "+all[i].Target+" last took a message", err)
		}
		all[i].Moved = at.Time
	}
	if len(lost) == 0 {
		return all, nil, nil
	}
	// Sent meanwhile they need no job.
	var still []string
	err = db.Reader().NewSelect().Model((*Delivery)(nil)).Column("id").Where("id IN (?)", bun.List(lost)).
		Where("state IN (?)", bun.List([]State{Pending, Sending, Unsure})).Scan(ctx, &still)
	return all, still, wrapped("read open deliveries again", err)
}

// Unclimbed lists the jobs that the ladder of open alerts needs and that are not there.
// settled tells which events need nobody any more.
func (c *Climber) Unclimbed(ctx context.Context, now time.Time) ([]store.Job, error) {
	router := c.Outbox.Router()
	var longest time.Duration
	for _, steps := range router.org.Ladder.Grades {
		for _, s := range steps {
			longest = max(longest, s.After)
		}
	}
	var open []Notice
	err := c.DB.Reader().NewSelect().Model(&open).
		Where("kind IN (?, ?)", KindAlert, KindUpdate).Where("step > 0").Where("created_at > ?", now.Add(-longest-24*time.Hour)).
		Where("EXISTS (SELECT 1 FROM deliveries AS delivery WHERE delivery.notice_id = notice.id AND delivery.state <> ?)", Silenced).
		Order("created_at").Scan(ctx)
	if err != nil || len(open) == 0 {
		return nil, wrapped("read alerts", err)
	}
	live, err := c.DB.Live(ctx, JobClimb)
	if err != nil {
		return nil, err
	}
	var missing []store.Job
	for _, n := range open {
		job, ok := c.nextRung(n, live, now)
		if !ok {
			continue
		}
		_, over, err := c.over(ctx, c.DB.Reader(), n)
		if err != nil {
			return nil, err
		}
		if !over {
			missing = append(missing, job)
		}
	}
	return missing, nil
}

// nextRung is the first rung still to come of a notice; false where none is, or a job
// for any is there.
func (c *Climber) nextRung(n Notice, live map[string]time.Time, now time.Time) (next store.Job, ok bool) {
	ladder, held := c.Outbox.Router().org.Ladder, c.Outbox.Router().held(n)
	for rung := 1; ; rung++ {
		job, there := ladder.job(n, rung)
		if !there {
			return next, ok
		}
		if _, is := live[job.ID]; is {
			return store.Job{}, false
		}
		job.At = job.At.Add(held)
		if !ok && job.At.After(now) {
			next, ok = job, true
		}
	}
}

func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
