package app

import (
	"context"
	"fmt"
	"time"

	"huiying/alerting"
)

// Settled waits until nothing is left to send now, or until ctx ends. What waits
// for a clock does not count.
func (a *App) Settled(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := a.db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).
			Where("state NOT IN (?, ?, ?)", alerting.Sent, alerting.Failed, alerting.Silenced).Count(ctx)
		if err != nil {
			return fmt.Errorf("count open deliveries: %w", err)
		}
		if n == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%d deliveries are still under way: %w", n, ctx.Err())
		}
	}
}
