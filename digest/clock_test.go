package digest_test

import (
	"testing"
	"time"

	"huiying/digest"
	"huiying/internal/housetest"
	"huiying/response"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"不到 1 分钟":     59 * time.Second,
		"1 分钟":        time.Minute,
		"42 分钟":       42*time.Minute + 59*time.Second,
		"1 小时":        time.Hour,
		"3 小时 5 分":    3*time.Hour + 5*time.Minute,
		"1 天":         24*time.Hour + 30*time.Minute,
		"2 天 3 小时":    51*time.Hour + time.Minute,
		"416 天 15 小时": 9999 * time.Hour,
	} {
		if got := digest.Span(d); got != want {
			t.Errorf("Span(%s) = %s, want %s", d, got, want)
		}
	}
	if got := digest.Span(-time.Hour); got != "不到 1 分钟" {
		t.Errorf("a negative span reads %s", got)
	}
}

func TestClockAt(t *testing.T) {
	t.Parallel()
	now := housetest.Now()
	for name, c := range map[string]struct {
		due, stopped time.Duration // from now; stopped 0 for running
		state        digest.ClockState
		words        string
	}{
		"running":        {42 * time.Minute, 0, digest.Running, "剩 42 分钟"},
		"due this very":  {0, 0, digest.Running, "剩不到 1 分钟"},
		"overdue":        {-3 * time.Hour, 0, digest.Overdue, "已超时 3 小时"},
		"answered":       {time.Hour, -time.Hour, digest.Answered, "按时答复"},
		"answered late":  {-2 * time.Hour, -time.Hour, digest.Late, "已答复，超时 1 小时"},
		"answered early": {-2 * time.Hour, -3 * time.Hour, digest.Answered, "按时答复"},
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
