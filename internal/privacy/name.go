package privacy

// Bounds of names, in characters.
const (
	maxName = 4
	// maxNick is as long as forums let a name be.
	maxNick = 16
)

// name hides the name behind a label that ends at the character i, and returns
// where to go on.
func (s *scanner) name(i int) int {
	end := i + 1
	if i == 0 || !s.ends[[2]rune{s.runes[i-1], s.runes[i]}] {
		return end
	}
	person, author := s.label(end, persons), s.label(end, authors)
	if !person && !author {
		return end
	}
	if s.is(end, "姓名") {
		end += 2
	}
	from := s.spaces(end)
	if from < len(s.runes) && s.runes[from] == ':' {
		return s.called(s.spaces(from+1), author)
	}
	if person && from < len(s.runes) && s.runes[from] == '(' {
		if to := s.surname(from + 1); to > from+1 {
			return to
		}
	}
	if quoted := s.quoted(from); quoted > from {
		return quoted
	}
	if person {
		if to := s.surname(from); to > from {
			return to
		}
	}
	if author {
		return max(end, s.beforePhone(from))
	}
	return end
}

// label says that one of the labels ends right before end.
func (s *scanner) label(end int, labels string) bool {
	return anyWord(labels, func(w string) bool {
		n := len([]rune(w))
		return end-n >= 0 && s.is(end-n, w)
	})
}

func (s *scanner) spaces(i int) int {
	for n := 0; i < len(s.runes) && (s.runes[i] == ' ' || s.runes[i] == '\t') && n < 3; n++ {
		i++
	}
	return i
}

// called hides a name that a colon announced: a person's of up to maxName
// characters, or one that an author has chosen.
func (s *scanner) called(from int, chosen bool) int {
	end, han, dots := from, 0, 0
	for end < len(s.runes) && end-from <= maxNick && (isWord(s.runes[end]) || s.runes[end] == '·' || s.runes[end] == '_' || s.runes[end] == '-' ||
		s.runes[end] >= 0x1f000) {
		if isHan(s.runes[end]) {
			han++
		}
		if s.runes[end] == '·' {
			dots++
		}
		end++
	}
	// What follows 网友： is as often what they say.
	chosen = chosen && s.lastWord(from, end, handleEnds) < 0
	switch n := end - from; {
	case n == 0 || s.institution(from, end):
		return max(end, from)
	case chosen && n <= maxNick, n >= 2 && n <= maxName, dots > 0 && han >= maxName, n <= maxName+2 && s.titled(end), han < n && n <= maxNick && han <= maxName:
		if digit(s.runes[from]) >= 0 && han == 0 && !chosen {
			return from // a number has its own judge
		}
		s.mark(from, end, true)
		return end
	}
	if to := s.surname(from); to > from {
		return to
	}
	return from
}

// titled says that a title such as 先生 ends right before end.
func (s *scanner) titled(end int) bool { return s.label(end, titles) }

// quoted hides a name in quotation marks that somebody posts under.
func (s *scanner) quoted(from int) int {
	if from >= len(s.runes) || !containsRune("“\"「『", s.runes[from]) {
		return from
	}
	end := from + 1
	for end < len(s.runes) && end-from <= maxNick && (isWord(s.runes[end]) || containsRune("·_-. ", s.runes[end])) {
		end++
	}
	if end >= len(s.runes) || !containsRune("”\"」』", s.runes[end]) || !s.follows(end+1) {
		return from
	}
	s.mark(from+1, end, true)
	return end
}

// follows says that at i stands what may follow a name.
func (s *scanner) follows(i int) bool {
	return i >= len(s.runes) || !isWord(s.runes[i]) || s.runes[i] < 0x80 || digit(s.runes[i]) >= 0 ||
		anyWord(afterName, func(w string) bool { return s.is(i, w) })
}

// surname hides a name at from that begins with a surname and ends where a name
// may end.
func (s *scanner) surname(from int) int {
	var n int
	switch {
	case anyWord(surnames2, func(w string) bool { return s.is(from, w) }):
		n = 2
	case from < len(s.runes) && containsRune(surnames, s.runes[from]):
		n = 1
	default:
		return from
	}
	if anyWord(noNames, func(w string) bool { return s.is(from, w) }) {
		return from
	}
	given := from + n
	if anyWord(titles, func(w string) bool { return s.is(given, w) }) {
		s.mark(from, given, true)
		return given
	}
	for _, more := range []int{2, 1} {
		end := given + more
		if end > len(s.runes) || !allHan(s.runes[given:end]) || !s.follows(end) {
			continue
		}
		s.mark(from, end, true)
		return end
	}
	return from
}

func allHan(runes []rune) bool {
	for _, r := range runes {
		if !isHan(r) {
			return false
		}
	}
	return true
}

// beforePhone hides a name that stands right before a mobile number.
func (s *scanner) beforePhone(from int) int {
	end := from
	for end < len(s.runes) && end-from <= maxNick && (isWord(s.runes[end]) && digit(s.runes[end]) < 0) {
		end++
	}
	if n := end - from; n < 2 || n > 8 || end+3 > len(s.runes) || s.runes[end] != '1' || digit(s.runes[end+1]) < 3 || digit(s.runes[end+2]) < 0 {
		return from
	}
	if s.lastWord(from, end, announcePhone+" 的 是 打") >= 0 {
		return from
	}
	if to := end + 3; to < len(s.runes) && digit(s.runes[to]) < 0 && s.runes[to] != Hidden {
		return from
	}
	s.mark(from, end, true)
	return end
}
