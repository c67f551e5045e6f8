package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"

	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/crawler/jsonfeed"
	"huiying/crawler/page"
	"huiying/internal/post"
)

func fetchOptions(f configs.Fetch, memory fetch.ValidatorStore, o Options) fetch.Options {
	private := make([]netip.Prefix, len(f.AllowPrivate))
	for i, w := range f.AllowPrivate {
		private[i] = w.Prefix
	}
	return fetch.Options{
		Contact: f.Contact, AllowPrivate: private, PerHost: f.PerHost, Timeout: f.Timeout,
		MaxBytes: f.MaxBytes, Validators: memory, Resolver: o.Resolver, Now: o.Now, Log: o.Log,
	}
}

// source is what every engine is told of a source.
func source(c configs.Source) crawler.Source {
	return crawler.Source{
		ID: c.ID, Name: c.Name, Channel: post.Channel(c.Channel), Local: c.Local,
		Official: c.Official, Every: c.Every, Slowest: c.EveryMax, Audience: int64(c.Reach),
	}
}

// collectors gives every enabled source that is fetched its engine.
func collectors(list []configs.Source, client *fetch.Client, o Options) ([]crawler.Source, error) {
	var out []crawler.Source
	for _, c := range list {
		if !c.Enabled || c.Kind == "intake" {
			continue
		}
		s := source(c)
		var err error
		if s.Collector, err = collector(c, s, client.For(reading(c)), o); err != nil {
			return nil, fmt.Errorf("source %s: %w", c.ID, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// reading names what a source is read by, so that a page is read anew, and not
// answered by a 304, once its selectors or paths have changed.
func reading(c configs.Source) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %+v %+v", c.Kind, c.Page, c.JSON))
	return c.ID + " " + hex.EncodeToString(sum[:4])
}

func collector(c configs.Source, s crawler.Source, client *fetch.Client, o Options) (crawler.Collector, error) {
	urls := c.Addresses()
	if len(urls) == 0 && c.Page.Sitemap == "" {
		return nil, errors.New("no url")
	}
	switch c.Kind {
	case "feed":
		return feed.New(feed.Options{Source: s, URL: urls[0], Client: client, Now: o.Now, Log: o.Log})
	case "json":
		j := c.JSON
		return jsonfeed.New(jsonfeed.Options{
			Source: s, URL: urls[0], Preset: string(j.Preset), Items: j.Items,
			Fields: jsonfeed.Fields{ID: j.ID, Title: j.Title, Body: j.Body, URL: j.URL, Published: j.Published, Reads: j.Reads, Shares: j.Shares},
			Next:   j.Next, Param: j.Param, Pages: j.Pages,
			Client: client, Now: o.Now, Log: o.Log,
		})
	case "page":
		p := c.Page
		po := page.Options{
			Source: s, URLs: urls, Links: p.Links, Title: p.Title, Body: p.Body, Date: p.Date, Origin: p.Origin, Reads: p.Reads,
			Next: p.Next, MaxPages: p.MaxPages, MaxArticles: p.MaxArticles,
			Client: client, Now: o.Now, Log: o.Log,
		}
		if p.Sitemap != "" {
			po.Sitemaps = []string{p.Sitemap}
		}
		return page.New(po)
	}
	return nil, fmt.Errorf("unknown kind %q", c.Kind)
}
