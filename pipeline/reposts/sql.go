// Package reposts implements pipeline.Reposts in SQL and in Redis. The table of
// posts is the truth of both: Redis is filled from it, may lose anything at any
// time, and is filled again.
package reposts

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/pipeline"
)

// SQL looks up the table of posts itself, by its indexes of URLs and texts.
type SQL struct{ db store.Conn }

var _ pipeline.Reposts = (*SQL)(nil)

// NewSQL looks up a database that can be read.
func NewSQL(db store.Conn) *SQL { return &SQL{db} }

// Find implements pipeline.Reposts: of each URL and each text the first post.
func (s *SQL) Find(ctx context.Context, since time.Time, prints []pipeline.Fingerprint) ([]string, error) {
	var q *bun.SelectQuery
	for _, p := range prints {
		for _, by := range []struct{ column, value string }{{"url", p.URL}, {"text_hash", p.Text}} {
			if by.value == "" {
				continue
			}
			first := s.db.NewSelect().Table("posts").Column("id").Where("? = ?", bun.Ident(by.column), by.value).
				Where("event_id IS NOT NULL").Where("first_seen >= ?", since).Order("first_seen", "id").Limit(1)
			// SQLite takes a LIMIT in a part of a UNION only inside parentheses of its own.
			part := s.db.NewSelect().ColumnExpr("id").TableExpr("(?) AS first", first)
			if q == nil {
				q = part
			} else {
				q = q.UnionAll(part)
			}
		}
	}
	if q == nil {
		return nil, nil
	}
	var ids []string
	if err := q.Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("look up reposts: %w", err)
	}
	return ids, nil
}

// Add implements pipeline.Reposts: the transaction has done it.
func (*SQL) Add(context.Context, []pipeline.Fingerprint) {}

// place is where a reading of all posts has come to.
type place struct {
	seen time.Time
	id   string
}

// next reads the fingerprints of the next posts of events, n at most, in the order
// in which they were first seen.
func (s *SQL) next(ctx context.Context, from place, n int64) ([]pipeline.Fingerprint, place, error) {
	var rows []struct {
		ID        string
		URL       string
		TextHash  string
		FirstSeen time.Time
	}
	err := s.db.NewSelect().Table("posts").Column("id", "url", "text_hash", "first_seen").
		Where("event_id IS NOT NULL").Where("(first_seen, id) > (?, ?)", from.seen, from.id).
		Order("first_seen", "id").Limit(n).Scan(ctx, &rows)
	if err != nil {
		return nil, from, fmt.Errorf("read the posts to index: %w", err)
	}
	prints := make([]pipeline.Fingerprint, len(rows))
	for i, r := range rows {
		prints[i] = pipeline.Fingerprint{Post: r.ID, URL: r.URL, Text: r.TextHash}
		from = place{r.FirstSeen, r.ID}
	}
	return prints, from, nil
}
