package views

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Events narrows a list of events; the zero value takes all.
type Events struct {
	Handling verdict.Handling
	Category verdict.Category
}

func (f Events) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Handling != "" {
		q.Where("event.handling = ?", f.Handling)
	}
	if f.Category != "" {
		q.Where("event.category = ?", f.Category)
	}
	return q
}

// Deadlines chooses among events by the clocks of their cases.
type Deadlines int

// The choices.
const (
	AnyRunning  Deadlines = iota // a clock runs, overdue or not
	SomeOverdue                  // a running clock is overdue
	NoneOverdue                  // a clock runs, and none is overdue
)

// Pressing lists events with a running clock, the most pressing first, no more than limit:
// emergencies on the fast clocks (see response.Urgent), then by the deadline due first.
func Pressing(ctx context.Context, db store.Conn, f Events, d Deadlines, now time.Time, limit int) ([]event.Event, error) {
	var rows []event.Event
	q := f.apply(db.NewSelect().Model(&rows)).Where("event.id IN (?)", waiting(db))
	switch d {
	case AnyRunning:
	case SomeOverdue:
		q.Where("event.id IN (?)", overdue(db, now))
	case NoneOverdue:
		q.Where("event.id NOT IN (?)", overdue(db, now))
	}
	q.OrderExpr("CASE WHEN event.category = ? AND event.grade IN (?) THEN 0 ELSE 1 END",
		verdict.Emergency, bun.List([]verdict.Grade{verdict.Extreme, verdict.Major, verdict.Pending}))
	first := running(db).ColumnExpr("MIN(clock.due_at)").Where(`"case".event_id = event.id`)
	if err := q.OrderExpr("(?), event.id", first).Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list pressing events: %w", err)
	}
	return rows, nil
}

// Quiet lists events without a running clock, the latest first, from offset on and no more
// than limit; with cased only those that have a case.
func Quiet(ctx context.Context, db store.Conn, f Events, cased bool, offset, limit int) ([]event.Event, error) {
	var rows []event.Event
	q := f.apply(db.NewSelect().Model(&rows)).Where("event.id NOT IN (?)", waiting(db)).
		Order("event.last_seen DESC", "event.id").Limit(int64(limit)).Offset(int64(offset))
	if cased {
		q.Where(`EXISTS (SELECT 1 FROM cases AS "case" WHERE "case".event_id = event.id)`)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list quiet events: %w", err)
	}
	return rows, nil
}

// Newest lists events by when they were first seen, the latest first, from offset on and no more than limit.
func Newest(ctx context.Context, db store.Conn, f Events, offset, limit int) ([]event.Event, error) {
	var rows []event.Event
	err := f.apply(db.NewSelect().Model(&rows)).Order("event.first_seen DESC", "event.id").
		Limit(int64(limit)).Offset(int64(offset)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the newest events: %w", err)
	}
	return rows, nil
}

// EventCounts are figures of what the office looks at first.
type EventCounts struct {
	// Overdue and Running are alerted events with and without an overdue clock.
	Overdue, Running int
	// Alerted and Review are those that came under 告警 and 复核 since a moment.
	Alerted, Review int
}

// CountEvents counts events as they stand at now, and what came since a moment.
func CountEvents(ctx context.Context, db store.Conn, since, now time.Time) (EventCounts, error) {
	var c EventCounts
	events := func(h verdict.Handling) *bun.SelectQuery {
		return Events{Handling: h}.apply(db.NewSelect().Model((*event.Event)(nil)))
	}
	for _, x := range []struct {
		into *int
		q    *bun.SelectQuery
	}{
		{&c.Overdue, events(verdict.Alert).Where("event.id IN (?)", overdue(db, now))},
		{&c.Running, events(verdict.Alert).Where("event.id IN (?)", waiting(db)).Where("event.id NOT IN (?)", overdue(db, now))},
		{&c.Alerted, events(verdict.Alert).Where("event.alerted_at >= ?", since)},
		{&c.Review, events(verdict.Review).Where("event.first_seen >= ?", since)},
	} {
		n, err := x.q.Count(ctx)
		if err != nil {
			return c, fmt.Errorf("count events: %w", err)
		}
		*x.into = int(n)
	}
	return c, nil
}

// running is a subquery: the clocks that run, with their cases. They are few, of many.
func running(db store.Conn) *bun.SelectQuery {
	return db.NewSelect().TableExpr("clocks AS clock").
		Join(`JOIN cases AS "case" ON "case".id = clock.case_id`).Where("clock.stopped_at IS NULL")
}

// waiting is a subquery: the events that have a clock running.
func waiting(db store.Conn) *bun.SelectQuery { return running(db).ColumnExpr(`"case".event_id`) }

// overdue is a subquery: the events that have a clock overdue at now.
func overdue(db store.Conn, now time.Time) *bun.SelectQuery {
	return waiting(db).Where("clock.due_at <= ?", now)
}
