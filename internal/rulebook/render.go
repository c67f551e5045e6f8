package rulebook

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// around is how many columns of a long line are shown on either side.
const around = 40

// Show writes a finding the way editors read it: where and what, the line with
// the one above it, why it matters, and what to write instead.
func (x Finding) Show(w io.Writer) error {
	var b strings.Builder
	b.WriteString(x.File)
	if x.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", x.Line, x.Column)
	}
	fmt.Fprintf(&b, "  %s %s  %s\n", x.Level, x.Code, visible(x.Message))
	x.quote(&b)
	if x.Why != "" {
		fmt.Fprintf(&b, "  为什么: %s\n", x.Why)
	}
	x.advise(&b)
	b.WriteString("\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// advise writes the remedy, as a line to paste where there is one.
func (x Finding) advise(b *strings.Builder) {
	switch {
	case x.Fixed != "":
		for i, line := range strings.Split(x.Fixed, "\n") {
			label := "  改成:   "
			if i > 0 {
				label = "          "
			}
			b.WriteString(label + cut(strings.TrimSpace(visible(line)), 2*around) + "\n")
		}
		b.WriteString("  自动改: huiying rules fix --write\n")
	case strings.HasPrefix(x.Remedy, "改成"), strings.HasPrefix(x.Remedy, "您是不是想写"), strings.HasPrefix(x.Remedy, "有这些"):
		b.WriteString("  " + visible(x.Remedy) + "\n")
	case x.Level == "警告":
		b.WriteString("  建议: " + visible(x.Remedy) + "\n")
	default:
		b.WriteString("  怎么改: " + visible(x.Remedy) + "\n")
	}
}

// quote writes the line and the one above it, and underlines the place.
func (x Finding) quote(b *strings.Builder) {
	if x.Line < 1 || x.Line > len(x.lines) {
		return
	}
	line := []rune(x.lines[x.Line-1])
	from, to := span(line, x.Column-1)
	start, end := window(line, from)
	margin := len(strconv.Itoa(x.Line))
	if x.Line > 1 {
		above := []rune(x.lines[x.Line-2])
		fmt.Fprintf(b, "  %*d │ %s\n", margin, x.Line-1, clip(above, min(start, len(above)), min(start+around, len(above))))
	}
	fmt.Fprintf(b, "  %*d │ %s\n", margin, x.Line, clip(line, start, end))
	pad := wide(line[start:from])
	if start > 0 {
		pad++ // the ellipsis
	}
	to = min(to, end)
	fmt.Fprintf(b, "  %s   %s%s\n", strings.Repeat(" ", margin), strings.Repeat(" ", pad),
		strings.Repeat("━", max(1, wide(line[from:max(from, to)]))))
}

// window is the part of a line worth showing around a place.
func window(line []rune, at int) (start, end int) {
	start, end = 0, len(line)
	if wide(line[:at]) > 2*around {
		start = at - around
		start = max(start, 0)
	}
	if wide(line[at:]) > 2*around {
		end = min(len(line), at+around)
	}
	return start, end
}

func clip(line []rune, start, end int) string {
	s := visible(string(line[start:max(start, end)]))
	if start > 0 {
		s = "…" + s
	}
	if end < len(line) {
		s += "…"
	}
	return s
}

// cut shortens a text to so many columns.
func cut(s string, columns int) string {
	if terminal().StringWidth(s) <= columns {
		return s
	}
	return terminal().Truncate(s, columns, "…")
}

// span is the part of a line that a problem at a character is about: a word, a
// quoted text, a bracket with its content, or one mark.
func span(line []rune, at int) (from, to int) {
	if at < 0 || at >= len(line) {
		at = min(max(at, 0), len(line))
		return at, at
	}
	switch r := line[at]; {
	case r == '"' || r == '\'':
		for k := at + 1; k < len(line); k++ {
			if line[k] == r {
				return at, k + 1
			}
		}
		return at, len(line)
	case r == '[' || r == '{':
		return at, closing(line, at)
	case r == '，' || r == '、' || r == '；' || r == ';':
		// several words written as one: all of them
		for at > 0 && !strings.ContainsRune(` [{,"`, line[at-1]) {
			at--
		}
	case unicode.IsPunct(r) && !strings.ContainsRune("#!*&@%-“《", r) || unicode.IsSpace(r):
		return at, at + 1
	}
	to = at + 1
	for to < len(line) && !strings.ContainsRune(",]}:：", line[to]) && (line[to] != ' ' || to+1 == len(line) || line[to+1] != '#') {
		to++
	}
	for to > at+1 && line[to-1] == ' ' {
		to--
	}
	return at, to
}

// closing is the end of the bracket that opens at a character.
func closing(line []rune, at int) int {
	depth := 0
	for k := at; k < len(line); k++ {
		switch line[k] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return k + 1
			}
		}
	}
	return len(line)
}

// visible shows what nobody can see: tabs as →, other odd white space and control
// characters as ·, each in one column.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return '→'
		case r == '\n', r == 0x3000:
			return r
		case r == 0xa0 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return '·'
		}
		return r
	}, s)
}

// wide is how many columns of a terminal a text takes as it is shown.
func wide(r []rune) int { return terminal().StringWidth(visible(string(r))) }

// terminal measures East-Asian widths: Han and full-width characters take two
// columns, the frame and curved quotes one.
func terminal() *runewidth.Condition {
	return &runewidth.Condition{EastAsianWidth: false}
}
