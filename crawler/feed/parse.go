package feed

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"huiying/crawler"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
)

// maxTitle and maxBody bound one post, in bytes; what follows is cut off and the
// cut is reported.
const (
	maxTitle = 2 << 10
	maxBody  = 1 << 20
)

// result is a feed read.
type result struct {
	posts   []post.Post
	skipped []string
	// blank, longTitles and longBodies count items without text and those that
	// were cut: thousands of them are told in a line.
	blank, longTitles, longBodies int
	// named holds, by its text, the key of each item that only a guid names.
	named map[string]string
}

// tally puts the counts into words.
func (r *result) tally() {
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.blank, "有 %d 条没有标题和正文，未读。"},
		{r.longTitles, "有 %d 条的标题过长，只取了开头。"},
		{r.longBodies, "有 %d 条的正文过长，只取了开头。"},
	} {
		if c.n > 0 {
			r.skipped = append(r.skipped, fmt.Sprintf(c.what, c.n))
		}
	}
}

// parse reads a feed. Before is result.named of the round before, if there was one.
func parse(text, base string, blank post.Post, now time.Time, before map[string]string) (result, error) {
	var res result
	f, err := read(text, &res)
	if err != nil {
		return res, err
	}
	home := resolve(base, f.Link)
	if home == nil {
		home = resolve("", base)
	}
	var items []item
	for _, it := range f.Items {
		if it == nil {
			continue
		}
		if x, ok := newItem(it, home, now, &res); ok {
			items = append(items, x)
		}
	}
	res.tally()
	seen := map[string]bool{}
	all := keys(items)
	res.named = stableKeys(all, items, before)
	for _, key := range all {
		x := items[key.index]
		p := blank
		p.ID = post.NewID(blank.Source, key.key)
		if seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		p.Title, p.Body, p.Published = x.title, x.body, x.published
		if key.linked {
			p.URL = x.url
		}
		res.posts = append(res.posts, p)
	}
	return res, nil
}

// read guards gofeed: size and depth are checked before, a panic is caught, and
// a feed that breaks off or holds too many items is read up to its last good one.
func read(text string, res *result) (*gofeed.Feed, error) {
	if len(text) > maxBytes {
		return nil, &crawler.TroubleError{
			Trouble: crawler.TooLarge, Err: fmt.Errorf("%d bytes, more than %d", len(text), maxBytes),
			Reason: fmt.Sprintf("订阅源超过 %d MB，没有读。请换成条目较少的地址。", maxBytes>>20),
		}
	}
	text = strings.TrimLeft(legal(text), " \t\r\n")
	if text == "" {
		return nil, &crawler.TroubleError{
			Trouble: crawler.Empty, Err: errors.New("empty"),
			Reason: "订阅源是空的，一个字也没有。多为网站故障，持续出现请核对网址。",
		}
	}
	if strings.HasPrefix(text, "{") {
		if err := scanJSON(text); err != nil {
			return nil, err
		}
		return guarded(text)
	}
	sh, err := scanXML(text)
	if err != nil {
		return nil, err
	}
	if sh.items > maxItems {
		res.skipped = append(res.skipped, fmt.Sprintf("订阅源有 %d 条，只读了前 %d 条。", sh.items, maxItems))
		text = sh.repaired(text)
	}
	f, err := guarded(text)
	if err == nil || sh.end == 0 {
		return f, err
	}
	f, again := guarded(sh.repaired(text))
	if again != nil {
		return nil, err
	}
	res.skipped = append(res.skipped, "订阅源不完整或有错误，只读到第 "+fmt.Sprint(len(f.Items))+" 条。")
	return f, nil
}

// guarded parses and turns a panic of the parser into an error: it has some on
// odd JSON.
func guarded(text string) (f *gofeed.Feed, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, hostile("parser failed: %v", r)
		}
	}()
	p := gofeed.NewParser()
	// Else it parses the HTML of every item for its first picture, a third of its time.
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	f, err = p.Parse(strings.NewReader(text))
	if err != nil {
		return nil, notAFeed(text, err)
	}
	return f, nil
}

// legal drops the characters that XML forbids, which parsers stumble over.
func legal(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// item is one entry, cleaned.
type item struct {
	title, body, guid, url string
	published              time.Time
}

func newItem(it *gofeed.Item, home *url.URL, now time.Time, res *result) (item, bool) {
	x := item{title: sitetext.OneLine(it.Title), guid: strings.TrimSpace(it.GUID)}
	x.body = sitetext.PlainText(it.Content)
	if len(it.Description) > len(x.body) {
		x.body = longer(x.body, sitetext.PlainText(it.Description))
	}
	x.title = cut(x.title, maxTitle, &res.longTitles)
	x.body = cut(x.body, maxBody, &res.longBodies)
	if x.title == "" && x.body == "" {
		res.blank++
		return item{}, false
	}
	for _, s := range []string{it.Published, dublinCore(it), it.Updated} {
		if t, ok := sitetext.ParseTime(s, now); ok {
			x.published = t
			break
		}
	}
	for _, link := range append([]string{it.Link}, it.Links...) {
		if u := resolveFrom(home, link); u != "" {
			x.url = u
			break
		}
	}
	if x.url == "" {
		x.url = resolveFrom(nil, x.guid) // many a guid is the link, none is a relative one
	}
	return x, true
}

func dublinCore(it *gofeed.Item) string {
	if it.DublinCoreExt == nil || len(it.DublinCoreExt.Date) == 0 {
		return ""
	}
	return it.DublinCoreExt.Date[0]
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

func cut(s string, limit int, count *int) string {
	if len(s) <= limit {
		return s
	}
	*count++
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// resolve gives link as an absolute URL, or nil.
func resolve(base, link string) *url.URL {
	b, err := url.Parse(strings.TrimSpace(base))
	if err != nil {
		return nil
	}
	u, err := b.Parse(strings.TrimSpace(link))
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// resolveFrom gives link in canonical form; "" for javascript:, data: and all
// else that is not a web page.
func resolveFrom(home *url.URL, link string) string {
	link = strings.TrimSpace(link)
	if link == "" || strings.HasPrefix(link, "#") {
		return ""
	}
	if home != nil {
		u, err := home.Parse(link)
		if err != nil {
			return ""
		}
		link = u.String()
	}
	out, err := sitetext.CanonicalURL(link)
	if err != nil {
		return ""
	}
	return out
}
