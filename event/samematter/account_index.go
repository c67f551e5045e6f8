package samematter

import (
	"cmp"
	"slices"
)

// Matters finds the events whose posts tell of one matter in other words. Like the
// Index it is rebuilt from the database, and not safe for concurrent use.
type Matters struct {
	byKind map[string][]told
}

type told struct {
	event   string
	account Account
}

const (
	// toldPerEvent accounts of one event are remembered, and toldPerKind of all.
	toldPerEvent = 3
	toldPerKind  = 500
)

// NewMatters knows of nothing yet.
func NewMatters() *Matters { return &Matters{byKind: map[string][]told{}} }

// Add remembers that an event is told of so.
func (m *Matters) Add(event string, a Account) {
	if !a.Telling() {
		return
	}
	for _, k := range a.keys() {
		list := m.byKind[k]
		same := 0
		for _, t := range list {
			if t.event == event {
				same++
			}
		}
		if same >= toldPerEvent {
			continue
		}
		list = slices.DeleteFunc(list, func(t told) bool { return a.at.Sub(t.account.at) > MatterWindow })
		if len(list) >= toldPerKind {
			list = slices.Delete(list, 0, 1)
		}
		m.byKind[k] = append(list, told{event, a})
	}
}

// Remove forgets an event.
func (m *Matters) Remove(event string) {
	for k, list := range m.byKind {
		m.byKind[k] = slices.DeleteFunc(list, func(t told) bool { return t.event == event })
	}
}

// Move makes what is told of one event told of another.
func (m *Matters) Move(from, to string) {
	for _, list := range m.byKind {
		for i := range list {
			if list[i].event == from {
				list[i].event = to
			}
		}
	}
}

func (a Account) keys() []string { return slices.Concat(a.kinds, a.things) }

// Likeness is an event whose matter an account may be of, and by what.
type Likeness struct {
	Event string
	Score float64
	Why   string
}

// Find lists the events that tell of the same matter at least so far that a person
// should look, the likeliest first, at most three. Ties go to the event whose name
// comes first.
func (m *Matters) Find(a Account) []Likeness {
	var best []Likeness
	for _, k := range a.keys() {
		for _, t := range m.byKind[k] {
			score, why := SameMatter(a, t.account)
			if Judge(score) == Apart {
				continue
			}
			if i := slices.IndexFunc(best, func(l Likeness) bool { return l.Event == t.event }); i < 0 {
				best = append(best, Likeness{t.event, score, why})
			} else if score > best[i].Score {
				best[i].Score, best[i].Why = score, why
			}
		}
	}
	slices.SortFunc(best, func(a, b Likeness) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Event, b.Event))
	})
	return best[:min(len(best), 3)]
}
