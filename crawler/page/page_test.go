package page_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/crawler/page"
	"huiying/internal/fetchtest"
	"huiying/internal/origintest"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// bench is a source under test and what it handed on.
type bench struct {
	t      *testing.T
	origin *origintest.Origin
	opts   page.Options
	stored map[string]post.Post
	fail   error
	reread []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	client, err := fetch.New(fetch.Options{
		Contact: "ops@example.cn", AllowPrivate: origintest.Loopback(), PerHost: time.Millisecond,
		Validators: new(fetchtest.Validators),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, origin: origintest.New(t), stored: map[string]post.Post{}}
	b.opts = page.Options{
		Source: crawler.Source{ID: "portal", Name: "某门户", Channel: post.Portal, Local: true},
		URLs:   []string{b.origin.URL("/news/")},
		Client: client,
		Now:    func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing()) },
	}
	return b
}

// collect runs one round and returns the paths of what was handed on, in order.
func (b *bench) collect(ctx context.Context) (crawler.Report, []string, error) {
	b.t.Helper()
	c, err := page.New(b.opts)
	if err != nil {
		b.t.Fatal(err)
	}
	var paths []string
	emit := func(_ context.Context, posts []post.Post) error {
		if b.fail != nil {
			return b.fail
		}
		for _, p := range posts {
			b.stored[p.URL] = p
			paths = append(paths, strings.TrimPrefix(p.URL, b.origin.URL("")))
		}
		return nil
	}
	known := func(_ context.Context, urls []string) (map[string]bool, error) {
		m := map[string]bool{}
		for _, u := range urls {
			if _, ok := b.stored[u]; ok {
				m[u] = true
			}
		}
		return m, nil
	}
	rep, err := c.Collect(ctx, crawler.Round{Known: known, Reread: b.reread}, emit)
	return rep, paths, err
}

func article(title string) string {
	return `<html><head><title>` + title + `_某门户</title></head><body><h1>` + title + `</h1><div>2026-11-20 14:05　来源：某日报</div>
<p>11月20日上午，长治市上党区一处供热管线发生泄漏，约两千户居民家中停暖。供热公司立即组织抢修人员赶赴现场处置。</p>
<p>截至当日下午，破损管段已经更换完毕，正在逐步恢复供热，市能源局提醒居民注意室内温度变化。</p></body></html>`
}

func gbk(t *testing.T, s string) origintest.Answer {
	t.Helper()
	raw, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return origintest.Answer{Type: "text/html", Body: raw}
}

func listOf(items ...string) string {
	var b strings.Builder
	b.WriteString("<html><body><ul>")
	for i, path := range items {
		fmt.Fprintf(&b, `<li><a href="%s">第%d条供热管线抢修消息</a></li>`, path, i+1)
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}

func TestAutomaticLinksOnGBKList(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.origin.On("/news/", gbk(t, `<html><head><meta charset="gb2312"></head><body><a href="/">首页</a><a href="/col/index_2.html">下一页的所有要闻都在这里</a>
		<a href="202611/t20261120_1.html#top">上党区供热管线抢修完成</a><a href="/news/202611/t20261120_1.html">上党区供热管线抢修完成</a>
		<a href="202611/t20261121_2.html" title="屯留区发布用电安全提示通知">屯留区发布…</a>
		<a href="/files/20261120.pdf">关于供热价格的批复文件下载</a><a href="http://other.example.cn/20261120.html">别的网站的文章不归这个来源</a>
		<a href="javascript:void(0)">点击这里可以分享到朋友圈</a><a href="/about/123456.html">关于</a></body></html>`))
	b.origin.On("/news/202611/t20261120_1.html", gbk(t, article("上党区供热管线抢修完成")))
	b.origin.On("/news/202611/t20261121_2.html", gbk(t, article("屯留区发布用电安全提示通知")))
	rep, paths, err := b.collect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/news/202611/t20261120_1.html", "/news/202611/t20261121_2.html"}, paths); diff != "" {
		t.Error(diff)
	}
	if rep.Items != 2 || len(rep.Skipped) != 0 {
		t.Errorf("report %+v", rep)
	}
	url := b.origin.URL("/news/202611/t20261120_1.html")
	want := post.Post{
		ID: post.NewID("portal", url), Source: "portal", SourceName: "某门户", Channel: post.Portal, Local: true, URL: url,
		Title: "上党区供热管线抢修完成", Origin: "某日报", Published: time.Date(2026, 11, 20, 14, 5, 0, 0, zh.Beijing()),
		Body: "11月20日上午，长治市上党区一处供热管线发生泄漏，约两千户居民家中停暖。供热公司立即组织抢修人员赶赴现场处置。\n" +
			"截至当日下午，破损管段已经更换完毕，正在逐步恢复供热，市能源局提醒居民注意室内温度变化。",
	}
	if diff := cmp.Diff(want, b.stored[url]); diff != "" {
		t.Error(diff)
	}
}

