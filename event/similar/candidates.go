package similar

import (
	"cmp"
	"slices"

	"huiying/event/gram"
)

// candidates gathers the posts that share grams with a text, and how many.
type candidates struct {
	// slots is a small open-addressing table: round<<32 | post number. Slots of
	// earlier rounds are free, so that none need be cleared.
	slots  []uint64
	shared []uint8
	seen   []uint32 // the slots of this round
	round  uint32
}

const (
	candidateSlots = 1 << 13
	// mostSeen posts are looked at for one text, in the order of its grams.
	mostSeen = candidateSlots / 2
)

// reset begins a text.
func (c *candidates) reset() {
	if c.slots == nil {
		c.slots, c.shared = make([]uint64, candidateSlots), make([]uint8, candidateSlots)
	}
	c.seen = c.seen[:0]
	if c.round++; c.round == 0 {
		clear(c.slots)
		c.round = 1
	}
}

// gram takes in the posts that share one gram, each with the weight the gram has:
// one that few have says more.
func (c *candidates) gram(posts []uint32, rare int) {
	weight := uint8(1)
	if len(posts) <= rare {
		weight = 2
	}
	for _, n := range posts {
		mark := uint64(c.round)<<32 | uint64(n)
		i := int(n*0x9e3779b1>>16) % candidateSlots
		for c.slots[i] != mark && uint32(c.slots[i]>>32) == c.round {
			i = (i + 1) % candidateSlots
		}
		if c.slots[i] != mark {
			if len(c.seen) == mostSeen {
				return
			}
			c.slots[i], c.shared[i] = mark, 0
			c.seen = append(c.seen, uint32(i))
		}
		c.shared[i] = min(c.shared[i], 250) + weight
	}
}

// best lists the living posts that share at least two grams, or a rare one, those that
// share the most first.
func (c *candidates) best(alive func(n uint32) bool, older func(a, b uint32) int) []uint32 {
	type candidate struct {
		n      uint32
		shared uint8
	}
	var all []candidate
	for _, i := range c.seen {
		if n := uint32(c.slots[i]); c.shared[i] >= 2 && alive(n) { //nolint:gosec // The lower half is meant.
			all = append(all, candidate{n, c.shared[i]})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.shared, a.shared), older(a.n, b.n))
	})
	out := make([]uint32, 0, mostCandidates)
	for _, x := range all[:min(len(all), mostCandidates)] {
		out = append(out, x.n)
	}
	return out
}

// sieve tells fast that a text shares too little with the one looked up for Alike
// to be worth asking: most of those that meet in one gram do so by chance.
type sieve struct {
	bits   [128]uint64
	grams  int
	hashes []uint32
}

// of begins with the text looked up.
func (s *sieve) of(t Text) {
	clear(s.bits[:])
	s.hashes = gram.Hashes(s.hashes[:0], t, shortGram)
	s.grams = len(s.hashes)
	for _, h := range s.hashes {
		s.bits[h>>6%128] |= 1 << (h & 63)
	}
}

// passes reports whether the other text may be alike. It never says no of one that is:
// grams counted twice or by chance only add.
func (s *sieve) passes(other Text) bool {
	if s.grams < longText || len(other) < longText {
		return true
	}
	s.hashes = gram.Hashes(s.hashes[:0], other, shortGram)
	both := 0
	for _, h := range s.hashes {
		if s.bits[h>>6%128]&(1<<(h&63)) != 0 {
			both++
		}
	}
	least := min(s.grams, len(s.hashes))
	return float64(both) >= fewGrams(least+shortGram-1)*float64(least)
}
