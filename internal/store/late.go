package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Queue is how the jobs of one kind of waiting fare: those that wait on the world
// outside, or the others.
type Queue struct {
	Outward bool
	// Late is how many jobs were due before the time asked for and are not begun,
	// Oldest when the first of them was due.
	Late   int
	Oldest time.Time
	// Begun is when a job of it, one that is not done, was begun last; zero for none.
	Begun time.Time
}

// Queues tells of the jobs that should have been begun before the given time.
func (db *DB) Queues(ctx context.Context, before time.Time) ([]Queue, error) {
	var rows []struct {
		Queue  string
		Late   int
		Oldest bun.NullTime
		Begun  bun.NullTime
	}
	err := db.read.NewSelect().TableExpr("river_job").ColumnExpr("queue").
		ColumnExpr("sum(CASE WHEN state <> 'running' AND scheduled_at < ? THEN 1 ELSE 0 END) AS late", before).
		ColumnExpr("min(CASE WHEN state <> 'running' THEN scheduled_at ELSE NULL END) AS oldest").
		ColumnExpr("max(attempted_at) AS begun").
		Where("state IN ('running', 'available', 'retryable', 'scheduled')").
		Group("queue").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look for late jobs: %w", err)
	}
	out := make([]Queue, len(rows))
	for i, r := range rows {
		out[i] = Queue{Outward: r.Queue == outward, Late: r.Late, Oldest: r.Oldest.Time, Begun: r.Begun.Time}
	}
	return out, nil
}

// Live lists the jobs of a kind that are not done, by id, with when each is due.
func (db *DB) Live(ctx context.Context, kind string) (map[string]time.Time, error) {
	name, id := "json_extract(args, '$.name')", "json_extract(args, '$.id')"
	if db.driver == Postgres {
		name, id = "args->>'name'", "args->>'id'"
	}
	var rows []struct {
		ID string
		At time.Time
	}
	err := db.read.NewSelect().TableExpr("river_job").ColumnExpr(id+" AS id").ColumnExpr("scheduled_at AS at").
		Where("state IN ('running', 'available', 'retryable', 'scheduled')").Where(name+" = ?", kind).
		Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list jobs of kind %s: %w", kind, err)
	}
	out := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		out[r.ID] = r.At
	}
	return out, nil
}

// Hasten makes every job due at once that was put off once it had been begun, and is
// said to be due after the given time. Where the clock was set back such jobs would
// wait until it reaches the old time again; none was put off for a time of day.
func (db *DB) Hasten(ctx context.Context, now, after time.Time) (int, error) {
	var due any = now
	if db.driver == SQLite {
		due = now.UTC().Format("2006-01-02 15:04:05.000") // as River writes times there
	}
	res, err := db.write.NewUpdate().TableExpr("river_job").Set("scheduled_at = ?", due).
		Where("state IN ('scheduled', 'retryable', 'available')").Where("attempted_at IS NOT NULL").
		Where("scheduled_at > ?", after).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("hasten jobs that were put off: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}
