package digest

import (
	"time"

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
	left := response.Span(time.Duration(c.Left) * time.Second)
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

// Zone is the time that the office lives by, +08:00, whatever the machine's own.
func Zone() *time.Location { return time.FixedZone("CST", 8*60*60) }

// DayOf is the day in +08:00 that holds t: its start and the next one's.
func DayOf(t time.Time) (from, to time.Time) {
	y, m, d := t.In(Zone()).Date()
	from = time.Date(y, m, d, 0, 0, 0, 0, Zone())
	return from, from.AddDate(0, 0, 1)
}
