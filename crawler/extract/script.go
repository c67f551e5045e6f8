package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// literal reads a JavaScript string up to its closing quote and undoes escapes.
func literal(s string, quote byte) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return b.String()
		case c != '\\' || i+1 >= len(s):
			b.WriteByte(c)
		default:
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't', 'r':
				b.WriteByte(' ')
			case 'u':
				r, n := unicodeEscape(s[i+1:])
				if n == 0 {
					b.WriteByte('u')
					continue
				}
				b.WriteRune(r)
				i += n
			case 'x':
				r, n := hex(s[i+1:], 2)
				if n == 0 {
					b.WriteByte('x')
					continue
				}
				b.WriteRune(r)
				i += n
			default:
				b.WriteByte(s[i])
			}
		}
	}
	return "" // the string never ends: not a string
}

// unicodeEscape reads XXXX or a pair XXXX\uXXXX and tells how many bytes it took.
func unicodeEscape(s string) (rune, int) {
	hi, n := hex(s, 4)
	if n == 0 {
		return 0, 0
	}
	if hi >= 0xD800 && hi < 0xDC00 && strings.HasPrefix(s[4:], `\u`) {
		if lo, m := hex(s[6:], 4); m > 0 && lo >= 0xDC00 && lo < 0xE000 {
			return (hi-0xD800)<<10 + (lo - 0xDC00) + 0x10000, 10
		}
	}
	return hi, 4
}

func hex(s string, n int) (rune, int) {
	if len(s) < n {
		return 0, 0
	}
	var r rune
	for i := range n {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, 0
		}
	}
	return r, n
}

// asText renders a string that may be HTML, or HTML escaped once more.
func asText(s string) string {
	if strings.Contains(s, "&lt;") {
		s = html.UnescapeString(s)
	}
	if !strings.Contains(s, "<") {
		return squeezeLines(html.UnescapeString(s))
	}
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return ""
	}
	return plain(root)
}

func squeezeLines(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		if t := squeeze(line); t != "" {
			out = append(out, t)
		}
	}
	return strings.Join(out, "\n")
}
