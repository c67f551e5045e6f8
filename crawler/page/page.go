// Package page reads sources that offer only web pages: a list page with links
// to articles. Colly walks them through the guarded client of package fetch.
package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"huiying/crawler"
	"huiying/crawler/extract"
	"huiying/crawler/fetch"
)

// Options configures a Collector.
type Options struct {
	// Source gives the posts their source and channel.
	Source crawler.Source
	// URLs are the list pages. A Go time layout in braces is filled in with
	// today's date in China, for newspapers that have a page for each day:
	// /html/{2006-01/02}/node_1.htm.
	URLs []string
	// Links selects the links to articles in a list page (CSS). Defaults to
	// automatic: links on the same host that look like an article's and carry at
	// least six Han characters.
	Links string
	// Title, Body, Date and Origin select the parts of an article (CSS). Each
	// defaults to automatic.
	Title, Body, Date, Origin string
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
	o Options
}

var _ crawler.Collector = (*Collector)(nil)

// New builds a Collector. It does not read anything yet.
func New(o Options) (*Collector, error) {
	if o.Client == nil {
		return nil, errors.New("page: Client is missing")
	}
	if len(o.URLs) == 0 {
		return nil, fmt.Errorf("source %q: no list page; give at least one URL", o.Source.ID)
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
	for _, u := range o.URLs {
		if _, err := crawler.CanonicalURL(fill(u, o.Now())); err != nil {
			return nil, fmt.Errorf("list page %q of source %q: %w", u, o.Source.ID, err)
		}
	}
	if err := (extract.Options{
		TitleSelector: o.Title, BodySelector: o.Body, DateSelector: o.Date, OriginSelector: o.Origin,
	}).Check(); err != nil {
		return nil, fmt.Errorf("source %q: %w", o.Source.ID, err)
	}
	if err := checkSelector(o.Links); err != nil {
		return nil, fmt.Errorf("source %q: links selector %q is not CSS: %w", o.Source.ID, o.Links, err)
	}
	return &Collector{o: o}, nil
}

// round is the state of one Collect.
type round struct {
	o      *Options
	web    *web
	emit   crawler.Emit
	report crawler.Report
	// done holds the canonical URLs that this round has dealt with.
	done map[string]bool
	// left is how many new articles may still be read.
	left int
}

// Collect implements crawler.Collector. A list page's validators are remembered
// only after every article it links to is stored, so that no 304 can hide an
// article that failed. The error is that of the last list page when none could
// be read.
func (c *Collector) Collect(ctx context.Context, r crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	rd := &round{
		o: &c.o, web: newWeb(ctx, &c.o), emit: emit,
		done: map[string]bool{}, left: c.o.MaxArticles,
	}
	var failed error
	read, same := 0, 0
	for _, template := range c.o.URLs {
		at := fill(template, c.o.Now())
		l, err := rd.web.list(at)
		switch {
		case ctx.Err() != nil:
			return rd.report, ctx.Err()
		case err != nil && at != template && notYet(err, c.o.Now()):
			read++
			rd.skip(ctx, "今天的版面还没有发布", at, err)
		case err != nil:
			failed = err
			rd.skip(ctx, "列表页", at, err)
		case l.unchanged:
			read++
			same++
		default:
			read++
			if err := rd.follow(ctx, r, l); err != nil {
				return rd.report, err
			}
		}
	}
	rd.report.Unchanged = same == len(c.o.URLs)
	if err := rd.reread(ctx, r.Reread); err != nil {
		return rd.report, err
	}
	if read == 0 {
		return rd.report, failed
	}
	return rd.report, nil
}

// follow reads the articles of one list page that are new to us.
func (rd *round) follow(ctx context.Context, r crawler.Round, l *list) error {
	rd.report.Items += len(l.links)
	urls := make([]string, 0, len(l.links))
	for _, k := range l.links {
		urls = append(urls, k.url)
	}
	known, err := r.Known(ctx, urls)
	if err != nil {
		return fmt.Errorf("which articles of source %q are known: %w", rd.o.Source.ID, err)
	}
	complete := true
	for _, k := range l.links {
		if known[k.url] || rd.done[k.url] {
			continue
		}
		if rd.left == 0 {
			complete, rd.report.More = false, true
			break
		}
		rd.left--
		rd.done[k.url] = true
		err := rd.read(ctx, k, false)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(*storeError)):
			return err
		case err != nil:
			rd.skip(ctx, k.name(), k.url, err)
			complete = complete && hopeless(err)
		}
	}
	if !complete {
		return nil
	}
	if err := rd.o.Client.Remember(ctx, l.url, l.header); err != nil {
		// The posts are stored; the next round merely reads the list in full.
		rd.o.Log.WarnContext(ctx, "validators not remembered", "source", rd.o.Source.ID, "error", err)
	}
	return nil
}

