// Package privacy hides what finds a person in the texts and addresses of posts:
// phones, ID and bank card numbers, plates, e-mail, accounts of chat programs, names
// of callers and authors, and handles. Numbers of offices, tickets, casualties,
// amounts, dates and standards stay readable.
//
// It works in two stages on a folded text (NFKC, without format characters): one
// pass finds candidates, then tables of shapes and of words beside them decide. The
// spellings and words stand in spellings.go, a line each.
package privacy

import (
	"strings"
	"unicode/utf8"
)

// Hidden replaces each character that is hidden.
const Hidden = '*'

// Span is a hidden part of a text, in bytes: [Start, End).
type Span struct{ Start, End int }

// maxPasses bounds how often a text is looked at again: what was hidden may have
// stood between a number and the word that announces it.
const maxPasses = 8

// Mask hides what is private in a text: every private character becomes one
// Hidden, so that code points keep their places; all other bytes stay. Of a mobile
// number the first three digits stay, which tell one caller from another and find
// nobody; of a landline the area code; of a plate the city. Mask is idempotent and
// takes time linear in the text.
func Mask(text string) string {
	for range maxPasses {
		spans := find(text)
		if len(spans) == 0 {
			break
		}
		text = hide(text, spans)
	}
	return text
}

// Find returns what Mask hides of a text, in order and without overlap.
func Find(text string) []Span {
	masked := Mask(text)
	if masked == text {
		return nil
	}
	var out []Span
	rest := masked
	for at, r := range text {
		now, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		if now == r {
			continue
		}
		end := at + utf8.RuneLen(r)
		if last := len(out) - 1; last >= 0 && out[last].End == at {
			out[last].End = end
			continue
		}
		out = append(out, Span{at, end})
	}
	return out
}

// hide writes a Hidden for each code point inside the spans.
func hide(text string, spans []Span) string {
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		for range text[s.Start:s.End] {
			b.WriteByte(Hidden)
		}
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// find is one pass over a text: the spans in order and without overlap.
func find(text string) []Span {
	s := scanner{tables: lookup(), folded: fold(text)}
	s.scan()
	var out []Span
	for i, hidden := range s.hidden {
		if !hidden {
			continue
		}
		start := int(s.at[i])
		if last := len(out) - 1; last >= 0 && out[last].Start <= start && start < out[last].End {
			continue // one character that folds to several
		}
		_, n := utf8.DecodeRuneInString(text[start:])
		if last := len(out) - 1; last >= 0 && out[last].End == start {
			out[last].End += n
			continue
		}
		out = append(out, Span{start, start + n})
	}
	return out
}

// scanner goes over a folded text once and marks what is private.
type scanner struct {
	*tables
	folded
	// hidden marks folded characters; nil while there is none.
	hidden []bool
	run    run
}

// mark hides [from, to), but for what is no letter and no digit unless all is asked.
func (s *scanner) mark(from, to int, all bool) {
	for i := from; i < to; i++ {
		if r := s.runes[i]; r == Hidden || !all && !isWord(r) || isSpace(r) {
			continue
		}
		if s.hidden == nil {
			s.hidden = make([]bool, len(s.runes))
		}
		s.hidden[i] = true
	}
}

// scan looks at every character once; each finder returns where to go on.
func (s *scanner) scan() {
	for i := 0; i < len(s.runes); {
		i = s.step(i)
	}
}

// step looks at the character i and returns where to go on, always beyond i.
func (s *scanner) step(i int) int {
	r := s.runes[i]
	if int(r) >= len(s.class) {
		return i + 1
	}
	switch s.class[r] {
	case plainClass:
	case atClass:
		return s.handle(i)
	case alnumClass:
		return s.token(i)
	case digitClass:
		return s.number(i)
	case labelClass:
		return s.name(i)
	case provinceClass:
		return s.plate(i)
	}
	return i + 1
}

// token looks at ASCII letters and digits: an address, an account, or a number.
func (s *scanner) token(i int) int {
	if i == 0 || !isAlnum(s.runes[i-1]) && !isMail(s.runes[i-1]) {
		if end := s.link(i); end > i {
			return end
		}
		if end := s.mail(i); end > i {
			return end
		}
	}
	if i == 0 || !isAlnum(s.runes[i-1]) {
		if end := s.account(i); end > i {
			return end
		}
	}
	if s.digitAt(i) >= 0 {
		return s.number(i)
	}
	return i + 1
}
