package views

import (
	"context"
	"fmt"
	"time"

	"huiying/event"
	"huiying/internal/store"
)

// EventsWaiting reads the events whose case has the status and that were last seen
// since the given time, the latest first, no more than limit.
func EventsWaiting(ctx context.Context, db store.Conn, status string, since time.Time, limit int) ([]event.Event, error) {
	var events []event.Event
	err := db.NewSelect().Model(&events).
		Join("JOIN cases ON cases.event_id = event.id").Where("cases.status = ?", status).
		Where("event.last_seen >= ?", since).Order("event.last_seen DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read events by the status of their cases: %w", err)
	}
	return events, nil
}

// ArticlesWaiting lists the addresses of a source's posts whose events EventsWaiting
// would read, those of the latest event first, no more than limit.
func ArticlesWaiting(ctx context.Context, db store.Conn, source, status string, since time.Time, limit int) ([]string, error) {
	var urls []string
	err := db.NewSelect().TableExpr("posts AS post").ColumnExpr("post.url").
		Join("JOIN events AS event ON event.id = post.event_id").
		Join("JOIN cases ON cases.event_id = event.id").
		Where("post.source = ?", source).Where("post.url <> ''").
		Where("cases.status = ?", status).Where("event.last_seen >= ?", since).
		GroupExpr("post.url").OrderExpr("max(event.last_seen) DESC, post.url").Limit(int64(limit)).Scan(ctx, &urls)
	if err != nil {
		return nil, fmt.Errorf("list articles by the status of their cases: %w", err)
	}
	return urls, nil
}
