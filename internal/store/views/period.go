package views

import (
	"context"
	"fmt"
	"time"

	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// alerted is when an event was alerted; a person's split raises one that no alert preceded.
const alerted = "COALESCE(event.alerted_at, event.first_seen)"

// AlertedIn lists the events alerted in [from, to), in the order they were first seen.
func AlertedIn(ctx context.Context, db store.Conn, from, to time.Time) ([]event.Event, error) {
	var rows []event.Event
	err := db.NewSelect().Model(&rows).
		Where("event.handling = ?", verdict.Alert).
		Where(alerted+" >= ?", from).Where(alerted+" < ?", to).
		Order("event.first_seen", "event.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list events of the period: %w", err)
	}
	return rows, nil
}

// CarriedInto lists the events alerted before [from, to) that still concern it: with a
// clock that runs or stopped since, or with new posts.
func CarriedInto(ctx context.Context, db store.Conn, from, to time.Time) ([]event.Event, error) {
	var rows []event.Event
	clocks := db.NewSelect().TableExpr("clocks AS clock").ColumnExpr("1").
		Join(`JOIN cases AS "case" ON "case".id = clock.case_id`).
		Where(`"case".event_id = event.id`).
		Where("(clock.stopped_at IS NULL OR clock.stopped_at >= ?)", from)
	posts := db.NewSelect().TableExpr("posts AS post").ColumnExpr("1").
		Where("post.event_id = event.id").
		Where("post.first_seen >= ?", from).Where("post.first_seen < ?", to)
	err := db.NewSelect().Model(&rows).
		Where("event.handling = ?", verdict.Alert).
		Where(alerted+" < ?", from).
		Where("(EXISTS (?) OR EXISTS (?))", clocks, posts).
		Order("event.first_seen", "event.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list events carried into the period: %w", err)
	}
	return rows, nil
}
