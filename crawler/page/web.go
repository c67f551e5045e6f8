package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"huiying/crawler/fetch"
	"huiying/crawler/sitetext"
)

// patience bounds one request with the wait for its host's turn. The transport
// bounds the time on the wire by itself.
const patience = 10 * time.Minute

// agent is the name robots.txt may address us by; the full User-Agent is set by
// the transport.
const agent = "huiying"

// list is a list page that was read.
type list struct {
	// url is where the last redirect led.
	url       string
	header    http.Header
	unchanged bool
	links     []link
	// text is the page where it names no article, so that one can look why.
	text string
	// next is the address of the list's next page, or empty.
	next string
	// nodes are the other pages of a newspaper's day, in their order.
	nodes []string
	// at is where a canonical URL stands in links.
	at map[string]int
}

// article is an article page that was read.
type article struct {
	url       string
	header    http.Header
	unchanged bool
	text      string
}

// web reads pages with Colly for one round.
type web struct {
	lists, articles *colly.Collector
	// Colly calls back; these are what the call under way fills in.
	current *list
	opened  *article
	status  int
	// bodies keep their reservations of memory until their page is parsed.
	bodies []io.Closer
}

// newWeb wires two Colly collectors to the guarded transport. They are set up by
// Init rather than NewCollector, which would let COLLY_ variables of the
// environment switch robots.txt off.
func newWeb(ctx context.Context, o *Options) *web {
	w := &web{lists: &colly.Collector{}, articles: &colly.Collector{}}
	for _, c := range []*colly.Collector{w.lists, w.articles} {
		c.Init()
		c.Context = ctx
		c.UserAgent = agent
		c.IgnoreRobotsTxt = false
		c.AllowURLRevisit = true
		c.MaxBodySize = 0 // the transport refuses what is too large; Colly would cut it
		c.WithTransport(bound{ctx: ctx, next: o.Client.Transport(), web: w})
		c.SetRequestTimeout(patience)
		c.OnError(func(r *colly.Response, _ error) { w.status = r.StatusCode })
	}
	w.onList(o)
	w.articles.OnResponse(func(r *colly.Response) {
		w.opened = &article{url: r.Request.URL.String(), header: r.Headers.Clone(), text: string(r.Body)}
	})
	return w
}

func (w *web) onList(o *Options) {
	w.lists.OnResponse(func(r *colly.Response) {
		w.current = &list{url: r.Request.URL.String(), header: r.Headers.Clone(), text: string(r.Body)}
		if sitetext.Sprawls(w.current.text) {
			r.Headers.Set("Content-Type", "text/plain; charset=utf-8") // keeps Colly from parsing it
			w.flat(r)
			return
		}
		// Some servers call their pages plain text; Colly then would not parse them.
		r.Headers.Set("Content-Type", "text/html; charset=utf-8")
	})
	selector, automatic := o.Links, false
	if selector == "" {
		selector, automatic = "a[href]", true
	}
	w.lists.OnHTML(selector, func(e *colly.HTMLElement) {
		for _, a := range anchors(e.DOM.Nodes) {
			w.current.add(a, e.Request.AbsoluteURL(a.href), automatic)
		}
	})
	w.lists.OnHTML("html", func(e *colly.HTMLElement) {
		w.current.nodes = nodesOf(e.DOM.Nodes[0], e.Request.URL)
		w.current.next = nextOf(e.DOM.Nodes[0], e.Request.URL, o.Next)
	})
	w.lists.OnError(func(r *colly.Response, _ error) {
		if w.current == nil || r.StatusCode >= http.StatusMultipleChoices {
			return
		}
		w.flat(r)
	})
}

// flat reads the links of a list page that came but is too deep or too large to
// be parsed: one after the other.
func (w *web) flat(r *colly.Response) {
	for _, a := range flatAnchors(string(r.Body)) {
		w.current.add(a, r.Request.AbsoluteURL(a.href), true)
	}
}

// list reads a list page.
func (w *web) list(at string) (l *list, err error) {
	w.current, w.status = nil, 0
	err = w.visit(w.lists, at)
	switch {
	case w.status == http.StatusNotModified:
		return &list{unchanged: true}, nil
	case w.current == nil && err == nil:
		return nil, fmt.Errorf("list page %s gave no answer", at)
	case w.current == nil, errors.As(err, new(*panicError)):
		return nil, err
	}
	if len(w.current.links) > 0 {
		w.current.text = ""
	}
	return w.current, nil
}

// article reads an article page.
func (w *web) article(at string) (*article, error) {
	w.opened, w.status = nil, 0
	err := w.visit(w.articles, at)
	switch {
	case w.status == http.StatusNotModified:
		return &article{unchanged: true}, nil
	case err != nil:
		return nil, err
	case w.opened == nil:
		return nil, fmt.Errorf("article %s gave no answer", at)
	}
	if kind := w.opened.header.Get("Content-Type"); !strings.Contains(kind, "charset=utf-8") {
		return nil, &fetch.Error{Kind: fetch.NotText, URL: at, Err: fmt.Errorf("content type %q", kind)}
	}
	return w.opened, nil
}

// visit runs Colly once and brings its errors into those of package fetch.
func (w *web) visit(c *colly.Collector, at string) (err error) {
	defer recoverTo(&err)
	defer func() {
		for _, b := range w.bodies {
			_ = b.Close()
		}
		w.bodies = nil
	}()
	err = c.Visit(at)
	var fe *fetch.Error
	switch {
	case err == nil, errors.As(err, &fe):
		return err
	case errors.Is(err, colly.ErrRobotsTxtBlocked):
		return &fetch.Error{Kind: fetch.Robots, URL: at, Err: err}
	case w.status >= http.StatusBadRequest:
		return &fetch.Error{Kind: fetch.BadStatus, URL: at, Status: w.status, Err: err}
	}
	return fmt.Errorf("visit %s: %w", at, err)
}

// bound gives every request the round's context: Colly asks for robots.txt
// without one.
type bound struct {
	ctx  context.Context //nolint:containedctx // Colly offers no other way in
	next http.RoundTripper
	web  *web
}

// keepOpen is a body that stays open after Colly has read it and before it parses it.
type keepOpen struct{ io.Reader }

func (keepOpen) Close() error { return nil }

// RoundTrip implements http.RoundTripper.
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Context().Done() == nil {
		r = r.WithContext(b.ctx)
	}
	resp, err := b.next.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusOK {
		b.web.bodies = append(b.web.bodies, resp.Body)
		resp.Body = keepOpen{resp.Body}
	}
	return resp, err
}

// panicError is a panic inside the reading of one page.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// recoverTo turns a panic into an error: one page must not end the program.
func recoverTo(err *error) {
	if v := recover(); v != nil {
		*err = &panicError{value: v, stack: debug.Stack()}
	}
}
