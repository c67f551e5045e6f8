package classifier

import (
	"iter"
	"math/bits"
	"slices"
)

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset      { return make(bitset, (n+63)/64) }
func (s bitset) add(i int32)      { s[i>>6] |= 1 << (i & 63) }
func (s bitset) has(i int32) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s bitset) any(l lexicon) bool {
	return slices.ContainsFunc(l, func(e entry) bool { return s.has(e.id) })
}

// all yields the members in ascending order.
func (s bitset) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// invert lists for each of n words the rules it can help to fire.
func (c *Classifier) invert(n int) [][]int32 {
	out := make([][]int32, n)
	for i := range c.rules {
		for _, g := range c.rules[i].groups {
			for _, e := range g.words {
				for _, w := range e.words {
					out[w] = append(out[w], int32(i))
				}
			}
		}
	}
	return out
}

// candidates yields the rules that may have a finding, in their order, judged by
// raw hits alone: nothing is segmented for a rule that cannot fire.
func (c *Classifier) candidates(r *reading) iter.Seq[int] {
	touched := newBitset(len(c.rules))
	for _, f := range r.doc.fields {
		for _, f := range []*field{f, f.compact} {
			if f == nil {
				continue
			}
			for _, o := range f.raw {
				for _, i := range c.firing[o.word] {
					touched.add(i)
				}
			}
		}
	}
	return func(yield func(int) bool) {
		for i := range touched.all() {
			if ru := &c.rules[i]; ru.wants(r.post) && c.feasible(r, ru) && !yield(i) {
				return
			}
		}
	}
}

// feasible tells whether a rule can have a finding given the place and the raw
// hits, whatever of them will count.
func (c *Classifier) feasible(r *reading, ru *rule) bool {
	missing, titled := 0, len(r.doc.fields[0].text.Runes) == 0
	for _, g := range ru.groups {
		if !r.doc.raw(g.words, Anywhere) {
			missing++
		}
		titled = titled || r.doc.raw(g.words, InTitle)
	}
	ours := r.where == here || r.where == doubtful
	if missing > 0 { // 兜底 takes one group short, with a heavy word, of our own place
		return missing == 1 && len(ru.groups) > 1 && ours && !ru.AnyPlace && r.doc.plain(c.heavy)
	}
	return ru.AnyPlace || ours || r.where == nowhere && titled
}
