package event

// table is a multimap from 32-bit hashes to post numbers by open addressing. It is
// made for a million posts in little memory, which Go's maps are not: eight bytes an
// entry, five sixths full before it grows, and by a sixth only, a shard at a time.
type table struct {
	shards [shardCount]shard
	// alive reports whether a post number still stands for a post. Entries of dead
	// ones are dropped when their shard grows.
	alive func(n uint32) bool
	// dying says that some may be dead.
	dying bool
}

type shard struct {
	slots []uint64 // hash<<32 | number; 0 is free. Post numbers begin at 1.
	used  int
}

const (
	shardCount = 64
	// step is the fewest slots a shard grows by.
	step = 8
)

// home is where the entries of a hash begin. Sketches keep the smallest hashes:
// they are spread anew.
func (s *shard) home(h uint32) int {
	return int(uint64(h*0x9e3779b1) * uint64(len(s.slots)) >> 32)
}

// list appends the posts under a hash, dead ones too, until out is full.
func (t *table) list(h uint32, out []uint32) []uint32 {
	s := &t.shards[h%shardCount]
	if len(s.slots) == 0 {
		return out
	}
	i := s.home(h)
	for away := 0; len(out) < cap(out); away++ {
		slot := s.slots[i]
		if slot == 0 {
			return out
		}
		if uint32(slot>>32) == h {
			out = append(out, uint32(slot)) //nolint:gosec // The lower half is meant.
		} else if away > nearby && s.away(slot, i) < away {
			return out // one of this hash would stand here
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
	return out
}

// each calls fn with the living posts under a hash until it returns false.
func (t *table) each(h uint32, fn func(n uint32) bool) {
	s := &t.shards[h%shardCount]
	if len(s.slots) == 0 {
		return
	}
	i := s.home(h)
	for away := 0; ; away++ {
		slot := s.slots[i]
		if slot == 0 {
			return
		}
		if uint32(slot>>32) == h {
			if n := uint32(slot); t.alive(n) && !fn(n) { //nolint:gosec // The lower half is meant.
				return
			}
		} else if away > nearby && s.away(slot, i) < away {
			return
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

// nearby slots are looked at without reckoning how far they stand from home.
const nearby = 2

// away is how far from its home an entry stands at i.
func (s *shard) away(slot uint64, i int) int {
	d := i - s.home(uint32(slot>>32))
	if d < 0 {
		d += len(s.slots)
	}
	return d
}

// warm touches where the entries of many hashes begin. The loads do not wait for
// each other, as those of each in turn would: at a million posts every one of them
// is a wait for memory.
func (t *table) warm(hs []uint32) (sum uint64) {
	for _, h := range hs {
		if s := &t.shards[h%shardCount]; len(s.slots) > 0 {
			sum += s.slots[s.home(h)]
		}
	}
	return sum
}

// add enters a post under a hash.
func (t *table) add(h, n uint32) {
	s := &t.shards[h%shardCount]
	if 20*(s.used+1) > 17*len(s.slots) {
		s.grow(t, h%shardCount)
	}
	s.put(h, n)
}

// put enters a post so that no entry stands nearer to its home than one behind it
// that began before (Robin Hood hashing): a search ends where its hash would stand,
// not at the next free slot, which is far in a full table.
func (s *shard) put(h, n uint32) {
	slot := uint64(h)<<32 | uint64(n)
	i := s.home(h)
	for away := 0; ; away++ {
		if s.slots[i] == 0 {
			s.slots[i] = slot
			s.used++
			return
		}
		if d := s.away(s.slots[i], i); d < away {
			s.slots[i], slot = slot, s.slots[i]
			away = d
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

// grow makes room in a shard, first by dropping what is dead.
func (s *shard) grow(t *table, number uint32) {
	old, living := s.slots, 0
	for i, slot := range old {
		if t.dying && slot != 0 && !t.alive(uint32(slot)) { //nolint:gosec // The lower half is meant.
			old[i] = 0 // the old slots are only read in order from here on
		} else if slot != 0 {
			living++
		}
	}
	// Shards begin at different sizes, so that they do not all grow at once.
	size := max(len(old), 4*step+int(number)/16*step)
	for 20*(living+1) > 15*size {
		size += max(size/6/step, 1) * step
	}
	*s = shard{slots: make([]uint64, size)}
	for _, slot := range old {
		if slot != 0 {
			s.put(uint32(slot>>32), uint32(slot)) //nolint:gosec // The halves are meant.
		}
	}
}
