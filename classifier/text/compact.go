package text

import (
	"slices"
	"sort"
	"unicode"
)

// maxGap is how many characters in a row a compact copy takes out between two
// Han characters; a longer row is a layout, not a disguise.
const maxGap = 4

// Copy is a compact copy: a text without what stands between two Han characters
// inside a clause (symbols, spaces, emoji, hyphens), for words taken apart to
// escape matching.
type Copy struct {
	Runes []rune
	seams []seam
}

// seam is a place of a copy before which something was taken out.
type seam struct {
	at   int // in the copy
	lost int // how many characters were taken out up to here
}

// Compact makes copy that of t, overwriting it, and tells whether anything was
// taken out. Where it was not, the copy is left empty.
func (t Text) Compact(copied *Copy) bool {
	copied.Runes, copied.seams = copied.Runes[:0], copied.seams[:0]
	kept, lost := 0, 0
	t.gaps(func(from, to int) bool {
		if kept == 0 {
			copied.Runes = slices.Grow(copied.Runes, len(t.Runes)+from-to)
		}
		copied.Runes = append(copied.Runes, t.Runes[kept:from]...)
		kept, lost = to, lost+to-from
		copied.seams = append(copied.seams, seam{at: len(copied.Runes), lost: lost})
		return true
	})
	if kept == 0 {
		return false
	}
	copied.Runes = append(copied.Runes, t.Runes[kept:]...)
	return true
}

// Index is where in the text the copy's character i stands.
func (c *Copy) Index(i int) int {
	n := sort.Search(len(c.seams), func(n int) bool { return c.seams[n].at > i })
	if n == 0 {
		return i
	}
	return i + c.seams[n-1].lost
}

// Seams yields the places of the copy before which something was taken out, in order.
func (c *Copy) Seams(yield func(at int) bool) {
	for _, s := range c.seams {
		if !yield(s.at) {
			return
		}
	}
}

// Apart tells whether a compact copy would make neighbours of any two characters
// that joins is true for.
func (t Text) Apart(joins func(x, y rune) bool) bool {
	apart := false
	t.gaps(func(from, to int) bool {
		apart = joins(t.Runes[from-1], t.Runes[to])
		return !apart
	})
	return apart
}

// gaps calls found for each stretch that a compact copy takes out, until it is false.
func (t Text) gaps(found func(from, to int) bool) {
	for i := 1; i < len(t.Runes); i++ {
		if Han(t.Runes[i]) || !Han(t.Runes[i-1]) {
			continue
		}
		end := i
		for end < len(t.Runes) && end-i <= maxGap && Filler(t.Runes[end]) {
			end++
		}
		if end == i || end-i > maxGap || end == len(t.Runes) || !Han(t.Runes[end]) {
			continue
		}
		if !found(i, end) {
			return
		}
		i = end
	}
}

// Filler tells what a compact copy may take out: anything but letters, digits and
// the marks that end clauses.
func Filler(r rune) bool {
	if r >= 0x4E00 && r < 0xA000 {
		return false // the common case, without a search in unicode's tables
	}
	return !EndsClause(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// Han tells Chinese characters.
func Han(r rune) bool {
	if r >= 0x4E00 && r < 0xA000 {
		return true
	}
	return r >= 0x2E80 && unicode.Is(unicode.Han, r)
}
