package page

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"huiying/crawler/extract"
	"huiying/crawler/sitetext"
)

// nextPage is how sites call the link to the next page of a list.
var nextPage = regexp.MustCompile(`^[\s\[【(（]*(?:下一?[页頁]|后一?页|[Nn]ext(?: [Pp]age)?|[>»›]{1,2}|下一?[页頁]\s*[>»›]+)[\s\]】)）]*$`)

// nextOf is the address of a list's next page, on the same host; "" where there
// is none.
func nextOf(root *html.Node, here *url.URL, selector string) string {
	if selector != "" {
		sel, err := cascadia.ParseGroup(selector)
		if err != nil {
			return "" // New has checked it
		}
		for _, a := range anchors(cascadia.QueryAll(root, sel)) {
			if at := besides(here, a.href); at != "" {
				return at
			}
		}
		return ""
	}
	found := ""
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "link":
			if hasRel(n, "next") {
				if at := besides(here, href(n)); at != "" {
					return at
				}
			}
		case "a":
			if found == "" && (hasRel(n, "next") || nextPage.MatchString(anchorOf(n).text)) {
				found = besides(here, href(n))
			}
		case "script":
			if found == "" && n.FirstChild != nil {
				if to := extract.TRSNext(n.FirstChild.Data, here); to != nil {
					found = besides(here, to.String())
				}
			}
		}
	}
	return found
}

func hasRel(n *html.Node, rel string) bool {
	for _, at := range n.Attr {
		if at.Key == "rel" && strings.EqualFold(strings.TrimSpace(at.Val), rel) {
			return true
		}
	}
	return false
}

// besides resolves a link to another page of the same host, else "".
func besides(here *url.URL, href string) string {
	if href == "" || href[0] == '#' || len(href) > 2000 {
		return ""
	}
	to, err := here.Parse(href)
	if err != nil || to.Host != here.Host || to.Scheme != "http" && to.Scheme != "https" {
		return ""
	}
	to.Fragment = ""
	if to.String() == here.String() {
		return ""
	}
	return to.String()
}

var digitsOf = regexp.MustCompile(`\d+`)

// nodesOf are the other pages of a newspaper's day: files beside this one with the
// same name but for its number, as node_2.htm beside node_1.htm.
func nodesOf(root *html.Node, here *url.URL) []string {
	dir, file := path.Split(here.Path)
	shape := digitsOf.ReplaceAllString(file, "#")
	if !strings.Contains(shape, "#") {
		return nil
	}
	var out []string
	seen := map[string]bool{here.String(): true}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" && n.Data != "area" {
			continue
		}
		at := besides(here, strings.TrimSpace(href(n)))
		if at == "" || seen[at] || len(out) == maxNodes {
			continue
		}
		u, err := url.Parse(at)
		if err != nil {
			continue
		}
		d, f := path.Split(u.Path)
		if d != dir || digitsOf.ReplaceAllString(f, "#") != shape {
			continue
		}
		if canonical, err := sitetext.CanonicalURL(at); err == nil && !seen[canonical] {
			seen[at], seen[canonical] = true, true
			out = append(out, canonical)
		}
	}
	return out
}
