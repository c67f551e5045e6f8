// Package feed reads sources that offer RSS, Atom or JSON Feed.
package feed

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"time"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
)

// Options configures a Collector.
type Options struct {
	// Source gives the posts their source and channel.
	Source crawler.Source
	// URL is the feed's address.
	URL    string
	Client *fetch.Client
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Log defaults to silence.
	Log *slog.Logger
}

// Collector reads one feed.
type Collector struct {
	o Options

	mu sync.Mutex
	// What the last round that was stored leaves for the next: named see steady,
	// stored the texts of its posts by their ids. A feed lists the same posts again
	// and again; only those that are new or changed are handed on.
	named  map[string]string
	stored map[string]uint64
	seed   maphash.Seed
}

var _ crawler.Collector = (*Collector)(nil)

// New builds a Collector. It does not read the feed yet.
func New(o Options) (*Collector, error) {
	if o.Client == nil {
		return nil, errors.New("feed: Client is missing")
	}
	if _, err := sitetext.CanonicalURL(o.URL); err != nil {
		return nil, fmt.Errorf("feed of source %q: %w", o.Source.ID, err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Collector{o: o, seed: maphash.MakeSeed()}, nil
}

// Collect implements crawler.Collector. The answer's validators are remembered
// only after emit has stored its posts.
func (c *Collector) Collect(ctx context.Context, _ crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var rep crawler.Report
	var (
		p   *fetch.Page
		res result
	)
	err := c.o.Client.Read(ctx, c.o.URL, func(page *fetch.Page) (err error) {
		p = page
		if p.NotModified {
			return nil
		}
		c.inspect(ctx, p, &rep)
		if res, err = parse(p.Text, p.URL, c.o.Source.NewPost(), c.o.Now(), c.named); err != nil {
			return fmt.Errorf("feed of source %q: %w", c.o.Source.ID, err)
		}
		return nil
	})
	if err != nil {
		return rep, err
	}
	if p.NotModified {
		rep.Unchanged = true
		return rep, nil
	}
	rep.Items = len(res.posts)
	rep.Skipped = append(rep.Skipped, res.skipped...)
	fresh, all := c.fresh(res.posts)
	if len(fresh) > 0 {
		if err := emit(ctx, fresh); err != nil {
			return rep, fmt.Errorf("store posts of source %q: %w", c.o.Source.ID, err)
		}
	}
	c.named, c.stored = res.named, all
	if err := p.Remember(ctx); err != nil {
		// The posts are stored; the next round merely reads the feed in full.
		c.o.Log.WarnContext(ctx, "validators not remembered", "source", c.o.Source.ID, "error", err)
	}
	return rep, nil
}

// fresh are the posts whose texts were not stored in the last round; all are the
// texts of this one.
func (c *Collector) fresh(posts []post.Post) (fresh []post.Post, all map[string]uint64) {
	all = make(map[string]uint64, len(posts))
	for _, p := range posts {
		sum := maphash.String(c.seed, p.Title+"\x00"+p.Body)
		all[p.ID] = sum
		if old, ok := c.stored[p.ID]; !ok || old != sum {
			fresh = append(fresh, p)
		}
	}
	return fresh, all
}

// inspect reports what the text lost on its way to us.
func (c *Collector) inspect(ctx context.Context, p *fetch.Page, rep *crawler.Report) {
	if err := p.CheckText(); err != nil {
		rep.Trouble = crawler.TroubleOf(err)
		if fe, ok := errors.AsType[*fetch.Error](err); ok {
			rep.Skipped = append(rep.Skipped, fe.Chinese())
		}
		c.o.Log.WarnContext(ctx, "feed is garbled", "source", c.o.Source.ID, "error", err)
	} else if n := strings.Count(p.Text, "\ufffd"); n > 0 {
		rep.Skipped = append(rep.Skipped, fmt.Sprintf("有 %d 处文字的编码损坏，无法辨认；其余照常读取。", n))
	}
}

// ParseBytes reads a feed's raw bytes, such as a saved file's, in any charset.
// Base resolves relative links and may be empty.
func ParseBytes(raw []byte, contentType, base string, now time.Time) ([]post.Post, error) {
	text, _ := fetch.Decode(raw, contentType)
	return Parse(text, base, now)
}

// Parse reads a feed that is UTF-8 already. Links are canonical, bodies plain
// text, times in +08:00; a time more than 10 minutes ahead of now is dropped.
// A feed that breaks off gives the items before the break.
func Parse(text, base string, now time.Time) ([]post.Post, error) {
	res, err := parse(text, base, post.Post{}, now, nil)
	return res.posts, err
}
