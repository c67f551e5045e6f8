package views

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// EventNamed is the event that an id names, which may be its own or that of a notice or
// a case of it, with its title. Both are "" where the id names no event.
func EventNamed(ctx context.Context, db store.Conn, id string) (eventID, title string, err error) {
	var row struct{ ID, Title string }
	err = db.NewSelect().TableExpr("events AS event").ColumnExpr("event.id, event.title").
		Where("event.id = COALESCE("+
			"(SELECT event_id FROM cases WHERE id = ?), (SELECT event_id FROM notices WHERE id = ?), ?)", id, id, id).
		Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", nil
	}
	if err != nil {
		return "", "", fmt.Errorf("find the event of %s: %w", id, err)
	}
	return row.ID, row.Title, nil
}

// CalledMistaken lists those of some events that a section acknowledged as 误报.
func CalledMistaken(ctx context.Context, db store.Conn, eventIDs []string) (ids []string, err error) {
	err = db.NewSelect().TableExpr("acks").ColumnExpr("DISTINCT event_id").
		Where("act = 'mistaken'").Where("event_id IN (?)", bun.List(eventIDs)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read what was called mistaken: %w", err)
	}
	return ids, nil
}
