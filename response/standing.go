package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"huiying/event"
)

// mostMerges bounds how many merges are followed.
const mostMerges = 20

// Standing returns the case and the event that stand for the given case or event
// now: where people merged it into another, those of that one. A button under the
// message of a merged event acts on the matter it is part of. In a transaction on
// PostgreSQL the event is kept from the pipeline, which writes it whole, until the
// transaction ends; on SQLite the transaction alone does.
func Standing(ctx context.Context, db bun.IDB, id string) (Case, event.Event, error) {
	for range mostMerges {
		id = "E-" + strings.TrimPrefix(strings.TrimPrefix(id, "E-"), "C-")
		var e event.Event
		q := db.NewSelect().Model(&e).Where("id = ?", id)
		if _, tx := db.(bun.Tx); tx && db.Dialect().Name() == dialect.PG {
			q = q.For("UPDATE")
		}
		err := q.Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return Case{}, e, fmt.Errorf("%s: %w", id, ErrNoCase)
		}
		if err != nil {
			return Case{}, e, fmt.Errorf("read event %s: %w", id, err)
		}
		if e.MergedInto == "" {
			c, err := Find(ctx, db, id)
			return c, e, err
		}
		id = e.MergedInto
	}
	return Case{}, event.Event{}, fmt.Errorf("event %s is merged on and on, over %d times", id, mostMerges)
}
