package privacy

import "strings"

// How far the words beside a number are looked for, in characters.
const (
	contextBefore = 40
	contextAfter  = 10
)

// announces says that one of the words stands before i, with nothing between but
// signs, small words and other numbers of the same list.
func (s *scanner) announces(i int, words string) bool {
	end := s.backOver(i)
	return s.endsWith(end, words)
}

// backOver goes back from i over what may stand between a word and its number.
func (s *scanner) backOver(i int) int {
	for left := contextBefore; i > 0 && left > 0; left-- {
		r := s.runes[i-1]
		switch {
		case r == '。' || r == ';' || r == '!' || r == '?':
			return i
		case strings.ContainsRune("是为号码或和及即我:", r), digit(r) >= 0, !isWord(r):
			i--
		default:
			return i
		}
	}
	return i
}

// endsWith says that the text before i ends with one of the words, or with one and
// characters that backOver skips.
func (s *scanner) endsWith(i int, words string) bool {
	return anyWord(words, func(w string) bool {
		n := 0
		for range w {
			n++
		}
		// backOver may have eaten the end of the word: 手机号码, 账号.
		for end := i; end <= min(len(s.runes), i+2); end++ {
			if end-n >= 0 && s.is(end-n, w) && (end == i || s.skippable(i, end)) && !s.insideLatin(end-n, w) {
				return true
			}
		}
		return false
	})
}

func (s *scanner) skippable(from, to int) bool {
	for _, r := range s.runes[from:to] {
		if r != '号' && r != '码' {
			return false
		}
	}
	return true
}

// insideLatin says that the word at i is the end of a longer Latin word.
func (s *scanner) insideLatin(i int, w string) bool {
	return w[0] < 0x80 && i > 0 && isLatin(s.runes[i-1])
}

// is says that the word stands at i; Latin letters in any case.
func (s *scanner) is(i int, word string) bool {
	for _, w := range word {
		if i >= len(s.runes) || lower(s.runes[i]) != w {
			return false
		}
		i++
	}
	return true
}

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// clause is where the clause begins in which i stands, at most contextBefore back.
func (s *scanner) clause(i int) int {
	from := i
	for from > 0 && i-from < contextBefore {
		switch s.runes[from-1] {
		case '。', ';', '!', '?', '，':
			return from
		case ',':
			if from < 2 || digit(s.runes[from-2]) < 0 {
				return from
			}
		}
		from--
	}
	return from
}

// lastWord is where the last of the words ends in [from, to), -1 for none.
func (s *scanner) lastWord(from, to int, words string) int {
	last := -1
	anyWord(words, func(w string) bool {
		n := len([]rune(w))
		for i := to - n; i >= from && i+n > last; i-- {
			if s.is(i, w) {
				last = i + n
				break
			}
		}
		return false
	})
	return last
}

// office says that the number at i is one that an office announces: behind 值班电话
// and the like, or right behind the office's name.
func (s *scanner) office(i int) bool {
	from := s.clause(i)
	own := s.lastWord(from, i, personal)
	if public := s.lastWord(from, i, announcePublic); public >= 0 && public > own {
		return true
	}
	if own >= 0 {
		return false
	}
	end := s.backOver(i)
	for again := true; again; {
		again = false
		for _, w := range []string{"联系电话", "电话", "的"} {
			if n := len([]rune(w)); end-n >= from && s.is(end-n, w) {
				end, again = s.backOver(end-n), true
			}
		}
	}
	return s.endsWith(end, offices)
}

// belongs says that words behind the number at end call it somebody's own phone.
func (s *scanner) belongs(end int) bool {
	if end >= len(s.runes) || !s.is(end, "是") && !s.is(end, "为") && !s.is(end, "就是") && !s.is(end, "这是") {
		return false
	}
	to := min(len(s.runes), end+contextAfter)
	for i := end; i < to; i++ {
		if r := s.runes[i]; r == '，' || r == '。' || r == ',' {
			to = i
			break
		}
	}
	return s.lastWord(end, to, ofMine) >= 0 && s.lastWord(end, to, "值班 热线 客服 办公 咨询") < 0
}

// ticket says that the number is announced as one of a ticket, a document or a
// standard, or glued to Latin letters as those are.
func (c *candidate) ticket() bool {
	s, i := c.s, c.start
	from := i
	for from > 0 && (isLatin(s.runes[from-1]) || s.runes[from-1] == '/' && from > 1 && isLatin(s.runes[from-2])) && i-from < 16 {
		from--
	}
	if from < i {
		return !s.contact(from, i)
	}
	// A prefix of a standard, a space, the number: GB/T 13869-2017.
	end := i
	for end > 0 && s.runes[end-1] == ' ' {
		end--
	}
	if end < i && s.endsWith(end, standards) {
		return true
	}
	return s.endsWith(s.backOver(i), announceTicket)
}

// contact says that [from, to) is a Latin word that announces a person's number.
func (s *scanner) contact(from, to int) bool {
	return anyWord(contactPrefix, func(w string) bool { return len(w) == to-from && s.is(from, w) })
}

// amount says that a unit follows the candidate.
func (c *candidate) amount() bool {
	s, i := c.s, c.end
	for i < len(s.runes) && s.runes[i] == ' ' {
		i++
	}
	if anyWord(units, func(w string) bool { return s.is(i, w) }) {
		return !anyWord(notUnits, func(w string) bool { return s.is(i, w) })
	}
	return len(c.groups) > 1 && !c.parted(3, 4, 4) && anyWord(smallUnits, func(w string) bool { return s.is(i, w) })
}

// publicAccountBefore says that the account at i is an office's.
func (s *scanner) publicAccountBefore(i int) bool {
	return s.endsWith(s.backOver(i), publicAccount)
}
