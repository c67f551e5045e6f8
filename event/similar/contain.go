package similar

import (
	"huiying/event/gram"
	"huiying/event/place"
)

// containment is the share of the grams of the text with fewer that the other has.
func containment(a, b Text, k int) float64 {
	return gram.Overlap(gram.Set(a, k), gram.Set(b, k))
}

// Quotes is the share of quoted, 0 to 1, that stands in t: how much of a post's
// words another text repeats. It is 0 where quoted is too short to tell.
func (t Text) Quotes(quoted Text) float64 {
	if len(quoted) < shortText || len(quoted) > len(t) {
		return 0
	}
	k := longGram
	if len(quoted) < longText {
		k = shortGram
	}
	return containment(quoted, t, k)
}

// left is the share of the shorter text's grams that must be left in the other for a
// page to be told on, not filled anew: a first word of a line grows to an article.
const left = 0.25

// Replaced reports whether a page that said one text now tells of another matter in
// another: the day's outages at the address of yesterday's. Another county is another
// matter however alike the words; else hardly a word must be left.
func Replaced(was, is Text) bool {
	if len(was) < shortText || len(is) < shortText {
		return false
	}
	return place.OtherCounty(string(was), string(is)) || containment(was, is, shortGram) < left
}
