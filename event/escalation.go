package event

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Escalation is a step of 升级 that was reached.
type Escalation struct {
	bun.BaseModel `bun:"table:escalations,alias:escalation"`

	// ID names the rule, what was counted and the step.
	ID      string    `bun:"id,pk"`
	EventID string    `bun:"event_id"`
	Why     string    `bun:"why"`
	At      time.Time `bun:"at"`
}

// Escalated reports whether the step was reached since the given time.
func Escalated(ctx context.Context, db store.Conn, id string, since time.Time) (bool, error) {
	has, err := db.NewSelect().Model((*Escalation)(nil)).Where("id = ?", id).Where("at >= ?", since).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look up 升级 %s: %w", id, err)
	}
	return has, nil
}

// KeepEscalation records that a step was reached, in place of the last time.
func KeepEscalation(ctx context.Context, tx store.Tx, e *Escalation) error {
	_, err := tx.NewInsert().Model(e).On("CONFLICT (id) DO UPDATE").
		Set("event_id = EXCLUDED.event_id").Set("why = EXCLUDED.why").Set("at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep 升级 %s: %w", e.ID, err)
	}
	return nil
}
