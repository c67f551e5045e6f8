package page_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/crawler"
	"huiying/internal/origintest"
	"huiying/internal/zh"
)

// part is one page of an article in several.
func part(title, text, links string) string {
	return `<html><head><title>` + title + `_某门户</title></head><body><h1>` + title + `</h1><div>2026-11-20 14:05　来源：某日报</div>
<div class="con"><p>` + text + `</p><p>本文分几页刊出，每一页都带着这一句同样的提示。</p></div><div class="pages">` + links + `</div></body></html>`
}

func TestPagedArticle(t *testing.T) {
	t.Parallel()
	const title = "供热管线泄漏事故调查报告公布"
	one, two, three := "第一页写事故经过，十一月二十日凌晨管线突然破裂，热水涌上路面。", "第二页写事故原因，焊缝存在原始缺陷，长期受到水锤冲击。", "第三页写处理建议，对三名责任人给予处分，限期整改到位。"
	for name, tt := range map[string]struct {
		pages map[string]string
		want  []string
		skips int
	}{
		"下一页": {
			pages: map[string]string{
				"/a/100.html":   part(title, one, `<b>1</b> <a href="100_2.html">2</a> <a href="100_3.html">3</a> <a href="100_2.html">下一页</a>`),
				"/a/100_2.html": part(title, two, `<a href="100.html">上一页</a> <a href="100.html">1</a> <b>2</b> <a href="100_3.html">3</a> <a href="100_3.html">下一页</a>`),
				"/a/100_3.html": part(title, three, `<a href="100_2.html">上一页</a>`),
			},
			want: []string{one, two, three},
		},
		"numbers only": {
			pages: map[string]string{
				"/a/100.html":        part(title, one, `<b>1</b> <a href="?page=2">2</a> <a href="/a/101.html">下一页</a>`),
				"/a/100.html?page=2": part(title, two, `<a href="/a/100.html">1</a> <b>2</b>`),
			},
			want: []string{one, two},
		},
		"余下全文": {
			pages: map[string]string{
				"/a/100.html":       part(title, one, `<a href="/a/100_all.html">余下全文</a>`),
				"/a/100_all.html":   part(title, one+"</p><p>"+two+"</p><p>"+three, ""),
				"/other/100_2.html": part(title, "别的文章", ""),
			},
			want: []string{one, two, three},
		},
		"a script of TRS": {
			pages: map[string]string{
				"/a/100.html":   part(title, one, `<script>createPageHTML(2, 0, "100", "html");</script>`),
				"/a/100_1.html": part(title, two, `<script>createPageHTML(2, 1, "100", "html");</script>`),
			},
			want: []string{one, two},
		},
		"a page that is lost": {
			pages: map[string]string{"/a/100.html": part(title, one, `<a href="100_2.html">下一页</a>`)},
			want:  []string{one}, skips: 1,
		},
		"round and round": {
			pages: map[string]string{
				"/a/100.html":   part(title, one, `<a href="100_2.html">下一页</a>`),
				"/a/100_2.html": part(title, two, `<a href="100_3.html">下一页</a>`),
				"/a/100_3.html": part(title, one, `<a href="100_2.html">下一页</a><a href="100_4.html">下一页</a>`),
				"/a/100_4.html": part(title, three, `<a href="100_5.html">下一页</a>`),
				"/a/100_5.html": part(title, three, `<a href="100.html">下一页</a>`),
			},
			want: []string{one, two, three},
		},
		"the next article is not the next page": {
			pages: map[string]string{
				"/a/100.html": part(title, one, `<a href="101.html">下一页</a> <a href="101.html">下一篇</a> <a href="http://other.example.cn/a/100_2.html">下一页</a>`),
				"/a/101.html": part("另一篇文章", two, ""),
			},
			want: []string{one},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opts.Links = "li a"
			b.origin.On("/news/", origintest.Text(listOf("/a/100.html")))
			for path, text := range tt.pages {
				b.origin.On(path, origintest.Text(text))
			}
			rep, paths, err := b.collect(t.Context())
			if err != nil || !slices.Equal(paths, []string{"/a/100.html"}) {
				t.Fatalf("%v, %v, %q", paths, err, rep.Skipped)
			}
			body := b.stored[b.origin.URL("/a/100.html")].Body
			at := -1
			for _, piece := range tt.want {
				if n := strings.Index(body, piece); n <= at {
					t.Errorf("%q missing or out of order in %q", piece, body)
				} else {
					at = n
				}
				if strings.Count(body, piece) != 1 {
					t.Errorf("%q stands twice", piece)
				}
			}
			if strings.Count(body, "同样的提示") != 1 || len(rep.Skipped) != tt.skips {
				t.Errorf("body %q, skipped %q", body, rep.Skipped)
			}
		})
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ next, selector string }{
		"found by itself": {next: `<a href="index_%d.html">下一页</a>`},
		"by rel":          {next: `<link rel="next" href="index_%d.html">`},
		"by selector":     {next: `<a class="more" href="index_%d.html">更早的消息</a>`, selector: "a.more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opts.Links, b.opts.Next, b.opts.MaxPages = "li a", tt.selector, 3
			page := func(n int, items ...string) origintest.Answer {
				return origintest.Text(listOf(items...) + fmt.Sprintf(tt.next, n+1))
			}
			b.origin.On("/news/", page(1, "/a/1", "/a/2"), page(1, "/a/9", "/a/1"))
			b.origin.On("/news/index_2.html", page(2, "/a/3"))
			b.origin.On("/news/index_3.html", page(3, "/a/4"))
			b.origin.On("/news/index_4.html", page(4, "/a/5"))
			for _, p := range []string{"/a/1", "/a/2", "/a/3", "/a/4", "/a/9"} {
				b.origin.On(p, origintest.Text(article("供热管线抢修消息"+p)))
			}
			if _, paths, err := b.collect(t.Context()); err != nil || !slices.Equal(paths, []string{"/a/1", "/a/2", "/a/3", "/a/4"}) {
				t.Fatalf("%v, %v", paths, err)
			}
			// The second round meets an article it knows, and goes no further.
			if _, paths, err := b.collect(t.Context()); err != nil || !slices.Equal(paths, []string{"/a/9"}) {
				t.Fatalf("second round: %v, %v", paths, err)
			}
			if n := len(b.origin.Requests("/news/index_2.html")); n != 1 {
				t.Errorf("the second page was read %d times", n)
			}
		})
	}
}

