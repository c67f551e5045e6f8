package extract

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// selectors are the compiled selectors of Options; nil where none was given.
type selectors struct {
	title, body, date, origin, reads cascadia.Matcher
}

func compile(o Options) (selectors, error) {
	var s selectors
	for _, c := range []struct {
		name, css string
		into      *cascadia.Matcher
	}{
		{"title", o.TitleSelector, &s.title},
		{"body", o.BodySelector, &s.body},
		{"date", o.DateSelector, &s.date},
		{"origin", o.OriginSelector, &s.origin},
		{"reads", o.ReadsSelector, &s.reads},
	} {
		if c.css == "" {
			continue
		}
		sel, err := cascadia.ParseGroup(c.css)
		if err != nil {
			return s, fmt.Errorf("%s selector %q is not CSS: %w; try it in a browser's inspector", c.name, c.css, err)
		}
		*c.into = sel
	}
	return s, nil
}

// Check reports a selector of o that is not CSS.
func (o Options) Check() error {
	_, err := compile(o)
	return err
}

// selected joins the text of what a selector matches, or is empty.
func (d *document) selected(sel cascadia.Matcher) string {
	if sel == nil {
		return ""
	}
	for _, n := range cascadia.QueryAll(d.root, sel) {
		if n.Data == "meta" {
			if v := squeeze(attr(n, "content")); v != "" {
				return v
			}
			continue
		}
		if text := squeeze(plain(n)); text != "" {
			return text
		}
	}
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// marks is what the class and id of an element say about it, in lower case.
func marks(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "itemprop", "role":
			b.WriteString(strings.ToLower(a.Val))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// heading tells whether a text stands in an h1…h6 or in what a class calls a title.
func heading(n *html.Node) bool {
	p := n.Parent
	for range 3 {
		if p == nil {
			return false
		}
		switch p.Data {
		case "h1", "h2", "h3", "h4", "h5", "h6":
			return true
		}
		if strings.Contains(marks(p), "tit") {
			return true
		}
		p = p.Parent
	}
	return false
}

func unseen(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return n.Type == html.CommentNode
	}
	switch n.Data {
	case "script", "style", "noscript", "template", "svg", "iframe", "textarea", "select", "object", "head":
		return n.Data != "head"
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			v := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
			if strings.Contains(v, "display:none") {
				return true
			}
		}
	}
	return false
}

// squeeze makes every run of white space one space and trims it; invisible
// characters go.
func squeeze(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
		case r == '\u200b' || r == '\ufeff' || r == '\u00ad' || unicode.Is(unicode.Cc, r):
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bare drops white space, quotes and punctuation, so that a heading and the
// <title> compare equal when an editor typed them twice.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func han(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}
