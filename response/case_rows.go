package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/event"
	"huiying/internal/store"
)

// Save writes a case, if its event has none yet, and the clocks opened for it.
func Save(ctx context.Context, tx store.Conn, c Case, opened []Clock) error {
	if _, err := tx.NewInsert().Model(&c).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("save case %s: %w", c.ID, err)
	}
	if len(opened) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&opened).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("save clocks of case %s: %w", c.ID, err)
	}
	// A clock opened by re-grading makes an answered case wait for an answer again.
	_, err := tx.NewUpdate().Model((*Case)(nil)).Set("status = ?", Open).Set("answered_at = NULL").Set("closed_at = NULL").
		Where("id = ?", c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("reopen case %s: %w", c.ID, err)
	}
	return nil
}

// ErrNoCase says that no case has the id asked for.
var ErrNoCase = errors.New("no such case")

// Find returns the case with the given id; an event's id, or either without its
// letter, will do too.
func Find(ctx context.Context, db store.Conn, id string) (Case, error) {
	return find(ctx, db, id, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// Resolve returns the case and the event that stand for the given case or event now: where
// people merged it into another, those of that one. A button under the message of a merged
// event acts on the matter it is part of. See event.Resolve for locks.
func Resolve(ctx context.Context, db store.Conn, id string) (Case, event.Event, error) {
	id = "E-" + strings.TrimPrefix(strings.TrimPrefix(id, "E-"), "C-")
	e, err := event.Resolve(ctx, db, id)
	if errors.Is(err, event.ErrNotFound) {
		return Case{}, e, fmt.Errorf("%s: %w", id, ErrNoCase)
	}
	if err != nil {
		return Case{}, e, err
	}
	c, err := Find(ctx, db, e.ID)
	return c, e, err
}

func find(ctx context.Context, db store.Conn, id string, alter func(*bun.SelectQuery) *bun.SelectQuery) (Case, error) {
	id = "C-" + strings.TrimPrefix(strings.TrimPrefix(id, "E-"), "C-")
	var c Case
	err := db.NewSelect().Model(&c).Relation("Clocks", inOrder).Where("?TableAlias.id = ?", id).Apply(alter).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, fmt.Errorf("%s: %w", id, ErrNoCase)
	}
	if err != nil {
		return Case{}, fmt.Errorf("find case %s: %w", id, err)
	}
	return c, nil
}

// List returns the cases of a status, all for "", those that fall due first first.
func List(ctx context.Context, db store.Conn, status Status) ([]Case, error) {
	var all []Case
	q := db.NewSelect().Model(&all).Relation("Clocks", inOrder)
	if status != "" {
		q = q.Where("?TableAlias.status = ?", status)
	}
	if err := q.Order("opened_at").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Case) int { return a.NextDue().Compare(b.NextDue()) })
	return all, nil
}

// ByEvent reads the cases of events with their clocks, those due first first, by the id of
// the event.
func ByEvent(ctx context.Context, db store.Conn, eventIDs []string) (map[string]Case, error) {
	found := make(map[string]Case, len(eventIDs))
	if len(eventIDs) == 0 {
		return found, nil
	}
	var all []Case
	err := db.NewSelect().Model(&all).Relation("Clocks", inOrder).Where("?TableAlias.event_id IN (?)", bun.List(eventIDs)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the cases of %d events: %w", len(eventIDs), err)
	}
	for _, c := range all {
		found[c.EventID] = c
	}
	return found, nil
}

func inOrder(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("due_at") }

// NextDue is the deadline of the case's running clock that is due first; far in
// the future when none runs.
func (c Case) NextDue() time.Time {
	next := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, k := range c.Clocks {
		if k.Running() && k.DueAt.Before(next) {
			next = k.DueAt
		}
	}
	return next
}

// Settled reports whether an event's case waits for no answer; an event without a case is
// settled.
func Settled(ctx context.Context, db store.Conn, eventID string) (bool, error) {
	c, err := Find(ctx, db, eventID)
	if errors.Is(err, ErrNoCase) {
		return true, nil
	}
	return !c.Status.Waits(), err
}

// Waiting reports whether an event waits for its answer, in Chinese how its running clocks
// stand at now, and whether one of them is overdue.
func Waiting(ctx context.Context, db store.Conn, eventID string, now time.Time) (waits bool, clocks string, overdue bool, err error) {
	c, err := Find(ctx, db, eventID)
	if errors.Is(err, ErrNoCase) {
		return false, "", false, nil
	}
	if err != nil || !c.Status.Waits() {
		return false, "", false, err
	}
	var words []string
	for _, k := range c.Clocks {
		if k.Running() {
			words = append(words, k.Kind.Name()+k.Words(now))
			overdue = overdue || k.Overdue(now) >= 0
		}
	}
	return true, strings.Join(words, "，"), overdue, nil
}
