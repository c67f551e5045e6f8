// Package reposts implements pipeline.Reposts in SQL and in Redis. The table of
// posts is the truth of both: Redis is filled from it, may lose anything at any
// time, and is filled again.
package reposts

import (
	"context"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/pipeline"
)

// SQL looks up the table of posts itself, by its indexes of URLs and texts.
type SQL struct{ db store.Conn }

var _ pipeline.Reposts = (*SQL)(nil)

// NewSQL looks up a database that can be read.
func NewSQL(db store.Conn) *SQL { return &SQL{db} }

// Find implements pipeline.Reposts: of each URL and each text the first post.
func (s *SQL) Find(ctx context.Context, since time.Time, prints []post.Print) ([]string, error) {
	return post.Reposted(ctx, s.db, since, prints)
}

// Add implements pipeline.Reposts: the transaction has done it.
func (*SQL) Add(context.Context, []post.Print) {}
