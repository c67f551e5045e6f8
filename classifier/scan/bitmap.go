package scan

import "math/bits"

// bitmap is a set of hashes. It may hold one that was not put in, about one of 32,
// and never lacks one that was.
type bitmap struct {
	bits  []uint64
	shift uint
}

func newBitmap(hashes map[uint32]bool) bitmap {
	width := max(14, bits.Len(uint(32*len(hashes))))
	b := bitmap{bits: make([]uint64, 1<<width/64), shift: uint(32 - width)}
	for h := range hashes {
		h >>= b.shift
		b.bits[h>>6] |= 1 << (h & 63)
	}
	return b
}

func (b bitmap) has(h uint32) bool {
	h >>= b.shift & 31 // spares a check that the shift is less than 32
	return b.bits[h>>6]&(1<<(h&63)) != 0
}

// hash spreads a pair of codes over 32 bits.
func hash(p, k uint16) uint32 { return (uint32(p)<<16 | uint32(k)) * 0x9E3779B1 }

// hash3 is the hash of three codes, from that of the first two and the third.
func hash3(pair uint32, k uint16) uint32 { return (pair ^ uint32(k)) * 0x85EBCA6B }
