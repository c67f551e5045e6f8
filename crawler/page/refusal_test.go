package page_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/crawler/fetch"
	"huiying/crawler/page"
	"huiying/internal/origintest"
)

func TestListNestedTooDeeply(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.origin.On("/news/", origintest.Text(strings.Repeat("<div>", 600)+`<a href="/a/20261120.html">某矿发生事故三人被困</a>`))
	b.origin.On("/a/20261120.html", origintest.Text(strings.Repeat("<div>", 600)+"某矿发生事故，三人被困井下"))
	_, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/a/20261120.html"}) {
		t.Fatalf("%v, %v", paths, err)
	}
	if p := b.stored[b.origin.URL("/a/20261120.html")]; p.Title != "某矿发生事故三人被困" || !strings.Contains(p.Body, "三人被困井下") {
		t.Errorf("post %+v", p)
	}
}

// Not parallel: it sets the environment.
func TestRobotsHoldWhateverTheEnvironmentSays(t *testing.T) {
	t.Setenv("COLLY_IGNORE_ROBOTSTXT", "true")
	b := newBench(t)
	b.opts.Links = "li a"
	b.origin.On("/robots.txt", origintest.Answer{Type: "text/plain", Body: []byte("User-agent: *\nDisallow: /secret/\n")})
	b.origin.On("/news/", origintest.Answer{Type: "text/html; charset=utf-8", Body: []byte(listOf("/a/1", "/secret/2", "/away")), ETag: `"v1"`})
	b.origin.On("/a/1", origintest.Text(article("供热管线抢修消息")))
	b.origin.On("/secret/2", origintest.Text(article("不许读的文章")))
	b.origin.On("/away", origintest.Redirect("/secret/2"))
	rep, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/a/1"}) {
		t.Fatalf("%v, %v", paths, err)
	}
	if len(b.origin.Requests("/secret/2")) != 0 || len(rep.Skipped) != 2 || !strings.Contains(rep.Skipped[0], "robots.txt") {
		t.Errorf("skipped %q", rep.Skipped)
	}
	// What robots.txt forbids does not make us read the list in full for ever.
	if rep, _, err = b.collect(t.Context()); err != nil || !rep.Unchanged {
		t.Errorf("second round: %+v, %v", rep, err)
	}
}

func TestCollectFails(t *testing.T) {
	t.Parallel()
	t.Run("no list page can be read", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.origin.On("/news/", origintest.Status(503))
		rep, _, err := b.collect(t.Context())
		var fe *fetch.Error
		if !errors.As(err, &fe) || fe.Status != 503 || len(rep.Skipped) != 1 {
			t.Errorf("error %v, skipped %q", err, rep.Skipped)
		}
	})
	t.Run("loopback is forbidden", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		client, err := fetch.New(fetch.Options{Contact: "ops@example.cn"})
		if err != nil {
			t.Fatal(err)
		}
		b.opts.Client = client
		b.origin.On("/news/", origintest.Text(listOf("/a/1")))
		_, _, err = b.collect(t.Context())
		var fe *fetch.Error
		if !errors.As(err, &fe) || fe.Kind != fetch.Blocked || b.origin.Connections() != 0 {
			t.Errorf("error %v, %d connections", err, b.origin.Connections())
		}
	})
	t.Run("the round is called off", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.opts.Links = "li a"
		b.origin.On("/news/", origintest.Text(listOf("/a/1")))
		b.origin.On("/a/1", origintest.Answer{Delay: 30 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, _, err := b.collect(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*page.Options){
		"no client":      func(o *page.Options) { o.Client = nil },
		"no list page":   func(o *page.Options) { o.URLs = nil },
		"not a URL":      func(o *page.Options) { o.URLs = []string{"ftp://example.cn/"} },
		"links not CSS":  func(o *page.Options) { o.Links = "ul[[" },
		"title not CSS":  func(o *page.Options) { o.Title = "h1[[" },
		"origin not CSS": func(o *page.Options) { o.Origin = ">>" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			change(&b.opts)
			if _, err := page.New(b.opts); err == nil {
				t.Error("accepted")
			}
		})
	}
}
