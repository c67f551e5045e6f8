package extract

import (
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// body finds the article's text: the site's selector, the container that the
// page or our own reckoning names, readability where that is not sure, what a
// script carries, and the paragraphs themselves.
func (d *document) body(sel cascadia.Matcher, title string) string {
	if sel != nil {
		var parts []string
		for _, n := range outermost(cascadia.QueryAll(d.root, sel)) {
			if text := plain(n); text != "" {
				parts = append(parts, text)
			}
		}
		if len(parts) > 0 {
			return tidy(plainLines(strings.Join(parts, "\n")), title)
		}
	}
	d.prune()
	text, sure := d.found(title)
	if !sure {
		text = d.unsure(text, title)
	}
	if text == "" {
		text = tidy(d.paragraphs(), title)
	}
	if text == "" {
		text = tidy(plainLines(d.metas.first("description", "og:description")), title)
	}
	return text
}

// enough is the number of Han characters outside links from which a text needs
// no second opinion.
const enough = 40

// found is the text of the container that holds the article, and whether that is
// certain.
func (d *document) found(title string) (string, bool) {
	all := d.parts[0].prose()
	if i := d.container(); i >= 0 {
		text := tidy(d.print(i, 0), title)
		if han(text)*2 >= all || han(text) >= 300 {
			return text, han(text) >= enough
		}
		if own := d.reckoned(); own >= 0 && !d.holds(i, own) && !d.holds(own, i) {
			if other := tidy(d.print(own, 0), title); han(other) > 2*han(text) {
				return other, false
			}
		}
		return text, han(text) >= enough
	}
	i := d.reckoned()
	if i < 0 {
		return "", false
	}
	text := tidy(d.print(i, d.below(i)), title)
	p := &d.parts[i]
	return text, han(text) >= enough && p.stops >= 3 && p.prose()*2 >= all
}

// unsure asks readability and the scripts for a text, and takes it where it has
// clearly more to tell.
func (d *document) unsure(text, title string) string {
	record := d.record()
	script := tidy(plainLines(record.body), title)
	if l := d.jsonLD().body; han(l) > han(script) {
		script = tidy(plainLines(asText(l)), title)
	}
	if han(script) > 2*han(text) {
		return script
	}
	if han(text) >= enough {
		return text
	}
	if other := tidy(d.readable(), title); han(other) > han(text) {
		text = other
	}
	return text
}

// below is the first part behind the headline, when most of what i tells stands
// there; else the beginning.
func (d *document) below(i int) int {
	if d.heading < 0 {
		return 0
	}
	head := d.runs[d.heading].part
	if !d.holds(i, head) {
		return 0
	}
	before := 0
	for r := d.parts[i].firstRun; r < d.heading; r++ {
		if p := &d.parts[d.runs[r].part]; p.linked == 0 {
			before += p.han
		}
	}
	if before*2 > d.parts[i].prose() {
		return 0
	}
	return head + 1
}

// reckoned is the part that holds the article, found by following the prose from
// the top down as long as one child has most of it; -1 where there is none.
func (d *document) reckoned() int {
	cur := 0
	for {
		total := d.parts[cur].prose()
		if total == 0 {
			return -1
		}
		heaviest, direct := -1, 0
		d.children(cur, func(c int) bool {
			p := &d.parts[c]
			if p.cut || p.hidden || p.prose() <= 0 {
				return true
			}
			if d.paragraph(c) {
				direct += p.prose()
			}
			if heaviest < 0 || p.prose() > d.parts[heaviest].prose() {
				heaviest = c
			}
			return true
		})
		switch {
		case heaviest < 0:
			return cur
		case d.parts[heaviest].prose()*10 >= total*7 && !d.paragraph(heaviest):
			cur = heaviest
		case direct*2 >= total:
			return cur
		default:
			next := d.choose(cur)
			if next < 0 || d.paragraph(next) {
				return cur
			}
			cur = next
		}
	}
}

// paragraph tells whether a part is a piece of text rather than a block of them.
func (d *document) paragraph(i int) bool {
	p := &d.parts[i]
	if p.node.Type == html.TextNode {
		return true
	}
	switch p.node.Data {
	case "p", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "ul", "ol", "dl", "dt", "dd":
		return true
	}
	if p.node.Data == "tr" && p.lines <= 8 {
		// A row of a table with data; a row alone, or one that holds a table, is
		// layout.
		rows := 0
		d.children(p.parent, func(c int) bool {
			if d.parts[c].node.Data == "tr" && d.parts[c].prose() > 0 {
				rows++
			}
			return rows < 2
		})
		if rows < 2 {
			return false
		}
		for c := i + 1; c < p.end; c++ {
			if d.parts[c].node.Data == "table" {
				return false
			}
		}
		return true
	}
	return p.lines <= 1 || !block(p.node.Data) && p.node.Data != "td"
}

// choose is the child of a layout that holds the article. Blocks in which every
// other line is a link are lists of others; the first block under the headline
// is likelier than what follows.
func (d *document) choose(i int) int {
	best, top := -1, 0
	head := -1
	if d.heading >= 0 {
		head = d.runs[d.heading].part
	}
	first := head >= 0
	d.children(i, func(c int) bool {
		p := &d.parts[c]
		if p.cut || p.hidden || p.prose() <= 0 {
			return true
		}
		score := p.prose() * 4
		if p.lines > 0 {
			score -= score * min(p.anchors, p.lines) / p.lines
		}
		score += p.stops * 20
		if d.holds(c, head) {
			score *= 2
		} else if first && c > head && p.stops >= 2 {
			score *= 3
			first = false
		}
		if score > top {
			best, top = c, score
		}
		return true
	})
	return best
}

// outermost drops nodes that lie inside an earlier one.
func outermost(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range nodes {
		inside := false
		for _, o := range out {
			for p := n.Parent; p != nil && !inside; p = p.Parent {
				inside = p == o
			}
		}
		if !inside {
			out = append(out, n)
		}
	}
	return out
}

// shortest is the number of characters from which readability is content: its
// own default suits English, where 500 characters are 80 words. A Chinese notice
// is complete in 60, and a higher bound makes it search again more greedily.
const shortest = 60

// readable is what readability makes of a copy of what is left of the page.
func (d *document) readable() []lineOf {
	page := d.remains(0)
	p := readability.NewParser()
	p.CharThresholds = shortest
	p.DisableJSONLD = true
	a, err := p.ParseDocument(page, nil)
	if err != nil || a.Node == nil {
		return nil
	}
	return plainLines(plain(a.Node))
}

// remains copies a part without what was cut.
func (d *document) remains(i int) *html.Node {
	p := &d.parts[i]
	n := p.node
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace}
	c.Attr = append(c.Attr, n.Attr...)
	d.children(i, func(child int) bool {
		if !d.parts[child].cut {
			c.AppendChild(d.remains(child))
		}
		return true
	})
	return c
}

// paragraphs are all visible paragraphs that are prose rather than a link.
func (d *document) paragraphs() []lineOf {
	l := layer{d: d}
	for i := 1; i < len(d.parts); i++ {
		p := &d.parts[i]
		if p.node.Data == "p" && p.prose() > 0 && p.linked*2 < p.han && !d.under(i, "a", "nav", "footer", "aside", "li") {
			l.walk(i, false)
			l.end()
		}
	}
	return l.lines
}