// reread reads articles of open events again.
func (rd *round) reread(ctx context.Context, urls []string) error {
	for _, u := range urls {
		if rd.done[u] {
			continue
		}
		rd.done[u] = true
		err := rd.read(ctx, link{url: u}, true)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(*storeError)):
			return err
		case err != nil:
			rd.skip(ctx, "重读文章", u, err)
		}
	}
	return nil
}

// storeError is a failure to hand a post on. It ends the round: the fault is
// ours, and the articles must not be taken as read.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// read fetches one article, extracts it and hands it on. An article that the
// server says is unchanged is done.
func (rd *round) read(ctx context.Context, k link, again bool) error {
	a, err := rd.web.article(k.url)
	if err != nil || a.unchanged {
		return err
	}
	p, err := rd.post(k, a)
	if err != nil {
		return err
	}
	if err := fetch.CheckText(k.url, a.text); err != nil {
		rd.skip(ctx, k.name(), k.url, err)
	}
	if err := rd.emit(ctx, []crawler.Post{p}); err != nil {
		return &storeError{fmt.Errorf("store an article of source %q: %w", rd.o.Source.ID, err)}
	}
	if !again {
		// Only an article that is read again needs validators; before that a
		// 304 could stand in for a post we do not have.
		return nil
	}
	if err := rd.o.Client.Remember(ctx, a.url, a.header); err != nil {
		rd.o.Log.WarnContext(ctx, "validators not remembered", "source", rd.o.Source.ID, "error", err)
	}
	return nil
}

func (rd *round) post(k link, a *article) (p crawler.Post, err error) {
	defer contain(&err)
	got, err := extract.Read(a.text, a.url, extract.Options{
		TitleSelector: rd.o.Title, BodySelector: rd.o.Body, DateSelector: rd.o.Date, OriginSelector: rd.o.Origin,
		Now: rd.o.Now(),
	})
	if err != nil {
		return p, &empty{err}
	}
	p = rd.o.Source.Blank()
	p.ID = crawler.NewID(p.Source, k.url)
	p.URL = k.url
	p.Title = got.Title
	if p.Title == "" {
		p.Title = k.text
	}
	p.Body = got.Body
	p.Origin = got.Origin
	p.Published = got.Published
	return p, nil
}

// skip notes in one line of Chinese what could not be read.
func (rd *round) skip(ctx context.Context, what, at string, err error) {
	rd.report.Skipped = append(rd.report.Skipped, what+" "+at+": "+chinese(err))
	rd.o.Log.WarnContext(ctx, "page skipped", "source", rd.o.Source.ID, "url", at, "error", err)
}

// empty says that a page was read and holds no text.
type empty struct{ err error }

func (e *empty) Error() string { return e.err.Error() }
func (e *empty) Unwrap() error { return e.err }

func chinese(err error) string {
	var (
		fe *fetch.Error
		em *empty
	)
	switch {
	case errors.As(err, &fe):
		return fe.Chinese()
	case errors.As(err, &em):
		return "页面里没有读到文字，可能要用浏览器才能打开，或者内容是图片。请人工打开核对。"
	case errors.As(err, new(*panicked)):
		return "页面内容异常，程序没能读懂，已跳过。请把网址告诉维护人员。"
	}
	return "没有读到，稍后自动再试。"
}

// hopeless tells whether reading an article again would fail the same way, so
// that it need not keep its list page from being remembered.
func hopeless(err error) bool {
	var fe *fetch.Error
	return errors.As(err, &fe) && (fe.Kind == fetch.Robots || fe.Kind == fetch.NotText || fe.Kind == fetch.BadURL)
}

// noon is when a newspaper's page of the day must be out.
const noon = 12

// notYet tells whether today's page of a newspaper merely has not appeared.
func notYet(err error, now time.Time) bool {
	var fe *fetch.Error
	return errors.As(err, &fe) && fe.Status == http.StatusNotFound && now.In(crawler.China()).Hour() < noon
}
