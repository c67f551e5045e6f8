package classifier

import (
	"sort"
	"strings"
	"unicode"

	"huiying/classifier/scan"
	"huiying/classifier/text"
	"huiying/crawler"
)

// document is a post being judged.
type document struct {
	fields  [2]*field // title, body
	segment Segmenter
	words   *scan.Automaton
	index   [][]int32 // the lists a word stands in
	count   int       // how many lists there are
}

// field is the title or the body of a post, with every raw hit of every word.
type field struct {
	name string
	text text.Text
	hits map[int32][]span
	// lists are the word lists of which any word has a raw hit here.
	lists bitset
	// cuts holds the word ends of the stretches segmented so far, as positions in
	// text, by the stretch's start and end.
	cuts map[span][]int

	compact *field // see text.Compact; nil where it holds no word
	index   []int  // of compact: position in the field it is a copy of
}

type span struct{ start, end int }

// hit is a rule word that counts.
type hit struct {
	word     int32
	field    *field
	at       span // in field.text
	deformed bool // found in the compact copy only
}

// Bounds for texts that repeat a word without end: how many of its occurrences in
// one field are looked at, and how many of those that count are kept.
const (
	maxHits  = 4096
	maxCount = 64
)

func (c *Classifier) document(p crawler.Post) *document {
	d := &document{segment: c.segment, words: c.words, index: c.lists, count: c.count}
	d.fields[0] = d.field("title", c.cleaner.Clean(p.Title))
	d.fields[1] = d.field("body", c.cleaner.Clean(p.Body))
	for _, f := range d.fields {
		if !f.text.Apart(c.words.Joins) {
			continue // no gap stands where a word could go on: the copy would show nothing new
		}
		if t, index := f.text.Compact(); index != nil {
			if k := d.field(f.name, t); len(k.hits) > 0 {
				f.compact, f.index = k, index
			}
		}
	}
	return d
}

// hit tells whether any word has a raw hit, taken apart or not.
func (d *document) hit() bool {
	for _, f := range d.fields {
		if len(f.hits) > 0 || f.compact != nil {
			return true
		}
	}
	return false
}

// raw tells whether any word of l has a raw hit at the position, taken apart or not.
func (d *document) raw(l lexicon, at Position) bool {
	for _, f := range d.fields {
		if (at == Anywhere || string(at) == f.name) && (f.holds(l) || f.compact != nil && f.compact.holds(l)) {
			return true
		}
	}
	return false
}

// plain tells whether any word of l has a raw hit in the text as it stands.
func (d *document) plain(l lexicon) bool { return d.fields[0].holds(l) || d.fields[1].holds(l) }

func (f *field) holds(l lexicon) bool { return f.lists != nil && f.lists.any(l) }

func (d *document) field(name string, t text.Text) *field {
	f := &field{name: name, text: t}
	d.words.Scan(t.Runes, func(word, start, end int) {
		if f.hits == nil {
			f.hits, f.lists = map[int32][]span{}, newBitset(d.count)
		}
		id := int32(word) //nolint:gosec // pattern numbers come from int32
		s := f.hits[id]
		if len(s) < maxHits {
			f.hits[id] = append(s, span{start, end})
		}
		if len(s) == 0 {
			for _, l := range d.index[id] {
				f.lists.add(l)
			}
		}
	})
	return f
}

// query says which hits of a lexicon count.
type query struct {
	position  Position
	negatable bool
	most      int // stop after so many hits; 0 means all
}

// find lists the hits of l that count, in the order of the lexicon.
func (d *document) find(l lexicon, q query) []hit {
	var out []hit
	for _, f := range d.fields {
		if f.lists == nil || q.position != Anywhere && string(q.position) != f.name {
			continue
		}
		for _, e := range l {
			if !f.lists.has(e.id) {
				continue
			}
			for _, w := range e.words {
				count := 0
				for _, s := range f.hits[w] {
					if !f.counts(d.segment, e, s, q.negatable) {
						continue
					}
					if count++; count > maxCount {
						break
					}
					out = append(out, hit{word: w, field: f, at: s})
					if q.most > 0 && len(out) >= q.most {
						return out
					}
				}
			}
		}
	}
	return out
}

func (d *document) has(l lexicon, q query) bool {
	q.most = 1
	return len(d.find(l, q)) > 0
}

// any lists the hits of l in the text as it stands, and only where there is none
// those in the compact copies.
func (d *document) any(l lexicon, q query) []hit {
	if hits := d.find(l, q); len(hits) > 0 {
		return hits
	}
	return d.findDeformed(l, q)
}

