package schedule

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler"
	"huiying/internal/store"
)

// How long what is known of rounds is kept.
const (
	// keepRounds is for rounds that brought nothing, keepFresh for those that did
	// and for what each hour brought.
	keepRounds = 14 * 24 * time.Hour
	keepFresh  = 90 * 24 * time.Hour
	// habitSpan and habitRounds bound what a habit is learned from.
	habitSpan   = 28 * 24 * time.Hour
	habitRounds = 300
	// maxShared is the longest pause over which new posts are shared out: after
	// a longer one nobody knows when they came.
	maxShared = 12 * time.Hour
	// standstill is how much later than planned a round may begin before the pause before
	// it counts as a standstill: jitter, busy workers, a restart.
	standstill = 10 * time.Minute
)

// PastRound is one round that ended.
type PastRound struct {
	bun.BaseModel `bun:"table:rounds,alias:round"`

	Source    string    `bun:"source,pk" json:"-"`
	StartedAt time.Time `bun:"started_at,pk" json:"started_at"`
	EndedAt   time.Time `bun:"ended_at" json:"ended_at"`
	// DueAt is when the next round was planned.
	DueAt time.Time `bun:"due_at" json:"due_at"`
	// Trouble is "" for a good round, Reason what the office reads of it.
	Trouble crawler.Trouble `bun:"trouble" json:"trouble,omitempty"`
	Reason  string          `bun:"reason" json:"reason,omitempty"`
	// Settled is false for a first round and where the pause before was not the
	// usual one, after trouble or a standstill.
	Settled   bool `bun:"settled" json:"settled"`
	Unchanged bool `bun:"unchanged" json:"unchanged"`
	// Items is what the list held, Fresh what was new of it, Failed what could not
	// be read.
	Items      int   `bun:"items" json:"items"`
	Fresh      int   `bun:"fresh" json:"fresh"`
	Failed     int   `bun:"failed" json:"failed"`
	Requests   int   `bun:"requests" json:"requests"`
	Unmodified int   `bun:"unmodified" json:"unmodified"`
	Bytes      int64 `bun:"bytes" json:"bytes"`
}

// emptySince is when a source that has had no good round was first found to answer
// with an empty list; zero if it never was.
func emptySince(ctx context.Context, db store.Conn, source string) (time.Time, error) {
	var at bun.NullTime
	err := db.NewSelect().Model((*PastRound)(nil)).ColumnExpr("min(started_at)").
		Where("source = ?", source).Where("trouble = ?", crawler.Empty).Scan(ctx, &at)
	if err != nil {
		return time.Time{}, fmt.Errorf("rounds of source %s: %w", source, err)
	}
	return at.Time, nil
}

// ListRounds returns the last rounds of a source, newest first.
func ListRounds(ctx context.Context, db store.Conn, source string, limit int) ([]PastRound, error) {
	var all []PastRound
	err := db.NewSelect().Model(&all).Where("source = ?", source).Order("started_at DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list rounds of source %s: %w", source, err)
	}
	return all, nil
}

// recordRound writes a round down, and what it says of the hours since the good round
// before it.
func recordRound(ctx context.Context, tx store.Tx, r *PastRound, since time.Time) error {
	_, err := tx.NewInsert().Model(r).On("CONFLICT (source, started_at) DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("record round: %w", err)
	}
	if r.Trouble != "" || !r.Settled || since.IsZero() {
		return nil
	}
	pause := r.StartedAt.Sub(since)
	if pause <= 0 || pause > maxShared {
		return nil
	}
	for at := since; at.Before(r.StartedAt); {
		end := hourOf(at).Add(time.Hour)
		if end.After(r.StartedAt) {
			end = r.StartedAt
		}
		part := end.Sub(at)
		_, err := tx.NewRaw(`INSERT INTO source_hours (source, hour, covered, fresh) VALUES (?, ?, ?, ?)
ON CONFLICT (source, hour) DO UPDATE SET covered = source_hours.covered + excluded.covered, fresh = source_hours.fresh + excluded.fresh`,
			r.Source, hourOf(at), part.Seconds(), float64(r.Fresh)*part.Seconds()/pause.Seconds()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("record hours: %w", err)
		}
		at = end
	}
	return nil
}