func TestNewspaperOfTheDay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.URLs = []string{b.origin.URL("/html/{2006-01/02}/node_1.htm")}
	nodes := `<a href="node_1.htm">第01版</a><a href="node_2.htm">第02版</a><a href="./node_10.htm">第10版</a><a href="../22/node_1.htm">上一期</a>`
	for _, n := range []string{"1", "2", "10"} {
		b.origin.On("/html/2026-11/23/node_"+n+".htm", origintest.Answer{Type: "text/html; charset=utf-8", ETag: `"` + n + `"`, Body: []byte("<html><body>" + nodes +
			`<map><area href="content_100` + n + `.htm"></map><a href="content_100` + n + `.htm">第` + n + `版供热管线抢修消息</a></body></html>`)})
		b.origin.On("/html/2026-11/23/content_100"+n+".htm", origintest.Text(article("第"+n+"版供热管线抢修消息")))
	}
	_, paths, err := b.collect(t.Context())
	if err != nil || len(paths) != 3 || !slices.Contains(paths, "/html/2026-11/23/content_10010.htm") {
		t.Fatalf("%v, %v", paths, err)
	}
	if rep, _, err := b.collect(t.Context()); err != nil || !rep.Unchanged {
		t.Errorf("second round: %+v, %v", rep, err)
	}
}

func TestYesterdaysPaperUntilTodaysIsOut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.Now = func() time.Time { return time.Date(2026, 11, 23, 4, 0, 0, 0, zh.Beijing()) }
	b.opts.URLs = []string{b.origin.URL("/html/{2006-01/02}/node_1.htm")}
	b.origin.On("/html/2026-11/22/node_1.htm", origintest.Text(`<a href="content_2211.htm">昨天的供热管线抢修消息</a>`))
	b.origin.On("/html/2026-11/22/content_2211.htm", origintest.Text(article("昨天的供热管线抢修消息")))
	rep, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/html/2026-11/22/content_2211.htm"}) || len(rep.Skipped) != 1 {
		t.Fatalf("%v, %v, %q", paths, err, rep.Skipped)
	}
	b.opts.URLs = []string{b.origin.URL("/none/{2006-01/02}/node_1.htm")}
	if rep, _, err = b.collect(t.Context()); err != nil || !rep.Unchanged {
		t.Errorf("neither day is out: %+v, %v", rep, err)
	}
}

