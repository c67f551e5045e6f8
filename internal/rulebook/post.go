package rulebook

import (
	"context"
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
	p, err := post.Find(ctx, db, id)
	if errors.Is(err, post.ErrNotFound) {
		return Subject{}, fmt.Errorf("%w: %s", ErrNoPost, id)
	}
	if err != nil {
		return Subject{}, err
	}
	s := Subject{FirstSeen: p.FirstSeen, Event: p.EventID, Post: p.Post}
	if p.EventID != "" {
		n, _, err := post.CountOf(ctx, db, p.EventID)
		if err != nil {
			return Subject{}, err
		}
		s.Others = n - 1
	}
	return s, nil
}
