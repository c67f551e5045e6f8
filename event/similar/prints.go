package similar

import (
	"slices"

	"huiying/event/gram"
)

// The shape of the prints by which near texts are found. Texts of 25 characters and
// more are told by their 4-grams, of which two fifths are left where every fifth
// character was changed, shorter ones by their 3-grams; below 8 characters only
// equality counts.
const (
	shortText = 10
	longText  = 25
	shortGram = 3
	longGram  = 4
)

// How many prints of a text the index keeps: the smallest of its head, where a
// copy cut to 140 characters still has them, and a few of what follows.
const (
	headLen   = 160
	headKept  = 13
	tailKept  = 4
	maxPrints = headKept + tailKept
)

// What a text is looked up by: the grams whose hashes are in the lower askedShare, and
// more of a short text. So are all that the index may have kept of a text as long, and
// most of those of one half as long.
const (
	askedShare = 0.20
	askedLeast = 20
)

// asked is the highest hash that a text of so many grams is looked up by.
func asked(grams int) uint32 {
	share := max(askedShare, float64(askedLeast)/float64(max(grams, 1)))
	return uint32(min(share, 1) * (1<<32 - 1))
}

// sketch is what the index keeps of a text's prints.
type sketch struct {
	hashes [maxPrints]uint32
	n      int
}

// reader takes texts apart, each once for all that is asked of it: a text looked up
// is mostly added next.
type reader struct {
	text Text
	sum  uint64
	// long and short are the hashes of all its 4-grams and 3-grams, in order; empty
	// where the text is not told by them.
	long, short []uint32
	// low are those of long that it is looked up by, once it was.
	low []uint32
}

// read makes the reader know t.
func (r *reader) read(t Text) {
	if slices.Equal(r.text, t) && len(t) > 0 {
		return
	}
	r.text = append(r.text[:0], t...)
	r.sum = t.sum()
	r.long, r.short, r.low = r.long[:0], r.short[:0], r.low[:0]
	// Near the border of 25 characters a text has grams of both sizes, so that a cut
	// or lengthened copy of it is found too.
	if len(t) >= longText-5 {
		r.long = gram.Hashes(r.long, t, longGram)
	}
	if len(t) >= fewest && len(t) < 2*longText {
		r.short = gram.Hashes(r.short, t, shortGram)
	}
}

// prints appends what the text is looked up by.
func (r *reader) prints(out []uint32, common *commons) []uint32 {
	most := asked(len(r.long))
	r.low = r.low[:0]
	for _, h := range r.long {
		if h <= most && !common.has(h) {
			r.low = append(r.low, h)
		}
	}
	return append(append(out, r.low...), r.short...)
}

// sketch is what the index keeps of the text.
func (r *reader) sketch(common *commons) (s sketch) {
	if len(r.text) < longText {
		s.keep(r.short, headKept, common)
		return s
	}
	head := min(len(r.long), headLen-longGram+1)
	if head == len(r.long) {
		// The smallest of the lowest are the smallest of all, if they are enough.
		if s.keep(r.low, headKept, common); s.n == headKept {
			return s
		}
		s = sketch{}
	}
	s.keep(r.long[:head], headKept, common)
	if tail := min(head+longGram-1, len(r.long)); tail < len(r.long) {
		s.keep(r.long[tail:], tailKept, common)
	}
	return s
}

// keep adds the most smallest of hs, each once.
func (s *sketch) keep(hs []uint32, most int, common *commons) {
	first := s.n
	limit := uint32(1<<32 - 1) // the largest kept, once there are enough
	for _, h := range hs {
		if h >= limit || common.has(h) {
			continue
		}
		at := s.n
		for at > first && s.hashes[at-1] > h {
			at--
		}
		if at > first && s.hashes[at-1] == h {
			continue
		}
		if s.n < first+most {
			s.n++
		}
		copy(s.hashes[at+1:s.n], s.hashes[at:])
		s.hashes[at] = h
		if s.n == first+most {
			limit = s.hashes[s.n-1]
		}
	}
}

// commons remembers which grams are in too many posts to say anything: boilerplate
// and common phrases. Of a few others it thinks so too.
type commons struct {
	bits [1 << 14]uint64
	n    int
}

// mostCommons is a sixteenth of all: knowing more it forgets all, and learns anew.
const mostCommons = len(commons{}.bits) * 64 / 16

func (c *commons) has(h uint32) bool {
	return c.bits[h>>6%uint32(len(c.bits))]>>(h&63)&1 != 0
}

func (c *commons) add(h uint32) {
	if c.has(h) {
		return
	}
	if c.n++; c.n > mostCommons {
		*c = commons{n: 1}
	}
	c.bits[h>>6%uint32(len(c.bits))] |= 1 << (h & 63)
}
