package jsonfeed

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/internal/post"
)

// maxPages bounds Options.Pages, so that a slip of the finger does not read a
// site to its bottom every round.
const maxPages = 20

// cursor is where a page tells how to ask for the next one.
type cursor struct {
	// path leads to a cursor, a page number or an address; empty counts pages.
	path string
	// param is the parameter of the address that takes it.
	param string
}

// next gives the address of the page after the one read from at; "" when it was
// the last or says nothing usable.
func (sh shape) next(text, at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return ""
	}
	for _, c := range sh.cursors {
		if c.path == "" {
			return counted(u, c.param)
		}
		r := gjson.Get(text, c.path)
		value := strings.TrimSpace(r.String())
		if r.Type == gjson.Number {
			value = r.Raw // ids exceed what a float holds
		}
		switch {
		case r.Type != gjson.String && r.Type != gjson.Number, value == "", value == "0", value == "-1":
			continue
		case strings.HasPrefix(value, "http") || strings.ContainsAny(value[:1], "/?"):
			return sibling(u, value)
		case c.param == "":
			continue
		}
		return with(u, c.param, value)
	}
	return ""
}

// sibling resolves an address that a page names; one on another host is not
// followed, for it is not the source that the operator chose.
func sibling(u *url.URL, link string) string {
	next, err := u.Parse(link)
	if err != nil || next.Host != u.Host || next.Scheme != u.Scheme {
		return ""
	}
	return next.String()
}

// counted is the address of the next page by number; a page without one is the
// first.
func counted(u *url.URL, param string) string {
	n, err := strconv.Atoi(u.Query().Get(param))
	if err != nil {
		n = 1
	}
	return with(u, param, strconv.Itoa(n+1))
}

func with(u *url.URL, param, value string) string {
	q := u.Query()
	q.Set(param, value)
	next := *u
	next.RawQuery = q.Encode()
	return next.String()
}

// maxOwed is how many rounds ask for further pages that cannot be read.
const maxOwed = 5

// pages reads page after page, the first of which is at hand, until one brings
// nothing new or the round's pages are used up. Each page's posts are stored
// before the next is read. It reports false when something listed was left
// unread, so that the next round must not be content with a 304; that round reads on
// though the first page holds nothing new by then.
func (c *Collector) pages(ctx context.Context, r crawler.Round, first *fetch.Page, emit crawler.Emit, rep *crawler.Report) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	complete, owed := true, c.owed > 0
	seen := map[string]bool{} // posts of this round
	asked := map[string]bool{c.o.URL: true, first.URL: true}
	for p, n := first, 1; ; n++ {
		fresh, whole, err := c.page(ctx, r, p, seen, emit, rep)
		complete = complete && whole
		if err != nil {
			return false, err
		}
		next := ""
		if (fresh || owed) && n < c.o.Pages {
			next = c.shape.next(p.Text, p.URL)
		}
		if next == "" || asked[next] {
			if c.owed++; complete || n == 1 {
				c.owed = 0
			}
			return complete, nil
		}
		asked[next] = true
		if p, err = c.o.Client.Get(ctx, next); ctx.Err() != nil {
			return false, ctx.Err()
		} else if err != nil {
			// What was read is stored; only what lies further back is missing.
			c.o.Log.WarnContext(ctx, "page of a timeline not read", "source", c.o.Source.ID, "page", n+1, "error", err)
			rep.Skipped = append(rep.Skipped, fmt.Sprintf("第 %d 页没有读到。%s", n+1, chinese(err)))
			if c.owed++; c.owed <= maxOwed {
				return false, nil
			}
			c.owed = 0 // it may never come; the first page's news are worth more
			return complete, nil
		}
	}
}

// page stores the posts of one page. fresh says that it held posts that were not
// known, which is the reason to read another; whole is false when long texts were
// left for later.
func (c *Collector) page(ctx context.Context, r crawler.Round, p *fetch.Page, seen map[string]bool, emit crawler.Emit, rep *crawler.Report) (fresh, whole bool, err error) {
	res, err := c.shape.parse(p.Text, p.URL, c.o.Source.NewPost(), c.o.Now())
	if err != nil {
		return false, false, fmt.Errorf("timeline of source %q: %w", c.o.Source.ID, err)
	}
	rep.Items += len(res.posts)
	rep.Skipped = append(rep.Skipped, res.skipped...)
	if fresh, err = c.fresh(ctx, r, res.posts, seen); err != nil {
		return false, false, err
	}
	posts, whole, err := c.expand(ctx, r, p.URL, res, rep)
	if err != nil || len(posts) == 0 {
		return fresh, whole, err
	}
	if err := emit(ctx, posts); err != nil {
		return false, false, fmt.Errorf("store posts of source %q: %w", c.o.Source.ID, err)
	}
	return fresh, whole, nil
}

// fresh reports whether any of the posts is new to the round and to the database.
// It need not be known where only one page is read.
func (c *Collector) fresh(ctx context.Context, r crawler.Round, posts []post.Post, seen map[string]bool) (bool, error) {
	if c.o.Pages <= 1 {
		return false, nil
	}
	var urls []string
	fresh := false
	for _, p := range posts {
		if seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		if p.URL == "" {
			fresh = true // nothing to look it up by
			continue
		}
		urls = append(urls, p.URL)
	}
	if len(urls) == 0 {
		return fresh, nil
	}
	known, err := r.Known(ctx, urls)
	if err != nil {
		return false, fmt.Errorf("ask which posts of source %q are known: %w", c.o.Source.ID, err)
	}
	for _, u := range urls {
		fresh = fresh || !known[u]
	}
	return fresh, nil
}
