package privacy

// Bounds of a number as people write it.
const (
	// maxGap is how many characters may part two digits of one number.
	maxGap = 3
	// maxDigits is the longest candidate: two phone numbers written as one.
	maxDigits = 22
)

// run is a row of digits with what parts them, as far as no word comes between.
type run struct {
	digits []figure
	groups []group
}

// figure is one digit: where it stands, and its value or '?' where it was hidden
// before it came to us.
type figure struct {
	at    int
	value byte
	// sure is false for a Latin letter in place of a digit.
	sure bool
}

// group is digits that nothing parts and that are written in one way.
type group struct {
	from, to int // in digits
	style    style
	// gap is what stands before the group, 0 for nothing: its characters packed.
	gap uint64
}

type style byte

const (
	arabic style = iota
	chinese
	cheque
	holes
)

// number reads the run that begins at the digit i, hides what is private in it,
// and returns its end.
func (s *scanner) number(i int) int {
	end := max(s.read(i), i+1)
	r := &s.run
	for g := 0; g < len(r.groups); {
		g = s.judge(g)
	}
	return end
}

// read collects the run that begins at i.
func (s *scanner) read(i int) (end int) {
	r := &s.run
	r.digits, r.groups = r.digits[:0], r.groups[:0]
	end = i
	for j, gap := i, uint64(0); j < len(s.runes); {
		if n := s.holesAt(j); n > 0 && len(r.digits) > 0 {
			r.open(holes, gap)
			for ; n > 0; n-- {
				r.add(figure{j, '?', true})
				j++
			}
			end, gap = j, 0
			continue
		}
		if d := s.digitAt(j); d >= 0 {
			c := s.runes[j]
			st := arabic
			switch {
			case c >= 0x80 && formal(c):
				st = cheque
			case c >= 0x80:
				st = chinese
			}
			r.open(st, gap)
			r.add(figure{j, "0123456789"[d], digit(c) >= 0})
			j++
			end, gap = j, 0
			continue
		}
		if isWord(s.runes[j]) || j-end >= maxGap {
			break
		}
		gap = gap<<21 | uint64(s.runes[j]) //nolint:gosec // a code point is no negative number
		j++
	}
	return end
}

// open begins a group unless the last one goes on.
func (r *run) open(st style, gap uint64) {
	if n := len(r.groups); n > 0 && gap == 0 && r.groups[n-1].style == st {
		return
	}
	r.groups = append(r.groups, group{len(r.digits), len(r.digits), st, gap})
}

func (r *run) add(f figure) {
	r.digits = append(r.digits, f)
	r.groups[len(r.groups)-1].to = len(r.digits)
}

// digitAt is the digit that the character i stands for, -1 for none. A Latin letter
// stands for one only in a word of digits and such letters.
func (s *scanner) digitAt(i int) int {
	r := s.runes[i]
	if d := digit(r); d >= 0 {
		if r == '一' && anyWord(oneWords, func(w string) bool { return s.is(i, w) }) {
			return -1
		}
		return d
	}
	d := lookalike(r)
	if d < 0 {
		return -1
	}
	from, to := i, i+1
	for from > 0 && isAlnum(s.runes[from-1]) && i-from <= maxDigits {
		from--
	}
	for to < len(s.runes) && isAlnum(s.runes[to]) && to-i <= maxDigits {
		to++
	}
	for _, c := range s.runes[from:to] {
		if digit(c) < 0 && lookalike(c) < 0 {
			return -1
		}
	}
	return d
}