// findDeformed lists hits that exist only in the compact copies: words taken
// apart by what stands between their characters.
func (d *document) findDeformed(l lexicon, q query) []hit {
	var out []hit
	for _, f := range d.fields {
		c := f.compact
		if c == nil || q.position != Anywhere && string(q.position) != f.name {
			continue
		}
		for _, e := range l {
			if !c.lists.has(e.id) {
				continue
			}
			for _, w := range e.words {
				count := 0
				for _, s := range c.hits[w] {
					original := span{f.index[s.start], f.index[s.end-1] + 1}
					if original.end-original.start == s.end-s.start || f.inside(e.not, original) || !c.counts(d.segment, e, s, q.negatable) {
						continue
					}
					if count++; count > maxCount {
						break
					}
					out = append(out, hit{word: w, field: f, at: original, deformed: true})
				}
			}
		}
	}
	return out
}

// counts judges one raw hit: by its surroundings (不算), by the boundaries of
// words, and by negation. The cheap checks come first.
func (f *field) counts(seg Segmenter, e entry, s span, negatable bool) bool {
	if f.inside(e.not, s) || negatable && f.negated(s) {
		return false
	}
	return e.anywhere || f.bounded(seg, s)
}

// inside tells whether s lies inside an occurrence of any of the contexts.
func (f *field) inside(contexts []int32, s span) bool {
	for _, c := range contexts {
		// All occurrences of one context are of one length and in order: the last
		// that begins at or before s reaches furthest.
		all := f.hits[c]
		if i := sort.Search(len(all), func(i int) bool { return all[i].start > s.start }); i > 0 && s.end <= all[i-1].end {
			return true
		}
	}
	return false
}

// stretch bounds what jieba looks at in a text without separators, so that a post
// of megabytes costs little more than its hits.
const stretch = 512

// window is the stretch of text whose segmentation judges s: its clause, and in a
// clause without end a block around s that all hits of the block share.
func (f *field) window(s span) span {
	const overlap = 64
	from, to := f.text.Stretch(s.start, s.end, 2*stretch, text.Separates)
	if to-from > 2*stretch {
		block := s.start / stretch * stretch
		from, to = max(from, block-overlap), min(to, max(block+stretch, s.end)+overlap)
	}
	return span{from, to}
}

// bounded tells whether s is equal to a word, made of whole words, or inside one
// longer word; a hit that crosses a boundary is another word's tail and the next
// one's head (发热 in 引发|热烈).
func (f *field) bounded(seg Segmenter, s span) bool {
	if !f.edged(s) {
		return false
	}
	w := f.window(s)
	ends, ok := f.cuts[w]
	if !ok {
		ends = seg.Cut(string(f.text.Runes[w.start:w.end]))
		if f.cuts == nil {
			f.cuts = map[span][]int{}
		}
		f.cuts[w] = ends
	}
	start, end := s.start-w.start, s.end-w.start
	first := sort.SearchInts(ends, start+1) // the first boundary behind the start
	if first == len(ends) || ends[first] >= end {
		return true // no boundary inside: equal to a word, or inside one
	}
	last := sort.SearchInts(ends, end)
	return (start == 0 || first > 0 && ends[first-1] == start) && last < len(ends) && ends[last] == end
}

// edged tells whether s neither begins nor ends inside a Latin word or a number:
// mac is no hit in machine, nor 110 in 12110.
func (f *field) edged(s span) bool {
	r := f.text.Runes
	return (s.start == 0 || !joined(r[s.start-1], r[s.start])) && (s.end == len(r) || !joined(r[s.end-1], r[s.end]))
}

// joined tells whether two neighbouring characters belong to one Latin word or one number.
func joined(a, b rune) bool {
	return latin(a) && latin(b) || a >= '0' && a <= '9' && b >= '0' && b <= '9'
}

func latin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 0xC0 && r < 0x250 && unicode.IsLetter(r) // cleaned text is in lower case
}

// nearby tells whether a word of b follows one of a within so many characters of
// one sentence (相距).
func nearby(a, b []hit, within int) bool {
	for _, x := range a {
		for _, y := range b {
			gap := y.at.start - x.at.end
			if x.field != y.field || gap < 0 || gap > within {
				continue
			}
			if !strings.ContainsFunc(string(x.field.text.Runes[x.at.end:y.at.start]), text.EndsSentence) {
				return true
			}
		}
	}
	return false
}
