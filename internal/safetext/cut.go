package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// Ellipsis stands where a text was cut.
	Ellipsis = "…"
	// NoTitle is what people read in place of an empty title.
	NoTitle = "（无标题）"

	maxTitle = 80
)

// Title returns what to call a matter on one line of at most 80 characters, NoTitle
// where nothing can be seen of its title.
func Title(s string) string {
	if s = Excerpt(s, maxTitle); s == "" {
		return NoTitle
	}
	return s
}

// Excerpt returns the beginning of a text as a Line, cut to n by Cut.
func Excerpt(s string, n int) string { return Cut(Line(s), n) }

// Length returns how long platforms count a text: in UTF-16 units, the strictest of
// their readings of "characters".
func Length(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

func units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Cut shortens s to at most n units of Length, ending in "…" where something was
// cut and never inside a character or between a character and its marks.
func Cut(s string, n int) string {
	if Length(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	used, end := 0, 0
	for i, r := range s {
		if used += units(r); used > n-1 {
			end = i
			break
		}
	}
	for end > 0 && startsWithMark(s[end:]) {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	return strings.TrimRight(s[:end], " \n") + Ellipsis
}

// CutBytes is Cut for platforms that count bytes.
func CutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	end := n - len(Ellipsis)
	for end > 0 && (!utf8.RuneStart(s[end]) || startsWithMark(s[end:])) {
		end--
	}
	if end <= 0 {
		return ""
	}
	return strings.TrimRight(s[:end], " \n") + Ellipsis
}

func startsWithMark(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.M, r)
}
