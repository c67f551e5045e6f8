package post

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Stored is a post as it was last read, with the verdict on that text. Functions that
// read only some of its columns say which; the other fields are zero then.
type Stored struct {
	bun.BaseModel `bun:"table:posts,alias:post"`
	Post

	LastSeen time.Time
	// Revision is 1 for the first text of a post.
	Revision int
	// TextHash tells texts apart that differ in more than markup.
	TextHash string
	// EventID is empty for a post of no event.
	EventID string `bun:",nullzero"`
	// Handling and Category are those of Verdict, for queries.
	Handling verdict.Handling
	Category verdict.Category
	Verdict  verdict.Verdict `bun:",type:json"`
}

// ErrNotFound says that no such post is stored.
var ErrNotFound = errors.New("no such post")

// Insert stores a new post.
func Insert(ctx context.Context, tx store.Tx, p *Stored) error {
	if _, err := tx.NewInsert().Model(p).Exec(ctx); err != nil {
		return fmt.Errorf("store post %s: %w", p.ID, err)
	}
	return nil
}

// MoveToEvent makes a post one of another event.
func MoveToEvent(ctx context.Context, tx store.Tx, id, eventID string) error {
	_, err := tx.NewUpdate().Model((*Stored)(nil)).Set("event_id = ?", eventID).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move post %s to event %s: %w", id, eventID, err)
	}
	return nil
}

// MoveAll makes all posts of one event posts of another.
func MoveAll(ctx context.Context, tx store.Tx, from, to string) error {
	_, err := tx.NewUpdate().Model((*Stored)(nil)).Set("event_id = ?", to).Where("event_id = ?", from).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move the posts of event %s to %s: %w", from, to, err)
	}
	return nil
}

// ByID reads one post. It returns ErrNotFound where there is none.
func ByID(ctx context.Context, db store.Conn, id string) (*Stored, error) {
	return one(ctx, id, db.NewSelect().Where("id = ?", id))
}

// Find reads the post with an id or an address, the latest where several have it. It
// returns ErrNotFound where there is none.
func Find(ctx context.Context, db store.Conn, idOrURL string) (*Stored, error) {
	return one(ctx, idOrURL, db.NewSelect().Where("id = ? OR url = ?", idOrURL, idOrURL).Order("first_seen DESC").Limit(1))
}

func one(ctx context.Context, name string, q *bun.SelectQuery) (*Stored, error) {
	p := new(Stored)
	err := q.Model(p).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if err != nil {
		return nil, fmt.Errorf("read post %s: %w", name, err)
	}
	return p, nil
}

// ByIDs reads the posts that are stored of those asked for, by their ids.
func ByIDs(ctx context.Context, db store.Conn, ids []string) (map[string]*Stored, error) {
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // a nil map answers like an empty one
	}
	all, err := list(ctx, db.NewSelect().Where("id IN (?)", bun.List(ids)))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Stored, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	return byID, nil
}

// list reads the posts of a query; without columns it reads whole rows.
func list(ctx context.Context, q *bun.SelectQuery) ([]Stored, error) {
	var all []Stored
	if err := q.Model(&all).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read posts: %w", err)
	}
	return all, nil
}
