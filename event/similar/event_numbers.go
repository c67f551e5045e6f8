package similar

import "slices"

// names numbers events by name, from 1, and counts the posts of each: without
// posts a number is given back.
type names struct {
	all   column[name]
	free  []uint32
	table *table
	odd   map[uint32]string // names of another form than Open's, by number
}

// name is "E-", a day and a hash, in twelve bytes.
type name struct{ day, hash, posts uint32 }

// newNames finds names by a table that it shares with the posts: what it enters has
// the mark.
func newNames(t *table) *names {
	ns := &names{odd: map[uint32]string{}, table: t}
	ns.all.append(name{})
	return ns
}

// nameMark tells numbers of names from those of posts.
const nameMark = 1 << 31

func (ns *names) alive(n uint32) bool { return ns.all.at(n).posts > 0 }

func packName(s string) (n name, whole bool) {
	if len(s) != len("E-20060102-01234567") || s[:2] != "E-" || s[10] != '-' {
		return name{}, false
	}
	for _, c := range []byte(s[2:10]) {
		if c < '0' || c > '9' {
			return name{}, false
		}
		n.day = n.day*10 + uint32(c-'0')
	}
	for _, c := range []byte(s[11:]) {
		switch {
		case c >= '0' && c <= '9':
			n.hash = n.hash<<4 | uint32(c-'0')
		case c >= 'a' && c <= 'f':
			n.hash = n.hash<<4 | uint32(c-'a'+10)
		default:
			return name{}, false
		}
	}
	return n, true
}

func (n name) String() string {
	var b [len("E-20060102-01234567")]byte
	out := append(b[:0], "E-"...)
	for unit := uint32(10_000_000); unit > 0; unit /= 10 {
		out = append(out, byte('0'+n.day/unit%10))
	}
	return string(appendHex(append(out, '-'), uint64(n.hash), 8))
}

// name is the name of a number.
func (ns *names) name(n uint32) string {
	if s, ok := ns.odd[n]; ok {
		return s
	}
	return ns.all.at(n).String()
}

// find is the number of a name that has posts.
func (ns *names) find(s string) (number uint32, ok bool) {
	want, whole := packName(s)
	ns.table.each(key(kindEvent, hashString(s)), func(n uint32) bool {
		if n < nameMark {
			return true
		}
		n -= nameMark
		have := ns.all.at(n)
		if odd, isOdd := ns.odd[n]; whole && !isOdd && have.day == want.day && have.hash == want.hash || !whole && odd == s {
			number, ok = n, true
		}
		return !ok
	})
	return number, ok
}

// take counts one more post of an event and returns its number.
func (ns *names) take(s string) uint32 {
	n, ok := ns.find(s)
	if !ok {
		v, whole := packName(s)
		if last := len(ns.free) - 1; last >= 0 {
			n = ns.free[last]
			ns.free = slices.Delete(ns.free, last, last+1)
			*ns.all.at(n) = v
		} else {
			n = ns.all.append(v)
		}
		if !whole {
			ns.odd[n] = s
		}
		ns.all.at(n).posts = 1
		ns.table.add(key(kindEvent, hashString(s)), n|nameMark)
		return n
	}
	ns.all.at(n).posts++
	return n
}

// release counts one post fewer.
func (ns *names) release(n uint32) {
	v := ns.all.at(n)
	if v.posts--; v.posts == 0 {
		delete(ns.odd, n)
		ns.table.dying = true
		ns.free = append(ns.free, n)
	}
}
