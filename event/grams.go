package event

import "slices"

// The shape of the prints by which near texts are found. Texts of 25 characters
// and more are told by their 5-grams, shorter ones by their 3-grams; below 8
// characters only equality counts. Of the grams of a long text one in each window
// of 8 is kept (winnowing), so that any common run of gram+window-1 characters is
// sure to share one; a text below 50 characters has few enough to keep them all.
const (
	shortText   = 10
	longText    = 25
	winnowedLen = 50
	shortGram   = 3
	longGram    = 5
	longWindow  = 8
)

// How many prints of a text the index keeps: the smallest of its head, where a
// copy cut to 140 characters still has them, and a few of what follows.
const (
	headLen   = 160
	headKept  = 11
	tailKept  = 4
	maxPrints = headKept + tailKept
)

// gramHashes appends a hash of each run of k characters, in order.
func gramHashes(out []uint32, t Text, k int) []uint32 {
	if len(t) < k {
		return out
	}
	const m = 0x9e3779b97f4a7c15
	lead := uint64(1) // m to the power of k
	for range k {
		lead *= m
	}
	var h uint64
	for i, c := range t {
		h = h*m + uint64(c) //nolint:gosec // A rune is never negative here.
		if i >= k {
			h -= lead * uint64(t[i-k]) //nolint:gosec // As above.
		}
		if i >= k-1 {
			out = append(out, mix(h))
		}
	}
	return out
}

// mix spreads a hash over 32 bits.
func mix(h uint64) uint32 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return uint32(h >> 32)
}

// winnow keeps in place, of each window, the rightmost smallest hash.
func winnow(hs []uint32, w int) []uint32 {
	if len(hs) <= w {
		return hs
	}
	out, at := hs[:0], -1
	for i := w - 1; i < len(hs); i++ {
		switch first := i - w + 1; {
		case at < first: // the smallest left the window: look anew
			at = first
			for j := first + 1; j <= i; j++ {
				if hs[j] <= hs[at] {
					at = j
				}
			}
		case hs[i] <= hs[at]:
			at = i
		default:
			continue
		}
		out = append(out, hs[at]) // never overtakes at: as many are kept, at most, as stand before it
	}
	return out
}

// prints appends what a text is looked up by. A text near the border of 25
// characters has grams of both sizes, so that a cut or lengthened copy of it is
// found too.
func prints(out []uint32, t Text) []uint32 {
	if len(t) >= longText-5 {
		n := len(out)
		out = gramHashes(out, t, longGram)
		if len(t) >= winnowedLen {
			out = out[:n+len(winnow(out[n:], longWindow))]
		}
	}
	if len(t) >= fewest && len(t) < 2*longText {
		out = gramHashes(out, t, shortGram)
	}
	return out
}

// sketch is what the index keeps of a text's prints.
type sketch struct {
	hashes [maxPrints]uint32
	n      int
}

func sketchOf(scratch []uint32, t Text) (s sketch, _ []uint32) {
	if len(t) < fewest {
		return s, scratch
	}
	k := longGram
	if len(t) < longText {
		k = shortGram
	}
	head := t[:min(len(t), headLen)]
	scratch = gramHashes(scratch[:0], head, k)
	s.keep(scratch, headKept)
	if tail := t[len(head):]; len(tail) >= k {
		scratch = gramHashes(scratch[:0], tail, k)
		s.keep(scratch, tailKept)
	}
	return s, scratch
}

// keep adds the most smallest of hs, each once.
func (s *sketch) keep(hs []uint32, most int) {
	first := s.n
	for _, h := range hs {
		kept := s.hashes[first:s.n]
		if len(kept) == most && h >= kept[most-1] {
			continue
		}
		i, twice := slices.BinarySearch(kept, h)
		if twice {
			continue
		}
		if len(kept) < most {
			s.n++
		}
		kept = s.hashes[first:s.n]
		copy(kept[i+1:], kept[i:])
		kept[i] = h
	}
}
