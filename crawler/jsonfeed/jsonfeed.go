// Package jsonfeed reads sources that answer in JSON: Weibo-style timelines,
// citizens' question boards and whatever else a path expression can reach. Only
// the fields it is told of are read; it never reads who wrote a post.
package jsonfeed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
)

// Fields are the gjson paths, within one item, of what makes a post. Several
// paths separated by "," are tried in turn. An empty path is not read.
type Fields struct {
	ID    string
	Title string
	Body  string
	// URL may also be a template with {id}, like Options.URLTemplate.
	URL       string
	Published string
	// Origin is the medium the item names as its source.
	Origin string
	// Reads and Shares are how often the item says it was read and passed on.
	Reads, Shares string
}

// Options configures a Collector.
type Options struct {
	// Source gives the posts their source and channel.
	Source crawler.Source
	// URL is the timeline's address.
	URL string
	// Preset names the shape to start from: "weibo" for m.weibo.cn's timelines,
	// "wenzheng" for question boards. The other fields override it. Defaults to
	// none.
	Preset string
	// Items is the gjson path of the items; several separated by "," are tried in
	// turn. Required without a preset.
	Items  string
	Fields Fields
	// URLTemplate makes an item's link where it has none: {id} stands for its id.
	// It may be relative to URL.
	URLTemplate string
	// Next is the gjson path, within an answer, of the cursor that asks for the next
	// page, put into the address as Param, or of the next page's address on the same
	// host. Param without Next counts pages. Both default to the preset's.
	Next, Param string
	// Pages is how many pages one round reads at most, as long as they bring what is
	// new. Defaults to 1, at most 20.
	Pages  int
	Client *fetch.Client
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Log defaults to silence.
	Log *slog.Logger
}

// Collector reads one timeline.
type Collector struct {
	o     Options
	shape shape

	mu sync.Mutex
	// owed counts the rounds that left something on further pages unread; a restart
	// forgets it.
	owed int
}

var _ crawler.Collector = (*Collector)(nil)

// New builds a Collector. It does not read the timeline yet.
func New(o Options) (*Collector, error) {
	if o.Client == nil {
		return nil, errors.New("jsonfeed: Client is missing")
	}
	if _, err := sitetext.CanonicalURL(o.URL); err != nil {
		return nil, fmt.Errorf("timeline of source %q: %w", o.Source.ID, err)
	}
	sh, err := shapeOf(o)
	if err != nil {
		return nil, fmt.Errorf("timeline of source %q: %w", o.Source.ID, err)
	}
	if o.Pages < 0 || o.Pages > maxPages {
		return nil, fmt.Errorf("timeline of source %q: %d pages a round; set 1 to %d", o.Source.ID, o.Pages, maxPages)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Collector{o: o, shape: sh}, nil
}

// Collect implements crawler.Collector. The answer's validators are remembered
// only after emit has stored its posts.
func (c *Collector) Collect(ctx context.Context, r crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	var rep crawler.Report
	p, err := c.o.Client.Get(ctx, c.o.URL)
	if err != nil {
		return rep, c.explain(err)
	}
	if p.NotModified {
		rep.Unchanged = true
		return rep, nil
	}
	if err := p.CheckText(); err != nil {
		rep.Trouble = crawler.TroubleOf(err)
		if text := chinese(err); text != "" {
			rep.Skipped = append(rep.Skipped, text)
		}
		c.o.Log.WarnContext(ctx, "timeline is garbled", "source", c.o.Source.ID, "error", err)
	}
	complete, err := c.pages(ctx, r, p, emit, &rep)
	if err != nil || !complete {
		return rep, err // a 304 must not stand between us and what is still unread
	}
	if err := p.Remember(ctx); err != nil {
		// The posts are stored; the next round merely reads the timeline in full.
		c.o.Log.WarnContext(ctx, "validators not remembered", "source", c.o.Source.ID, "error", err)
	}
	return rep, nil
}

// ParseBytes reads a timeline's raw bytes, such as a saved file's, by the preset
// and the paths of o; its Source, URL and Client may be missing. Base resolves
// relative links and may be empty. Without a preset or path the usual places of
// items and fields are tried.
func ParseBytes(raw []byte, contentType, base string, o Options, now time.Time) ([]post.Post, error) {
	if o.Preset == "" && o.Items == "" {
		o.Preset = guess
	}
	sh, err := shapeOf(o)
	if err != nil {
		return nil, err
	}
	text, _ := fetch.Decode(raw, contentType)
	res, err := sh.parse(text, base, o.Source.NewPost(), now)
	return res.posts, err
}