func TestUnchangedListStillRereads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.Links = "ul"
	b.origin.On("/news/", origintest.Answer{Type: "text/html; charset=utf-8", Body: []byte(listOf("/a/1", "/a/2")), ETag: `"v1"`})
	b.origin.On("/a/1", origintest.Text(article("某矿发生事故三人被困")), origintest.Answer{ETag: `"w2"`, Body: []byte(article("某矿发生事故十二人被困"))})
	b.origin.On("/a/2", origintest.Text(article("屯留区发布用电安全提示通知")))
	if _, paths, err := b.collect(t.Context()); err != nil || len(paths) != 2 {
		t.Fatalf("first round: %v, %v", paths, err)
	}
	b.reread = []string{b.origin.URL("/a/1")}
	rep, paths, err := b.collect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !rep.Unchanged || !slices.Equal(paths, []string{"/a/1"}) {
		t.Errorf("unchanged %v, read %v; want the one article that is read again", rep.Unchanged, paths)
	}
	if got := b.stored[b.origin.URL("/a/1")].Title; got != "某矿发生事故十二人被困" {
		t.Errorf("title %q", got)
	}
	// Unchanged itself, it is not handed on a third time.
	if _, paths, err = b.collect(t.Context()); err != nil || len(paths) != 0 {
		t.Errorf("third round: %v, %v", paths, err)
	}
	if n := len(b.origin.Requests("/a/2")); n != 1 {
		t.Errorf("a known article was read %d times", n)
	}
}

func TestBrokenArticleKeepsListFromBeingRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.Links = "li a"
	b.origin.On("/news/", origintest.Answer{Type: "text/html; charset=utf-8", Body: []byte(listOf("/a/1", "/a/2", "/a/3")), ETag: `"v1"`})
	b.origin.On("/a/1", origintest.Status(500), origintest.Text(article("某矿发生事故三人被困")))
	b.origin.On("/a/2", origintest.Text("<html><body><img src=x.jpg></body></html>"), origintest.Text(article("供热价格听证会即将举行")))
	b.origin.On("/a/3", origintest.Text(article("屯留区发布用电安全提示通知")))
	rep, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/a/3"}) {
		t.Fatalf("first round: %v, %v", paths, err)
	}
	if len(rep.Skipped) != 2 || !strings.Contains(rep.Skipped[0], "网站出错（500）") || !strings.Contains(rep.Skipped[1], "没有读到文字") {
		t.Errorf("skipped %q", rep.Skipped)
	}
	rep, paths, err = b.collect(t.Context())
	if err != nil || rep.Unchanged || !slices.Equal(paths, []string{"/a/1", "/a/2"}) {
		t.Errorf("second round: %v, %+v, %v", paths, rep, err)
	}
	if rep, _, err = b.collect(t.Context()); err != nil || !rep.Unchanged {
		t.Errorf("third round: %+v, %v", rep, err)
	}
}

func TestFailedStoreIsNotRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.Links = "li a"
	b.origin.On("/news/", origintest.Answer{Type: "text/html; charset=utf-8", Body: []byte(listOf("/a/1")), ETag: `"v1"`})
	b.origin.On("/a/1", origintest.Text(article("某矿发生事故三人被困")))
	b.fail = errors.New("disk full")
	if _, _, err := b.collect(t.Context()); !errors.Is(err, b.fail) {
		t.Fatalf("error %v", err)
	}
	b.fail = nil
	if rep, paths, err := b.collect(t.Context()); err != nil || rep.Unchanged || len(paths) != 1 {
		t.Errorf("after the failure: %v, %+v, %v", paths, rep, err)
	}
}

func TestMaxArticlesLeavesTheRestForTheNextRound(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.Links, b.opts.MaxArticles = "li a", 2
	b.origin.On("/news/", origintest.Answer{Type: "text/html; charset=utf-8", Body: []byte(listOf("/a/1", "/a/2", "/a/3")), ETag: `"v1"`})
	for _, p := range []string{"/a/1", "/a/2", "/a/3"} {
		b.origin.On(p, origintest.Text(article("供热管线抢修消息"+p)))
	}
	if _, paths, err := b.collect(t.Context()); err != nil || !slices.Equal(paths, []string{"/a/1", "/a/2"}) {
		t.Fatalf("first round: %v, %v", paths, err)
	}
	if rep, paths, err := b.collect(t.Context()); err != nil || rep.Unchanged || !slices.Equal(paths, []string{"/a/3"}) {
		t.Errorf("second round: %v, %+v, %v", paths, rep, err)
	}
}

func TestDatedListPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.Links = "li a"
	b.opts.URLs = []string{b.origin.URL("/html/{2006-01/02}/node_1.htm"), b.origin.URL("/html/{2006-01/02}/node_2.htm")}
	b.origin.On("/html/2026-11/23/node_1.htm", origintest.Text(listOf("content_1.htm")))
	b.origin.On("/html/2026-11/23/content_1.htm", origintest.Text(article("第一版供热管线抢修消息")))
	rep, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/html/2026-11/23/content_1.htm"}) {
		t.Fatalf("%v, %v", paths, err)
	}
	if len(rep.Skipped) != 1 || !strings.Contains(rep.Skipped[0], "版面还没有发布") {
		t.Errorf("skipped %q", rep.Skipped)
	}
}
