// Package page reads sources that offer only web pages: a list page with links
// to articles. Colly walks them through the guarded client of package fetch.
package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"huiying/crawler"
	"huiying/crawler/extract"
	"huiying/crawler/fetch"
	"huiying/crawler/sitetext"
)

// Options configures a Collector.
type Options struct {
	// Source gives the posts their source and channel.
	Source crawler.Source
	// URLs are the list pages. A Go time layout in braces is filled in with
	// today's date in China, for newspapers that have a page for each day:
	// /html/{2006-01/02}/node_1.htm.
	URLs []string
	// Sitemaps are sitemaps and sitemap indexes to find articles by, plain or
	// gzipped. Addresses among URLs that end in .xml or .xml.gz are sitemaps too.
	Sitemaps []string
	// Next selects the link to the next page of a list (CSS). Defaults to automatic:
	// rel=next, 下一页, and the scripts of TRS.
	Next string
	// MaxPages bounds how many pages of one list a round reads. Later pages are
	// read only while a page names nothing but articles that are new. Defaults to 1.
	MaxPages int
	// Links selects the links to articles in a list page (CSS). Defaults to
	// automatic: links on the same host that look like an article's and carry at
	// least six Han characters.
	Links string
	// Title, Body, Date and Origin select the parts of an article (CSS). Each
	// defaults to automatic.
	Title, Body, Date, Origin string
	// Reads selects how often an article says it was read (CSS). Defaults to a figure
	// near the title that is named so.
	Reads string
	// MaxArticles bounds the new articles that one round reads; the others wait
	// for the next round. Defaults to 30.
	MaxArticles int
	Client      *fetch.Client
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Log defaults to silence.
	Log *slog.Logger
}

// Collector reads the list pages of one source and the articles they link to.
type Collector struct {
	o    Options
	past *backlog
}

var _ crawler.Collector = (*Collector)(nil)

// New builds a Collector. It does not read anything yet.
func New(o Options) (*Collector, error) {
	if o.Client == nil {
		return nil, errors.New("page: Client is missing")
	}
	o.URLs, o.Sitemaps = partSitemaps(o.URLs, o.Sitemaps)
	if len(o.URLs)+len(o.Sitemaps) == 0 {
		return nil, fmt.Errorf("source %q: no list page; give at least one URL", o.Source.ID)
	}
	if o.MaxPages == 0 {
		o.MaxPages = 1
	}
	if o.MaxArticles == 0 {
		o.MaxArticles = 30
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for _, u := range slices.Concat(o.URLs, o.Sitemaps) {
		if _, err := sitetext.CanonicalURL(fill(u, o.Now())); err != nil {
			return nil, fmt.Errorf("list page %q of source %q: %w", u, o.Source.ID, err)
		}
	}
	if err := (extract.Options{
		TitleSelector: o.Title, BodySelector: o.Body, DateSelector: o.Date, OriginSelector: o.Origin, ReadsSelector: o.Reads,
	}).Check(); err != nil {
		return nil, fmt.Errorf("source %q: %w", o.Source.ID, err)
	}
	for name, css := range map[string]string{"links": o.Links, "next": o.Next} {
		if err := checkSelector(css); err != nil {
			return nil, fmt.Errorf("source %q: %s selector %q is not CSS: %w", o.Source.ID, name, css, err)
		}
	}
	return &Collector{o: o, past: newBacklog()}, nil
}

// round is the state of one Collect.
type round struct {
	o      *Options
	web    *web
	emit   crawler.Emit
	report crawler.Report
	// past is what rounds before could not read, waiting what of it is listed again.
	past    *backlog
	waiting []waiting
	// done holds the canonical URLs that this round has dealt with.
	done map[string]bool
	// left is how many new articles may still be read, and sitemaps how many files
	// of sitemaps.
	left, sitemaps int
	// read counts the lists that answered, same those that were unchanged; failed
	// is why the last one of the others did not.
	read, same int
	failed     error
	// got counts the articles that became posts, barriers those that were a captcha or
	// log-in page.
	got, barriers int
	// garbled counts those among got whose text no charset makes readable.
	garbled int
}

// Collect implements crawler.Collector. A list page's validators are remembered
// only after every article it links to is stored, so that no 304 can hide an
// article that failed. The error is that of the last list page when none could
// be read.
func (c *Collector) Collect(ctx context.Context, r crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	rd := &round{
		o: &c.o, web: newWeb(ctx, &c.o), emit: emit, past: c.past,
		done: map[string]bool{}, left: c.o.MaxArticles, sitemaps: maxSitemaps,
	}
	for _, template := range c.o.URLs {
		if err := rd.page(ctx, r, template); err != nil {
			return rd.report, err
		}
	}
	for _, at := range c.o.Sitemaps {
		if err := rd.sitemap(ctx, r, fill(at, c.o.Now()), 0); err != nil {
			return rd.report, err
		}
	}
	if err := rd.retry(ctx); err != nil {
		return rd.report, err
	}
	rd.report.Unchanged = rd.same > 0 && rd.same == rd.read && rd.failed == nil
	if err := rd.reread(ctx, r.Reread); err != nil {
		return rd.report, err
	}
	if rd.garbled*2 > rd.got { // one bad page is no reason to doubt the source
		rd.report.Trouble = crawler.Garbled
	}
	if rd.barriers > 0 && rd.barriers >= rd.got {
		rd.report.Trouble = crawler.Blocked
	}
	if rd.read == 0 {
		return rd.report, rd.failed
	}
	return rd.report, nil
}

// reread reads articles of open events again.
func (rd *round) reread(ctx context.Context, urls []string) error {
	for _, u := range urls {
		if rd.done[u] {
			continue
		}
		rd.done[u] = true
		err := rd.article(ctx, link{url: u}, true)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(*storeError)):
			return err
		case err != nil:
			rd.note(ctx, "重读文章", u, err)
		}
	}
	return nil
}
