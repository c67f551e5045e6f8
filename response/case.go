// Package response sees that the public gets its answer: one Case per event,
// with the clocks of the mechanism, reminders, and the evidence that stops them.
package response

import (
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// ClockKind names a deadline of the mechanism.
type ClockKind string

// The clocks (机制第三条): for 特别重大 and 重大 emergencies, and for 待定, the
// first release within 1 hour and a press conference within 24; for every other
// matter the answer within 48 hours.
const (
	FirstRelease    ClockKind = "first_release"
	PressConference ClockKind = "press_conference"
	Answer          ClockKind = "answer"
)

// Name is the clock's Chinese name.
func (k ClockKind) Name() string {
	switch k {
	case FirstRelease:
		return "首次发布（1小时）"
	case PressConference:
		return "新闻发布会（24小时）"
	case Answer:
		return "答复公众（48小时）"
	}
	return string(k)
}

// Status is how far a case has come.
type Status string

// The states of a case.
const (
	Open     Status = "open"
	Answered Status = "answered"
	// Closed is for good: 办结. Only a matter that grows graver opens it again.
	Closed Status = "closed"
	// Merged goes on as the case of another event.
	Merged Status = "merged"
)

// Statuses lists the states of a case.
func Statuses() []Status { return []Status{Open, Answered, Closed, Merged} }

// Waits reports whether a case in this state still waits for an answer to the public.
// A merged case does not: the one it became part of may.
func (s Status) Waits() bool { return s == Open }

// Name is the state in Chinese.
func (s Status) Name() string {
	switch s {
	case Open:
		return "办理中"
	case Answered:
		return "已答复"
	case Closed:
		return "已办结"
	case Merged:
		return "已并入"
	}
	return string(s)
}

// Case is the duty to answer one event.
type Case struct {
	bun.BaseModel `bun:"table:cases,alias:case"`

	// ID is "C-" and the event's id without its "E-".
	ID      string `bun:"id,pk"`
	EventID string `bun:"event_id"`
	// Owner is the section that is first responsible.
	Owner      string    `bun:"owner"`
	Status     Status    `bun:"status"`
	OpenedAt   time.Time `bun:"opened_at"`
	AnsweredAt time.Time `bun:"answered_at,nullzero"`
	ClosedAt   time.Time `bun:"closed_at,nullzero"`
	// MergedInto is the case as which this one goes on; "" for none.
	MergedInto string `bun:"merged_into"`

	Clocks []*Clock `bun:"rel:has-many,join:id=case_id"`
}

// runs reports whether any clock of these kinds waits for its evidence.
func (c Case) runs(kinds ...ClockKind) bool {
	return slices.ContainsFunc(c.Clocks, func(k *Clock) bool { return k.Running() && slices.Contains(kinds, k.Kind) })
}

// Clock is one deadline of a case.
type Clock struct {
	bun.BaseModel `bun:"table:clocks,alias:clock"`

	// ID is the case's id, "/", and the kind; with "/2" and so on after one that ended.
	ID     string    `bun:"id,pk"`
	CaseID string    `bun:"case_id"`
	Kind   ClockKind `bun:"kind"`
	// StartedAt is when the post that opened the clock was first seen.
	StartedAt time.Time `bun:"started_at"`
	DueAt     time.Time `bun:"due_at"`
	StoppedAt time.Time `bun:"stopped_at,nullzero"`
	// URL is the published answer that stopped the clock; Note a person's record.
	URL  string `bun:"url"`
	Note string `bun:"note"`
	// Ended is why the clock ended where no answer ended it; "" for an answer.
	Ended Ending `bun:"ended"`
}

// Ending is why a clock ended without an answer.
type Ending string

// The endings.
const (
	EndedGraded   Ending = "graded"   // a person gave the matter a grade that has no such clock
	EndedMerged   Ending = "merged"   // the matter goes on as another event's
	EndedMistaken Ending = "mistaken" // there was nothing to answer
)

// Name is the ending in Chinese.
func (e Ending) Name() string {
	switch e {
	case EndedGraded:
		return "已撤销（重新定级）"
	case EndedMerged:
		return "已并入另一事项"
	case EndedMistaken:
		return "已撤销（误报）"
	}
	return string(e)
}

// Overdue is how long the clock has run past its deadline at now, or past it
// when it stopped; negative while there is time left.
func (c Clock) Overdue(now time.Time) time.Duration {
	if !c.StoppedAt.IsZero() {
		now = c.StoppedAt
	}
	return now.Sub(c.DueAt)
}

// Running reports whether the clock still waits for its evidence.
func (c Clock) Running() bool { return c.StoppedAt.IsZero() }
