package event

import (
	"iter"
	"slices"
)

// grams yields a hash of each run of k characters, in order.
func grams(t Text, k int) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i := 0; i+k <= len(t); i++ {
			h := uint64(14695981039346656037) // FNV-1a, by character
			for _, c := range t[i : i+k] {
				h = (h ^ uint64(c)) * 1099511628211 //nolint:gosec // A rune is never negative here.
			}
			h ^= h >> 32 // FNV's low bits alone order runs badly
			h *= 0x9e3779b97f4a7c15
			if !yield(h ^ h>>29) {
				return
			}
		}
	}
}

// prints are the winnowed grams of a text: the smallest of each window, so that
// two texts with a common run of gram+window-1 characters share at least one.
// Long texts also give their short grams no entry, and short ones no long ones:
// a text near the border of 25 characters is indexed under both sizes, so that
// a cut or lengthened copy is still found.
func prints(t Text) []uint64 {
	var out []uint64
	if len(t) >= longText-5 {
		out = winnow(out, t, longGram, longWindow)
	}
	if len(t) >= shortText && len(t) < 2*longText {
		out = winnow(out, t, shortGram, shortWindow)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func winnow(out []uint64, t Text, k, w int) []uint64 {
	hs := slices.Collect(grams(t, k))
	if len(hs) == 0 {
		return out
	}
	if len(hs) <= w {
		return append(out, slices.Min(hs))
	}
	last := -1
	for i := 0; i+w <= len(hs); i++ {
		m := i
		for j := i + 1; j < i+w; j++ {
			if hs[j] <= hs[m] { // the rightmost smallest: fewest prints
				m = j
			}
		}
		if m != last {
			out = append(out, hs[m])
			last = m
		}
	}
	return out
}
