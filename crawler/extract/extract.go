// Package extract finds the title, the publication time, the named origin and
// the text of an article in a Chinese news, government or forum page. Selectors
// written for a site come first, then what the page declares, then what can be
// seen, and a readability pass last.
package extract

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/html"

	"huiying/crawler/sitetext"
)

// Article is what a page says. Every text field is plain text.
type Article struct {
	// Title is without the site's name; empty when the page has none.
	Title string
	// Body holds one paragraph a line.
	Body string
	// Published is zero when the page names no time that can be trusted. A time
	// written without a zone is China Standard Time. Midnight also stands for a
	// day without a time.
	Published time.Time
	// Origin is the medium that the page names as its source (来源), or empty.
	Origin string
	// Reads is how often the page says it was read (阅读、浏览); 0 where it does not.
	Reads int64
	// URL is the address the page gives itself, or empty. It may be false: a
	// page says what it likes.
	URL string
	// Headed says that Title stands on the page itself and not only in its
	// <title>, as it does in articles.
	Headed bool
	// Next is the address of the page on which the article goes on, or empty; with
	// Whole, that page holds all of it. It lies on the same host and differs from
	// the article's own address only in the mark of a page.
	Next  string
	Whole bool
	// Barrier says that a captcha, a log-in page or the like stands in place of the
	// content: Title and Body are its words then, if it has any.
	Barrier Barrier
	// Flat says that the page was nested too deeply to be searched for its parts
	// (an evasion or a defect), so that Body is all its text, navigation included.
	Flat bool
}

// Options are the selectors of one site, all optional CSS. A selector that
// matches nothing is passed over, so that a site's new layout costs precision
// but never the text.
type Options struct {
	TitleSelector  string
	BodySelector   string
	DateSelector   string
	OriginSelector string
	// ReadsSelector selects the figure of how often the page says it was read.
	ReadsSelector string
	// First is the address of the article's first page where this is a later one.
	First string
	// Now bounds the publication time: what lies more than ten minutes after it
	// is not believed. Zero means no bound.
	Now time.Time
}

// Read extracts the article of a page already decoded to UTF-8. An empty pageURL
// is allowed. An unknown layout is not an error; a selector that is not CSS is, and
// so is a page without any text.
func Read(page, pageURL string, o Options) (Article, error) {
	sel, err := compile(o)
	if err != nil {
		return Article{}, err
	}
	page = strings.ReplaceAll(page, "\x00", "")
	if sitetext.Sprawls(page) {
		return flatten(page, pageURL, o.Now)
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil || countNodes(root, 0) > maxNodes {
		// x/net/html refuses more than 512 open elements. Giving up here would
		// let anyone hide a text by nesting it.
		return flatten(page, pageURL, o.Now)
	}
	d := newDocument(root, pageURL, o.Now)
	a := Article{URL: d.url}
	a.Title = d.title(sel.title)
	d.locate(a.Title)
	a.Headed = d.heading >= 0
	a.Published = d.published(sel.date)
	a.Origin = d.origin(sel.origin)
	a.Reads = d.reads(sel.reads)
	a.Body = d.body(sel.body, a.Title)
	a.Barrier = d.barrier(a)
	a.Next, a.Whole = d.next(o.First)
	if a.Title == "" && a.Body == "" {
		return a, fmt.Errorf("extract %s: the page holds no text; it may need a browser or be an image", pageURL)
	}
	return a, nil
}

// maxNodes bounds the sum of the depths of all nodes, which is what searching a
// page costs. Large real pages have 200,000; a page made to keep us busy is read
// as plain text.
const maxNodes = 3_000_000

func countNodes(n *html.Node, depth int) int {
	sum := depth
	for c := range n.ChildNodes() {
		sum += countNodes(c, depth+1)
	}
	return sum
}

// document is one parsed page with what the finders share.
type document struct {
	root  *html.Node
	parts []part
	// url is pageURL, else the address the page gives itself.
	url     string
	now     time.Time
	metas   metas
	scripts []string
	// canonical, noted and linkedData are what the walk met on the way: the
	// address in <link rel=canonical>, comments, and JSON-LD.
	canonical  string
	noted      []string
	linkedData []string
	// runs are the visible texts in reading order.
	runs []run
	// heading is the index in runs where the title stands, or -1.
	heading int
	// told is the record in a script that holds the article, once asked for.
	told *record
}

// run is one text node that a reader sees.
type run struct {
	node *html.Node
	text string
	// at is the number of characters before it, counted over the whole page.
	at int
	// part is its index in document.parts.
	part int
}

func newDocument(root *html.Node, pageURL string, now time.Time) *document {
	d := &document{root: root, now: now, heading: -1, metas: metas{}}
	g := grower{d: d, broken: true}
	g.grow(root, -1, false, -1)
	d.url = pageURL
	if d.url == "" {
		d.url = d.ownURL()
	}
	return d
}

// element notes what the page says about itself.
func (d *document) element(n *html.Node) {
	switch n.Data {
	case "meta":
		d.metas.add(n.Attr)
	case "link":
		if d.canonical == "" && strings.EqualFold(attr(n, "rel"), "canonical") {
			d.canonical = attr(n, "href")
		}
	case "script":
		if n.FirstChild != nil && strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") {
			d.linkedData = append(d.linkedData, n.FirstChild.Data)
		}
	}
}

// maxNotes bounds how many comments are kept.
const maxNotes = 200

func (d *document) comment(n *html.Node) {
	if len(d.noted) < maxNotes && len(n.Data) < 1<<14 {
		d.noted = append(d.noted, n.Data)
	}
}

// locate remembers where the title stands among the visible texts, since the
// time and the origin are written near it.
func (d *document) locate(title string) {
	want := bare(title)
	if want == "" {
		return
	}
	best := -1
	for i, r := range d.runs {
		if len(r.text) > 3*len(title)+30 || d.under(r.part, "title", "a", "option") {
			continue
		}
		got := bare(r.text)
		if got == want || (len(got) >= len(want)/2 && strings.HasPrefix(want, got)) {
			if heading(r.node) {
				d.heading = i
				return
			}
			if best < 0 {
				best = i
			}
		}
	}
	d.heading = best
}
