// Package sitetext reads what sites write: plain text out of markup, links, times and
// figures, each in the many forms that Chinese pages, feeds and timelines use.
package sitetext

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText reduces HTML, or text that may be HTML, to what a reader sees:
// paragraphs on lines of their own, no markup, no scripts, no control characters.
// It reads tokens one after the other, so that no depth of nesting hides a text.
func PlainText(source string) string {
	if !strings.ContainsAny(source, "<&") {
		return Tidy(source)
	}
	var out strings.Builder
	tagged := false
	skip := atom.Atom(0)
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return Tidy(out.String())
		case html.TextToken:
			if skip == 0 {
				text := string(z.Text())
				if tagged {
					text = flow(text)
				}
				out.WriteString(text)
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			tagged = true
			switch {
			case skip != 0:
			case tag == atom.Script || tag == atom.Style || tag == atom.Template || tag == atom.Noscript || tag == atom.Iframe:
				skip = tag
			case breaks(tag):
				out.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if tag == skip {
				skip = 0
			} else if skip == 0 && breaks(tag) {
				out.WriteByte('\n')
			}
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			tagged = true
			if skip == 0 && breaks(atom.Lookup(name)) {
				out.WriteByte('\n')
			}
		}
	}
}

// OneLine is PlainText for titles.
func OneLine(source string) string {
	return strings.Join(strings.Fields(PlainText(source)), " ")
}

func breaks(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Tr, atom.Table, atom.Blockquote, atom.Section,
		atom.Article, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Pre, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption:
		return true
	}
	return false
}

// flow undoes the line breaks of the markup's own layout: between Han characters
// they mean nothing, else a space.
func flow(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return text
	}
	var out strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		if r != '\n' && r != '\r' {
			out.WriteRune(r)
			continue
		}
		if i > 0 && i+1 < len(runes) && unicode.Is(unicode.Han, runes[i-1]) && unicode.Is(unicode.Han, runes[i+1]) {
			continue
		}
		out.WriteByte(' ')
	}
	return out.String()
}

// Tidy drops control characters and blank lines and joins runs of blanks.
func Tidy(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(text, "\r", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\uFEFF', r == '\uFFFE', r == '\uFFFF':
			return -1
		}
		return r
	}, text)
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
