package classifier

import (
	"cmp"
	"slices"
	"sort"
	"unicode"

	"huiying/classifier/text"
)

// field is the title or the body of a post, with every raw hit of every word.
type field struct {
	*Classifier
	name string
	text text.Text
	// raw are the raw hits by word, those of one word in the text's order.
	raw []occurrence
	// lists are the word lists of which any word has a raw hit here.
	lists bitset
	// cuts holds the word ends of the stretches segmented so far, as positions in
	// the stretch.
	cuts  map[span][]int
	marks marks

	compact *field // the compact copy; nil where no word stands across what it leaves out
	copied  text.Copy
	spare   *field // the memory of compact
}

type span struct{ start, end int }

// occurrence is a raw hit: a word's characters, whether they will count or not.
type occurrence struct {
	word int32
	span
}

func newField(c *Classifier, name string) *field {
	return &field{Classifier: c, name: name, lists: newBitset(c.count)}
}

// read makes f the field of s, whatever it was before.
func (f *field) read(s string) {
	f.cleaner.CleanInto(&f.text, s)
	f.scan()
	f.compact = nil
	if f.text.Apart(f.words.Joins) && f.text.Compact(&f.copied) && f.deformed() {
		f.compact = f.spare
		f.compact.text.Runes = f.copied.Runes
		f.compact.scan()
	}
}

// scan finds the raw hits of f's text.
func (f *field) scan() {
	f.raw = f.raw[:0]
	clear(f.lists)
	clear(f.cuts)
	f.marks.forget()
	f.words.Scan(f.text.Runes, func(word, start, end int) {
		f.raw = append(f.raw, occurrence{int32(word), span{start, end}}) //nolint:gosec // pattern numbers come from int32
	})
	slices.SortFunc(f.raw, func(a, b occurrence) int { return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.start, b.start)) })
	for i, o := range f.raw {
		if i == 0 || f.raw[i-1].word != o.word {
			for _, l := range f.inLists[o.word] {
				f.lists.add(l)
			}
		}
	}
}

// deformed tells whether any word stands in the compact copy across a place where
// something was left out. Only the surroundings of such places are looked at.
func (f *field) deformed() bool {
	found, runes := false, f.copied.Runes
	for at := range f.copied.Seams {
		if !f.words.Joins(runes[at-1], runes[at]) {
			continue
		}
		from, to := max(0, at-f.words.Longest()+1), min(len(runes), at+f.words.Longest()-1)
		f.words.Scan(runes[from:to], func(_, start, end int) {
			found = found || from+start < at && at < from+end
		})
		if found {
			break
		}
	}
	return found
}

// hits are the raw hits of a word, as many as are looked at.
func (f *field) hits(word int32) []occurrence {
	from := sort.Search(len(f.raw), func(i int) bool { return f.raw[i].word >= word })
	n := sort.Search(len(f.raw)-from, func(i int) bool { return f.raw[from+i].word > word })
	return f.raw[from : from+min(n, maxHits)]
}

// counts judges one raw hit: by its surroundings (不算), by the boundaries of
// words, and by negation. The cheap checks come first.
func (f *field) counts(e entry, o occurrence, negatable bool) bool {
	if f.inside(e.not, o.span) || negatable && f.negated(o.span) {
		return false
	}
	return e.anywhere || f.bounded(o)
}

// inside tells whether s lies inside an occurrence of any of the contexts.
func (f *field) inside(contexts []int32, s span) bool {
	for _, c := range contexts {
		// All occurrences of one context are of one length and in order: the last
		// that begins at or before s reaches furthest.
		all := f.hits(c)
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
	around := f.marks.separated(f.text.Runes, s)
	if around.end-around.start <= 2*stretch {
		return around
	}
	block := s.start / stretch * stretch
	return span{max(around.start, block-overlap), min(around.end, max(block+stretch, s.end)+overlap)}
}

// bounded tells whether a hit is equal to a word, made of whole words, or inside
// one longer word; a hit that crosses a boundary is another word's tail and the
// next one's head (发热 in 引发|热烈).
func (f *field) bounded(o occurrence) bool {
	if !f.edged(o.span) {
		return false
	}
	w := f.window(o.span)
	start, end := o.start-w.start, o.end-w.start
	clause := f.text.Runes[w.start:w.end]
	if f.firm[o.word] && !f.segment.Crossed(clause, start, end) {
		return true
	}
	ends, ok := f.cuts[w]
	if !ok {
		ends = f.segment.Cut(string(clause))
		if f.cuts == nil {
			f.cuts = map[span][]int{}
		}
		f.cuts[w] = ends
	}
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
