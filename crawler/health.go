package crawler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Health is how a source fares, kept across restarts.
type Health struct {
	bun.BaseModel `bun:"table:sources,alias:source"`

	ID      string        `bun:"id,pk"`
	Name    string        `bun:"name"`
	Channel Channel       `bun:"channel"`
	Every   time.Duration `bun:"every"`
	// Active is false for sources that left the configuration.
	Active bool      `bun:"active"`
	NextAt time.Time `bun:"next_at"`
	// LeasedUntil keeps other nodes, and a second round, away while one runs.
	LeasedUntil time.Time `bun:"leased_until,nullzero"`
	// Rounds counts good rounds; 0 means that the first is still to come.
	Rounds    int       `bun:"rounds"`
	LastTried time.Time `bun:"last_tried,nullzero"`
	LastGood  time.Time `bun:"last_good,nullzero"`
	// Failures counts failed rounds since the last good one.
	Failures  int    `bun:"failures"`
	LastError string `bun:"last_error"`
	// Items is what the last good round listed.
	Items int `bun:"items"`
}

// ListHealth returns every source in use, in the order of their names.
func ListHealth(ctx context.Context, db bun.IDB) ([]Health, error) {
	var all []Health
	if err := db.NewSelect().Model(&all).Where("active").Order("channel", "name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	return all, nil
}

// enrol makes the sources of the configuration known and retires the others.
// A source that is new is due at once. A sole node also ends all leases: they
// are a dead process's.
func enrol(ctx context.Context, db bun.IDB, sources []Source, now time.Time, sole bool) error {
	retire := db.NewUpdate().Model((*Health)(nil)).Set("active = ?", false).Where("1 = 1")
	if sole {
		retire = retire.Set("leased_until = NULL")
	}
	if _, err := retire.Exec(ctx); err != nil {
		return fmt.Errorf("enrol sources: %w", err)
	}
	for _, s := range sources {
		row := Health{ID: s.ID, Name: s.Name, Channel: s.Channel, Every: s.Every, Active: true, NextAt: now}
		_, err := db.NewInsert().Model(&row).
			On("CONFLICT (id) DO UPDATE").
			Set("name = EXCLUDED.name").Set("channel = EXCLUDED.channel").
			Set("every = EXCLUDED.every").Set("active = EXCLUDED.active").
			// A source that was repaired, or is now to be read more often, is not
			// left waiting for what trouble or the old pause had set.
			Set("next_at = CASE WHEN source.next_at > ? THEN ? ELSE source.next_at END", now.Add(s.Every), now.Add(s.Every)).
			Exec(ctx)
		if err != nil {
			return fmt.Errorf("enrol source %s: %w", s.ID, err)
		}
	}
	return nil
}

// leaseLength is how long a source stays shut after the node that read it died.
const leaseLength = time.Minute

// lease takes a due source for one round; false when it is not due or another
// node has it.
func lease(ctx context.Context, db bun.IDB, id string, now time.Time) (bool, error) {
	res, err := db.NewUpdate().Model((*Health)(nil)).
		Set("leased_until = ?", now.Add(leaseLength)).Set("last_tried = ?", now).
		Where("id = ?", id).Where("active").Where("next_at <= ?", now).
		Where("(leased_until IS NULL OR leased_until < ?)", now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lease source %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// settle records how a round ended and when the next is due.
func settle(ctx context.Context, db bun.IDB, id string, report Report, cause error, now, next time.Time) error {
	q := db.NewUpdate().Model((*Health)(nil)).Where("id = ?", id).
		Set("leased_until = NULL").Set("next_at = ?", next)
	if cause != nil {
		q = q.Set("failures = failures + 1").Set("last_error = ?", reason(cause))
	} else {
		q = q.Set("failures = 0").Set("last_error = ''").Set("last_good = ?", now)
		if !report.More {
			q = q.Set("rounds = rounds + 1")
		}
		if !report.Unchanged {
			q = q.Set("items = ?", report.Items)
		}
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("settle source %s: %w", id, err)
	}
	return nil
}

// reason is what the office reads of a failure: the engine's own Chinese where it
// has some.
func reason(err error) string {
	var told interface{ Chinese() string }
	if errors.As(err, &told) {
		return told.Chinese()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "一轮没有在规定时间内读完"
	}
	return err.Error()
}
