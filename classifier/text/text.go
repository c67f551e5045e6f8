// Package text cleans and normalises Chinese text once, and remembers where each
// character of the result stood in the original, so that a match can be shown on
// the very characters a reader sees.
package text

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed traditional.txt
var table string

// Cleaner cleans and normalises. It is safe for concurrent use.
type Cleaner struct {
	// fold is what one character of the Basic Multilingual Plane becomes: another
	// character, or one of the marks below. One table does for width, NFKC, script,
	// case and what is dropped, so that the common character costs one look.
	fold [0x10000]rune
	// simplified is from traditional to simplified characters.
	simplified map[rune]rune
	// many holds what the asked characters become that become several.
	many map[rune][]rune
}

// Marks of the fold table.
const (
	gone  = -1 // the character is dropped
	asked = -2 // it becomes several characters, or what it becomes depends on its neighbours
)

// New reads the embedded table of traditional characters and computes the fold
// table, which takes a few milliseconds.
func New() *Cleaner {
	c := &Cleaner{simplified: make(map[rune]rune, 1<<12), many: map[rune][]rune{}}
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		pair := []rune(strings.TrimSpace(line))
		for i := 0; i+1 < len(pair); i += 2 {
			c.simplified[pair[i]] = pair[i+1]
		}
	}
	for r := range rune(len(c.fold)) {
		switch out := c.slow(r); {
		case r == ',' || r == ':' || r == ';':
			c.fold[r] = asked
		case len(out) == 1:
			c.fold[r] = out[0]
		case len(out) == 0:
			c.fold[r] = gone
		default:
			c.fold[r], c.many[r] = asked, out
		}
	}
	return c
}

// Text is a field after cleaning: its runes, and for each the code points of the
// original it came from.
type Text struct {
	Runes []rune
	// from holds for each rune the index of its code point in the original.
	from []int32
}

// Original translates the span [start,end) of t into code points of the original.
func (t Text) Original(start, end int) (from, to int) {
	if start >= end || end > len(t.from) {
		return 0, 0
	}
	return int(t.from[start]), int(t.from[end-1]) + 1
}

// String is the cleaned text.
func (t Text) String() string { return string(t.Runes) }

// Clean drops what blinds a matcher (bytes that are no UTF-8, NUL and other
// controls, zero-width and bidirectional marks, combining marks) and normalises
// the rest: NFKC, width, simplified characters, lower case. Either width of ，；：
// becomes the full-width one and so ends a clause, except between two digits;
// either width of ！？ likewise. Tabs become spaces, and every kind of line end a
// newline.
func (c *Cleaner) Clean(s string) Text {
	var t Text
	c.CleanInto(&t, s)
	return t
}

// CleanInto is Clean into the memory of t, which is overwritten.
func (c *Cleaner) CleanInto(t *Text, s string) {
	t.Runes, t.from = t.Runes[:0], t.from[:0]
	if cap(t.Runes) < len(s) {
		n := utf8.RuneCountInString(s)
		t.Runes, t.from = slices.Grow(t.Runes, n), slices.Grow(t.from, n)
	}
	at := int32(-1)
	for i := 0; i < len(s); {
		var r rune
		start := i
		if b := s[i]; b-0xE1 < 12 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
			// Three bytes below the surrogates, as nearly every character of a Chinese text.
			r = rune(b&0xF)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
			i += 3
		} else {
			var n int
			r, n = utf8.DecodeRuneInString(s[i:])
			i += n
		}
		at++
		if r < rune(len(c.fold)) {
			if f := c.fold[r]; f >= 0 {
				t.add(f, at)
				continue
			} else if f == gone {
				continue
			}
		}
		if one, more := c.Fold(s, start, r); one >= 0 {
			t.add(one, at)
			for _, f := range more {
				t.add(f, at)
			}
		}
	}
}

// Fold is what Clean makes of the character r that stands at byte i of s: one
// character and those that follow it, or -1 for none. A byte that is no UTF-8 is
// utf8.RuneError. It allocates nothing for characters that are in common use.
func (c *Cleaner) Fold(s string, i int, r rune) (one rune, more []rune) {
	switch {
	case r < rune(len(c.fold)):
		switch f := c.fold[r]; {
		case f != asked:
			return f, nil
		case r != ',' && r != ':' && r != ';':
			return c.many[r][0], c.many[r][1:]
		case i > 0 && i+1 < len(s) && isDigit(s[i-1]) && isDigit(s[i+1]):
			return r, nil // 1,200 and 17:40 are no clause ends
		default:
			return punctuation(r), nil
		}
	case r >= 0x1F300 && r < 0x1FB00: // emoji, which NFKC leaves alone
		return r, nil
	}
	out := c.slow(r)
	if len(out) == 0 {
		return gone, nil
	}
	return out[0], out[1:]
}

// Fixed is what Clean makes of r wherever it stands; fixed is false where that is
// no single character or depends on the neighbours.
func (c *Cleaner) Fixed(r rune) (one rune, fixed bool) {
	one, more := c.Fold("", 0, r)
	return one, len(more) == 0 && r != ',' && r != ':' && r != ';'
}

// slow folds a character by the rules the table is made from.
func (c *Cleaner) slow(r rune) []rune {
	switch {
	case dropped(r):
		return nil
	case r < 0x80:
		return []rune{ascii(r)}
	case r >= 0x4E00 && r < 0xA000:
		return []rune{c.simple(r)} // NFKC leaves the unified ideographs alone
	}
	if p := punctuation(r); p != 0 {
		return []rune{p}
	}
	var out []rune
	for _, n := range norm.NFKC.String(string(r)) {
		if dropped(n) {
			continue
		}
		if unicode.IsSpace(n) {
			n = ' '
		}
		out = append(out, c.simple(unicode.ToLower(n)))
	}
	return out
}

// Word normalises a word of a rule the way Clean does texts.
func (c *Cleaner) Word(s string) string { return strings.TrimSpace(c.Clean(s).String()) }

func (t *Text) add(r rune, at int32) {
	t.Runes = append(t.Runes, r)
	t.from = append(t.from, at)
}

func (c *Cleaner) simple(r rune) rune {
	if s, ok := c.simplified[r]; ok {
		return s
	}
	return r
}

// ascii maps one ASCII character.
func ascii(r rune) rune {
	switch r {
	case '\t', '\v', '\f':
		return ' '
	case '\r':
		return '\n'
	case '!':
		return '！'
	case '?':
		return '？'
	case ',', ':', ';':
		return punctuation(r)
	}
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// punctuation maps marks that end a clause or a sentence, in any width, to the
// one form the rest of the program looks for; other runes give 0.
func punctuation(r rune) rune {
	switch r {
	case ',', '，', '﹐', '︐':
		return '，'
	case ';', '；', '﹔', '︔':
		return '；'
	case ':', '：', '﹕', '︓':
		return '：'
	case '！', '﹗', '︕', '‼':
		return '！'
	case '？', '﹖', '︖', '⁇':
		return '？'
	case '。', '｡', '︒':
		return '。'
	case '\u2028', '\u2029', '\u0085':
		return '\n'
	}
	return 0
}

// dropped tells characters that a reader does not see, or that only decorate the
// one before them.
func dropped(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085':
		return false
	case r < 0x20 || r >= 0x7F && r < 0xA0:
		return true
	case r < 0x300:
		return r == 0xAD
	case r == 0x034F || r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 || r == 0x2800 || r == 0x3164 || r == 0xFFA0:
		return true // letters by class, blank to the eye
	case r >= 0x4E00 && r < 0xA000:
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me, unicode.Cs) || r == utf8.RuneError
}