// learnHabits makes the habits of all sources, or of the one that is named, from what
// is recorded, in two queries. A source without rounds on record has none.
func learnHabits(ctx context.Context, db store.Conn, source string, now time.Time) (map[string]*Habit, error) {
	fresh, err := freshRounds(ctx, db, source, now)
	if err != nil {
		return nil, fmt.Errorf("habits of sources: rounds: %w", err)
	}
	habits := make(map[string]*Habit, len(fresh))
	learn := func(source string, hours []hourRow) {
		f := fresh[source]
		habits[source] = newHabit(hours, f.at, f.settled, now)
		delete(fresh, source)
	}
	q := db.NewSelect().TableExpr("source_hours").Column("source", "hour", "covered", "fresh").
		Where("hour >= ?", now.Add(-habitSpan)).Where("hour <= ?", now).Order("source")
	if source != "" {
		q = q.Where("source = ?", source)
	}
	rows, err := q.Rows(ctx)
	if err != nil {
		return nil, fmt.Errorf("habits of sources: hours: %w", err)
	}
	var of, next string
	var r hourRow
	var hours []hourRow // of one source at a time: all together are many
	err = scanRows(rows, []any{&next, &r.Hour, &r.Covered, &r.Fresh}, func() {
		if next != of && of != "" {
			learn(of, hours)
			hours = hours[:0]
		}
		of, hours = next, append(hours, r)
	})
	if err != nil {
		return nil, fmt.Errorf("habits of sources: hours: %w", err)
	}
	if of != "" {
		learn(of, hours)
	}
	for source := range fresh {
		learn(source, nil)
	}
	return habits, nil
}

// freshTimes are the times at which a source brought something new, oldest first, and
// whether the pause before each was the usual one.
type freshTimes struct {
	at      []time.Time
	settled []bool
}

// freshRounds returns the last habitRounds rounds that brought something new, of every
// source or of the one that is named.
func freshRounds(ctx context.Context, db store.Conn, source string, now time.Time) (map[string]freshTimes, error) {
	// Materialized: else both databases look for the bound again at every row.
	rows, err := db.QueryContext(ctx, `WITH bounds AS MATERIALIZED (
	SELECT source.id, coalesce((
		SELECT started_at FROM rounds WHERE source = source.id AND fresh > 0 AND started_at <= ?
		ORDER BY started_at DESC LIMIT 1 OFFSET ?), ?) AS since
	FROM sources AS source WHERE ? IN ('', source.id))
SELECT round.source, round.started_at, round.settled FROM bounds
JOIN rounds AS round ON round.source = bounds.id AND round.started_at >= bounds.since
WHERE round.fresh > 0 AND round.started_at <= ? ORDER BY round.source, round.started_at`,
		now, habitRounds-1, time.Time{}, source, now)
	if err != nil {
		return nil, err
	}
	fresh := make(map[string]freshTimes)
	var of string
	var at time.Time
	var settled bool
	err = scanRows(rows, []any{&of, &at, &settled}, func() {
		f := fresh[of]
		fresh[of] = freshTimes{append(f.at, at), append(f.settled, settled)}
	})
	return fresh, err
}

// scanRows scans every row into dest, calls each after it, and closes the rows.
func scanRows(rows *sql.Rows, dest []any, each func()) error {
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return errors.Join(err, rows.Close())
		}
		each()
	}
	return errors.Join(rows.Err(), rows.Close())
}

// prune forgets what is too old.
func prune(ctx context.Context, db store.Conn, now time.Time) error {
	_, err := db.NewDelete().Model((*PastRound)(nil)).
		Where("started_at < ?", now.Add(-keepFresh)).
		WhereOr("started_at < ? AND fresh = 0", now.Add(-keepRounds)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("prune rounds: %w", err)
	}
	if _, err := db.NewRaw(`DELETE FROM source_hours WHERE hour < ?`, now.Add(-keepFresh)).Exec(ctx); err != nil {
		return fmt.Errorf("prune hours: %w", err)
	}
	return nil
}

// habits keeps what was learned of every source, and learns it anew as time passes.
type habits struct {
	db *bun.DB

	mu   sync.Mutex
	rows map[string]cachedHabit
}

type cachedHabit struct {
	*Habit
	at time.Time
}

func newHabits(db *bun.DB) *habits { return &habits{db: db, rows: map[string]cachedHabit{}} }

// get gives the habit of a source as of about now: at most an hour old, and less
// while little is known.
func (h *habits) get(ctx context.Context, source string, now time.Time) (*Habit, error) {
	h.mu.Lock()
	row, ok := h.rows[source]
	h.mu.Unlock()
	if ok {
		fresh := min(time.Hour, max(time.Minute, time.Duration(row.watched/watchedPerPause*float64(time.Hour))))
		if now.Sub(row.at).Abs() < fresh {
			return row.Habit, nil
		}
	}
	learned, err := learnHabits(ctx, h.db, source, now)
	if err != nil {
		return nil, err
	}
	habit := learned[source]
	if habit == nil {
		habit = &Habit{}
	}
	h.mu.Lock()
	h.rows[source] = cachedHabit{habit, now}
	h.mu.Unlock()
	return habit, nil
}
