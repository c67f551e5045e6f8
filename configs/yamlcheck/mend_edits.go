package yamlcheck

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"golang.org/x/text/width"
)

// indent guesses what an indentation with tabs or other odd white space means:
// the width of a tab is the one that puts the line at a level the file has. Where
// there is one, it is also how the line is mended.
func (s *scan) indent(i int) {
	r := s.lines[i]
	old := 0
	for old < len(r) && isSpace(r[old]) {
		old++
	}
	top := -1
	if len(s.indents) > 0 {
		top = s.indents[len(s.indents)-1]
	}
	var fits []int
	for _, tab := range []int{2, 4, 8} {
		at := columns(r[:old], tab)
		if slices.Contains(s.indents, at) && s.dashed[at] == (old < len(r) && r[old] == '-') || s.open && at > top && at <= top+4 {
			fits = append(fits, tab)
		}
	}
	tab := 2
	if len(fits) > 0 {
		tab = fits[0]
		for k, c := range r[:old] {
			if c != ' ' {
				s.mend(i, k, 1, strings.Repeat(" ", columns(r[k:k+1], tab)))
			}
		}
	}
	level := columns(r[:old], tab)
	s.lines[i] = append([]rune(strings.Repeat(" ", level)), r[old:]...)
	s.moved[i], s.shifted[i], s.tainted[i+1] = move{old, level}, true, true
}

// columns is the width of white space.
func columns(r []rune, tab int) int {
	n := 0
	for _, c := range r {
		switch c {
		case '\t':
			n += tab
		case 0x3000:
			n += 2
		default:
			n++
		}
	}
	return n
}

// mendColon mends a full-width colon; one space follows it, even where the author
// put one already.
func (s *scan) mendColon(i, at int) {
	s.edit(i, at, 1, ": ")
	if r := s.lines[i]; at+1 == len(r) || r[at+1] == ' ' {
		s.mend(i, at, 1, ":")
		return
	}
	s.mend(i, at, 1, ": ")
}

// mendQuote mends a word that needs quotes.
func (s *scan) mendQuote(i, from, to int, word string) {
	if !strings.ContainsAny(word, `"\`) {
		s.mend(i, from, to-from, `"`+word+`"`)
	}
}

// swap is the edit that writes other text for a plain node of one line; none
// where the node does not stand in the file as it reads.
func (d *Decoder) swap(line, column int, old, put string) []Edit {
	r := []rune(old)
	if d.source == nil || line < 1 || line > len(d.source.lines) || column < 1 || d.source.shifted[line-1] {
		return nil
	}
	have := d.source.lines[line-1]
	if column-1+len(r) > len(have) || string(have[column-1:column-1+len(r)]) != old {
		return nil
	}
	return []Edit{{Line: line, Column: column, Drop: len(r), Put: put}}
}

// apart is the edit that writes several words, found as one at a place, as a
// list: in brackets after a key, bare inside brackets, each on a line of its own
// after a dash.
func (d *Decoder) apart(line, column int, old string, words []string) []Edit {
	for _, w := range words {
		if strings.ContainsAny(w, "\"'#:!*&@%|>{}[]`\\?") || strings.TrimSpace(w) != w {
			return nil
		}
	}
	edits := d.swap(line, column, old, strings.Join(words, ", "))
	if edits == nil || len(words) == 0 {
		return nil
	}
	before := string(d.source.lines[line-1][:column-1])
	switch trimmed := strings.TrimRight(before, " "); {
	case strings.HasSuffix(trimmed, ":"):
		edits[0].Put = "[" + edits[0].Put + "]"
	case strings.HasSuffix(trimmed, "-"):
		if strings.Trim(before, " -") != "" || strings.Count(before, "-") != 1 {
			return nil
		}
		edits[0].Put = strings.Join(words, "\n"+before)
	case strings.HasSuffix(trimmed, "["), strings.HasSuffix(trimmed, ","), trimmed == "":
	default:
		return nil
	}
	return edits
}

// quoted is the edit that puts a plain value in quotes.
func (d *Decoder) quoted(n ast.Node) []Edit {
	line, column := d.position(n)
	v := n.GetToken().Value
	return d.swap(line, column, v, `"`+v+`"`)
}

// figures is the edit that writes a quoted or full-width number plainly.
func (d *Decoder) figures(n ast.Node) []Edit {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return nil
	}
	plain := width.Narrow.String(s.Value)
	if !digits(plain) || len(plain) > 9 || plain[0] == '0' && plain != "0" {
		return nil
	}
	line, column := d.position(n)
	old := s.Value
	if quoted(n) {
		old = `"` + s.Value + `"`
	}
	return d.swap(line, column, old, plain)
}

// parted is the edit that takes several words written as one apart.
func (d *Decoder) parted(n ast.Node, old string, words []string) []Edit {
	line, column := d.position(n)
	return d.apart(line, column, old, words)
}

// answer is the edit that writes a truth value in the editors' spelling.
func (d *Decoder) answer(n ast.Node) []Edit {
	line, column := d.position(n)
	v := n.GetToken().Value
	switch strings.ToLower(v) {
	case "true", "yes", "on", "y", "对", "是的":
		return d.swap(line, column, v, "是")
	case "false", "no", "off", "n", "不", "不是":
		return d.swap(line, column, v, "否")
	}
	return nil
}

// Straight is the edit that puts a word in English quotes instead of Chinese ones
// around all of it.
func (d *Decoder) Straight(at Place, word string) []Edit {
	inner, open := strings.CutPrefix(word, "“")
	inner, closed := strings.CutSuffix(inner, "”")
	if !open || !closed || inner == "" || strings.ContainsAny(inner, "\"\\“”") {
		return nil
	}
	return d.swap(at.Line, at.Column, word, `"`+inner+`"`)
}
