package page

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"huiying/crawler"
	"huiying/crawler/sitetext"
)

const (
	// maxSitemaps bounds the files one round reads, and maxEntries the entries of
	// one file: the protocol allows 50,000 (sitemaps.org).
	maxSitemaps = 20
	maxEntries  = 50_000
	// sitemapDepth is how deep indexes may name indexes.
	sitemapDepth = 3
	// fresh is how old an entry may be and still count as news: older articles
	// would go to nobody.
	fresh = 7 * 24 * time.Hour
)

// IsSitemap tells whether an address is that of a sitemap.
func IsSitemap(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	p := strings.ToLower(u.Path)
	return strings.HasSuffix(p, ".xml") || strings.HasSuffix(p, ".xml.gz")
}

// partSitemaps takes the sitemaps out of a source's addresses.
func partSitemaps(urls, sitemaps []string) (lists, maps []string) {
	maps = slices.Clone(sitemaps)
	for _, u := range urls {
		if IsSitemap(u) {
			maps = append(maps, u)
		} else {
			lists = append(lists, u)
		}
	}
	return lists, maps
}

// entry is one <url> or <sitemap>.
type entry struct {
	loc   string
	title string
	// at is the news sitemap's publication date, else lastmod; zero for neither.
	at time.Time
	// news says that at is when the article appeared, not when the file changed.
	news bool
}

// sitemap reads a sitemap, or the sitemaps that an index names.
func (rd *round) sitemap(ctx context.Context, r crawler.Round, at string, depth int) error {
	rd.sitemaps--
	p, err := rd.o.Client.Get(ctx, at)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		err = asBlocked(err)
		rd.failed = err
		rd.note(ctx, "站点地图", at, err)
		return nil
	}
	rd.read++
	if p.NotModified {
		rd.same++
		return nil
	}
	index, entries, err := parseSitemap(p.Text, rd.o.Now())
	if err != nil {
		rd.read--
		rd.failed = &crawler.TroubleError{Trouble: crawler.Broken, Reason: "站点地图读不懂。请人工打开核对，或改用列表页。", Err: err}
		if w := barrierOf(p.Text, at, p.URL); w != "" {
			rd.failed = &crawler.TroubleError{Trouble: crawler.Blocked, Reason: w.Chinese(), Err: err}
		}
		rd.note(ctx, "站点地图", at, rd.failed)
		return nil
	}
	named := len(entries)
	if entries = recent(entries, rd.o.Now()); len(entries) == 0 && named > 0 {
		rd.same++ // a quiet site, not an empty one
		return nil
	}
	if index {
		rd.read-- // its sitemaps count
		for _, e := range entries {
			child, err := sitetext.CanonicalURL(e.loc)
			if err != nil || depth+1 >= sitemapDepth || rd.sitemaps <= 0 || rd.left == 0 || rd.done[child] {
				continue
			}
			rd.done[child] = true
			if err := rd.sitemap(ctx, r, child, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	l := &list{url: p.URL, header: p.Header}
	for _, e := range entries {
		l.entry(e, p.URL)
	}
	f, err := rd.follow(ctx, r, l)
	if err == nil && f.complete {
		rd.remember(ctx, l)
	}
	return err
}

// entry takes an article of a sitemap, which may only name pages of its own host.
func (l *list) entry(e entry, sitemap string) {
	base, err1 := url.Parse(sitemap)
	u, err2 := url.Parse(strings.TrimSpace(e.loc))
	if err1 != nil || err2 != nil || !strings.EqualFold(u.Host, base.Host) || strings.Trim(u.Path, "/") == "" {
		return
	}
	before := len(l.links)
	l.add(anchor{href: e.loc, text: e.title}, e.loc, false)
	if len(l.links) > before && e.news {
		l.links[before].published = e.at
	}
}

// recent leaves what is new enough, newest first; what names no time keeps its
// order behind the rest.
func recent(entries []entry, now time.Time) []entry {
	entries = slices.DeleteFunc(entries, func(e entry) bool { return !e.at.IsZero() && e.at.Before(now.Add(-fresh)) })
	slices.SortStableFunc(entries, func(a, b entry) int { return b.at.Compare(a.at) })
	return entries
}

// parseSitemap reads a sitemap or an index of sitemaps. Text that is neither is an
// error. What follows a defect, and what is beyond maxEntries, is left out.
func parseSitemap(text string, now time.Time) (index bool, entries []entry, err error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	var (
		e     entry
		path  []string
		known bool
		chars strings.Builder
	)
	for len(entries) < maxEntries {
		token, err := d.Token()
		if err != nil {
			if !known {
				return false, nil, fmt.Errorf("not a sitemap: %w", errors.Join(errNoSitemap, err))
			}
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(path) > 16 {
				return false, nil, fmt.Errorf("nested deeper than 16: %w", errNoSitemap)
			}
			path = append(path, t.Name.Local)
			chars.Reset()
			switch t.Name.Local {
			case "sitemapindex":
				index, known = true, true
			case "urlset":
				known = true
			case "url", "sitemap":
				e = entry{}
			}
		case xml.CharData:
			if chars.Len()+len(t) < 8192 {
				chars.Write(t)
			}
		case xml.EndElement:
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
			e.take(t.Name.Local, path, strings.TrimSpace(chars.String()), now)
			chars.Reset()
			if (t.Name.Local == "url" || t.Name.Local == "sitemap") && e.loc != "" {
				entries = append(entries, e)
			}
		}
		if !known && len(path) > 3 {
			return false, nil, errNoSitemap
		}
	}
	return index, entries, nil
}

var errNoSitemap = errors.New("no <urlset> or <sitemapindex>")

// take reads one field; path is what encloses it.
func (e *entry) take(name string, path []string, value string, now time.Time) {
	if value == "" || len(path) == 0 {
		return
	}
	parent := path[len(path)-1]
	switch {
	case name == "loc" && (parent == "url" || parent == "sitemap"):
		e.loc = value
	case name == "lastmod" && !e.news:
		if t, ok := sitetext.ParseTime(value, now); ok {
			e.at = t
		}
	case name == "publication_date":
		if t, ok := sitetext.ParseTime(value, now); ok {
			e.at, e.news = t, true
		}
	case name == "title" && parent == "news":
		e.title = value
	}
}
