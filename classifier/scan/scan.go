// Package scan finds every occurrence of many words in a text. A bitmap of the
// words' first two characters tells at nearly every place of nearly every text
// that no word begins there; only where it does not are the words themselves
// looked at. Chinese words are short and their pairs of characters are rare, so
// that this takes little more than reading the text.
package scan

import (
	"math/bits"

	"huiying/classifier/text"
)

// Automaton finds words. It is immutable and safe for concurrent use.
type Automaton struct {
	// code numbers the characters of the words from 1; 0 is any other. Those from
	// han on are Han characters. rare holds what lies beyond the table.
	code [0x10000]uint16
	rare map[rune]uint16
	han  uint16
	// pairs holds each pair of characters that begins a word, ends each pair that is
	// a word, threes each three characters that begin a longer word, and inner each
	// pair of neighbours anywhere in a word.
	pairs, ends, threes, inner bitmap
	// edges is an open-addressing table of (state, code) → state, packed. The state
	// after a word's first character is that character's code.
	edges []uint64
	mask  uint64
	word  []int32 // by state: the word that ends there, or -1
	size  []int32 // by word: its length in characters
	most  int     // the length of the longest word
	alone bool    // whether there is any word of one character
	left  []int
}

// What an edge has room for: 65,279 different characters, 8 million states.
const (
	codeBits  = 16
	stateBits = 23
	letters   = closer
)

// New builds an automaton of distinct, cleaned words. Empty words never match; see
// also Left.
func New(words []string) *Automaton {
	a := &Automaton{rare: map[rune]uint16{}, size: make([]int32, len(words))}
	codes := a.alphabet(words)
	// The states: 0 is none, then one for each code, then those of longer prefixes.
	a.word = make([]int32, codes)
	for i := range a.word {
		a.word[i] = -1
	}
	d := draft{edges: map[uint64]uint64{}, pairs: map[uint32]bool{}, ends: map[uint32]bool{}, threes: map[uint32]bool{}, inner: map[uint32]bool{}}
	for i, w := range words {
		if at := a.path(w, i, d); at != 0 {
			a.word[at] = int32(i)
			a.alone = a.alone || a.size[i] == 1
			a.most = max(a.most, int(a.size[i]))
		}
	}
	a.pack(d.edges)
	a.pairs, a.ends, a.threes, a.inner = newBitmap(d.pairs), newBitmap(d.ends), newBitmap(d.threes), newBitmap(d.inner)
	return a
}

// Left lists the words for which there was no room: those with a character beyond
// the 65,279 an automaton can tell apart, or beyond 8 million characters in all.
// No text has use for so many.
func (a *Automaton) Left() []int { return a.left }

// Longest is the length of the longest word in characters.
func (a *Automaton) Longest() int { return a.most }

// draft is what an automaton is packed from.
type draft struct {
	edges                      map[uint64]uint64
	pairs, ends, threes, inner map[uint32]bool
}

// path adds a word's edges and returns the state it ends in, 0 for none.
func (a *Automaton) path(w string, i int, d draft) uint64 {
	at, last, pair := uint64(0), uint16(0), uint32(0)
	for _, r := range w {
		k := a.codeOf(r)
		if k == 0 || len(a.word) == 1<<stateBits {
			a.left = append(a.left, i)
			return 0
		}
		a.size[i]++
		switch a.size[i] {
		case 1:
			at, last = uint64(k), k
			continue
		case 2:
			pair = hash(last, k)
			d.pairs[pair] = true
		case 3:
			d.threes[hash3(pair, k)] = true
		}
		d.inner[hash(last, k)] = true
		key := at<<codeBits | uint64(k)
		to, ok := d.edges[key]
		if !ok {
			to = uint64(len(a.word))
			d.edges[key] = to
			a.word = append(a.word, -1)
		}
		at, last = to, k
	}
	if a.size[i] == 2 {
		d.ends[pair] = true
	}
	return at
}

// alphabet numbers the characters of words, Han characters last, and returns how
// many codes there are with 0.
func (a *Automaton) alphabet(words []string) int {
	n := 1
	for _, han := range []bool{false, true} {
		if han {
			a.han = uint16(n)
		}
		for _, w := range words {
			for _, r := range w {
				if n == letters || text.Han(r) != han || a.codeOf(r) != 0 {
					continue
				}
				if r < rune(len(a.code)) {
					a.code[r] = uint16(n)
				} else {
					a.rare[r] = uint16(n)
				}
				n++
			}
		}
	}
	return n
}

// pack lays out the table of edges, half empty.
func (a *Automaton) pack(edges map[uint64]uint64) {
	size := 1 << bits.Len(uint(2*len(edges)))
	a.edges, a.mask = make([]uint64, size), uint64(size-1) //nolint:gosec // a power of two
	for key, to := range edges {
		p := place(key) & a.mask
		for a.edges[p] != 0 {
			p = (p + 1) & a.mask
		}
		a.edges[p] = key<<(64-stateBits-codeBits) | to
	}
}

// Joins tells whether x and y may be neighbours in a word; it is rarely wrong
// where it says so and never where it does not.
func (a *Automaton) Joins(x, y rune) bool {
	p, k := a.codeOf(x), a.codeOf(y)
	return p != 0 && k != 0 && a.inner.has(hash(p, k))
}

func (a *Automaton) codeOf(r rune) uint16 {
	if uint32(r) < uint32(len(a.code)) { //nolint:gosec // runes are not negative
		return a.code[r]
	}
	return a.rare[r]
}

func place(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> 32 }

// edge is the state after reading k in state s, or 0.
func (a *Automaton) edge(s uint64, k uint16) uint64 {
	const room = 64 - stateBits - codeBits
	key := s<<codeBits | uint64(k)
	for p := place(key) & a.mask; a.edges[p] != 0; p = (p + 1) & a.mask {
		if a.edges[p]>>room == key {
			return a.edges[p] & (1<<room - 1)
		}
	}
	return 0
}

// Scan calls found for every occurrence of every word in a cleaned text,
// overlapping ones included. Those of one word come in the text's order.
func (a *Automaton) Scan(runes []rune, found func(word, start, end int)) {
	last, pairs := uint16(0), a.pairs
	for i, r := range runes {
		k := a.codeOf(r)
		if h := hash(last, k); pairs.has(h) && (a.ends.has(h) || i+1 < len(runes) && a.threes.has(hash3(h, a.codeOf(runes[i+1])))) {
			s := a.edge(uint64(last), k)
			for next := i + 1; s != 0; next++ {
				if w := a.word[s]; w >= 0 {
					found(int(w), next-int(a.size[w]), next)
				}
				if next == len(runes) {
					break
				}
				s = a.edge(s, a.codeOf(runes[next]))
			}
		}
		if a.alone && a.word[k] >= 0 {
			found(int(a.word[k]), i, i+1)
		}
		last = k
	}
}
