package feed_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/internal/fetchtest"
	"huiying/internal/origintest"
	"huiying/internal/post"
	"huiying/internal/zh"
)

func now() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing()) }

func rss(items string) string {
	return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">` +
		`<channel><title>站</title><link>http://example.com/news/</link>` + items + `</channel></rss>`
}

func TestParse(t *testing.T) {
	t.Parallel()
	const base = "http://example.com/feed/rss.xml"
	for _, tc := range []struct {
		name, in string
		want     []string // url | title | body | time
	}{
		{
			"plain", rss(`<item><title>停电</title><link>http://example.com/1</link><description>正文</description><pubDate>Fri, 20 Nov 2026 08:00:00 +0800</pubDate></item>`),
			[]string{"http://example.com/1|停电|正文|11-20 08:00"},
		},
		{"CST is China's", rss(`<item><title>a</title><pubDate>Fri, 20 Nov 2026 08:00:00 CST</pubDate></item>`), []string{"|a||11-20 08:00"}},
		{"no zone is China's", rss(`<item><title>a</title><pubDate>2026-11-20 08:00:00</pubDate></item>`), []string{"|a||11-20 08:00"}},
		{"Chinese date", rss(`<item><title>a</title><pubDate>2026年11月20日 08:00</pubDate></item>`), []string{"|a||11-20 08:00"}},
		{"Dublin Core date", rss(`<item><title>a</title><dc:date>2026-11-20T00:00:00Z</dc:date></item>`), []string{"|a||11-20 08:00"}},
		{"future date is dropped", rss(`<item><title>a</title><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item>`), []string{"|a||-"}},
		{
			"relative link", rss(`<item><title>a</title><link>/2.html</link></item><item><title>b</title><link>3.html</link></item>`),
			[]string{"http://example.com/2.html|a||-", "http://example.com/news/3.html|b||-"},
		},
		{"script and data links", rss(`<item><title>a</title><link>javascript:alert(1)</link></item><item><title>b</title><link>data:text/html,x</link></item>`), []string{"|a||-", "|b||-"}},
		{"guid as link", rss(`<item><title>a</title><guid>http://example.com/9</guid></item>`), []string{"http://example.com/9|a||-"}},
		{"tracking in links", rss(`<item><title>a</title><link>http://example.com/1?utm_source=rss&amp;id=2#x</link></item>`), []string{"http://example.com/1?id=2|a||-"}},
		{"nothing in it", rss(`<item></item><item><title>a</title></item>`), []string{"|a||-"}},
		{"same guid for all", rss(`<item><title>a</title><guid>x</guid></item><item><title>b</title><guid>x</guid></item>`), []string{"|a||-", "|b||-"}},
		{"home page for all", rss(`<item><title>a</title><link>http://example.com/</link></item><item><title>b</title><link>http://example.com/</link></item>`), []string{"|a||-", "|b||-"}},
		{"the same item twice", rss(strings.Repeat(`<item><title>a</title><link>http://example.com/1</link></item>`, 2)), []string{"http://example.com/1|a||-"}},
		{"escaped HTML", rss(`<item><title>a</title><description>&lt;p&gt;一&lt;/p&gt;&lt;p&gt;二&lt;/p&gt;</description></item>`), []string{"|a|一\n二|-"}},
		{"content over description", rss(`<item><title>a</title><description>短</description><content:encoded><![CDATA[<p>长得多</p>]]></content:encoded></item>`), []string{"|a|长得多|-"}},
		{"control characters", rss("<item><title>停\x00\x1b[31m电</title></item>"), []string{"|停[31m电||-"}},
		{"bad byte in the last item", rss("<item><title>停电一</title></item><item><title>停电\xff二</title></item>"), []string{"|停电一||-", "|停电\ufffd二||-"}},
		{"breaks off", rss(`<item><title>a</title><link>http://example.com/1</link></item><item><title>bb</title></item>`)[:len(rss(`<item><title>a</title><link>http://example.com/1</link></item>`))-10], []string{"http://example.com/1|a||-"}},
		{"declares gb2312, is UTF-8", strings.Replace(rss(`<item><title>长治停电</title></item>`), "utf-8", "gb2312", 1), []string{"|长治停电||-"}},
		{"unknown encoding", strings.Replace(rss(`<item><title>长治停电</title></item>`), "utf-8", "x-evil", 1), []string{"|长治停电||-"}},
		{
			"atom", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><link href="http://example.com/1"/><id>urn:1</id><updated>2026-11-20T00:00:00Z</updated><content type="html">&lt;p&gt;文&lt;/p&gt;</content></entry></feed>`,
			[]string{"http://example.com/1|a|文|11-20 08:00"},
		},
		{
			"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"http://example.com/1","title":"a","content_text":"文","date_published":"2026-11-20T08:00:00+08:00"}]}`,
			[]string{"http://example.com/1|a|文|11-20 08:00"},
		},
		{"no items", rss(""), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			posts, err := feed.ParseBytes([]byte(tc.in), "", base, now())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			ids := map[string]bool{}
			for _, p := range posts {
				at := "-"
				if !p.Published.IsZero() {
					at = p.Published.Format("01-02 15:04")
				}
				got = append(got, strings.Join([]string{p.URL, p.Title, p.Body, at}, "|"))
				ids[p.ID] = true
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if len(ids) != len(posts) {
				t.Errorf("%d ids for %d posts", len(ids), len(posts))
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	nest := func(tag string, n int) string { return strings.Repeat("<"+tag+">", n) }
	for name, in := range map[string]string{
		"empty":               "",
		"HTML":                "<html><body>login</body></html>",
		"nested extensions":   rss(nest("e:a", 400_000)),
		"nested in the item":  rss("<item><title>x</title>" + nest("e:a", 65) + "</item>"),
		"nested in atom":      `<feed xmlns="http://www.w3.org/2005/Atom"><entry>` + nest("e:a", 400_000),
		"nested namespaces":   nest(`a xmlns:b="c"`, 3000),
		"entities":            `<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + rss("<item><title>&b;</title></item>"),
		"external entity":     `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + rss("<item><title>&x;</title></item>"),
		"300k attributes":     rss("<item " + strings.Repeat(`a="1" `, 300_000) + "><title>x</title></item>"),
		"null items":          `{"version":"https://jsonfeed.org/version/1.1","items":[null]}`,
		"deep JSON":           `{"items":` + strings.Repeat("[", 1_000_000),
		"larger than allowed": rss("<item><title>" + strings.Repeat("x", 5<<20) + "</title></item>"),
		"unclosed comment":    "<!-- " + rss("<item/>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			posts, err := feed.Parse(in, "", now())
			if err == nil && len(posts) > 0 {
				t.Errorf("gave %d posts", len(posts))
			}
			if name != "null items" && err == nil {
				t.Error("no error")
			}
			if d := time.Since(began); d > 10*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

func TestManyItemsAreCut(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "<item><title>t%d</title><link>/%d</link></item>", i, i)
	}
	o := origintest.New(t)
	o.On("/rss", origintest.Answer{Type: "application/rss+xml", Body: []byte(rss(b.String()))})
	c := collector(t, o, nil)
	var posts []post.Post
	rep, err := c.Collect(t.Context(), crawler.Round{}, func(_ context.Context, p []post.Post) error { posts = p; return nil })
	if err != nil || len(posts) != 2000 || rep.Items != 2000 || len(rep.Skipped) != 1 {
		t.Errorf("%d posts, %d items, skipped %v, %v", len(posts), rep.Items, rep.Skipped, err)
	}
}

func collector(t *testing.T, o *origintest.Origin, mem fetch.ValidatorStore) *feed.Collector {
	t.Helper()
	client, err := fetch.New(fetch.Options{Contact: "mailto:it@example.org", AllowPrivate: origintest.Loopback(), PerHost: time.Millisecond, Validators: mem})
	if err != nil {
		t.Fatal(err)
	}
	c, err := feed.New(feed.Options{Source: crawler.Source{ID: "s", Name: "站", Channel: post.News, Local: true}, URL: o.URL("/rss"), Client: client, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCollect(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/rss", origintest.Answer{Type: "text/xml", ETag: `"1"`, Body: []byte(rss(`<item><title>停电</title><link>/1</link></item>`))})
	c := collector(t, o, new(fetchtest.Validators))
	full := errors.New("disk full")
	if _, err := c.Collect(t.Context(), crawler.Round{}, func(context.Context, []post.Post) error { return full }); !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	// What was not stored is read again in full, not lost behind a 304.
	var got []post.Post
	emit := func(_ context.Context, p []post.Post) error { got = append(got, p...); return nil }
	if rep, err := c.Collect(t.Context(), crawler.Round{}, emit); err != nil || rep.Unchanged || rep.Items != 1 {
		t.Fatalf("%+v %v", rep, err)
	}
	want := []post.Post{{
		// The feed's own link is example.com, its items' links are relative to that.
		ID: post.NewID("s", "http://example.com/1"), Source: "s", SourceName: "站", Channel: post.News, Local: true,
		URL: "http://example.com/1", Title: "停电",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rep, err := c.Collect(t.Context(), crawler.Round{}, emit); err != nil || !rep.Unchanged || len(got) != 1 {
		t.Errorf("%+v %v, %d posts", rep, err, len(got))
	}
	o.On("/rss", origintest.Text("<html>请登录</html>"))
	if _, err := c.Collect(t.Context(), crawler.Round{}, emit); err == nil {
		t.Error("a login page passes for a feed")
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := feed.New(feed.Options{URL: "http://example.com"}); err == nil {
		t.Error("no client")
	}
	client, err := fetch.New(fetch.Options{Contact: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := feed.New(feed.Options{URL: "ftp://example.com", Client: client}); err == nil {
		t.Error("no http")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(rss(`<item><title>停电</title><link>/1</link></item>`))
	f.Add(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}`)
	f.Fuzz(func(_ *testing.T, s string) { _, _ = feed.ParseBytes([]byte(s), "", "http://example.com/", now()) })
}
