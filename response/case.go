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
)

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

	Clocks []*Clock `bun:"rel:has-many,join:id=case_id"`
}

// runs reports whether any clock of these kinds waits for its evidence.
func (c Case) runs(kinds ...ClockKind) bool {
	return slices.ContainsFunc(c.Clocks, func(k *Clock) bool { return k.Running() && slices.Contains(kinds, k.Kind) })
}

// Clock is one deadline of a case.
type Clock struct {
	bun.BaseModel `bun:"table:clocks,alias:clock"`

	// ID is the case's id, "/", and the kind.
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
