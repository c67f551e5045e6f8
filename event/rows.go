package event

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
)

// Insert stores a new event.
func Insert(ctx context.Context, tx store.Tx, e *Event) error {
	if _, err := tx.NewInsert().Model(e).Exec(ctx); err != nil {
		return fmt.Errorf("open event %s: %w", e.ID, err)
	}
	return nil
}

// Update writes all of an event.
func Update(ctx context.Context, tx store.Tx, e *Event) error {
	if _, err := tx.NewUpdate().Model(e).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store event %s: %w", e.ID, err)
	}
	return nil
}

// Recount counts an event's posts and sources anew and writes the event.
func Recount(ctx context.Context, tx store.Tx, e *Event) (err error) {
	if e.Posts, e.Sources, err = post.CountOf(ctx, tx, e.ID); err != nil {
		return err
	}
	return Update(ctx, tx, e)
}

// Redirect makes what was merged into one event part of another, so that Current
// needs one step.
func Redirect(ctx context.Context, tx store.Tx, from, to string) error {
	_, err := tx.NewUpdate().Model((*Event)(nil)).Set("merged_into = ?", to).Where("merged_into = ?", from).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move what was merged into event %s: %w", from, err)
	}
	return nil
}

// Current is Resolve that answers nil where there is no such event.
func Current(ctx context.Context, tx store.Tx, id string) (*Event, error) {
	e, err := Resolve(ctx, tx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil //nolint:nilnil // nothing is an answer here
	}
	if err != nil {
		return nil, err
	}
	return &e, nil
}

// MustCurrent is Current that fails where there is no such event.
func MustCurrent(ctx context.Context, tx store.Tx, id string) (*Event, error) {
	e, err := Current(ctx, tx, id)
	if err == nil && e == nil {
		err = fmt.Errorf("没有事件 %s", id)
	}
	return e, err
}

// FreeID is the id itself, else with the first number that makes it free: its post may
// have opened an event before, today.
func FreeID(ctx context.Context, tx store.Tx, id string) (string, error) {
	for n := 1; ; n++ {
		try := id
		if n > 1 {
			try = fmt.Sprintf("%s-%d", id, n)
		}
		taken, err := tx.NewSelect().Model((*Event)(nil)).Where("id = ?", try).Exists(ctx)
		if err != nil {
			return "", fmt.Errorf("look for an id like %s: %w", id, err)
		}
		if !taken {
			return try, nil
		}
	}
}

// Loudest names the last events seen since the given time that have more than so many
// posts, the latest first, no more than limit.
func Loudest(ctx context.Context, db store.Conn, since time.Time, posts, limit int) ([]string, error) {
	var ids []string
	err := db.NewSelect().Model((*Event)(nil)).Column("id").Where("last_seen >= ?", since).Where("posts > ?", posts).
		Order("last_seen DESC", "id").Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list the loudest events: %w", err)
	}
	return ids, nil
}
