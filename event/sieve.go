package event

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
	s.hashes = gramHashes(s.hashes[:0], t, shortGram)
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
	s.hashes = gramHashes(s.hashes[:0], other, shortGram)
	both := 0
	for _, h := range s.hashes {
		if s.bits[h>>6%128]&(1<<(h&63)) != 0 {
			both++
		}
	}
	least := min(s.grams, len(s.hashes))
	return float64(both) >= fewGrams(least+shortGram-1)*float64(least)
}
