package privacy

// Bounds of names of accounts, in characters.
const (
	minAccount = 5
	maxAccount = 24
	// maxHandle is as long as the platforms let a handle be.
	maxHandle = 30
	// maxGlued is how much of a row of Han characters without a space is taken for
	// a handle where no word ends it.
	maxGlued = 15
)

// isMail says that a character may stand in the first part of an e-mail address.
func isMail(r rune) bool {
	return isAlnum(r) || r == '.' || r == '_' || r == '-' || r == '+' || r == '%'
}

// mail hides an e-mail address that begins at i, unless it is a government's, and
// returns its end; i for none.
func (s *scanner) mail(i int) int {
	at := i
	for at < len(s.runes) && isMail(s.runes[at]) {
		at++
	}
	n := s.mailSign(at)
	if n == 0 {
		return i
	}
	end, dot := at+n, 0
	for end < len(s.runes) && (isAlnum(s.runes[end]) || s.runes[end] == '-' || s.runes[end] == '.') {
		if s.runes[end] == '.' {
			dot = end
		}
		end++
	}
	for end > 0 && s.runes[end-1] == '.' {
		end--
	}
	if dot == 0 || dot <= at+n || dot+2 >= end+1 || !isLatin(s.runes[min(dot+1, len(s.runes)-1)]) {
		return i
	}
	if public := string(s.runes[at+n : end]); len(public) > 6 && public[len(public)-6:] == "gov.cn" {
		return end
	}
	s.mark(i, at, false)
	s.mark(at+n, end, false)
	return end
}

// mailSign is the length of what stands for @ at i, 0 for nothing.
func (s *scanner) mailSign(i int) int {
	for _, w := range []string{"@", "(at)", "[at]", "#", " at ", "【at】"} {
		if s.is(i, w) {
			return len([]rune(w))
		}
	}
	return 0
}

// link goes over a web address that begins at i and hides in it what Address takes
// away; it returns its end, i for none.
func (s *scanner) link(i int) int {
	start := i
	switch {
	case s.is(i, "http://"):
		i += len("http://")
	case s.is(i, "https://"):
		i += len("https://")
	case s.is(i, "www."):
	default:
		return start
	}
	end, letters := i, false
	for end < len(s.runes) && s.runes[end] > ' ' && s.runes[end] < 0x7f && s.runes[end] != '"' && s.runes[end] != '<' && s.runes[end] != '>' {
		letters = letters || isLatin(s.runes[end])
		end++
	}
	if !letters {
		return start
	}
	for _, p := range privateParts(string(s.runes[i:end])) {
		s.mark(i+p.Start, i+p.End, true)
	}
	return end
}

// account hides the name of an account with letters that a label announces, and
// returns its end; i for none. The label may be glued to it: vxabc_123.
func (s *scanner) account(i int) int {
	end, digits, letters := i, 0, 0
	for end < len(s.runes) && end-i <= maxAccount && (isAlnum(s.runes[end]) || s.runes[end] == '_' || s.runes[end] == '-') {
		if digit(s.runes[end]) >= 0 {
			digits++
		} else {
			letters++
		}
		end++
	}
	if letters == 0 || end-i > maxAccount {
		return i
	}
	for _, label := range []string{"weixin", "wechat", "vx", "wx", "qq", "v"} {
		if rest := i + len(label); s.is(i, label) && end-rest >= minAccount && digits > 0 && (len(label) > 1 || digits == end-rest) {
			s.mark(rest, end, true)
			return end
		}
	}
	if anyWord(publicAccount, func(w string) bool { return s.is(end, w) }) {
		return i
	}
	if end-i < minAccount || !s.announces(i, announceAccount) || s.publicAccountBefore(i) {
		return i
	}
	s.mark(i, end, true)
	return end
}

// handle hides a handle behind the @ at i, unless it is an institution's, and
// returns its end.
func (s *scanner) handle(i int) int {
	from := i + 1
	for from < len(s.runes) && s.runes[from] == ' ' && from-i <= 2 {
		from++
	}
	end, han := from, 0
	for end < len(s.runes) && end-from < maxHandle && (isWord(s.runes[end]) || s.runes[end] == '_' || s.runes[end] == '-') {
		if end > from+1 && anyWord(handleEnds, func(w string) bool { return s.is(end, w) }) {
			break
		}
		if isHan(s.runes[end]) {
			han++
		}
		end++
	}
	if han > maxGlued {
		end = from + maxGlued
	}
	if end == from || s.institution(from, end) {
		return max(end, i+1)
	}
	if r := s.runes[from]; digit(r) >= 0 && end-from < minAccount {
		return end // 单价@3元
	}
	s.mark(from, end, true)
	return end
}

// institution says that [from, to) ends as names of institutions do.
func (s *scanner) institution(from, to int) bool {
	if s.is(from, "本报") || s.is(from, "本网") || s.is(from, "记者") || s.is(from, "国家") {
		return true
	}
	return s.endsExactly(from, to, institutions)
}

// endsExactly says that [from, to) ends with one of the words and is longer.
func (s *scanner) endsExactly(from, to int, words string) bool {
	return anyWord(words, func(w string) bool {
		n := len([]rune(w))
		return to-n > from && s.is(to-n, w)
	}) || s.is(from, "平安") && to-from >= 4
}

// plate hides a number plate that begins with the province at i, and returns its
// end; the city's letter stays.
func (s *scanner) plate(i int) int {
	if i+1 >= len(s.runes) || !isLatin(s.runes[i+1]) {
		return i + 1
	}
	from := i + 2
	for from < len(s.runes) && !isWord(s.runes[from]) && s.runes[from] != '\n' && from-i <= 3 {
		from++
	}
	end, digits := from, 0
	for end < len(s.runes) && isAlnum(s.runes[end]) {
		if digit(s.runes[end]) >= 0 {
			digits++
		}
		end++
	}
	n := end - from
	if n == 4 && end < len(s.runes) && containsRune(plateEnds, s.runes[end]) {
		end, n = end+1, 5
	}
	if n != 5 && n != 6 || digits < 2 {
		return i + 1
	}
	s.mark(from, end, true)
	return end
}

func containsRune(set string, r rune) bool {
	for _, c := range set {
		if c == r {
			return true
		}
	}
	return false
}
