package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// plain renders a node as a reader sees it: one paragraph a line, cells of a
// table row apart by a space.
func plain(n *html.Node) string {
	var p printer
	p.walk(n)
	return p.String()
}

// printer collects text and breaks lines at block elements.
type printer struct {
	lines []string
	line  strings.Builder
}

func (p *printer) String() string {
	p.end()
	return strings.Join(p.lines, "\n")
}

func (p *printer) end() {
	if text := squeeze(p.line.String()); text != "" {
		p.lines = append(p.lines, text)
	}
	p.line.Reset()
}

func (p *printer) walk(n *html.Node) {
	if n.Type == html.TextNode {
		p.line.WriteString(n.Data)
		return
	}
	if unseen(n) || n.Data == "head" {
		return
	}
	switch {
	case n.Data == "br" || n.Data == "hr":
		p.end()
		return
	case n.Data == "td" || n.Data == "th":
		p.line.WriteByte(' ')
	case block(n.Data):
		p.end()
		defer p.end()
	}
	for c := range n.ChildNodes() {
		p.walk(c)
	}
}

func block(tag string) bool {
	switch tag {
	case "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog",
		"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
		"h4", "h5", "h6", "header", "hgroup", "html", "li", "main", "nav", "ol", "option", "p",
		"pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul":
		return true
	}
	return false
}
