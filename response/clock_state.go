package response

import (
	"time"

	"huiying/internal/zh"
)

// ClockState says how a deadline stands.
type ClockState string

// The states of a clock.
const (
	ClockRunning ClockState = "running"
	ClockOverdue ClockState = "overdue" // runs on past its deadline
	ClockInTime  ClockState = "answered"
	ClockLate    ClockState = "late"  // answered after the deadline
	ClockEnded   ClockState = "ended" // stopped without an answer: see Ending
)

// ClockStates lists the states of a clock.
func ClockStates() []ClockState {
	return []ClockState{ClockRunning, ClockOverdue, ClockInTime, ClockLate, ClockEnded}
}

// Waits reports whether a clock in this state still waits for its evidence.
func (s ClockState) Waits() bool { return s == ClockRunning || s == ClockOverdue }

// Words says in Chinese how a clock stands, such as 剩 42分钟. left is the time to the
// deadline, by whichever sign; ended is why the clock ended, where no answer ended it.
func (s ClockState) Words(left time.Duration, ended Ending) string {
	switch s {
	case ClockRunning:
		return "剩 " + zh.Span(left)
	case ClockOverdue:
		return "已超时 " + zh.Span(left)
	case ClockInTime:
		return "已按时答复"
	case ClockLate:
		return "已答复，超时 " + zh.Span(left)
	case ClockEnded:
		return ended.Name()
	}
	return string(s)
}

// State is how the clock stands at now. At its deadline it is overdue.
func (c Clock) State(now time.Time) ClockState {
	over := c.Overdue(now)
	switch {
	case c.Ended != "":
		return ClockEnded
	case c.Running() && over >= 0:
		return ClockOverdue
	case c.Running():
		return ClockRunning
	case over > 0:
		return ClockLate
	}
	return ClockInTime
}

// Words says in Chinese how the clock stands at now.
func (c Clock) Words(now time.Time) string { return c.State(now).Words(c.Overdue(now), c.Ended) }
