// Package safetext makes texts and links that come from outside fit to be shown to
// people. Nothing that the public wrote reaches a message, a page, a paper or a
// terminal without passing it.
package safetext

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// maxMarks is how many combining marks may stand on one character: more is a
// trick to hide the line above.
const maxMarks = 3

// Text returns s as valid UTF-8 without control characters (terminal escapes among
// them), characters that nobody can see and marks that stand on nothing. Line breaks
// of any kind become "\n", a tab a space.
func Text(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	marks := maxMarks // at the beginning there is nothing to stand on
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			r, marks = '\n', maxMarks
		case unicode.IsSpace(r) || r == brailleBlank:
			if unicode.IsControl(r) || r == brailleBlank {
				r = ' '
			}
			marks = maxMarks
		case unicode.IsControl(r) || Invisible(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// brailleBlank is the pattern without dots: a space that Unicode takes for a sign.
const brailleBlank = '\u2800'

// Invisible reports a character that no reader sees, though it may change how its
// neighbours are read: Unicode's format characters (bidirectional overrides, joiners,
// tags), the fillers that are letters by name only, and variation selectors but for
// the one that makes a sign an emoji.
func Invisible(r rune) bool {
	return r != '\ufe0f' && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Line returns Text on one line, with runs of white space made one space.
func Line(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

// Inert returns Text for chat platforms, which make mentions and links out of text:
// the characters their markup is made of become full-width, so that no reading of the
// text, escaped once or twice, is a mention, and addresses are broken, so that nothing
// but a link of ours can be clicked.
func Inert(s string) string {
	rs := []rune(Text(s))
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
		case isDot(r) && i > 0 && isNamePart(rs[i-1]) && startsDomain(rs[i+1:]):
			b.WriteString("[.]")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// InertMarkup returns Inert on one line for platforms that read Markdown or the like:
// what emphasis, code, links and headings are made of becomes full-width too.
func InertMarkup(s string) string {
	return strings.NewReplacer(
		"*", "＊", "_", "＿", "~", "～", "`", "｀", "|", "｜", "[", "［", "]", "］", "#", "＃", `\`, "＼", "!", "！",
	).Replace(Inert(Line(s)))
}

// isDot reports the characters that resolvers take for the dot of a host name, but
// for 。, which ends Chinese sentences.
func isDot(r rune) bool { return r == '.' || r == '．' || r == '｡' }

func isNamePart(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_'
}

// startsDomain reports whether what follows a dot may be a top-level domain: two
// Latin letters, or one of the Chinese ones.
func startsDomain(rs []rune) bool {
	if len(rs) < 2 {
		return false
	}
	if isLatin(rs[0]) && (isLatin(rs[1]) || rs[1] == '-') {
		return true
	}
	switch string(rs[:2]) {
	case "中国", "中國", "公司", "网络", "網絡", "政务", "公益", "网址", "集团", "在线":
		return true
	}
	return false
}

func isLatin(r rune) bool {
	if f := width.LookupRune(r).Folded(); f != 0 {
		r = f
	}
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
