package page

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"huiying/crawler/sitetext"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// link is a link to an article.
type link struct {
	// url is canonical.
	url string
	// text is what the list page calls the article.
	text string
	// published is when a sitemap says that it appeared; zero without one.
	published time.Time
}

func (k link) name() string {
	if k.text == "" {
		return "文章"
	}
	return "文章《" + k.text + "》"
}

// anchor is an <a> as it stands in a page.
type anchor struct {
	href, text string
}

// maxLinks bounds what one list page may name; real ones name fewer than 200.
const maxLinks = 1000

// Links lists what a list page links to, as a Collector would find it: posts
// with URL and title only. Pass an empty selector for automatic. An empty
// pageURL, as of a saved page without an address, leaves links relative and
// takes none for foreign.
func Links(text, pageURL, selector string) ([]post.Post, error) {
	css := selector
	if css == "" {
		css = "a[href]"
	}
	sel, err := cascadia.ParseGroup(css)
	if err != nil {
		return nil, fmt.Errorf("links selector %q is not CSS: %w", selector, err)
	}
	address := pageURL
	if address == "" {
		address = "http://" + noHost + "/"
	}
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of the list page: %w", err)
	}
	l := list{url: address}
	root, err := html.Parse(strings.NewReader(text))
	found := flatAnchors
	if err == nil {
		found = func(string) []anchor { return anchors(cascadia.QueryAll(root, sel)) }
		if b := cascadia.Query(root, cascadia.MustCompile("base[href]")); b != nil {
			if u, err := base.Parse(href(b)); err == nil {
				base = u
			}
		}
	}
	for _, a := range found(text) {
		if u, err := base.Parse(a.href); err == nil {
			l.add(a, u.String(), selector == "")
		}
	}
	posts := make([]post.Post, 0, len(l.links))
	for _, k := range l.links {
		posts = append(posts, post.Post{URL: strings.TrimPrefix(k.url, "http://"+noHost), Title: k.text})
	}
	return posts, nil
}

// noHost stands for the host of a saved page that does not name it (RFC 6761).
const noHost = "saved.invalid"

func href(n *html.Node) string {
	for _, at := range n.Attr {
		if at.Key == "href" {
			return at.Val
		}
	}
	return ""
}

// minHan is how many Han characters a headline has at least; shorter links are
// columns and buttons.
const minHan = 6

// add takes a link that is new on this list page; when the links are found
// automatically, only if it looks like an article's.
func (l *list) add(a anchor, absolute string, automatic bool) {
	canonical, err := sitetext.CanonicalURL(absolute)
	if err != nil {
		return
	}
	if automatic && (han(a.text) < minHan || !looksLikeArticle(canonical, l.url)) {
		return
	}
	if i, listed := l.at[canonical]; listed {
		if l.links[i].text == "" {
			l.links[i].text = a.text
		}
		return
	}
	if len(l.links) == maxLinks {
		return
	}
	if l.at == nil {
		l.at = map[string]int{}
	}
	l.at[canonical] = len(l.links)
	l.links = append(l.links, link{url: canonical, text: a.text})
}

// anchors are the links that a selector matched: the nodes themselves or, when a
// selector matched their containers, the links inside.
func anchors(nodes []*html.Node) []anchor {
	var out []anchor
	for _, n := range nodes {
		if n.Data == "a" || n.Data == "area" {
			out = append(out, anchorOf(n))
			continue
		}
		for c := range n.Descendants() {
			if c.Type == html.ElementNode && c.Data == "a" {
				out = append(out, anchorOf(c))
			}
		}
	}
	return out
}

func anchorOf(n *html.Node) anchor {
	var a anchor
	title := ""
	for _, at := range n.Attr {
		switch at.Key {
		case "href":
			a.href = strings.TrimSpace(at.Val)
		case "title":
			title = at.Val
		}
	}
	var text strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			text.WriteString(c.Data)
		}
	}
	a.text = name(text.String(), title)
	return a
}

// name is a link's text, or its title where the text is cut short or a picture.
func name(text, title string) string {
	text, title = strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(title), " ")
	if han(title) > han(text) {
		return title
	}
	return text
}

// flatAnchors reads the links of a page without building a tree.
func flatAnchors(page string) []anchor {
	var out []anchor
	var text strings.Builder
	href, title, open := "", "", false
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.TextToken:
			if open {
				text.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken:
			t := z.Token()
			if t.Data != "a" {
				continue
			}
			if open {
				out = append(out, anchor{href: href, text: name(text.String(), title)})
			}
			href, title, open = "", "", false
			text.Reset()
			for _, at := range t.Attr {
				switch at.Key {
				case "href":
					href, open = strings.TrimSpace(at.Val), true
				case "title":
					title = at.Val
				}
			}
		case html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

var (
	// Numbers that name one article: a date or a serial number in the path.
	serial = regexp.MustCompile(`\d{4,}|/20\d{2}[-/]?\d{1,2}[-/]`)
	// The same in a query: id=123.
	serialQuery = regexp.MustCompile(`(?i)(?:^|&)[a-z_]*(?:id|tid|aid|no|article|thread)=[\w-]*\d`)
	// Pages that list or serve rather than tell.
	notArticle = regexp.MustCompile(`(?i)/(?:index|list|default|node|col|channel|search|login|register|about|contact|sitemap|copyright|tags?)(?:[_-]?\d*)?(?:\.\w+)?/?$`)
)

// looksLikeArticle judges a link by its address: on the list page's host, with a
// number that names one article, and no file.
func looksLikeArticle(canonical, listURL string) bool {
	u, err := url.Parse(canonical)
	if err != nil {
		return false
	}
	l, err := url.Parse(listURL)
	if err != nil || !strings.EqualFold(u.Host, l.Host) && l.Host != noHost || u.Path == l.Path && u.RawQuery == l.RawQuery {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case "", ".html", ".htm", ".shtml", ".shtm", ".xhtml", ".php", ".jsp", ".asp", ".aspx", ".do", ".jhtml":
	default:
		// An extension is letters; 2026.11 in a path is not one.
		if strings.Trim(path.Ext(u.Path), ".0123456789") != "" {
			return false
		}
	}
	if notArticle.MatchString(u.Path) && !serialQuery.MatchString(u.RawQuery) {
		return false
	}
	return serial.MatchString(u.Path) || serialQuery.MatchString(u.RawQuery) || digits(u.Path) >= 3
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
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

var layout = regexp.MustCompile(`\{([^{}]*)\}`)

// fill puts today's date in China into the braces of a list page's address.
func fill(template string, now time.Time) string {
	return layout.ReplaceAllStringFunc(template, func(s string) string {
		return now.In(zh.Beijing()).Format(s[1 : len(s)-1])
	})
}

func checkSelector(css string) error {
	if css == "" {
		return nil
	}
	_, err := cascadia.ParseGroup(css)
	return err
}
