// Package gram compares texts by their runs of k characters, each known by a hash.
package gram

import "slices"

// Set lists the hashes of a text's runs of k characters, sorted, each once.
func Set(t []rune, k int) []uint32 {
	out := Hashes(make([]uint32, 0, len(t)), t, k)
	slices.Sort(out)
	return slices.Compact(out)
}

// Hashes appends a hash of each run of k characters, in order.
func Hashes(out []uint32, t []rune, k int) []uint32 {
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
			out = append(out, Mix(h))
		}
	}
	return out
}

// Mix spreads a hash over 32 bits.
func Mix(h uint64) uint32 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return uint32(h >> 32)
}

// Overlap is the share of the smaller set that the other has, 0 to 1; 0 for an empty one.
func Overlap(a, b []uint32) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	both, j := 0, 0
	for _, g := range a {
		for j < len(b) && b[j] < g {
			j++
		}
		if j < len(b) && b[j] == g {
			both++
		}
	}
	return float64(both) / float64(max(len(a), 1))
}
