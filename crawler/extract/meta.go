package extract

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"huiying/crawler/sitetext"
)

// metas are a page's <meta> values by lower-case name, property or itemprop.
type metas map[string]string

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
	// The name before an address in a script.
	addressName = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:comment|link|doc|page|share|article|art|news|content)_?ur[li]["']?\s*[:=]\s*["']https?$`)
)

// ownURL is the address the page gives itself: a saved page has no other. It
// serves dates and relative links, never fetching.
func (d *document) ownURL() string {
	if u := absolute(d.canonical); u != "" {
		return u
	}
	for _, note := range d.noted {
		if m := addressComment.FindStringSubmatch(note); m != nil {
			if u := absolute(m[1]); u != "" {
				return u
			}
		}
	}
	if u := absolute(d.metas["og:url"]); u != "" {
		return u
	}
	for _, s := range d.scripts {
		if u := scriptURL(s); u != "" {
			return u
		}
	}
	return ""
}

// scriptURL is the first address that a script gives to the page by name.
func scriptURL(s string) string {
	at := 0
	for range 400 {
		n := strings.Index(s[at:], "://")
		if n < 0 {
			return ""
		}
		colon := at + n
		at = colon + 3
		if !addressName.MatchString(s[max(0, colon-40):colon]) {
			continue
		}
		start := strings.LastIndexAny(s[:colon], `"'`) + 1
		end := strings.IndexAny(s[at:], "\"' <>\n")
		if end < 0 {
			continue
		}
		if u := absolute(s[start : at+end]); u != "" {
			return u
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
	headline, published, body, publisher string
}

// jsonLD reads the first JSON-LD object that describes an article.
func (d *document) jsonLD() linked {
	for _, text := range d.linkedData {
		if len(text) > 1<<20 || sitetext.DeeperThan(text, 64) {
			continue
		}
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
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
		l := linked{text("headline", "title"), text("datePublished", "pubDate", "dateCreated"), text("articleBody"), named(v["publisher"])}
		if l.published != "" || l.body != "" {
			return l, true
		}
		return article(v["@graph"], depth+1)
	}
	return linked{}, false
}

// named is the name of a thing, or the thing itself where it is only text.
func named(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if s, ok := v["name"].(string); ok {
			return s
		}
	}
	return ""
}

// 方正翔宇, with which most papers make their electronic editions, writes what
// an article is into a comment: enpproperty.
var (
	enpTitle = regexp.MustCompile(`(?s)<title>(.*?)</title>`)
	enpDate  = regexp.MustCompile(`<date>(.*?)</date>`)
)

// printed is what an e-paper's comment says of the article.
func (d *document) printed() (r record) {
	for _, note := range d.noted {
		if !strings.Contains(note, "enpproperty") {
			continue
		}
		if m := enpTitle.FindStringSubmatch(note); m != nil {
			r.title = strings.ReplaceAll(asText(m[1]), "\n", " ")
		}
		if m := enpDate.FindStringSubmatch(note); m != nil {
			r.published = strings.TrimSuffix(m[1], " 00:00:00.0")
		}
		return r
	}
	return r
}
