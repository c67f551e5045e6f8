package text

import "unicode"

// EndsSentence tells the marks that end a sentence.
func EndsSentence(r rune) bool { return r == '。' || r == '！' || r == '？' || r == '\n' }

// EndsClause tells the marks that end a clause, those of a sentence included.
func EndsClause(r rune) bool { return r == '，' || r == '；' || r == '：' || EndsSentence(r) }

// Separates tells the characters at which jieba cuts before it segments, so that
// a stretch between two of them has the very boundaries of the whole text.
func Separates(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '，' || r == '。'
}

// Stretch finds the widest [from,to) around [start,end) that holds no rune for
// which ends is true, looking no further than limit runes to either side.
func (t Text) Stretch(start, end, limit int, ends func(rune) bool) (from, to int) {
	from, to = start, end
	for from > 0 && start-from < limit && !ends(t.Runes[from-1]) {
		from--
	}
	for to < len(t.Runes) && to-end < limit && !ends(t.Runes[to]) {
		to++
	}
	return from, to
}

// maxGap is how many characters in a row a compact copy takes out between two
// Han characters; a longer row is a layout, not a disguise.
const maxGap = 4

// Compact is t without what stands between two Han characters inside a clause
// (symbols, spaces, emoji, hyphens), for words taken apart to escape matching.
// The second result gives for each rune of the copy its index in t; it is nil
// when there was nothing to take out.
func (t Text) Compact() (Text, []int) {
	var c Text
	var index []int
	kept := 0 // up to here t is in the copy
	keep := func(to int) {
		c.Runes, c.from = append(c.Runes, t.Runes[kept:to]...), append(c.from, t.from[kept:to]...)
		for ; kept < to; kept++ {
			index = append(index, kept)
		}
	}
	t.gaps(func(from, to int) bool {
		if index == nil {
			n := len(t.Runes) + from - to
			c.Runes, c.from, index = make([]rune, 0, n), make([]int32, 0, n), make([]int, 0, n)
		}
		keep(from)
		kept = to
		return true
	})
	if index != nil {
		keep(len(t.Runes))
	}
	return c, index
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
