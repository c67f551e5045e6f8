package classifier

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiying/classifier/text"
)

// Reference judges posts the slow, obvious way: it segments every text whole,
// looks for every word everywhere and asks every rule. It is what the engine is
// held to; only the wording of verdicts (conclude) is shared.
type Reference struct {
	*Classifier
	words [][]rune
	// starts lists the words by their first character.
	starts map[rune][]int32
	// cut gives the words of a whole text.
	cut func(string) []string
	// search lists every word's occurrences; the plain search unless a benchmark
	// puts a quicker one here.
	search func(runes []rune) map[int32][]span
}

// NewReference compiles set. cut gives the words of a whole text.
func NewReference(set RuleSet, cut func(string) []string) (*Reference, error) {
	c := &Classifier{cleaner: text.New()}
	b := &builder{cleaner: c.cleaner, ids: map[string]int32{}}
	if err := c.compile(set, b); err != nil {
		return nil, err
	}
	c.names = b.names
	r := &Reference{Classifier: c, starts: map[rune][]int32{}, cut: cut}
	for i, w := range b.words {
		runes := []rune(w)
		r.words = append(r.words, runes)
		r.starts[runes[0]] = append(r.starts[runes[0]], int32(i))
	}
	r.search = r.everywhere
	return r, nil
}

// Cutter makes a Segmenter's ends into words, in a little less time than gojieba
// takes to make its own.
func Cutter(seg Segmenter) func(string) []string {
	return func(s string) []string {
		ends := seg.Cut(s)
		out := make([]string, 0, len(ends))
		start, n := 0, 0
		for i := range s {
			if n == ends[len(out)] {
				out = append(out, s[start:i])
				start = i
			}
			n++
		}
		if start < len(s) {
			out = append(out, s[start:])
		}
		return out
	}
}

// UseAutomaton finds words with the engine's own automaton, so that a benchmark
// measures what the engine spares and not how slowly the reference searches.
func (r *Reference) UseAutomaton(c *Classifier) {
	r.search = func(runes []rune) map[int32][]span {
		out := map[int32][]span{}
		c.words.Scan(runes, func(word, start, end int) {
			if w := int32(word); len(out[w]) < maxHits {
				out[w] = append(out[w], span{start, end})
			}
		})
		return out
	}
}

// Words lists every word and context of the rules, normalised.
func (r *Reference) Words() [][]rune { return r.words }

func (r *Reference) everywhere(runes []rune) map[int32][]span {
	out := map[int32][]span{}
	for i, first := range runes {
		for _, w := range r.starts[first] {
			if n := len(r.words[w]); i+n <= len(runes) && slices.Equal(runes[i:i+n], r.words[w]) && len(out[w]) < maxHits {
				out[w] = append(out[w], span{i, i + n})
			}
		}
	}
	return out
}

// page is one field with everything that can be known of it. Of the engine's
// field it has no more than verdicts point to.
type page struct {
	*field
	hits    map[int32][]span
	edges   []bool // positions at which a word of the segmented text begins or ends; a compact copy's are nil until asked for
	cut     func(string) []string
	compact *page
	copied  text.Copy
}

func (r *Reference) page(name string, t text.Text) *page {
	return &page{field: &field{name: name, text: t}, hits: r.search(t.Runes), cut: r.cut}
}

func (p *page) segment(runes []rune) []bool {
	edges := make([]bool, len(runes)+1)
	at := 0
	edges[0] = true
	for _, w := range p.cut(string(runes)) {
		at += utf8.RuneCountInString(w)
		edges[at] = true
	}
	return edges
}

// whole tells whether a hit crosses no edge, or begins and ends at one. A stretch
// without separators longer than the bound is judged in the engine's blocks.
func (p *page) whole(s span) bool {
	if p.edges == nil {
		p.edges = p.segment(p.text.Runes)
	}
	edges, from := p.edges, 0
	if a, b := p.text.Stretch(s.start, s.end, len(p.text.Runes), text.Separates); b-a > 2*stretch {
		w := p.window(s)
		edges, from = p.segment(p.text.Runes[w.start:w.end]), w.start
	}
	a, b := s.start-from, s.end-from
	return !slices.Contains(edges[a+1:b], true) || edges[a] && edges[b]
}

func (p *page) denied(s span) bool {
	from, _ := p.text.Stretch(s.start, s.end, stretch, text.EndsClause)
	before, all := p.text.Runes[from:s.start], p.text.Runes[from:]
	for _, w := range preventions() {
		if strings.Contains(string(before), w) {
			return true
		}
	}
	for _, w := range negations() {
		for i := range before {
			if strings.HasPrefix(string(before[i:]), w) && len(before)-i-len([]rune(w)) <= reach && !friendly(all[i:]) {
				return true
			}
		}
	}
	return false
}

// friendly tells a text that begins with a false friend, none of which is longer
// than eight characters.
func friendly(text []rune) bool {
	begin := string(text[:min(8, len(text))])
	return slices.ContainsFunc(falseFriends(), func(w string) bool { return strings.HasPrefix(begin, w) })
}

func (p *page) within(contexts []int32, s span) bool {
	for _, c := range contexts {
		for _, o := range p.hits[c] {
			if o.start <= s.start && s.end <= o.end {
				return true
			}
		}
	}
	return false
}

// broken tells hits that begin or end inside a Latin word or a number.
func (p *page) broken(s span) bool {
	for _, at := range []int{s.start, s.end} {
		if at == 0 || at == len(p.text.Runes) {
			continue
		}
		a, b := p.text.Runes[at-1], p.text.Runes[at]
		letters := unicode.Is(unicode.Latin, a) && unicode.Is(unicode.Latin, b) && a < 0x250 && b < 0x250
		if letters || strings.ContainsRune("0123456789", a) && strings.ContainsRune("0123456789", b) {
			return true
		}
	}
	return false
}

func (p *page) holds(e entry, s span, negatable bool) bool {
	if p.within(e.not, s) || negatable && p.denied(s) {
		return false
	}
	return e.anywhere || !p.broken(s) && p.whole(s)
}
