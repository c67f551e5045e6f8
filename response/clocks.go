package response

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/event"
	"huiying/internal/verdict"
)

// Spans holds one duration for each clock.
type Spans struct{ FirstRelease, PressConference, Answer time.Duration }

func (s Spans) of(k ClockKind) time.Duration {
	switch k {
	case FirstRelease:
		return s.FirstRelease
	case PressConference:
		return s.PressConference
	case Answer:
		return s.Answer
	}
	return s.Answer
}

func (s Spans) or(d Spans) Spans {
	return Spans{
		FirstRelease:    cmp.Or(s.FirstRelease, d.FirstRelease),
		PressConference: cmp.Or(s.PressConference, d.PressConference),
		Answer:          cmp.Or(s.Answer, d.Answer),
	}
}

// Policy sets the clocks. The mechanism gives the upper bounds of their lengths;
// configs refuses longer ones.
type Policy struct {
	// Length is how long each clock runs. Defaults to 1h, 24h and 48h.
	Length Spans
	// Soon is how long before each deadline people are reminded. Defaults to
	// 15m, 4h and 8h.
	Soon Spans
	// Again is the pause between reminders once a clock is overdue. Defaults to 24h.
	Again time.Duration
	// UngradedAfter is how long an emergency may stay 待定 before the bureau's
	// head is told. Defaults to 15m.
	UngradedAfter time.Duration
	// Office owns what no section does.
	Office string
}

// WithDefaults fills in what is not set.
func (p Policy) WithDefaults() Policy {
	p.Length = p.Length.or(Spans{FirstRelease: time.Hour, PressConference: 24 * time.Hour, Answer: 48 * time.Hour})
	p.Soon = p.Soon.or(Spans{FirstRelease: 15 * time.Minute, PressConference: 4 * time.Hour, Answer: 8 * time.Hour})
	p.Again = cmp.Or(p.Again, 24*time.Hour)
	p.UngradedAfter = cmp.Or(p.UngradedAfter, 15*time.Minute)
	return p
}

// Urgent reports whether a matter runs on the fast clocks: 特别重大 and 重大
// emergencies, and those whose gravity nobody knows yet (机制第三条, 宁高勿低).
func Urgent(c verdict.Category, g verdict.Grade) bool {
	if c != verdict.Emergency {
		return false
	}
	return g == verdict.Extreme || g == verdict.Major || g == verdict.Pending
}

// kinds are the clocks a matter must have.
func kinds(c verdict.Category, g verdict.Grade) []ClockKind {
	if Urgent(c, g) {
		return []ClockKind{FirstRelease, PressConference}
	}
	return []ClockKind{Answer}
}

// For returns the case that event e must have at its present grade, with the
// clocks that have not been opened yet. have are the clocks it has; they are
// never taken back, since only a person lowers a grade. seen is when the post
// that raised the event was first seen: new clocks start there.
func (p Policy) For(e event.Event, have []*Clock, seen time.Time) (Case, []Clock) {
	owner := p.Office
	if len(e.Sections) > 0 {
		owner = e.Sections[0]
	}
	c := Case{ID: CaseID(e.ID), EventID: e.ID, Owner: owner, Status: Open, OpenedAt: seen}
	var opened []Clock
	for _, k := range kinds(e.Category, e.Grade) {
		// The fast clocks include the answer: an event that turns out less grave
		// keeps them and needs no slow one beside.
		if hasClock(have, k) || k == Answer && hasClock(have, FirstRelease) {
			continue
		}
		opened = append(opened, Clock{
			ID: clockID(c.ID, have, k), CaseID: c.ID, Kind: k,
			StartedAt: seen, DueAt: seen.Add(p.Length.of(k)),
		})
	}
	return c, opened
}

// hasClock reports whether a case has a clock of a kind; one that ended without an
// answer is none.
func hasClock(have []*Clock, k ClockKind) bool {
	return slices.ContainsFunc(have, func(c *Clock) bool { return c.Kind == k && c.Ended == "" })
}

// clockID is the id of a new clock of a kind, numbered where others of it ended.
func clockID(caseID string, have []*Clock, k ClockKind) string {
	id, n := caseID+"/"+string(k), 1
	for _, c := range have {
		if c.Kind == k {
			n++
		}
	}
	if n > 1 {
		id = fmt.Sprintf("%s/%d", id, n)
	}
	return id
}

// CaseID is the id of the case of an event.
func CaseID(eventID string) string { return "C-" + strings.TrimPrefix(eventID, "E-") }

// SoonAt is when people are reminded that c runs out: never before it started.
func (p Policy) SoonAt(c Clock) time.Time {
	return c.DueAt.Add(-min(p.Soon.of(c.Kind), c.DueAt.Sub(c.StartedAt)))
}
