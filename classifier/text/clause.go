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
	for i := 1; i < len(t.Runes); i++ {
		if Han(t.Runes[i]) || !Han(t.Runes[i-1]) {
			continue
		}
		gap := 0
		for i+gap < len(t.Runes) && gap <= maxGap && Filler(t.Runes[i+gap]) {
			gap++
		}
		if gap == 0 || gap > maxGap || i+gap == len(t.Runes) || !Han(t.Runes[i+gap]) {
			continue
		}
		if index == nil {
			n := len(t.Runes) - gap
			c.Runes, c.from, index = make([]rune, 0, n), make([]int32, 0, n), make([]int, 0, n)
		}
		keep(i)
		kept, i = i+gap, i+gap
	}
	if index != nil {
		keep(len(t.Runes))
	}
	return c, index
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
