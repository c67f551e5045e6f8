package post

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Revision is an earlier text of a post that changed, with the verdict on it.
type Revision struct {
	bun.BaseModel `bun:"table:revisions,alias:revision"`

	PostID string `bun:",pk"`
	// Revision is 1 for the first text of a post.
	Revision int `bun:",pk"`
	Title    string
	Body     string
	Verdict  verdict.Verdict `bun:",type:json"`
	// SeenAt is when this text was last read.
	SeenAt time.Time
}

// Revise stores the new text of a post and keeps the old one as a Revision.
func Revise(ctx context.Context, tx store.Tx, was, is *Stored) error {
	r := &Revision{
		PostID: was.ID, Revision: was.Revision, Title: was.Title, Body: was.Body,
		Verdict: was.Verdict, SeenAt: was.LastSeen,
	}
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return fmt.Errorf("store the former text of post %s: %w", was.ID, err)
	}
	if _, err := tx.NewUpdate().Model(is).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store changed post %s: %w", is.ID, err)
	}
	return nil
}

// Revisions reads the earlier texts of posts, by post, the latest first.
func Revisions(ctx context.Context, db store.Conn, ids []string) (map[string][]Revision, error) {
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // a nil map answers like an empty one
	}
	var all []Revision
	err := db.NewSelect().Model(&all).Where("post_id IN (?)", bun.List(ids)).Order("post_id", "revision DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	byPost := map[string][]Revision{}
	for _, r := range all {
		byPost[r.PostID] = append(byPost[r.PostID], r)
	}
	return byPost, nil
}
