package extract

import (
	"regexp"
	"strings"
	"time"

	"huiying/crawler/sitetext"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Describe names by CSS where on a page the title, the text and the time of its
// article were found; a field is empty where no selector says it surely. It serves
// whoever writes a source, and costs a second reading.
func Describe(page, pageURL string, now time.Time) Options {
	var o Options
	root, err := html.Parse(strings.NewReader(page))
	if err != nil || countNodes(root, 0) > maxNodes {
		return o
	}
	d := newDocument(root, pageURL, now)
	title := d.title(nil)
	d.locate(title)
	if d.heading >= 0 {
		o.TitleSelector = d.selector(d.runs[d.heading].part, func(text string) bool { return bare(trimTitle(text)) == bare(title) })
	}
	published := d.published(nil)
	for i, r := range d.runs {
		for _, s := range sitetext.FindDates(r.text) {
			if !published.IsZero() && sameDay(s.Time, published) && d.rate(i, s) >= 30 && o.DateSelector == "" {
				o.DateSelector = d.selector(r.part, func(text string) bool {
					all := sitetext.FindDates(text)
					return len(all) > 0 && sameDay(all[0].Time, published)
				})
			}
		}
	}
	d.prune()
	at := d.container()
	if at < 0 {
		at = d.reckoned()
	}
	if at > 0 {
		size := d.parts[at].prose()
		o.BodySelector = d.selector(at, func(text string) bool { return han(text) >= size })
	}
	return o
}

var cssName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]*$`)

// selector names the nearest enclosing element, of up to three, that has a name of
// its own and is the first on the page to have it, with a text that is right.
func (d *document) selector(i int, right func(text string) bool) string {
	if d.parts[i].node.Type == html.TextNode {
		i = d.parts[i].parent
	}
	for range 3 {
		if i < 0 || d.parts[i].node.Type != html.ElementNode || d.parts[i].node.Data == "body" {
			return ""
		}
		for _, css := range names(d.parts[i].node) {
			sel, err := cascadia.ParseGroup(css)
			if err != nil {
				continue
			}
			if found := cascadia.Query(d.root, sel); found == d.parts[i].node && right(squeeze(plain(found))) {
				return css
			}
		}
		i = d.parts[i].parent
	}
	return ""
}

// names are selectors for one element, the surest first.
func names(n *html.Node) []string {
	var out []string
	if id := attr(n, "id"); cssName.MatchString(id) {
		out = append(out, n.Data+"#"+id)
	}
	for c := range strings.FieldsSeq(attr(n, "class")) {
		if cssName.MatchString(c) {
			out = append(out, n.Data+"."+c)
		}
	}
	if n.Data == "h1" || n.Data == "article" || n.Data == "time" {
		out = append(out, n.Data)
	}
	return out
}
