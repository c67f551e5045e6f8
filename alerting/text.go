package alerting

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Ellipsis stands where a text was cut.
const Ellipsis = "…"

// maxMarks is how many combining marks may stand on one character: more is a
// trick to hide the line above.
const maxMarks = 3

// Plain makes a text from outside fit to be shown: valid UTF-8 without control
// characters (terminal escapes among them), bidirectional overrides and
// characters nobody can see. Line breaks stay, as "\n"; a tab becomes a space.
func Plain(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			r = '\n'
		case r == '\t':
			r = ' '
		case unicode.Is(unicode.Cc, r) || invisible(r):
			continue
		}
		if unicode.Is(unicode.M, r) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// invisible reports characters that change a text without being seen: all of
// Unicode's format characters and the fillers that are letters by name only.
func invisible(r rune) bool {
	if unicode.Is(unicode.Cf, r) {
		return true
	}
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u3164', '\uffa0':
		return true
	}
	return r >= '\u180b' && r <= '\u180f'
}

// Line is Plain on one line, with runs of white space made one space.
func Line(s string) string { return strings.Join(strings.Fields(Plain(s)), " ") }

// Inert is Plain for chat platforms, which make mentions and links out of text:
// the characters their markup is made of become full-width, so that no reading
// of the text, escaped once or twice, is a mention, and addresses are broken, so
// that nothing but a link of ours can be clicked.
func Inert(s string) string {
	rs := []rune(Plain(s))
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i, r := range rs {
		switch {
		case r == '<':
			b.WriteRune('＜')
		case r == '>':
			b.WriteRune('＞')
		case r == '&':
			b.WriteRune('＆')
		case r == '@':
			b.WriteRune('＠')
		case r == ':' && i+1 < len(rs) && rs[i+1] == '/':
			b.WriteString("[:]")
		case dot(r) && i > 0 && word(rs[i-1]) && i+2 < len(rs) && latin(rs[i+1]) && (latin(rs[i+2]) || rs[i+2] == '-'):
			b.WriteString("[.]")
		case dot(r) && i > 0 && word(rs[i-1]) && hanDomain(rs[i+1:]):
			b.WriteString("[.]")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// InertMarkup is Inert on one line, for where a platform reads Markdown or the
// like: what emphasis, code, links and headings are made of becomes full-width
// too.
func InertMarkup(s string) string {
	return strings.NewReplacer(
		"*", "＊", "_", "＿", "~", "～", "`", "｀", "|", "｜", "[", "［", "]", "］", "#", "＃", `\`, "＼", "!", "！",
	).Replace(Inert(Line(s)))
}

// dot reports the characters that resolvers take for the dot of a host name,
// but for 。, which ends Chinese sentences.
func dot(r rune) bool { return r == '.' || r == '．' || r == '｡' }

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' }

func latin(r rune) bool {
	r = fold(r)
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func fold(r rune) rune {
	if f := width.LookupRune(r).Folded(); f != 0 {
		return f
	}
	return r
}

// hanDomain reports whether what follows a dot is a Chinese top-level domain.
func hanDomain(rs []rune) bool {
	rest := string(rs[:min(len(rs), 2)])
	switch rest {
	case "中国", "中國", "公司", "网络", "網絡", "政务", "公益", "网址", "集团", "在线":
		return true
	}
	return false
}

// Length is how long platforms count a text: in UTF-16 units, the strictest of
// their readings of "characters".
func Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
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
		size := 1
		if r > 0xffff {
			size = 2
		}
		if used+size > n-1 {
			end = i
			break
		}
		used += size
	}
	for end > 0 {
		if !marked(s[end:]) {
			break
		}
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
	for end > 0 && (!utf8.RuneStart(s[end]) || marked(s[end:])) {
		end--
	}
	if end <= 0 {
		return ""
	}
	return strings.TrimRight(s[:end], " \n") + Ellipsis
}

// marked reports whether s begins with a mark on the character before it.
func marked(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.M, r)
}

// Excerpt is the beginning of a post's text on one line, at most n characters.
func Excerpt(body string, n int) string { return Cut(Line(body), n) }
