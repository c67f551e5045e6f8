package place

import (
	"slices"

	"huiying/event/gram"
)

// Text is what a text says of places.
type Text struct {
	Names Names
	// Pairs are its runs of two characters, as gram.Set lists them: by them a name is
	// found that stands without its ending.
	Pairs []uint32
}

// Shared is what the names of two texts have in common.
type Shared struct {
	Names []string
	// Fine: a name of something that there is one of is among them, not only a town's
	// or a street's.
	Fine bool
	// Other: they name different things of one class. OtherTown: different towns.
	Other, OtherTown bool
}

// Compare compares the names of two texts. A name is shared too where the other text
// has it without its ending: 荫城 of 荫城镇.
func Compare(a, b Text) (s Shared) {
	for _, class := range classes() {
		na, nb := a.Names[class.name], b.Names[class.name]
		var both []string
		for _, n := range na {
			if slices.Contains(nb, n) || b.has(n) {
				both = append(both, n)
			}
		}
		for _, n := range nb {
			if !slices.Contains(both, n) && a.has(n) {
				both = append(both, n)
			}
		}
		if len(both) > 0 {
			s.Names = append(s.Names, both...)
			s.Fine = s.Fine || !class.coarse
		} else if len(na) > 0 && len(nb) > 0 {
			s.Other = true
			s.OtherTown = s.OtherTown || class.name == town
		}
	}
	return s
}

// OtherNames reports whether two texts name different things of one class: the
// outage of another village, told in the same words.
func OtherNames(a, b []rune) bool {
	na, nb := NamesIn(a), NamesIn(b)
	if len(na) == 0 || len(nb) == 0 {
		return false
	}
	return Compare(Text{na, gram.Set(a, 2)}, Text{nb, gram.Set(b, 2)}).Other
}

// has reports whether the text has a name of two characters, with any ending or none.
func (t Text) has(name string) bool {
	g := gram.Set([]rune(name), 2)
	if len(g) != 1 {
		return false
	}
	_, ok := slices.BinarySearch(t.Pairs, g[0])
	return ok
}
