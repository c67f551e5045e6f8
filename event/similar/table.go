package similar

import (
	"math/bits"
	"slices"
)

// table is a multimap from 32-bit hashes to numbers of posts. It is made for
// millions of entries in little memory, which Go's maps are not: an entry takes six
// bytes, since its place tells the other half of its hash, and a search reads one
// line of the processor's cache, seldom two.
type table struct {
	shards []shard // shardCount of them, by the upper half of the hash
	// alive reports whether a number still stands for anything. Entries of dead ones
	// are dropped when their shard is full.
	alive func(n uint32) bool
	// dying says that some may be dead.
	dying bool
}

const shardCount = 1 << 16

func newTable(alive func(n uint32) bool) table {
	return table{shards: make([]shard, shardCount), alive: alive}
}

// shard is the lines of one upper half. The lower half of the hash, as a fraction
// of all, says in which line an entry belongs.
type shard []line

// line is 64 bytes: the lower halves of ten hashes with their numbers.
type line struct {
	// tags are twelve lanes of 16 bits. The last but one counts the entries, the last
	// says whether any that belongs here or before stands further on.
	tags    [3]uint64
	numbers [lineSlots]uint32 // 0 is free
}

const (
	lineSlots = 10
	laneUsed  = 1 << 32
	laneOver  = 1 << 48
	lanes     = 0x0001_0001_0001_0001
)

func (l *line) used() int { return int(l.tags[2] >> 32 & 0xffff) }

func (l *line) over() bool { return l.tags[2] >= laneOver }

// matches has the highest bit of each lane of w set that may hold the tag, and of
// each that surely does.
func matches(w, tag uint64) uint64 {
	x := w ^ tag*lanes
	return (x - lanes) & ^x & (lanes << 15)
}

// spread makes hashes even that are not: sketches keep the smallest. It can be undone,
// so that no two become one.
func spread(h uint32) (shard, tag uint32) {
	h *= 0x9e3779b1
	return h >> 16, h & 0xffff
}

// home is the line in which entries of a tag belong.
func (s shard) home(tag uint32) int { return int(uint64(tag) * uint64(len(s)) >> 16) }

// list appends the numbers under a hash, dead ones too, until out is full.
func (t *table) list(h uint32, out []uint32) []uint32 {
	number, tag := spread(h)
	s := t.shards[number]
	if len(s) == 0 {
		return out
	}
	for i := s.home(tag); ; {
		l := &s[i]
		for w := range l.tags {
			for m := matches(l.tags[w], uint64(tag)); m != 0; m &= m - 1 {
				lane := bits.TrailingZeros64(m) / 16
				slot := 4*w + lane
				if slot >= lineSlots || l.numbers[slot] == 0 || uint32(l.tags[w]>>(16*lane)&0xffff) != tag {
					continue
				}
				if len(out) == cap(out) {
					return out
				}
				out = append(out, l.numbers[slot])
			}
		}
		if !l.over() {
			return out
		}
		if i++; i == len(s) {
			i = 0
		}
	}
}

// each calls fn with the living numbers under a hash until it returns false.
func (t *table) each(h uint32, fn func(n uint32) bool) {
	var few [8]uint32
	have := t.list(h, few[:0])
	for len(have) == cap(have) { // there may be more
		have = t.list(h, make([]uint32, 0, 8*cap(have)))
	}
	for _, n := range have {
		if t.alive(n) && !fn(n) {
			return
		}
	}
}

// warm touches the lines of many hashes. The loads do not wait for each other, as
// those of each in turn would: at a million posts every one of them is a wait for
// memory.
func (t *table) warm(hs []uint32) (sum uint64) {
	for _, h := range hs {
		number, tag := spread(h)
		if s := t.shards[number]; len(s) > 0 {
			sum += s[s.home(tag)].tags[2]
		}
	}
	return sum
}

// farthest is how many lines an entry is looked for in, unless so many stand under
// one hash that no shard is large enough.
const farthest = 3

// add enters a number under a hash.
func (t *table) add(h, n uint32) {
	number, tag := spread(h)
	s := t.shards[number]
	if s.put(tag, n, farthest) {
		return
	}
	if s.crowded(s.count()) {
		s = t.grow(number)
	}
	s.put(tag, n, len(s))
}

// put enters a number, in the line it belongs to or the next one that has room, if
// that is within so many lines.
func (s shard) put(tag, n uint32, within int) bool {
	i := s.home(tag)
	for range min(len(s), within) {
		l := &s[i]
		if used := l.used(); used < lineSlots {
			l.numbers[used] = n
			l.tags[used/4] |= uint64(tag) << (16 * (used % 4))
			l.tags[2] += laneUsed
			return true
		}
		l.tags[2] |= laneOver
		if i++; i == len(s) {
			i = 0
		}
	}
	return false
}

// crowded reports whether one more than n would leave less than a fifth free.
func (s shard) crowded(n int) bool { return 5*(n+1) > 4*len(s)*lineSlots }

func (s shard) count() (n int) {
	for i := range s {
		n += s[i].used()
	}
	return n
}

// grow makes room in a shard, first by dropping what is dead.
func (t *table) grow(number uint32) shard {
	old, living := t.shards[number], 0
	for i := range old {
		l := &old[i]
		for k, n := range l.numbers[:l.used()] {
			if t.dying && !t.alive(n) {
				l.numbers[k] = 0
			} else {
				living++
			}
		}
	}
	size := len(old)
	if old.crowded(living) {
		// By an eighth to a quarter, each shard by another part, so that they do not
		// all grow at once.
		size += max(size*(4+int(number%5))/32, 1)
	}
	s := slices.Grow(shard(nil), size) // of the allocator's size all is taken
	s = s[:cap(s)]
	for i := range old {
		l := &old[i]
		for k, n := range l.numbers[:l.used()] {
			if n != 0 {
				s.put(uint32(l.tags[k/4]>>(16*(k%4))&0xffff), n, len(s))
			}
		}
	}
	t.shards[number] = s
	return s
}