func packed(t *testing.T, text string) origintest.Answer {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return origintest.Answer{Type: "application/gzip", Body: b.Bytes()}
}

func TestSitemaps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.opts.URLs = []string{b.origin.URL("/sitemap.xml")}
	at := b.origin.URL
	xmlOf := func(root, items string) string {
		return `<?xml version="1.0" encoding="UTF-8"?><` + root + ` xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">` + items + `</` + root + `>`
	}
	b.origin.On("/sitemap.xml", origintest.Answer{Type: "application/xml", Body: []byte(xmlOf("sitemapindex",
		`<sitemap><loc>`+at("/old.xml")+`</loc><lastmod>2026-01-02</lastmod></sitemap>
		<sitemap><loc>`+at("/new.xml.gz")+`</loc><lastmod>2026-11-22T10:00:00+08:00</lastmod></sitemap>
		<sitemap><loc>`+at("/news.xml")+`</loc></sitemap><sitemap><loc>`+at("/sitemap.xml")+`</loc></sitemap>`))})
	b.origin.On("/new.xml.gz", packed(t, xmlOf("urlset",
		`<url><loc>`+at("/a/1")+`</loc><lastmod>2026-11-21</lastmod></url><url><loc>`+at("/a/2")+`</loc><lastmod>2026-11-22</lastmod></url>
		<url><loc>`+at("/a/3")+`</loc><lastmod>2025-11-22</lastmod></url><url><loc>http://other.example.cn/a/4</loc></url><url><loc>`+at("/")+`</loc></url>`)))
	b.origin.On("/news.xml", origintest.Answer{Type: "application/xml", ETag: `"n"`, Body: []byte(xmlOf("urlset",
		`<url><loc>`+at("/a/5")+`</loc><news:news><news:publication><news:name>某网</news:name></news:publication>
		<news:publication_date>2026-11-22T08:30:00+08:00</news:publication_date><news:title>某矿发生事故三人被困</news:title></news:news></url>`))})
	for _, p := range []string{"/a/1", "/a/2", "/a/3"} {
		b.origin.On(p, origintest.Text(article("供热管线抢修消息"+p)))
	}
	b.origin.On("/a/5", origintest.Text(`<html><body><div><p>某矿井下发生透水事故，三人被困，救援正在进行，原因还在调查当中。</p></div></body></html>`))
	rep, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/a/2", "/a/1", "/a/5"}) || len(rep.Skipped) != 0 {
		t.Fatalf("%v, %v, %+v", paths, err, rep)
	}
	if n := len(b.origin.Requests("/old.xml")); n != 0 {
		t.Errorf("an old sitemap was read %d times", n)
	}
	p := b.stored[at("/a/5")]
	if p.Title != "某矿发生事故三人被困" || p.Published.Format(time.RFC3339) != "2026-11-22T08:30:00+08:00" {
		t.Errorf("post %+v", p)
	}
	if rep, _, err = b.collect(t.Context()); err != nil || rep.Items != 2 {
		t.Errorf("second round: %+v, %v", rep, err)
	}
}

func TestNotASitemap(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer  origintest.Answer
		trouble crawler.Trouble
	}{
		"a page":     {origintest.Text("<html><body><h1>页面不存在了</h1></body></html>"), crawler.Broken},
		"a captcha":  {origintest.Text("<html><title>安全验证</title><body>请完成下方验证后继续访问</body></html>"), crawler.Blocked},
		"too deep":   {origintest.Text(strings.Repeat("<urlset>", 100_000)), crawler.Broken},
		"not closed": {origintest.Text(`<urlset><url>` + strings.Repeat("<b>", 1_000_000)), crawler.Broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opts.URLs = []string{b.origin.URL("/sitemap.xml")}
			b.origin.On("/sitemap.xml", tt.answer)
			_, paths, err := b.collect(t.Context())
			if crawler.TroubleOf(err) != tt.trouble || len(paths) != 0 {
				t.Errorf("%v, %v", paths, err)
			}
		})
	}
}
