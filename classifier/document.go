package classifier

import (
	"huiying/internal/post"
)

// document is a post being judged. When it is judged its memory serves the next.
type document struct {
	fields [2]*field // title, body
}

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

// document reads a post: it is cleaned, and every raw hit of every word is found,
// in the text as it stands and in its compact copy.
func (c *Classifier) document(p post.Post) *document {
	d, ok := c.documents.Get().(*document)
	if !ok {
		d = &document{}
		for i, name := range []string{"title", "body"} {
			d.fields[i] = newField(c, name)
			d.fields[i].spare = newField(c, name)
		}
	}
	d.fields[0].read(p.Title)
	d.fields[1].read(p.Body)
	return d
}

// largest bounds in characters the fields whose memory is kept for the next post.
const largest = 1 << 16

// free gives the document's memory back. It must not be used afterwards, nor any
// of its hits.
func (c *Classifier) free(d *document) {
	if max(cap(d.fields[0].text.Runes), cap(d.fields[1].text.Runes)) <= largest {
		c.documents.Put(d)
	}
}

// hit tells whether any word has a raw hit, taken apart or not.
func (d *document) hit() bool {
	for _, f := range d.fields {
		if len(f.raw) > 0 || f.compact != nil {
			return true
		}
	}
	return false
}

// raw tells whether any word of l has a raw hit at the position, taken apart or not.
func (d *document) raw(l lexicon, at Position) bool {
	for _, f := range d.fields {
		if (at == Anywhere || string(at) == f.name) && (f.lists.any(l) || f.compact != nil && f.compact.lists.any(l)) {
			return true
		}
	}
	return false
}

// plain tells whether any word of l has a raw hit in the text as it stands.
func (d *document) plain(l lexicon) bool {
	return d.fields[0].lists.any(l) || d.fields[1].lists.any(l)
}

// query says which hits of a lexicon count.
type query struct {
	position  Position
	negatable bool
	most      int // stop after so many hits; 0 means all
}

// find lists the hits of l that count in the text as it stands, those of the title
// first, then in the order of the lexicon.
func (d *document) find(l lexicon, q query) []hit {
	var out []hit
	for _, f := range d.fields {
		if q.position == Anywhere || string(q.position) == f.name {
			out = f.find(out, l, q)
		}
	}
	return out
}

func (d *document) has(l lexicon, q query) bool {
	q.most = 1
	return len(d.find(l, q)) > 0
}

// any lists the hits of l in the text as it stands, and only where there is none
// those in the compact copies: words taken apart by what stands between their
// characters.
func (d *document) any(l lexicon, q query) []hit {
	out := d.find(l, q)
	if len(out) > 0 {
		return out
	}
	for _, f := range d.fields {
		if f.compact != nil && (q.position == Anywhere || string(q.position) == f.name) {
			out = f.findDeformed(out, l, q)
		}
	}
	return out
}

// find adds the hits of l in f that count to out.
func (f *field) find(out []hit, l lexicon, q query) []hit {
	for _, e := range l {
		if !f.lists.has(e.id) {
			continue
		}
		for _, w := range e.words {
			count := 0
			for _, o := range f.hits(w) {
				if q.most > 0 && len(out) >= q.most {
					return out
				}
				if !f.counts(e, o, q.negatable) {
					continue
				}
				if count++; count > maxCount {
					break
				}
				out = append(out, hit{word: w, field: f, at: o.span})
			}
		}
	}
	return out
}

// findDeformed adds the hits of l that count and stand in f's compact copy alone.
func (f *field) findDeformed(out []hit, l lexicon, q query) []hit {
	c := f.compact
	for _, e := range l {
		if !c.lists.has(e.id) {
			continue
		}
		for _, w := range e.words {
			count := 0
			for _, o := range c.hits(w) {
				if q.most > 0 && len(out) >= q.most {
					return out
				}
				original := span{f.copied.Index(o.start), f.copied.Index(o.end-1) + 1}
				if original.end-original.start == o.end-o.start || f.inside(e.not, original) || !c.counts(e, o, q.negatable) {
					continue
				}
				if count++; count > maxCount {
					break
				}
				out = append(out, hit{word: w, field: f, at: original, deformed: true})
			}
		}
	}
	return out
}
