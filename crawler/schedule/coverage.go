package schedule

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler"
	"huiying/internal/store"
)

// minUnread is the shortest time unread that is worth telling of afterwards.
const minUnread = 30 * time.Minute

// UnreadSpan is a time for which a source was due and was not read.
type UnreadSpan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Trouble is what the rounds in it met; "" where there was none, because huiying
	// stood still.
	Trouble crawler.Trouble `json:"trouble,omitempty"`
}

// Coverage is how well a source was read over a period.
type Coverage struct {
	// From is the start of the period, or the source's first round if that came later;
	// To is the end.
	From, To time.Time
	// Good counts the good rounds that began in the period.
	Good int
	// Soon says that a good round came within the grace after it.
	Soon bool
	// Unread are the stretches of at least half an hour, in order.
	Unread []UnreadSpan
	// plan says that a good round before the period covered its start.
	plan bool
}

// Covered tells whether the source was read for any part of the period.
func (r Coverage) Covered() bool {
	if r.Good > 0 || r.Soon {
		return true
	}
	if len(r.Unread) == 0 {
		return r.plan
	}
	return r.Unread[0].From.After(r.From) || r.Unread[0].To.Before(r.To)
}

// CoverageBySource says of every source with rounds on record how well it was read in
// [from, to). A good round covers the time up to when the next was planned. Of a source that was first read in the period, the
// time before is not held against it. Grace is how long after to a good round still
// counts as Soon.
func CoverageBySource(ctx context.Context, db store.Conn, from, to time.Time, grace time.Duration) (map[string]Coverage, error) {
	var begun []struct {
		Source string       `bun:"source"`
		First  bun.NullTime `bun:"first"`
	}
	err := db.NewSelect().Model((*PastRound)(nil)).Column("source").ColumnExpr("min(started_at) AS first").
		Where("started_at < ?", to).Group("source").Scan(ctx, &begun)
	if err != nil {
		return nil, fmt.Errorf("readings: first rounds: %w", err)
	}
	// A plan reaches no further than the longest pause that can be set, a day.
	var rounds []PastRound
	err = db.NewSelect().Model(&rounds).Column("source", "started_at", "ended_at", "due_at", "trouble").
		Where("started_at >= ?", from.Add(-26*time.Hour)).Where("started_at < ?", to.Add(grace)).
		Order("started_at").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("readings: rounds: %w", err)
	}
	bySource := make(map[string][]PastRound, len(begun))
	for _, r := range rounds {
		bySource[r.Source] = append(bySource[r.Source], r)
	}
	all := make(map[string]Coverage, len(begun))
	for _, b := range begun {
		start := from
		if b.First.After(from) {
			start = b.First.Time
		}
		all[b.Source] = coverageOf(bySource[b.Source], start, to)
	}
	return all, nil
}

// coverageOf walks through the rounds of one source, oldest first. Seen is up to
// when it is known to have been read.
func coverageOf(rounds []PastRound, from, to time.Time) Coverage {
	r := Coverage{From: from, To: to}
	seen, trouble := from, crawler.Trouble("")
	gap := func(end time.Time) {
		if end.Sub(seen) >= minUnread {
			r.Unread = append(r.Unread, UnreadSpan{From: seen, To: end, Trouble: trouble})
		}
	}
	for _, p := range rounds {
		switch {
		case p.Trouble != "":
			if trouble == "" {
				trouble = p.Trouble
			}
			continue
		case !p.StartedAt.Before(to):
			r.Soon = true
			continue
		case !p.StartedAt.Before(from):
			r.Good++
		}
		if p.StartedAt.After(seen) {
			gap(p.StartedAt)
		}
		if p.DueAt.After(seen) {
			seen, r.plan = p.DueAt, true
		}
		trouble = ""
	}
	if to.After(seen) {
		gap(to)
	}
	return r
}
