package event

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun/dialect"

	"huiying/internal/store"
)

// ErrNotFound says that there is no such event.
var ErrNotFound = errors.New("no such event")

// ByID reads one event. It returns ErrNotFound where there is none.
func ByID(ctx context.Context, db store.Conn, id string) (Event, error) {
	return byID(ctx, db, id, false)
}

func byID(ctx context.Context, db store.Conn, id string, lock bool) (e Event, err error) {
	q := db.NewSelect().Model(&e).Where("id = ?", id)
	if lock {
		q = q.For("UPDATE")
	}
	err = q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return e, fmt.Errorf("read event %s: %w", id, err)
	}
	return e, nil
}

// mostMerges bounds how many merges are followed.
const mostMerges = 20

// Resolve reads the event that stands for the given one now: where people merged it into
// another, that one. In a transaction on PostgreSQL it locks the event until the end, since
// whoever writes an event writes it whole; on SQLite the transaction alone keeps others out.
func Resolve(ctx context.Context, db store.Conn, id string) (Event, error) {
	_, tx := db.(store.Tx)
	lock := tx && db.Dialect().Name() == dialect.PG
	for range mostMerges {
		e, err := byID(ctx, db, id, false)
		if err == nil && e.MergedInto == "" && lock {
			e, err = byID(ctx, db, id, true) // only the one that stands: two locks might wait for each other
		}
		if err != nil || e.MergedInto == "" {
			return e, err
		}
		id = e.MergedInto
	}
	return Event{}, fmt.Errorf("event %s is merged on and on, over %d times", id, mostMerges)
}

// MergedInto names the events that were merged into the given one.
func MergedInto(ctx context.Context, db store.Conn, id string) (ids []string, err error) {
	err = db.NewSelect().Model((*Event)(nil)).Column("id").Where("merged_into = ?", id).Order("id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list what was merged into event %s: %w", id, err)
	}
	return ids, nil
}

// Count counts all events, those merged into others too.
func Count(ctx context.Context, db store.Conn) (int64, error) {
	n, err := db.NewSelect().Model((*Event)(nil)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return n, nil
}
