package samematter

import (
	"cmp"
	"slices"
)

// Index finds the events whose posts tell of one matter in other words. Like
// similar.Index it is rebuilt from the database, and not safe for concurrent use.
type Index struct {
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

// NewIndex knows of nothing yet.
func NewIndex() *Index { return &Index{byKind: map[string][]told{}} }

// Add remembers that a post of the event gives this account; an empty one is left out.
func (x *Index) Add(event string, a Account) {
	if a.IsEmpty() {
		return
	}
	for _, k := range a.keys() {
		list := x.byKind[k]
		same := 0
		for _, t := range list {
			if t.event == event {
				same++
			}
		}
		if same >= toldPerEvent {
			continue
		}
		list = slices.DeleteFunc(list, func(t told) bool { return a.at.Sub(t.account.at) > Window })
		if len(list) >= toldPerKind {
			list = slices.Delete(list, 0, 1)
		}
		x.byKind[k] = append(list, told{event, a})
	}
}

// Remove forgets an event.
func (x *Index) Remove(event string) {
	for k, list := range x.byKind {
		x.byKind[k] = slices.DeleteFunc(list, func(t told) bool { return t.event == event })
	}
}

// Move gives the accounts of one event to another.
func (x *Index) Move(from, to string) {
	for _, list := range x.byKind {
		for i := range list {
			if list[i].event == from {
				list[i].event = to
			}
		}
	}
}

func (a Account) keys() []string { return slices.Concat(a.kinds, a.things) }

// Match is an event whose matter an account may be of, and by what.
type Match struct {
	Event string
	Score float64
	Why   string
}

// Find lists the events that tell of the same matter at least so far that a person
// should look, the likeliest first, at most three. Ties go to the event whose name
// comes first.
func (x *Index) Find(a Account) []Match {
	var best []Match
	for _, k := range a.keys() {
		for _, t := range x.byKind[k] {
			score, why := Compare(a, t.account)
			if RelationOf(score) == Unrelated {
				continue
			}
			if i := slices.IndexFunc(best, func(m Match) bool { return m.Event == t.event }); i < 0 {
				best = append(best, Match{t.event, score, why})
			} else if score > best[i].Score {
				best[i].Score, best[i].Why = score, why
			}
		}
	}
	slices.SortFunc(best, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Event, b.Event))
	})
	return best[:min(len(best), 3)]
}