// holesAt counts the characters from i on that stand for hidden digits, 0 where
// there is one alone.
func (s *scanner) holesAt(i int) int {
	r := s.runes[i]
	if !isHole(r) {
		return 0
	}
	n := 1
	for i+n < len(s.runes) && s.runes[i+n] == r {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

// judge decides on the candidates that begin with group g, the longest first, and
// returns the group to go on with.
func (s *scanner) judge(g int) int {
	r := &s.run
	first := r.groups[g].from
	last := g
	for last+1 < len(r.groups) && r.groups[last+1].to-first <= maxDigits {
		last++
	}
	if r.groups[last].to-first > maxDigits {
		return g + 1
	}
	for ; last >= g; last-- {
		c := s.candidate(g, last)
		keep, ok := c.private()
		if !ok {
			continue
		}
		for i := first + keep; i < r.groups[last].to; i++ {
			if f := r.digits[i]; f.value != '?' {
				s.mark(f.at, f.at+1, true)
			}
		}
		if c.x {
			s.mark(c.end-1, c.end, true)
		}
		return last + 1
	}
	return g + 1
}

// candidate is what may be one number, with what decides whether it is.
type candidate struct {
	s      *scanner
	groups []group
	// n are its digits, '?' for a hidden one; x says that an X follows them.
	n []byte
	x bool
	// start and end are its place in the folded text, the X included.
	start, end int
	buffer     [maxDigits + 1]byte
	// sure counts the digits that are no letters.
	sure int
}

func (s *scanner) candidate(g, last int) *candidate {
	r := &s.run
	c := &candidate{s: s, groups: r.groups[g : last+1]}
	from, to := r.groups[g].from, r.groups[last].to
	c.start, c.end = r.digits[from].at, r.digits[to-1].at+1
	c.n = c.buffer[:0]
	for _, f := range r.digits[from:to] {
		c.n = append(c.n, f.value)
		if f.sure {
			c.sure++
		}
	}
	if e := c.end; e < len(s.runes) && (len(c.n) == 17 || len(c.n) == 14) && isX(s.runes[e]) && (e+1 == len(s.runes) || !isAlnum(s.runes[e+1])) {
		c.x, c.end = true, e+1
		c.n = append(c.n, 'X')
	}
	return c
}

// isX says that a character is the last place of an ID number, in Latin or
// Cyrillic, or the sign of multiplication.
func isX(r rune) bool { return r == 'x' || r == 'X' || r == 'х' || r == 'Х' || r == '×' }

// even says that the candidate's groups are parted as one number is: not at all, by
// one sign all the way, digit by digit or in pairs.
func (c *candidate) even() bool {
	if len(c.groups) == 1 {
		return true
	}
	var gap uint64
	same, singles, pairs := true, true, true
	for i, g := range c.groups {
		n := g.to - g.from
		if i > 0 && g.gap != 0 {
			same = same && (gap == 0 || gap == g.gap)
			gap = g.gap
		}
		singles = singles && n == 1
		pairs = pairs && (n == 2 || n == 1 && (i == 0 || i == len(c.groups)-1))
	}
	switch {
	case gap == 0:
		return true // only the way of writing changes
	case singles:
		return same || gap != '.' && gap != ':'
	case !same:
		return false
	case pairs:
		return !c.counts()
	}
	return c.groups[0].to-c.groups[0].from >= 3
}

// counts says that the groups count up by one, as the numbers of houses do.
func (c *candidate) counts() bool {
	before := -1
	for i, g := range c.groups {
		v := 0
		for _, d := range c.n[g.from-c.groups[0].from : g.to-c.groups[0].from] {
			v = v*10 + int(d-'0')
		}
		if i > 0 && v != before+1 && v != before+2 {
			return false
		}
		before = v
	}
	return true
}

// parted says that the groups have the given lengths.
func (c *candidate) parted(lengths ...int) bool {
	if len(c.groups) != len(lengths) {
		return false
	}
	for i, g := range c.groups {
		if g.to-g.from != lengths[i] {
			return false
		}
	}
	return true
}

// dotted says that the candidate is a decimal number or an address of a machine.
func (c *candidate) dotted() bool {
	if len(c.groups) != 2 && len(c.groups) != 4 || c.n[0] == '0' {
		return false
	}
	for _, g := range c.groups[1:] {
		if g.gap != '.' {
			return false
		}
	}
	if len(c.groups) == 2 {
		return true
	}
	for _, g := range c.groups {
		if g.to-g.from > 3 {
			return false
		}
	}
	return true
}
