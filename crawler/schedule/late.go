package schedule

import (
	"context"
	"fmt"
	"time"

	"huiying/internal/store"
)

// Late are sources that are not read when they should be, through no fault of theirs.
type Late struct {
	// Due are those that were due before the time asked for and are not being read;
	// Long those that have been read in one round for longer than any may last.
	Due, Long []string
}

// LateSources finds them: due for longer than patience at now, or read for longer than
// round.
func LateSources(ctx context.Context, db store.Conn, now time.Time, patience, round time.Duration) (Late, error) {
	var late Late
	err := db.NewSelect().Model((*Health)(nil)).Column("name").Where("active").
		Where("next_at < ?", now.Add(-patience)).Where("leased_until IS NULL OR leased_until < ?", now).
		Order("next_at").Scan(ctx, &late.Due)
	if err != nil {
		return late, fmt.Errorf("look for sources that are late: %w", err)
	}
	err = db.NewSelect().Model((*Health)(nil)).Column("name").Where("active").
		Where("leased_until > ?", now).Where("last_tried < ?", now.Add(-round)).Order("last_tried").Scan(ctx, &late.Long)
	if err != nil {
		return late, fmt.Errorf("look for rounds that do not end: %w", err)
	}
	return late, nil
}
