package digest_test

import (
	"testing"
	"time"

	"huiying/digest"
	"huiying/internal/fixture"
	"huiying/response"
)

func TestClockAt(t *testing.T) {
	t.Parallel()
	now := fixture.Now()
	for name, c := range map[string]struct {
		due, stopped time.Duration // from now; stopped 0 for running
		state        response.ClockState
		words        string
	}{
		"running":        {42 * time.Minute, 0, response.ClockRunning, "剩 42分钟"},
		"due this very":  {0, 0, response.ClockOverdue, "已超时 不到1分钟"},
		"overdue":        {-3 * time.Hour, 0, response.ClockOverdue, "已超时 3小时"},
		"answered":       {time.Hour, -time.Hour, response.ClockInTime, "已按时答复"},
		"answered late":  {-2 * time.Hour, -time.Hour, response.ClockLate, "已答复，超时 1小时"},
		"answered early": {-2 * time.Hour, -3 * time.Hour, response.ClockInTime, "已按时答复"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := response.Clock{Kind: response.Answer, DueAt: now.Add(c.due)}
			if c.stopped != 0 {
				clock.StoppedAt = now.Add(c.stopped)
			}
			got := digest.ClockAt(clock, now)
			if got.State != c.state || got.Words() != c.words {
				t.Errorf("%s %q, want %s %q", got.State, got.Words(), c.state, c.words)
			}
		})
	}
}
