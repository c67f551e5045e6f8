package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"huiying/digest"
	"huiying/response"
)

// clock is a deadline as a page shows it.
type clock struct {
	digest.Clock

	// Used and Total are seconds, for the bar.
	Used, Total int64
}

// Soon reports whether less than a quarter of the time is left.
func (c clock) Soon() bool { return c.State == response.ClockRunning && c.Left*4 < c.Total }

// Waits reports whether the clock still runs, so that the page counts on.
func (c clock) Waits() bool { return c.State.Waits() }

// Due is the deadline in seconds since 1970.
func (c clock) Due() int64 { return c.DueAt.Unix() }

// Class is the clock's style.
func (c clock) Class() string {
	if c.Soon() {
		return string(c.State) + " soon"
	}
	return string(c.State)
}

// clocks reads the clocks of events by event id, the nearest deadline first.
func (s *Server) clocks(ctx context.Context, events []string, now time.Time) (map[string][]clock, error) {
	cases, err := response.ByEvent(ctx, s.db, events)
	if err != nil {
		return nil, err
	}
	found := make(map[string][]clock, len(cases))
	for id, c := range cases {
		list := make([]clock, 0, len(c.Clocks))
		for _, k := range c.Clocks {
			view := clock{Clock: digest.ClockAt(*k, now), Total: max(1, int64(k.DueAt.Sub(k.StartedAt)/time.Second))}
			view.Used = min(max(0, view.Total-view.Left), view.Total)
			list = append(list, view)
		}
		found[id] = list
	}
	return found, nil
}

// worst is the state that colours an event: of the clocks that still run the one
// with the least time left, else late before answered; "" without clocks.
func worst(clocks []clock) string {
	if len(clocks) == 0 {
		return ""
	}
	return slices.MinFunc(clocks, func(a, b clock) int {
		rank := func(c clock) int {
			switch c.State {
			case response.ClockOverdue:
				return 0
			case response.ClockRunning:
				return 1
			case response.ClockLate:
				return 2
			case response.ClockInTime, response.ClockEnded:
			}
			return 3
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Left, b.Left))
	}).Class()
}
