package page

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"huiying/internal/zh"
)

// Discovery is what a list page offers to whoever makes a source of it.
type Discovery struct {
	// Site is the name of the site or column, from the <title>; may be empty.
	Site string
	// Links selects the articles' links and nothing else; empty where they are best
	// found automatically.
	Links string
	// Next is the address of the list's next page, or empty.
	Next string
	// Template is the page's address with the day replaced by a layout, for a
	// newspaper's day; else empty.
	Template string
	// Feeds and Sitemaps are addresses that the page announces.
	Feeds, Sitemaps []string
}

// Discover looks at a list page. It fetches nothing.
func Discover(text, pageURL string, now time.Time) (d Discovery, err error) {
	defer recoverTo(&err)
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return d, fmt.Errorf("discover %s: %w", pageURL, err)
	}
	address := pageURL
	if address == "" {
		address = "http://" + noHost + "/"
	}
	here, err := url.Parse(address)
	if err != nil {
		return d, fmt.Errorf("discover: %w", err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "title":
			if d.Site == "" && n.FirstChild != nil {
				d.Site = siteName(n.FirstChild.Data)
			}
		case "link":
			d.announced(n, here)
		}
	}
	if pageURL != "" {
		d.Next = nextOf(root, here, "")
		d.Template = dated(here, root, now)
	}
	d.Links = selectorOf(root, text, pageURL)
	return d, nil
}

// announced takes a feed or a sitemap from a <link>.
func (d *Discovery) announced(n *html.Node, here *url.URL) {
	var rel, kind string
	for _, at := range n.Attr {
		switch at.Key {
		case "rel":
			rel = strings.ToLower(at.Val)
		case "type":
			kind = strings.ToLower(at.Val)
		}
	}
	to, err := here.Parse(strings.TrimSpace(href(n)))
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == noHost {
		return
	}
	switch {
	case strings.Contains(rel, "sitemap"):
		d.Sitemaps = append(d.Sitemaps, to.String())
	case strings.Contains(rel, "alternate") && (strings.Contains(kind, "rss") || strings.Contains(kind, "atom") || strings.Contains(kind, "feed+json")):
		if !strings.Contains(to.Path, "comments") {
			d.Feeds = append(d.Feeds, to.String())
		}
	}
}

// siteName is the last piece of a <title> that is not a mere label.
func siteName(title string) string {
	pieces := strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune("_|｜-–—»>\n", r) })
	for _, p := range slices.Backward(pieces) {
		if p = strings.TrimSpace(p); han(p) >= 2 {
			return p
		}
	}
	return strings.TrimSpace(title)
}

var pathDay = regexp.MustCompile(`(20\d{2})([-/]?)(\d{2})([-/]?)(\d{2})`)

// dated writes the day in a newspaper's address as a layout: where the day is of
// the last week and other pages of the same day are linked.
func dated(here *url.URL, root *html.Node, now time.Time) string {
	m := pathDay.FindStringSubmatchIndex(here.Path)
	if m == nil || len(nodesOf(root, here)) == 0 {
		return ""
	}
	part := func(i int) string { return here.Path[m[2*i]:m[2*i+1]] }
	day, err := time.ParseInLocation("20060102", part(1)+part(3)+part(5), zh.Beijing())
	if err != nil || day.After(now) || now.Sub(day) > 7*24*time.Hour {
		return ""
	}
	layout := "{2006" + part(2) + "01" + part(4) + "02}"
	return here.Scheme + "://" + here.Host + here.Path[:m[0]] + layout + here.Path[m[1]:]
}

// selectorOf is CSS for the links that are found automatically: those of the
// element that has most of them. Empty where no selector finds just them.
func selectorOf(root *html.Node, text, pageURL string) string {
	found, err := Links(text, pageURL, "")
	if err != nil || len(found) < 3 {
		return ""
	}
	want := map[string]bool{}
	for _, p := range found {
		want[p.URL] = true
	}
	counts := map[string]int{}
	var order []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || han(anchorOf(n).text) < minHan {
			continue
		}
		for _, css := range paths(n) {
			if counts[css] == 0 {
				order = append(order, css)
			}
			counts[css]++
		}
	}
	best, most := "", 0
	for _, css := range order {
		if counts[css] < 3 || counts[css] <= most {
			continue
		}
		if _, err := cascadia.ParseGroup(css); err != nil {
			continue
		}
		got, err := Links(text, pageURL, css)
		if err != nil || len(got) < 3 {
			continue
		}
		right := 0
		for _, p := range got {
			if want[p.URL] {
				right++
			}
		}
		// What the selector finds beside the articles would be read as articles.
		if right == len(got) && right > most {
			best, most = css, right
		}
	}
	return best
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]*$`)

// paths are selectors for a link by the named elements around it.
func paths(a *html.Node) []string {
	var out []string
	tail := "a"
	up := a.Parent
	for range 5 {
		if up == nil || up.Type != html.ElementNode || up.Data == "body" || up.Data == "html" {
			return out
		}
		name := ""
		for _, at := range up.Attr {
			switch at.Key {
			case "id":
				if plainName.MatchString(at.Val) {
					name = "#" + at.Val
				}
			case "class":
				for c := range strings.FieldsSeq(at.Val) {
					if name == "" && plainName.MatchString(c) {
						name = "." + c
					}
				}
			}
		}
		if name != "" {
			out = append(out, up.Data+name+" "+tail)
		}
		if up.Data == "li" || up.Data == "h2" || up.Data == "h3" || up.Data == "h4" || up.Data == "dt" || up.Data == "dd" {
			tail = up.Data + " " + tail
		}
		up = up.Parent
	}
	return out
}
