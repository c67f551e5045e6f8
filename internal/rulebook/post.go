package rulebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
)

// ErrNoPost says that no such post is stored.
var ErrNoPost = errors.New("no such post")

// Subject is a post to explain; what is not a text is known only of stored ones.
type Subject struct {
	Post      post.Post
	FirstSeen time.Time
	Event     string
	// Others are the posts of the same event besides this one.
	Others int
}

// FindPost looks a post up by its id or its address, the latest where several have it.
func FindPost(ctx context.Context, db store.Conn, id string) (Subject, error) {
	var row archivedRow
	err := db.NewSelect().Model(&row).Where("id = ? OR url = ?", id, id).Order("first_seen DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Subject{}, fmt.Errorf("%w: %s", ErrNoPost, id)
	}
	if err != nil {
		return Subject{}, fmt.Errorf("find post %s: %w", id, err)
	}
	s := Subject{FirstSeen: row.FirstSeen, Event: row.EventID, Post: row.archived().Post}
	if row.EventID != "" {
		n, err := db.NewSelect().Table("posts").Where("event_id = ? AND id <> ?", row.EventID, row.ID).Count(ctx)
		if err != nil {
			return Subject{}, fmt.Errorf("count the event's posts: %w", err)
		}
		s.Others = int(n)
	}
	return s, nil
}
