package event

import (
	"context"
	"fmt"

	"huiying/internal/store"
)

// SaveGrade writes the grade that GradeAs set, and the step of the update about it.
func SaveGrade(ctx context.Context, tx store.Conn, e *Event) error {
	return saveColumns(ctx, tx, e, "grade", "graded_from", "graded_at", "step")
}

// SaveSections writes the sections that an event concerns.
func SaveSections(ctx context.Context, tx store.Conn, e *Event) error {
	return saveColumns(ctx, tx, e, "sections")
}

// SaveConsult writes the agencies to consult about an event.
func SaveConsult(ctx context.Context, tx store.Conn, e *Event) error {
	return saveColumns(ctx, tx, e, "consult")
}

func saveColumns(ctx context.Context, tx store.Conn, e *Event, columns ...string) error {
	if _, err := tx.NewUpdate().Model(e).Column(columns...).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write %s of event %s: %w", columns[0], e.ID, err)
	}
	return nil
}
