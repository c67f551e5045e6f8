package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler"
	"huiying/internal/post"
	"huiying/internal/store"
)

// Health is how a source fares, kept across restarts.
type Health struct {
	bun.BaseModel `bun:"table:sources,alias:source"`

	ID      string       `bun:"id,pk"`
	Name    string       `bun:"name"`
	Channel post.Channel `bun:"channel"`
	// Every and Slowest are the shortest and the longest pause between two rounds.
	Every   time.Duration `bun:"every"`
	Slowest time.Duration `bun:"slowest"`
	// Pause is the one chosen last, by the source's habit or its trouble.
	Pause time.Duration `bun:"pause"`
	// Active is false for sources that left the configuration.
	Active bool      `bun:"active"`
	NextAt time.Time `bun:"next_at"`
	// LeasedUntil keeps other nodes, and a second round, away while one runs.
	LeasedUntil time.Time `bun:"leased_until,nullzero"`
	// RestUntil is the time before which the site asked not to be read.
	RestUntil time.Time `bun:"rest_until,nullzero"`
	// Rounds counts good rounds; 0 means that the first is still to come.
	Rounds    int       `bun:"rounds"`
	LastTried time.Time `bun:"last_tried,nullzero"`
	FirstGood time.Time `bun:"first_good,nullzero"`
	LastGood  time.Time `bun:"last_good,nullzero"`
	// LastNew is when a round last brought something new, the first round included.
	LastNew time.Time `bun:"last_new,nullzero"`
	// Failures counts failed rounds since the last good one.
	Failures int `bun:"failures"`
	// Trouble is what the last round met: why it failed, or what hampered it.
	Trouble   crawler.Trouble `bun:"trouble"`
	LastError string          `bun:"last_error"`
	// Items is what the last good round listed.
	Items int `bun:"items"`
	// Flagged is the trouble that people were told of, by the notice Told.
	Flagged   crawler.Trouble `bun:"flagged"`
	FlaggedAt time.Time       `bun:"flagged_at,nullzero"`
	Told      string          `bun:"told"`
}

// ListHealth returns every source in use, in the order of their names.
func ListHealth(ctx context.Context, db store.Conn) ([]Health, error) {
	var all []Health
	if err := db.NewSelect().Model(&all).Where("active").Order("channel", "name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	return all, nil
}

// register makes the sources of the configuration known and retires the others.
// A source that is new is due at once. A sole node also ends all leases: they
// are a dead process's.
func register(ctx context.Context, db store.Conn, sources []crawler.Source, now time.Time, sole bool) error {
	retire := db.NewUpdate().Model((*Health)(nil)).Set("active = ?", false).Where("1 = 1")
	if sole {
		retire = retire.Set("leased_until = NULL")
	}
	if _, err := retire.Exec(ctx); err != nil {
		return fmt.Errorf("enrol sources: %w", err)
	}
	for _, s := range sources {
		row := Health{
			ID: s.ID, Name: s.Name, Channel: s.Channel, Every: s.Every, Slowest: s.Slowest, Pause: s.Every,
			Active: true, NextAt: now,
		}
		// A source that was repaired, or is now to be read more often, is not left
		// waiting for what trouble or the old pause had set; a site that asked for
		// rest is.
		soon := now.Add(s.Every)
		_, err := db.NewInsert().Model(&row).
			On("CONFLICT (id) DO UPDATE").
			Set("name = EXCLUDED.name").Set("channel = EXCLUDED.channel").Set("every = EXCLUDED.every").
			Set("slowest = EXCLUDED.slowest").Set("active = EXCLUDED.active").
			Set(`next_at = CASE WHEN source.next_at <= ? THEN source.next_at
				WHEN source.rest_until > ? THEN source.rest_until ELSE ? END`, soon, soon, soon).
			Exec(ctx)
		if err != nil {
			return fmt.Errorf("enrol source %s: %w", s.ID, err)
		}
	}
	return nil
}

// settlement is how a round ended, judged.
type settlement struct {
	round PastRound
	// since is the start of the good round before it.
	since time.Time
	pause time.Duration
	rest  time.Time
	first bool // a good first round, or a part of one
	more  bool
}

// settle records how a round ended and when the next is due.
func settle(ctx context.Context, db *bun.DB, o settlement) error {
	r := &o.round
	err := db.RunInTx(ctx, nil, func(ctx context.Context, tx store.Tx) error {
		q := tx.NewUpdate().Model((*Health)(nil)).Where("id = ?", r.Source).
			Set("leased_until = NULL").Set("next_at = ?", r.DueAt).Set("pause = ?", o.pause).
			Set("rest_until = ?", bun.NullTime{Time: o.rest})
		if r.Trouble != "" {
			q = q.Set("failures = failures + 1").Set("trouble = ?", r.Trouble).Set("last_error = ?", r.Reason)
		} else {
			q = q.Set("failures = 0").Set("trouble = ''").Set("last_error = ''").
				Set("last_good = ?", r.EndedAt).Set("first_good = coalesce(first_good, ?)", r.EndedAt)
			if !o.more {
				q = q.Set("rounds = rounds + 1")
			}
			if !r.Unchanged {
				q = q.Set("items = ?", r.Items)
			}
			if r.Fresh > 0 || o.first {
				q = q.Set("last_new = ?", r.EndedAt)
			}
		}
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
		return recordRound(ctx, tx, r, o.since)
	})
	if err != nil {
		return fmt.Errorf("settle source %s: %w", r.Source, err)
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
