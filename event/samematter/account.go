// Package samematter tells which posts speak of one matter in words of their own: it
// reads from each what happened, where, to how many and when, and weighs what agrees.
package samematter

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"huiying/event/gram"
	"huiying/event/place"
)

// Account is what a post tells of a matter, as far as two reporters who never read
// each other would tell it alike: what happened, where, to how many, when.
type Account struct {
	// kinds are what happened, counties and names where.
	kinds    []string
	things   []string
	counties []string
	objects  []string // what it happened to
	report   report
	place    place.Text
	// people are figures of persons, others those of other things with their unit.
	people []int
	others []string
	// days and hours are those the text gives, as 11月22日 or 22日, and 8时.
	days, hours []int
	at          time.Time
}

// NewAccount reads an account from a post seen or published at the given time.
func NewAccount(title, body string, at time.Time) Account {
	s := strings.TrimSpace(title + "\n" + body)
	a := Account{at: at, counties: place.CountiesIn(s)}
	for _, o := range occurrences() {
		if slices.ContainsFunc(o.words, func(w string) bool { return happened(s, w) }) {
			if o.thing {
				a.things = append(a.things, o.kind)
			} else {
				a.kinds = append(a.kinds, o.kind)
			}
		}
	}
	if a.IsEmpty() {
		return a
	}
	a.report, a.objects = reportOf(s), kindsIn(s, objects())
	runes := []rune(s)
	a.place.Names = place.NamesIn(runes)
	a.readFigures(runes)
	clean := runes[:0:0]
	for _, c := range runes {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			clean = append(clean, c)
		}
	}
	a.place.Pairs = gram.Set(clean, 2)
	return a
}

// IsEmpty reports whether the account tells of nothing that two may have in common.
func (a Account) IsEmpty() bool { return len(a.kinds)+len(a.things) == 0 }

// placed reports whether it says where, as far as we know places.
func (a Account) placed() bool { return len(a.counties) > 0 || len(a.place.Names) > 0 }

// readFigures finds figures with what they count, days and hours.
func (a *Account) readFigures(s []rune) {
	for i := 0; i < len(s); {
		n, end := number(s, i)
		if end == i {
			i++
			continue
		}
		rest := string(s[end:min(end+4, len(s))])
		switch {
		case hasPrefix(rest, "人", "名", "死", "伤", "位", "条生命", "个人", "矿工", "工人"):
			if n < 1000 {
				a.people = append(a.people, n)
			}
		case hasPrefix(rest, "日", "号") && n >= 1 && n <= 31 && !hasPrefix(rest, "号井", "号楼", "号线", "号矿", "号煤", "号机", "号炉", "号工"):
			a.days = append(a.days, n)
		case hasPrefix(rest, "时", "点") && n <= 24:
			a.hours = append(a.hours, n%12)
		case hasPrefix(rest, "年", "月", "分", "个小时", "小时", "天", "第"):
		case n >= 10 && rest != "" && unicode.Is(unicode.Han, s[end]):
			a.others = append(a.others, string(s[i:min(end+1, len(s))]))
		}
		i = end
	}
}

func hasPrefix(s string, of ...string) bool {
	return slices.ContainsFunc(of, func(p string) bool { return strings.HasPrefix(s, p) })
}

// number reads a number in digits or in Chinese up to 99 that begins at i; end is i
// where there is none.
func number(s []rune, i int) (n, end int) {
	for end = i; end < len(s) && end < i+9 && s[end] >= '0' && s[end] <= '9'; end++ {
		n = n*10 + int(s[end]-'0')
	}
	if end > i {
		return n, end
	}
	tens, units, seen := 0, 0, false
	for ; end < len(s); end++ {
		c := s[end]
		if c == '十' {
			tens, units, seen = max(units, 1), 0, true
			continue
		}
		d := strings.IndexRune("零一二三四五六七八九", c)
		if c == '两' {
			d = len("零一")
		}
		if d < 0 {
			break
		}
		units, seen = d/len("零"), true
	}
	if !seen {
		return 0, i
	}
	return tens*10 + units, end
}
