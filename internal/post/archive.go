package post

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/privacy"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// KnownURLs tells which of a source's URLs are stored.
func KnownURLs(ctx context.Context, db store.Conn, source string, urls []string) (map[string]bool, error) {
	known := make(map[string]bool, len(urls))
	if len(urls) == 0 {
		return known, nil
	}
	var have []string
	err := db.NewSelect().Model((*Stored)(nil)).Column("url").
		Where("source = ?", source).Where("url IN (?)", bun.List(urls)).Scan(ctx, &have)
	if err != nil {
		return nil, fmt.Errorf("look up known articles: %w", err)
	}
	for _, u := range have {
		known[u] = true
	}
	// Where the address was hidden the id still tells.
	hidden := map[string]string{}
	for _, u := range urls {
		if _, removed := privacy.Address(u); removed {
			hidden[NewID(source, u)] = u
		}
	}
	if len(hidden) == 0 {
		return known, nil
	}
	var ids []string
	err = db.NewSelect().Model((*Stored)(nil)).Column("id").Where("id IN (?)", bun.List(slices.Collect(maps.Keys(hidden)))).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look up known articles: %w", err)
	}
	for _, id := range ids {
		known[hidden[id]] = true
	}
	return known, nil
}

// Official reads the bureau's own posts that were read since the given time, the
// latest first, no more than limit.
func Official(ctx context.Context, db store.Conn, since time.Time, limit int) ([]Stored, error) {
	return list(ctx, db.NewSelect().Where("official").Where("last_seen >= ?", since).
		Order("last_seen DESC").Limit(int64(limit)))
}

// FirstSeen is when the first post of all was seen; zero where there is none.
func FirstSeen(ctx context.Context, db store.Conn) (time.Time, error) {
	var at bun.NullTime
	if err := db.NewSelect().Table("posts").ColumnExpr("min(first_seen)").Scan(ctx, &at); err != nil {
		return time.Time{}, fmt.Errorf("read when the first post was seen: %w", err)
	}
	return at.Time, nil
}

// CountSince counts the posts first seen since the given time.
func CountSince(ctx context.Context, db store.Conn, since time.Time) (int, error) {
	n, err := db.NewSelect().Model((*Stored)(nil)).Where("first_seen >= ?", since).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count posts: %w", err)
	}
	return int(n), nil
}

// CountOfSource is CountSince for one source.
func CountOfSource(ctx context.Context, db store.Conn, source string, since time.Time) (int, error) {
	n, err := db.NewSelect().Model((*Stored)(nil)).Where("source = ?", source).Where("first_seen >= ?", since).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count new posts of source %s: %w", source, err)
	}
	return int(n), nil
}

// CountBySource counts, by source, the posts first seen from a time until before
// another.
func CountBySource(ctx context.Context, db store.Conn, from, to time.Time) (map[string]int, error) {
	var rows []struct {
		Source string
		N      int
	}
	err := db.NewSelect().Table("posts").Column("source").ColumnExpr("count(*) AS n").
		Where("first_seen >= ?", from).Where("first_seen < ?", to).Group("source").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count posts by source: %w", err)
	}
	by := make(map[string]int, len(rows))
	for _, r := range rows {
		by[r.Source] = r.N
	}
	return by, nil
}

// Tally is how many posts of a channel had a verdict.
type Tally struct {
	Channel  Channel
	Handling verdict.Handling
	Category verdict.Category
	N        int
}

// TallyOf counts the posts first seen from a time until before another, in the order
// of channel, handling and category. A zero time is no bound.
func TallyOf(ctx context.Context, db store.Conn, from, to time.Time) ([]Tally, error) {
	q := db.NewSelect().Table("posts").Column("channel", "handling", "category").ColumnExpr("count(*) AS n").
		Group("channel", "handling", "category").Order("channel", "handling", "category")
	if !from.IsZero() {
		q = q.Where("first_seen >= ?", from)
	}
	if !to.IsZero() {
		q = q.Where("first_seen < ?", to)
	}
	var all []Tally
	if err := q.Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("count posts by channel and verdict: %w", err)
	}
	return all, nil
}

// Page reads the next posts in the order in which they were first seen, limit at most.
// Verdicts are not read.
func Page(ctx context.Context, db store.Conn, after Cursor, limit int) ([]Stored, error) {
	var all []Stored
	err := db.NewSelect().Model(&all).ExcludeColumn("verdict").
		Where("first_seen > ? OR first_seen = ? AND id > ?", after.FirstSeen, after.FirstSeen, after.ID).
		Order("first_seen", "id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read posts: %w", err)
	}
	return all, nil
}

// Latest goes through the Title, Body and FirstSeen of the posts first seen since the
// given time, the latest first, no more than limit. It ends at the first error.
func Latest(ctx context.Context, db store.Conn, since time.Time, limit int) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		rows, err := db.NewSelect().Table("posts").Column("title", "body", "first_seen").
			Where("first_seen >= ?", since).Order("first_seen DESC").Limit(int64(limit)).Rows(ctx)
		if err != nil {
			yield(Stored{}, fmt.Errorf("read the latest posts: %w", err))
			return
		}
		defer rows.Close() //nolint:errcheck // read to its end, or given up with an error
		for rows.Next() {
			var p Stored
			if err = rows.Scan(&p.Title, &p.Body, &p.FirstSeen); err != nil {
				break
			}
			if !yield(p, nil) {
				return
			}
		}
		if err == nil {
			err = rows.Err()
		}
		if err != nil {
			yield(Stored{}, fmt.Errorf("read the latest posts: %w", err))
		}
	}
}
