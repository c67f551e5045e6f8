package classifier

import (
	"slices"
	"sort"

	"huiying/classifier/text"
)

// marks are places of a text that hits are judged by. Each kind is looked for once,
// when the first hit asks, so that judging a hit takes no time that grows with
// the text around it.
type marks struct {
	separators []int // of words, see text.Separates
	clauses    []int // the ends of clauses
	// negations and preventions are the words that may void a hit behind them.
	negations, preventions []span
	// separatorsKnown and denialsKnown tell what was looked for.
	separatorsKnown, denialsKnown bool
}

func (m *marks) forget() { m.separatorsKnown, m.denialsKnown = false, false }

// separated is the widest stretch of runes around s without a separator outside s.
func (m *marks) separated(runes []rune, s span) span {
	if !m.separatorsKnown {
		m.separatorsKnown, m.separators = true, m.separators[:0]
		for i, r := range runes {
			if text.Separates(r) {
				m.separators = append(m.separators, i)
			}
		}
	}
	out := span{0, len(runes)}
	if i := sort.SearchInts(m.separators, s.start); i > 0 {
		out.start = m.separators[i-1] + 1
	}
	if i := sort.SearchInts(m.separators, s.end); i < len(m.separators) {
		out.end = m.separators[i]
	}
	return out
}

// denied tells whether the clause denies s, see field.negated.
func (m *marks) denied(runes []rune, s span) bool {
	if !m.denialsKnown {
		m.findDenials(runes)
	}
	if len(m.preventions) == 0 && len(m.negations) == 0 {
		return false
	}
	from := max(0, s.start-stretch)
	if i := sort.SearchInts(m.clauses, s.start); i > 0 {
		from = max(from, m.clauses[i-1]+1)
	}
	if p, ok := before(m.preventions, s.start); ok && p.start >= from {
		return true
	}
	n, ok := before(m.negations, s.start)
	return ok && n.start >= from && s.start-n.end <= reach
}

// before is the last of spans, which are in order, that ends at or before a place.
func before(spans []span, at int) (span, bool) {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].end > at })
	if i == 0 {
		return span{}, false
	}
	return spans[i-1], true
}

func (m *marks) findDenials(runes []rune) {
	m.denialsKnown = true
	m.clauses, m.negations, m.preventions = m.clauses[:0], m.negations[:0], m.preventions[:0]
	for i, r := range runes {
		switch {
		case text.EndsClause(r):
			m.clauses = append(m.clauses, i)
		case denies(r):
			if n := longest(runes[i:], preventions()); n > 0 {
				m.preventions = append(m.preventions, span{i, i + n})
			}
			if n := longest(runes[i:], negations()); n > 0 && longest(runes[i:], falseFriends()) == 0 {
				m.negations = append(m.negations, span{i, i + n})
			}
		}
	}
}

// denies tells the characters with which preventions and negations begin. Few
// characters of a text do, so that the words are compared at few places.
func denies(r rune) bool {
	switch r {
	case '未', '没', '无', '并', '不', '严', '防', '杜', '预', '遏', '打', '谨':
		return true
	}
	return false
}

// longest is the length of the longest of words that runes begins with, else 0.
func longest(runes []rune, words []string) int {
	n := 0
	for _, w := range words {
		if r := []rune(w); len(r) > n && len(r) <= len(runes) && slices.Equal(r, runes[:len(r)]) {
			n = len(r)
		}
	}
	return n
}
