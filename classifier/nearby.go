package classifier

import (
	"cmp"
	"slices"

	"huiying/classifier/text"
)

// nearby finds a word of before that a word of after follows within so many
// characters of one sentence (相距): the first such place of the text.
func nearby(before, after []hit, within int) (x, y hit, ok bool) {
	before, after = slices.Clone(before), slices.Clone(after)
	slices.SortStableFunc(before, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.field.name, b.field.name), cmp.Compare(a.at.end, b.at.end))
	})
	slices.SortStableFunc(after, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.field.name, b.field.name), cmp.Compare(a.at.start, b.at.start))
	})
	next := 0
	for _, y := range after {
		// Of those that end before y the last is the nearest: where it does not do,
		// none does.
		for next < len(before) && (before[next].field.name < y.field.name || before[next].field == y.field && before[next].at.end <= y.at.start) {
			next++
		}
		if next == 0 || before[next-1].field != y.field {
			continue
		}
		x := before[next-1]
		if y.at.start-x.at.end <= within && !slices.ContainsFunc(x.field.text.Runes[x.at.end:y.at.start], text.EndsSentence) {
			return x, y, true
		}
	}
	return hit{}, hit{}, false
}
