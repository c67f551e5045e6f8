package extract

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// part is one element or text of the page with what it holds, counted once for
// the whole page, so that every finder may ask again without walking.
type part struct {
	node *html.Node
	// parent is an index in document.parts, -1 for the root; the part's
	// descendants stand from its own index+1 up to, not including, end.
	parent, end int
	// runs are those from firstRun up to, not including, endRun.
	firstRun, endRun int
	// han counts the visible Han characters under the part, linked those of them
	// inside links, and stops the marks that end a sentence or clause outside links.
	han, linked, stops int
	// chars counts visible characters, lines the lines a reader sees, and anchors
	// the links with four characters and more.
	chars, lines, anchors int
	// marks is what class, id, itemprop and role say, in lower case.
	marks string
	// hidden is true for what no reader sees, cut for what a finder took away:
	// both also hold for all that stands below.
	hidden, cut bool
}

// prose is how much a part tells outside of links.
func (p *part) prose() int { return p.han - p.linked }

// grower builds the parts of a page in one walk.
type grower struct {
	d    *document
	at   int
	line int
	// broken says that the next text begins a line of its own.
	broken bool
}

func (g *grower) grow(n *html.Node, parent int, hidden bool, link int) {
	d := g.d
	i := len(d.parts)
	d.parts = append(d.parts, part{node: n, parent: parent, firstRun: len(d.runs), hidden: hidden})
	at, line := g.at, g.line
	switch n.Type {
	case html.TextNode:
		g.text(n, i, hidden, link)
	case html.ElementNode:
		p := &d.parts[i]
		p.hidden = hidden || unseen(n)
		if len(n.Attr) > 0 {
			p.marks = marks(n)
		}
		breaks := n.Data == "br" || n.Data == "hr" || block(n.Data)
		g.broken = g.broken || breaks
		inner := link
		if n.Data == "a" {
			inner = i
		}
		d.element(n)
		hide := p.hidden
		for c := range n.ChildNodes() {
			g.child(c, i, hide, inner)
		}
		g.broken = g.broken || breaks
	default: // the document itself
		for c := range n.ChildNodes() {
			g.child(c, i, hidden, link)
		}
	}
	p := &d.parts[i]
	p.end, p.endRun = len(d.parts), len(d.runs)
	p.chars, p.lines = g.at-at, g.line-line
	if n.Type == html.ElementNode && n.Data == "a" && p.chars >= 4 {
		p.anchors++
	}
	if parent >= 0 {
		up := &d.parts[parent]
		up.han += p.han
		up.linked += p.linked
		up.stops += p.stops
		up.anchors += p.anchors
	}
}

func (g *grower) child(c *html.Node, parent int, hidden bool, link int) {
	switch c.Type {
	case html.ElementNode, html.TextNode:
		g.grow(c, parent, hidden, link)
	case html.CommentNode:
		g.d.comment(c)
	case html.ErrorNode, html.DocumentNode, html.DoctypeNode, html.RawNode:
	}
}

func (g *grower) text(n *html.Node, i int, hidden bool, link int) {
	d := g.d
	if n.Parent != nil && n.Parent.Data == "script" {
		d.scripts = append(d.scripts, n.Data)
		return
	}
	if hidden {
		return
	}
	text := squeeze(n.Data)
	if text == "" {
		return
	}
	if g.broken {
		g.line++
		g.broken = false
	}
	p := &d.parts[i]
	chars := 0
	for _, r := range text {
		chars++
		switch {
		case r < 0x2E80:
		case r == '，' || r == '。' || r == '！' || r == '？' || r == '；':
			if link < 0 {
				p.stops++
			}
		case unicode.Is(unicode.Han, r):
			p.han++
		}
	}
	if link >= 0 {
		p.linked = p.han
	}
	d.runs = append(d.runs, run{node: n, text: text, at: g.at, part: i})
	g.at += chars
}

// children calls do for the elements and texts directly under a part until do
// says false.
func (d *document) children(i int, do func(c int) bool) {
	for c := i + 1; c < d.parts[i].end; c = d.parts[c].end {
		if !do(c) {
			return
		}
	}
}

// cutPart takes a part and all below it out of the article.
func (d *document) cutPart(i int) {
	if d.parts[i].cut {
		return
	}
	h, l, s, a := d.parts[i].han, d.parts[i].linked, d.parts[i].stops, d.parts[i].anchors
	for up := d.parts[i].parent; up >= 0; up = d.parts[up].parent {
		p := &d.parts[up]
		p.han, p.linked, p.stops, p.anchors = p.han-h, p.linked-l, p.stops-s, p.anchors-a
	}
	d.parts[i].cut = true
	d.parts[i].han, d.parts[i].linked, d.parts[i].stops, d.parts[i].anchors = 0, 0, 0, 0
}

// under tells whether a part stands in one of the given elements.
func (d *document) under(i int, tags ...string) bool {
	for up := d.parts[i].parent; up >= 0; up = d.parts[up].parent {
		if slices.Contains(tags, d.parts[up].node.Data) {
			return true
		}
	}
	return false
}

// holds tells whether a part is another or contains it.
func (d *document) holds(outer, inner int) bool {
	return inner >= outer && inner < d.parts[outer].end
}

// tokens calls do for each word of a class or id: parts of names are parted by
// anything but letters and digits.
func tokens(marks string, do func(word string) bool) bool {
	start := -1
	for i, r := range marks {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if start >= 0 && do(marks[start:i]) {
				return true
			}
			start = -1
			continue
		}
		if start < 0 {
			start = i
		}
	}
	return start >= 0 && do(marks[start:])
}

// lineOf is a line of text as a reader sees it.
type lineOf struct {
	text string
	// linked says that all of its text stands in links.
	linked bool
	// heading says that the line is a heading.
	heading bool
}

// layer prints parts as plain does nodes, leaving out what was cut, and keeps
// what is known of each line.
type layer struct {
	d     *document
	lines []lineOf
	line  strings.Builder
	free  bool // some text of the line stands outside links
	head  bool
	// from is the first part whose text counts.
	from int
}

func (d *document) print(i, from int) []lineOf {
	l := layer{d: d, from: from}
	l.walk(i, false)
	l.end()
	return l.lines
}

func (l *layer) end() {
	if text := squeeze(l.line.String()); text != "" {
		l.lines = append(l.lines, lineOf{text: text, linked: !l.free, heading: l.head})
	}
	l.line.Reset()
	l.free, l.head = false, false
}

func (l *layer) walk(i int, link bool) {
	p := &l.d.parts[i]
	if p.cut || p.hidden || p.end <= l.from {
		return
	}
	if p.node.Type == html.TextNode {
		if i >= l.from {
			l.line.WriteString(p.node.Data)
			l.free = l.free || !link && strings.TrimSpace(p.node.Data) != ""
		}
		return
	}
	tag := p.node.Data
	switch {
	case tag == "head":
		return
	case tag == "br" || tag == "hr":
		l.end()
		return
	case tag == "td" || tag == "th":
		l.line.WriteByte(' ')
	case p.node.Type == html.ElementNode && block(tag):
		l.end()
		defer l.end()
	}
	link = link || tag == "a"
	if len(tag) == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' {
		l.head = true
	}
	for c := i + 1; c < p.end; c = l.d.parts[c].end {
		l.walk(c, link)
	}
}
