// Package scan finds every occurrence of many words in one pass over a text: an
// Aho-Corasick automaton over code points, since Chinese words are short in code
// points and share few first characters.
package scan

// Automaton finds words. It is immutable and safe for concurrent use.
type Automaton struct {
	// first has a bit for each rune below 0x10000 that begins a word: most runes
	// of most texts begin none.
	first [1 << 10]uint64
	// keys and states are an open-addressing table from (state, rune) to state.
	keys   []uint64
	states []int32
	mask   uint64
	fail   []int32 // longest proper suffix that is a state
	word   []int32 // index of the word that ends here, or -1
	next   []int32 // nearest state on the fail chain at which a word ends, or 0
	length []int32 // of each word, in runes
}

// New builds an automaton of distinct, non-empty words. Empty words never match.
func New(words []string) *Automaton {
	type node struct {
		edges map[rune]int32
		word  int32
	}
	nodes := []node{{edges: map[rune]int32{}, word: -1}}
	a := &Automaton{length: make([]int32, len(words))}
	edges := 0
	for i, w := range words {
		at := int32(0)
		for _, r := range w {
			a.length[i]++
			to, ok := nodes[at].edges[r]
			if !ok {
				to = int32(len(nodes)) //nolint:gosec // far fewer states than 2³¹
				nodes = append(nodes, node{edges: map[rune]int32{}, word: -1})
				nodes[at].edges[r] = to
				edges++
			}
			at = to
		}
		if at != 0 {
			nodes[at].word = int32(i)
		}
	}
	size := uint64(16)
	for size < uint64(edges)*2 {
		size *= 2
	}
	a.keys, a.states, a.mask = make([]uint64, size), make([]int32, size), size-1
	a.fail, a.word, a.next = make([]int32, len(nodes)), make([]int32, len(nodes)), make([]int32, len(nodes))
	for s, n := range nodes {
		a.word[s] = n.word
		for r, to := range n.edges {
			a.put(int32(s), r, to)
			if s == 0 && r < 0x10000 {
				a.first[r>>6] |= 1 << (r & 63)
			}
		}
	}
	queue := []int32{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for r, to := range nodes[s].edges {
			if s != 0 {
				a.fail[to] = a.step(a.fail[s], r)
			}
			if f := a.fail[to]; a.word[f] >= 0 {
				a.next[to] = f
			} else {
				a.next[to] = a.next[f]
			}
			queue = append(queue, to)
		}
	}
	return a
}

// Scan calls found for every occurrence of every word, overlapping ones
// included, in the order in which they end.
func (a *Automaton) Scan(runes []rune, found func(word, start, end int)) {
	s := int32(0)
	for i, r := range runes {
		if s == 0 && r < 0x10000 && a.first[r>>6]&(1<<(r&63)) == 0 {
			continue
		}
		s = a.step(s, r)
		for o := s; o != 0; o = a.next[o] {
			if w := a.word[o]; w >= 0 {
				found(int(w), i+1-int(a.length[w]), i+1)
			}
		}
	}
}

// step is the state after reading r in state s.
func (a *Automaton) step(s int32, r rune) int32 {
	for {
		if to := a.get(s, r); to != 0 {
			return to
		}
		if s == 0 {
			return 0
		}
		s = a.fail[s]
	}
}

// key packs a state and a rune; a rune has 21 bits, and the added one keeps the
// zero key free to mean an empty place.
func key(s int32, r rune) uint64 {
	return (uint64(uint32(s))<<21 | uint64(uint32(r))&0x1FFFFF) + 1 //nolint:gosec // states and runes are not negative
}

func (a *Automaton) place(k uint64) uint64 {
	return (k * 0x9E3779B97F4A7C15) >> 20 & a.mask
}

func (a *Automaton) put(s int32, r rune, to int32) {
	k := key(s, r)
	p := a.place(k)
	for a.keys[p] != 0 {
		p = (p + 1) & a.mask
	}
	a.keys[p], a.states[p] = k, to
}

func (a *Automaton) get(s int32, r rune) int32 {
	k := key(s, r)
	for p := a.place(k); a.keys[p] != 0; p = (p + 1) & a.mask {
		if a.keys[p] == k {
			return a.states[p]
		}
	}
	return 0
}
