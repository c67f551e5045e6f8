package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun/dialect"

	"huiying/event"
	"huiying/internal/store"
)

// mostMerges bounds how many merges are followed.
const mostMerges = 20

// Standing returns the case and the event that stand for the given case or event
// now: where people merged it into another, those of that one. A button under the
// message of a merged event acts on the matter it is part of. In a transaction on
// PostgreSQL the event is kept from the pipeline, which writes it whole, until the
// transaction ends; on SQLite the transaction alone does.
func Standing(ctx context.Context, db store.Conn, id string) (Case, event.Event, error) {
	_, tx := db.(store.Tx)
	lock := tx && db.Dialect().Name() == dialect.PG
	locked := false
	for range mostMerges {
		id = "E-" + strings.TrimPrefix(strings.TrimPrefix(id, "E-"), "C-")
		var e event.Event
		q := db.NewSelect().Model(&e).Where("id = ?", id)
		if locked {
			q = q.For("UPDATE")
		}
		err := q.Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return Case{}, e, fmt.Errorf("%s: %w", id, ErrNoCase)
		case err != nil:
			return Case{}, e, fmt.Errorf("read event %s: %w", id, err)
		case e.MergedInto != "":
			id, locked = e.MergedInto, false
		case lock && !locked:
			locked = true // only the one that stands: two locks might wait for each other
		default:
			c, err := Find(ctx, db, id)
			return c, e, err
		}
	}
	return Case{}, event.Event{}, fmt.Errorf("event %s is merged on and on, over %d times", id, mostMerges)
}
