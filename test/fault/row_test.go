package fault

import (
	"fmt"
	"html"
	"strings"
)

// row is one bad input, read by a source of its own.
type row struct {
	// id is the input's number in its class, name what it is.
	id, name string
	// kind defaults to feed. More is further YAML of the source.
	kind, more string
	url        string
	// reason is a pattern that the source's health or a skipped item must show;
	// "" where nothing is wrong in the end.
	reason string
	// posts are texts that stored posts of the source must hold: what is good
	// among the bad is read.
	posts []string
	// most bounds the stored posts, where that is the point; 0 does not.
	most int
	// check holds the row to what else it promises, after the run.
	check func(d *daemonRun, r row)
}

func (r row) yaml() string {
	kind := r.kind
	if kind == "" {
		kind = "feed"
	}
	return fmt.Sprintf("  - {id: %s, name: '%s', channel: news, kind: %s, every: 10s, url: %q%s}\n", r.id, r.id, kind, r.url, r.more)
}

// rss is a feed of items, each a title and a link, or raw markup where it begins
// with "<".
func rss(items ...string) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:e="urn:e"><channel><title>站</title><link>/</link>`)
	for i, it := range items {
		if strings.HasPrefix(it, "<") {
			b.WriteString(it)
			continue
		}
		fmt.Fprintf(&b, "<item><title>%s</title><link>/a/%d.html</link></item>", html.EscapeString(it), i)
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}
