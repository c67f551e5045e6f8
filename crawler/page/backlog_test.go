package page_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"huiying/crawler"
	"huiying/crawler/page"
	"huiying/internal/origintest"
	"huiying/internal/post"
)

// rounds returns what reads round after round with one Collector, as the scheduler
// does.
func (b *bench) rounds() func() (crawler.Report, []string, error) {
	b.t.Helper()
	c, err := page.New(b.opts)
	if err != nil {
		b.t.Fatal(err)
	}
	return func() (crawler.Report, []string, error) {
		var paths []string
		emit := func(_ context.Context, posts []post.Post) error {
			for _, p := range posts {
				b.stored[p.URL] = p
				paths = append(paths, strings.TrimPrefix(p.URL, b.origin.URL("")))
			}
			return nil
		}
		known := func(_ context.Context, urls []string) (map[string]bool, error) {
			m := map[string]bool{}
			for _, u := range urls {
				_, m[u] = b.stored[u]
			}
			return m, nil
		}
		rep, err := c.Collect(b.t.Context(), crawler.Round{Known: known}, emit)
		return rep, paths, err
	}
}

// Articles that can never be read take their turn after those not tried yet, and
// do not make a source forever behind.
func TestDeadArticlesDoNotStarveTheOthers(t *testing.T) {
	t.Parallel()
	for name, dead := range map[string]origintest.Answer{
		"lost":         origintest.Status(404),
		"no web pages": {Type: "application/pdf", Body: []byte("%PDF-1.7")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opts.Links, b.opts.MaxArticles = "li a", 3
			b.opts.URLs = append(b.opts.URLs, b.origin.URL("/other/"))
			b.origin.On("/news/", origintest.Text(listOf("/a/1", "/a/2", "/a/3", "/a/4")))
			b.origin.On("/other/", origintest.Text(listOf("/b/1", "/b/2")))
			for i := range 4 {
				b.origin.On(fmt.Sprintf("/a/%d", i+1), dead)
			}
			b.origin.On("/b/1", origintest.Text(article("某矿发生事故三人被困")))
			b.origin.On("/b/2", origintest.Text(article("供热管线抢修消息")))
			round := b.rounds()
			if rep, _, _ := round(); !rep.More {
				t.Errorf("first round: %+v", rep)
			}
			_, paths, err := round()
			if err != nil || !slices.Equal(paths, []string{"/b/1", "/b/2"}) {
				t.Errorf("second round: %v, %v", paths, err)
			}
			for range 3 {
				if rep, _, _ := round(); rep.More {
					t.Errorf("behind for ever: %+v", rep)
				}
			}
			if n := len(b.origin.Requests("/a/1")); name == "lost" && n < 2 {
				t.Errorf("a lost article was tried %d times", n)
			}
		})
	}
}

// What a round left unread on the further pages of a list is read by the next,
// though the first page is known by then.
func TestFurtherPagesAreReadToTheEnd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		most   int
		second []origintest.Answer
	}{
		"too many for one round": {most: 3},
		"a page that failed":     {most: 30, second: []origintest.Answer{origintest.Status(502)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opts.Links, b.opts.MaxPages, b.opts.MaxArticles = "li a", 3, tt.most
			list := func(n int, items ...string) origintest.Answer {
				return origintest.Answer{
					Type: "text/html; charset=utf-8", ETag: fmt.Sprintf(`"%d"`, n),
					Body: []byte(listOf(items...) + fmt.Sprintf(`<a href="/news/index_%d.html">下一页</a>`, n+1)),
				}
			}
			b.origin.On("/news/", list(1, "/a/1", "/a/2"))
			b.origin.On("/news/index_2.html", append(tt.second, list(2, "/a/3", "/a/4"))...)
			b.origin.On("/news/index_3.html", list(3, "/a/5"))
			for i := range 5 {
				b.origin.On(fmt.Sprintf("/a/%d", i+1), origintest.Text(article(fmt.Sprintf("供热管线抢修消息%d", i+1))))
			}
			round := b.rounds()
			for range 3 {
				if _, _, err := round(); err != nil {
					t.Fatal(err)
				}
			}
			if len(b.stored) != 5 {
				t.Errorf("%d of 5 articles were read", len(b.stored))
			}
			if rep, _, err := round(); err != nil || !rep.Unchanged {
				t.Errorf("fourth round: %+v, %v", rep, err)
			}
			if n := len(b.origin.Requests("/news/index_2.html")); n > 3 {
				t.Errorf("the second page was read %d times", n)
			}
		})
	}
}
