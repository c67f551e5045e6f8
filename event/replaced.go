package event

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
	return otherPlace(was, is) || containment(was, is, shortGram) < left
}
