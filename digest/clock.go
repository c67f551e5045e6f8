package digest

import (
	"time"

	"huiying/internal/zh"
	"huiying/response"
)

// ClockState says how a deadline stands.
type ClockState string

// The states of a clock. Late is answered, but after the deadline; Ended stopped
// without an answer, since the matter was graded anew, merged, or none at all.
const (
	Running  ClockState = "running"
	Overdue  ClockState = "overdue"
	Answered ClockState = "answered"
	Late     ClockState = "late"
	Ended    ClockState = "ended"
)

// ClockAt is how a clock of a case stands at now.
func ClockAt(c response.Clock, now time.Time) Clock {
	over := c.Overdue(now)
	out := Clock{
		Kind:      c.Kind,
		DueAt:     c.DueAt,
		StoppedAt: c.StoppedAt,
		Left:      int64(-over / time.Second),
		URL:       c.URL,
		Note:      c.Note,
	}
	switch {
	case c.Ended != "":
		out.State, out.Ended = Ended, c.Ended
	case c.Running() && over >= 0:
		out.State = Overdue
	case c.Running():
		out.State = Running
	case over > 0:
		out.State = Late
	default:
		out.State = Answered
	}
	return out
}

// Words says in Chinese how the clock stands, such as 剩 42分钟.
func (c Clock) Words() string {
	left := zh.Span(time.Duration(c.Left) * time.Second)
	switch c.State {
	case Overdue:
		return "已超时 " + left
	case Answered:
		return "已按时答复"
	case Late:
		return "已答复，超时 " + left
	case Ended:
		return c.Ended.Name()
	case Running:
	}
	return "剩 " + left
}
