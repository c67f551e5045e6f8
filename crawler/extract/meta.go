package extract

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// metas are a page's <meta> values by lower-case name, property or itemprop.
type metas map[string]string

func readMetas(root *html.Node) metas {
	m := metas{}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "meta" {
			m.add(n.Attr)
		}
	}
	return m
}

// add keeps the first value of each name.
func (m metas) add(attrs []html.Attribute) {
	n := html.Node{Attr: attrs}
	value := squeeze(attr(&n, "content"))
	if value == "" {
		return
	}
	for _, key := range []string{"name", "property", "itemprop", "http-equiv"} {
		name := strings.ToLower(strings.TrimSpace(attr(&n, key)))
		if _, taken := m[name]; name != "" && !taken {
			m[name] = value
		}
	}
}

// first is the value of the first name that has one.
func (m metas) first(names ...string) string {
	for _, n := range names {
		if v := m[n]; v != "" {
			return v
		}
	}
	return ""
}

var (
	addressComment = regexp.MustCompile(`^\s*(https?://\S+?)\s*$`)
	addressScript  = regexp.MustCompile(`(?i)\b(?:comment|link|doc|page|share|article|art|news|content)_?ur[li]["']?\s*[:=]\s*["'](https?://[^"'\s<>]+)["']`)
)

// ownURL is the address the page gives itself: a saved page has no other. It
// serves dates and relative links, never fetching.
func (d *document) ownURL() string {
	for n := range d.root.Descendants() {
		switch {
		case n.Type == html.ElementNode && n.Data == "link" && strings.EqualFold(attr(n, "rel"), "canonical"):
			if u := absolute(attr(n, "href")); u != "" {
				return u
			}
		case n.Type == html.CommentNode && (n.Parent == d.root || n.Parent.Data == "html"):
			if m := addressComment.FindStringSubmatch(n.Data); m != nil {
				if u := absolute(m[1]); u != "" {
					return u
				}
			}
		}
	}
	if u := absolute(d.metas["og:url"]); u != "" {
		return u
	}
	for _, s := range d.scripts {
		if m := addressScript.FindStringSubmatch(s); m != nil {
			if u := absolute(m[1]); u != "" {
				return u
			}
		}
	}
	return ""
}

// absolute keeps an address that has a path of its own: a canonical link that
// points at the front page says nothing.
func absolute(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || len(u.Path) < 2 {
		return ""
	}
	return u.String()
}

// linked is what a page says about itself in schema.org JSON-LD.
type linked struct {
	headline, published, body string
}

// jsonLD reads the first JSON-LD object that describes an article.
func (d *document) jsonLD() linked {
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "script" || n.FirstChild == nil ||
			!strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") || len(n.FirstChild.Data) > 1<<20 {
			continue
		}
		var v any
		if json.Unmarshal([]byte(n.FirstChild.Data), &v) != nil {
			continue
		}
		if l, ok := article(v, 0); ok {
			return l
		}
	}
	return linked{}
}

func article(v any, depth int) (linked, bool) {
	if depth > 4 {
		return linked{}, false
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if l, ok := article(e, depth+1); ok {
				return l, true
			}
		}
	case map[string]any:
		text := func(keys ...string) string {
			for _, k := range keys {
				if s, ok := v[k].(string); ok && s != "" {
					return s
				}
			}
			return ""
		}
		l := linked{text("headline", "title"), text("datePublished", "pubDate", "dateCreated"), text("articleBody")}
		if l.published != "" || l.body != "" {
			return l, true
		}
		return article(v["@graph"], depth+1)
	}
	return linked{}, false
}
