package schedule

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

const (
	// leaseLength is how long a source stays shut after the node that read it died.
	leaseLength = time.Minute
	// clockSkew is how far a time may lie ahead, by nodes whose clocks differ, before it
	// means that the clock was set back.
	clockSkew = 2 * time.Minute
	// longestPlan is more than any pause or rest lasts: a day, and its jitter.
	longestPlan = 26 * time.Hour
)

// whereDue holds a query to sources that may be read now. Where the clock was set back,
// what was written under the old time binds nobody: a plan for next year is due, also
// one that was made in a round begun before the clock ran ahead.
func whereDue(q bun.QueryBuilder, now time.Time) {
	ahead := now.Add(clockSkew)
	q.Where("active").
		Where("(next_at <= ? OR next_at > ? OR last_tried > ?)", now, now.Add(longestPlan), ahead).
		Where("(leased_until IS NULL OR leased_until < ? OR leased_until > ?)", now, ahead.Add(leaseLength))
}

// lease takes a due source for one round; false when it is not due or another
// node has it.
func lease(ctx context.Context, db store.Conn, id string, now time.Time) (bool, error) {
	q := db.NewUpdate().Model((*Health)(nil)).
		Set("leased_until = ?", now.Add(leaseLength)).Set("last_tried = ?", now).Where("id = ?", id)
	whereDue(q.QueryBuilder(), now)
	res, err := q.Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lease source %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// renew keeps the lease of a long round alive until the returned function is
// called.
func (s *Scheduler) renew(ctx context.Context, id string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(leaseLength / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			_, err := s.o.Write.NewUpdate().Model((*Health)(nil)).
				Set("leased_until = ?", s.o.Now().Add(leaseLength)).Where("id = ?", id).Exec(ctx)
			if err != nil && ctx.Err() == nil {
				s.o.Log.WarnContext(ctx, "cannot renew the lease of a source", "source", id, "error", err)
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

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
