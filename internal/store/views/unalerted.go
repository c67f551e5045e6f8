package views

import (
	"context"
	"fmt"
	"time"

	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Unalerted is a post under 复核 whose event, if it has one, raised no alert.
type Unalerted struct {
	ID       string
	EventID  string // "" for none
	Title    string // of the post, else of its event
	Source   string // its name
	URL      string
	Category verdict.Category
	SeenAt   time.Time
}

// UnalertedIn lists the posts under 复核 first seen in [from, to) that raised no alert,
// oldest first.
func UnalertedIn(ctx context.Context, db store.Conn, from, to time.Time) ([]Unalerted, error) {
	var rows []Unalerted
	err := db.NewSelect().TableExpr("posts AS post").
		ColumnExpr("post.id, post.source_name AS source, post.url, post.category, post.first_seen AS seen_at").
		ColumnExpr("COALESCE(post.event_id, '') AS event_id").
		ColumnExpr("COALESCE(NULLIF(post.title, ''), event.title, '') AS title").
		Join("LEFT JOIN events AS event ON event.id = post.event_id").
		Where("post.handling = ?", verdict.Review).
		Where("(event.id IS NULL OR event.handling = ?)", verdict.Review).
		Where("post.first_seen >= ?", from).Where("post.first_seen < ?", to).
		OrderExpr("post.first_seen, post.id").
		Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list posts under review: %w", err)
	}
	return rows, nil
}
