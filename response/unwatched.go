package response

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
)

// Unwatched lists the jobs that running clocks need and that are not there, or are due
// only long after the clock's next reminder, as where the machine's clock had run far
// ahead. A reminder that was sent is not sent again.
func (r *Reminders) Unwatched(ctx context.Context, now time.Time) ([]store.Job, error) {
	var running []Clock
	if err := r.DB.Reader().NewSelect().Model(&running).Where("stopped_at IS NULL").Order("due_at").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read running clocks: %w", err)
	}
	if len(running) == 0 {
		return nil, nil
	}
	live, err := r.DB.Live(ctx, JobClock)
	if err != nil {
		return nil, err
	}
	watched := make(map[string]time.Time, len(live)) // when each clock's next job is due
	for id, at := range live {
		clock, what, _ := strings.Cut(id, "|")
		if had, ok := watched[clock]; what != "soon" && (!ok || at.Before(had)) {
			watched[clock] = at
		}
	}
	var missing []store.Job
	for _, c := range running {
		next := c.DueAt
		if now.After(next) {
			next = now
		}
		if at, ok := watched[c.ID]; ok && at.Before(next.Add(r.Policy.Again+time.Hour)) {
			continue
		}
		job := store.Job{Kind: JobClock, ID: c.ID + "|due", At: c.DueAt, Urgent: true}
		told, err := r.DB.Reader().NewSelect().Model((*alerting.Notice)(nil)).Where("id = ?", "R-"+c.ID+"|due").Exists(ctx)
		if err != nil {
			return nil, fmt.Errorf("look whether people were told of clock %s: %w", c.ID, err)
		}
		if told {
			job = r.again(c, next)
		}
		missing = append(missing, job)
	}
	return missing, nil
}
