package demo

import (
	"context"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/crawler/jsonfeed"
	"huiying/crawler/page"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// TestEnginesReadEveryPost reads the five sites with the engines and the settings
// that the demo uses, and finds every post of the story with its text and time.
func TestEnginesReadEveryPost(t *testing.T) {
	t.Parallel()
	start := time.Now()
	site, err := New(t.Context(), Options{Start: start})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := site.SetChapter(site.Chapters()); err != nil {
		t.Fatal(err)
	}
	path, err := Config(site, filepath.Join(t.TempDir(), "config"), "127.0.0.1:8420")
	if err != nil {
		t.Fatal(err)
	}
	config, err := configs.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	ranges := make([]netip.Prefix, 0, len(config.Fetch.AllowPrivate))
	for _, r := range config.Fetch.AllowPrivate {
		ranges = append(ranges, r.Prefix)
	}
	client, err := fetch.New(fetch.Options{Contact: config.Fetch.Contact, AllowPrivate: ranges, PerHost: config.Fetch.PerHost})
	if err != nil {
		t.Fatal(err)
	}
	posts := map[string]post.Post{} // by URL
	for _, s := range config.Sources {
		collector, err := engine(s, client)
		if err != nil {
			t.Fatal(err)
		}
		report, err := collector.Collect(t.Context(), crawler.Round{
			Known: func(context.Context, []string) (map[string]bool, error) { return map[string]bool{}, nil },
		}, func(_ context.Context, batch []post.Post) error {
			for _, p := range batch {
				posts[p.URL] = p
			}
			return nil
		})
		if err != nil || len(report.Skipped) > 0 {
			t.Errorf("source %s: %v, skipped %v", s.ID, err, report.Skipped)
		}
	}
	for _, place := range site.Places() {
		pages, err := site.story.pages(place.ID, site.Chapters(), site.Start())
		if err != nil {
			t.Fatal(err)
		}
		for _, pg := range pages {
			l := address(pg, site.Start())
			got, ok := posts[place.URL+l.Path]
			if !ok {
				t.Errorf("%s: not read", pg.ID)
				continue
			}
			compare(t, pg, got)
		}
	}
}

// compare holds one read post to the story.
func compare(t *testing.T, want version, got post.Post) {
	t.Helper()
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if squeeze(got.Title) != squeeze(want.Title) {
		t.Errorf("%s: title %q, want %q", want.ID, got.Title, want.Title)
	}
	body := squeeze(got.Body)
	if want.Title != "" && strings.HasPrefix(body, squeeze(want.Title)) {
		body = strings.TrimPrefix(body, squeeze(want.Title))
	}
	// Who passed a post on is not kept.
	passed := regexp.MustCompile(`//@[^:：]*[:：]`).ReplaceAllString(faceMark.ReplaceAllString(want.Text, ""), "//")
	if text := squeeze(passed); body != text {
		t.Errorf("%s: body\n got  %q\n want %q", want.ID, body, text)
	}
	at, layout := want.At, "2006-01-02 15:04"
	if want.Site == "paper" {
		layout = "2006-01-02"
		at = time.Now()
	}
	if g, w := got.Published.In(zh.Beijing()).Format(layout), at.In(zh.Beijing()).Format(layout); g != w {
		t.Errorf("%s: published %s, want %s", want.ID, g, w)
	}
	if want.Site == "portal" && got.Origin != want.Origin {
		t.Errorf("%s: origin %q, want %q", want.ID, got.Origin, want.Origin)
	}
}

// engine builds the engine of one source.
func engine(s configs.Source, client *fetch.Client) (crawler.Collector, error) {
	source := crawler.Source{ID: s.ID, Name: s.Name, Channel: post.Channel(s.Channel), Local: s.Local}
	switch s.Kind {
	case "feed":
		return feed.New(feed.Options{Source: source, URL: s.URL, Client: client})
	case "json":
		return jsonfeed.New(jsonfeed.Options{
			Source: source, URL: s.URL, Preset: string(s.JSON.Preset), URLTemplate: s.JSON.URL, Client: client,
		})
	default:
		return page.New(page.Options{
			Source: source, URLs: s.Addresses(), Links: s.Page.Links, Title: s.Page.Title, Body: s.Page.Body,
			Date: s.Page.Date, Origin: s.Page.Origin, MaxArticles: s.Page.MaxArticles, Client: client,
		})
	}
}
