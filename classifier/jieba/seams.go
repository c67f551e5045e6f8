package jieba

// seams knows the dictionaries' words well enough to tell of most places of a text,
// without cutting it, that no word lies across them. Its bitmaps hold hashes: they
// may make up a word, never overlook one.
type seams struct {
	pairs []uint64 // neighbours within a word
	words []uint64 // whole words
	// longest is the length of the longest word in characters.
	longest int
}

// The bitmaps take 2 and 4 MB and hold half a million pairs and 350,000 words, so
// that about one bit in a hundred is set.
const (
	pairBits = 24
	wordBits = 25
)

func newSeams() *seams {
	return &seams{pairs: make([]uint64, 1<<pairBits/64), words: make([]uint64, 1<<wordBits/64)}
}

// add makes a word known. A single character lies across nothing.
func (s *seams) add(word string) {
	h, last, n := uint64(0), rune(0), 0
	for _, r := range word {
		if n++; n > 1 {
			mark(s.pairs, pair(last, r))
		}
		h, last = mix(h, r), r
	}
	if n > 1 {
		mark(s.words, h>>(64-wordBits))
	}
	s.longest = max(s.longest, n)
}

// crossed tells whether a word may lie across either end of text[start:end]: begin
// before it and end inside it, or begin inside it and end behind it. A word that
// holds all of it does no harm.
func (s *seams) crossed(text []rune, start, end int) bool {
	for from := start - 1; from >= 0 && start-from < s.longest; from-- {
		if !marked(s.pairs, pair(text[from], text[from+1])) {
			break
		}
		if s.word(text, from, start+1, end-1) {
			return true
		}
	}
	for from := start + 1; from < end; from++ {
		if s.word(text, from, end+1, len(text)) {
			return true
		}
	}
	return false
}

// word tells whether a word may begin at from and end at any of the places from
// least to most.
func (s *seams) word(text []rune, from, least, most int) bool {
	h := uint64(0)
	for to := from; to < min(most, from+s.longest); to++ {
		if to > from && !marked(s.pairs, pair(text[to-1], text[to])) {
			return false
		}
		if h = mix(h, text[to]); to+1 >= least && marked(s.words, h>>(64-wordBits)) {
			return true
		}
	}
	return false
}

func mix(h uint64, r rune) uint64 { return (h + uint64(r)) * 0x9E3779B97F4A7C15 } //nolint:gosec // runes are not negative

func pair(a, b rune) uint64 { return mix(mix(0, a), b) >> (64 - pairBits) }

func mark(bits []uint64, i uint64)        { bits[i>>6] |= 1 << (i & 63) }
func marked(bits []uint64, i uint64) bool { return bits[i>>6]&(1<<(i&63)) != 0 }
