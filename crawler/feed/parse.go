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
)

// maxTitle and maxBody bound one post, in bytes; what follows is cut off and the
// cut is reported.
const (
	maxTitle = 2 << 10
	maxBody  = 1 << 20
)

// result is a feed read.
type result struct {
	posts   []crawler.Post
	skipped []string
}

func parse(text, base string, blank crawler.Post, now time.Time) (result, error) {
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
	seen := map[string]bool{}
	for _, key := range keys(items) {
		x := items[key.index]
		p := blank
		p.ID = crawler.NewID(blank.Source, key.key)
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
		return nil, fmt.Errorf("feed: %d bytes, more than %d", len(text), maxBytes)
	}
	text = strings.TrimLeft(legal(text), " \t\r\n")
	if text == "" {
		return nil, errors.New("feed: empty")
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
			f, err = nil, fmt.Errorf("feed: parser failed: %v", r)
		}
	}()
	f, err = gofeed.NewParser().Parse(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
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
	x := item{title: crawler.OneLine(it.Title), guid: strings.TrimSpace(it.GUID)}
	x.body = longer(crawler.PlainText(it.Content), crawler.PlainText(it.Description))
	x.title = cut(x.title, maxTitle, "标题", res)
	x.body = cut(x.body, maxBody, "正文", res)
	if x.title == "" && x.body == "" {
		res.skipped = append(res.skipped, "有一条没有标题和正文，未读。")
		return item{}, false
	}
	for _, s := range []string{it.Published, dublinCore(it), it.Updated} {
		if t, ok := crawler.ParseTime(s, now); ok {
			x.published = t
			break
		}
	}
	for _, link := range append([]string{it.Link}, append(it.Links, x.guid)...) {
		if u := resolveFrom(home, link); u != "" {
			x.url = u
			break
		}
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

func cut(s string, limit int, what string, res *result) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	res.skipped = append(res.skipped, fmt.Sprintf("有一条%s过长（%d 字节），只取了开头。", what, len(s)))
	return s[:limit]
}

// key is what tells one item from the others of its feed.
type key struct {
	index  int
	key    string
	linked bool
}

// keys chooses for each item its canonical URL, else its guid, else its text. A
// URL or guid that several different items share, as when a feed gives its home
// page for each, tells nothing apart and is not used; nor is it their link, for
// posts with one link are taken for one event.
func keys(items []item) []key {
	byURL, byGUID := map[string]string{}, map[string]string{}
	sharedURL, sharedGUID := map[string]bool{}, map[string]bool{}
	for _, x := range items {
		text := x.title + "\n" + x.body
		note(byURL, sharedURL, x.url, text)
		note(byGUID, sharedGUID, x.guid, text)
	}
	out := make([]key, 0, len(items))
	for i, x := range items {
		k := key{index: i, key: "text:" + x.title + "\n" + x.body}
		switch {
		case x.url != "" && !sharedURL[x.url]:
			k.key, k.linked = x.url, true
		case x.guid != "" && !sharedGUID[x.guid]:
			k.key = "guid:" + x.guid
		}
		out = append(out, k)
	}
	return out
}

func note(by map[string]string, shared map[string]bool, id, text string) {
	if id == "" {
		return
	}
	if before, ok := by[id]; ok && before != text {
		shared[id] = true
	}
	by[id] = text
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
	out, err := crawler.CanonicalURL(link)
	if err != nil {
		return ""
	}
	return out
}
