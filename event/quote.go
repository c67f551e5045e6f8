package event

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
