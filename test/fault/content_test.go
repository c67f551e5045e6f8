package fault

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"huiying/internal/origintest"
	"huiying/internal/zh"
)

const incident = "沁县文化馆周末举办剪纸体验活动"

// content is class C: feeds, pages and JSON that are wrong inside.
func content(w *world) []row {
	const (
		harmful = "订阅源的结构异常"
		limit   = "内容超过大小上限"
	)
	answer := func(body []byte, kind string) string {
		o := w.origin()
		o.On("/f", origintest.Answer{Type: kind, Body: body})
		return o.URL("/f")
	}
	feed := func(body string) string { return answer([]byte(body), "application/rss+xml") }
	items := func(parts ...string) string { return string(rss(parts...)) }
	jsonFeed := func(body string) string { return answer([]byte(body), "application/feed+json") }
	in := func(e encoding.Encoding, text string) string {
		out, err := e.NewEncoder().String(text)
		if err != nil {
			w.t.Fatal(err)
		}
		return answer([]byte(out), "application/rss+xml")
	}
	labelled := func(label string) string { return strings.Replace(items(good), "utf-8", label, 1) }
	atom := `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry>`
	item := func(parts string) string { return "<item>" + parts + "</item>" }
	xxe := `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>`
	laughs := `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">` + strings.Repeat(`<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">`, 20) + `]>`
	dtd := fmt.Sprintf(`<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://%s:%d/x.dtd">`, forbidden, w.port)
	noHead := strings.TrimPrefix(items(good), `<?xml version="1.0" encoding="utf-8"?>`)
	return []row{
		{id: "c01", name: "a million nested tags", url: feed(string(rss()) + strings.Repeat("<e:a>", 1_000_000)), reason: harmful},
		{id: "c01b", name: "nested tags in 14 KB of gzip", url: gzipped(w, string(rss()[:100])+strings.Repeat("<e:a>", 1_000_000)), reason: harmful},
		{id: "c02", name: "the same in Atom", url: feed(atom + strings.Repeat("<e:a>", 1_000_000)), reason: harmful},
		{id: "c03", name: "null item", url: jsonFeed(`{"version":"https://jsonfeed.org/version/1.1","items":[null]}`), reason: harmful},
		{id: "c04", name: "null author", url: jsonFeed(`{"version":"https://jsonfeed.org/version/1.1","items":[],"authors":[null]}`), reason: harmful},
		{id: "c05", name: "billion laughs", url: feed(laughs + noHead), reason: harmful},
		{id: "c06", name: "external entity", url: feed(xxe + noHead), reason: harmful},
		{id: "c07", name: "external DTD", url: feed(dtd + noHead), posts: []string{good}},
		{id: "c08", name: "250,000 items", url: feed(items(strings.Repeat("<item></item>", 250_000))), reason: "没有标题和正文"},
		{id: "c08b", name: "250,000 items in 1.7 MB", url: feed(items(strings.Repeat("<item/>", 250_000))), reason: "只读了前 2000 条"},
		{id: "c08c", name: "250,000 items in JSON", url: jsonFeed(`{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat("{},", 250_000) + "{}]}"), reason: harmful},
		{id: "c08d", name: "400,000 flat tags in one item", url: feed(items("<item><title>x</title>" + strings.Repeat("<e:a/>", 400_000) + "</item>")), reason: harmful},
		{id: "c09", name: "300,000 attributes", url: feed(items("<item " + strings.Repeat(`a="1" `, 300_000) + "></item>")), reason: harmful},
		{id: "c10", name: "3,000 nested namespaces", url: feed(items(strings.Repeat(`<e:a xmlns:b="urn:c">`, 3000))), reason: harmful},
		{id: "c11", name: "a million [ in a JSON Feed", url: jsonFeed(`{"version":"https://jsonfeed.org/version/1.1","items":` + strings.Repeat("[", 1_000_000)), reason: harmful},
		{id: "c11b", name: "a million [ in JSON", kind: "json", more: `, json: {items: list, body: text}`, url: jsonFeed(`{"list":` + strings.Repeat("[", 1_000_000)), reason: `\p{Han}`},
		{id: "c12", name: "cut off after the first item", url: feed(items(good, "没有读到的一条")[:len(items(good))]), posts: []string{good}, reason: "只读到第 1 条"},
		{id: "c13", name: "NUL and C0 in a title", url: feed(strings.Replace(items(good), "图书", "图\x00\x1b\x07书", 1)), posts: []string{good}},
		{id: "c14", name: "a bad byte in the last item", url: feed(strings.Replace(items(good, incident, incident+"乙"), incident+"乙", incident+"\xff", 1)), posts: []string{good, incident}, reason: "编码损坏|乱码"},
		{id: "c15", name: "says gb2312, is UTF-8", url: feed(labelled("gb2312")), posts: []string{good}},
		{id: "c16", name: "says UTF-8, is GBK", url: in(simplifiedchinese.GBK, labelled("utf-8")), posts: []string{good}},
		{id: "c17", name: "says x-evil", url: feed(labelled("x-evil")), posts: []string{good}},
		{id: "c17b", name: "says x-evil, is GBK", url: in(simplifiedchinese.GBK, labelled("x-evil")), posts: []string{good}},
		{id: "c18", name: "UTF-16 without mark", url: in(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), labelled("utf-16")), posts: []string{good}},
		{id: "c19", name: "600 nested div", kind: "page", more: articles, url: pages(w, strings.Repeat("<div>", 600)+"<p>"+incident+"，欢迎参加。</p>"+strings.Repeat("</div>", 600)), posts: []string{incident}},
		{id: "c19b", name: "a nested list page", kind: "page", more: articles, url: nestedList(w), posts: []string{incident}},
		{id: "c20", name: "a million unclosed b", kind: "page", more: articles, url: pages(w, "<p>"+incident+"</p>"+strings.Repeat("<b>", 1<<20)), posts: []string{incident}},
		{id: "c20b", name: "a million p", kind: "page", more: articles, url: pages(w, "<p>"+incident+"</p>"+strings.Repeat("<p>", 1<<20)), posts: []string{incident}},
		{id: "c20c", name: "a list page with a million links", kind: "page", more: articles, url: manyLinks(w), posts: []string{incident}},
		{id: "c21", name: "title in a script only", kind: "page", more: articles, url: pages(w, `<div id="app"></div><script>document.title="`+incident+`"</script>`), reason: `页面里没有读到文字|`, most: 1},
		{id: "c22", name: "an item with nothing but text", url: feed(items(item("<description>"+good+"</description>"), item(""))), posts: []string{good}, reason: "没有标题和正文", most: 1},
		{id: "c23", name: "one guid for all", url: feed(items(item("<guid>x</guid><title>"+good+"</title>"), item("<guid>x</guid><title>"+incident+"</title>"))), posts: []string{good, incident}, most: 2},
		{id: "c24", name: "a new guid each time", url: newGUIDs(w), posts: []string{good, incident}, most: 2},
		{
			id: "c25", name: "relative, script and data links", posts: []string{"相对地址的一条", "脚本地址的一条", "数据地址的一条"}, most: 3,
			url: feed(items(
				item("<title>相对地址的一条</title><link>a/1.html</link>"), item("<title>脚本地址的一条</title><link>javascript:alert(1)</link>"),
				item("<title>数据地址的一条</title><link>data:text/html,x</link>"))), check: links,
		},
		{id: "c26", name: "a title of 1 MB", url: feed(items(good + strings.Repeat("啊", 1<<20/3))), posts: []string{good}, reason: "标题过长"},
		{id: "c26b", name: "over 5 MB", url: feed(items(good + strings.Repeat("啊", 6<<20/3))), reason: limit},
		{id: "c27", name: "dates in every way", url: feed(dated()), posts: []string{"甲"}, check: dates},
	}
}

const articles = `, page: {links: "li a"}`

func gzipped(w *world, body string) string {
	o := w.origin()
	o.On("/f", origintest.Answer{Type: "application/rss+xml", Body: pack([]byte(body)), Header: map[string]string{"Content-Encoding": "gzip"}})
	return o.URL("/f")
}

// pages is a list page with one link, to an article with that body.
func pages(w *world, body string) string {
	o := w.origin()
	o.On("/list", origintest.Text(`<html><body><ul><li><a href="/a/1.html">`+incident+`</a></li></ul></body></html>`))
	o.On("/a/1.html", origintest.Text(`<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>`+body+`</body></html>`))
	return o.URL("/list")
}

func nestedList(w *world) string {
	o := w.origin()
	o.On("/list", origintest.Text(`<html><body>`+strings.Repeat("<div>", 600)+`<ul><li><a href="/content/202611/23/1.html">`+incident+`</a></li></ul></body></html>`))
	o.On("/content/202611/23/1.html", origintest.Text(`<html><head><title>`+incident+`</title></head><body><p>`+incident+`</p></body></html>`))
	return o.URL("/list")
}

func manyLinks(w *world) string {
	o := w.origin()
	o.On("/list", origintest.Text(`<html><body><ul><li><a href="/content/202611/23/1.html">`+incident+`</a></li>`+strings.Repeat(`<li>`, 1<<20)+`</ul></body></html>`))
	o.On("/content/202611/23/1.html", origintest.Text(`<html><head><title>`+incident+`</title></head><body><p>`+incident+`</p></body></html>`))
	return o.URL("/list")
}

func newGUIDs(w *world) string {
	o := w.origin()
	var all []origintest.Answer
	for i := range 12 {
		body := rss(fmt.Sprintf("<item><guid>g%d-1</guid><title>%s</title></item><item><guid>g%d-2</guid><title>%s</title></item>", i, good, i, incident))
		all = append(all, origintest.Answer{Type: "application/rss+xml", Body: body})
	}
	o.On("/f", all...)
	return o.URL("/f")
}

// links holds what a post links to to be a web page.
func links(d *daemonRun, r row) {
	for _, p := range d.posts(r.id) {
		want := ""
		if strings.HasPrefix(p.Title, "相对") {
			want = strings.TrimSuffix(r.url, "/f") + "/a/1.html"
		}
		if p.URL != want {
			d.t.Errorf("%s: %q links to %q, want %q", r.id, p.Title, p.URL, want)
		}
	}
}

// stamps are ways of writing 08:00 of 20 November 2020 in China, and times that
// nobody should believe.
func stamps() map[string]string {
	const eight, none = "2020-11-20T08:00:00+08:00", ""
	return map[string]string{
		"Fri, 20 Nov 2020 08:00:00 CST":   eight,
		"Fri, 20 Nov 2020 08:00:00 +0800": eight,
		"Fri, 20 Nov 2020 00:00:00 GMT":   eight,
		"Fri, 20 Nov 20 08:00:00 +0800":   eight,
		"2020-11-20 08:00:00":             eight,
		"2020-11-20T08:00:00":             eight,
		"2020/11/20 8:00":                 eight,
		"2020年11月20日 08:00":               eight,
		"20-11-20 08:00":                  eight,
		"2016-12-31T23:59:60Z":            "2017-01-01T07:59:59+08:00",
		"9999-12-31 08:00":                none,
		"1970-01-01 08:00":                none,
		"2020-02-30 08:00":                none,
		"soon":                            none,
	}
}

func dated() string {
	parts := []string{"<item><title>甲 昨天 08:00</title><pubDate>昨天 08:00</pubDate></item>", "<item><title>甲 3分钟前</title><pubDate>3分钟前</pubDate></item>"}
	for s := range stamps() {
		parts = append(parts, "<item><title>甲 "+s+"</title><pubDate>"+s+"</pubDate></item>")
	}
	return string(rss(parts...))
}

func dates(d *daemonRun, r row) {
	want := stamps()
	found := 0
	for _, p := range d.posts(r.id) {
		s := strings.TrimPrefix(p.Title, "甲 ")
		zone := zh.Beijing()
		got := ""
		if !p.Published.IsZero() {
			got = p.Published.In(zone).Format(time.RFC3339)
		}
		switch s {
		case "昨天 08:00":
			y := p.FirstSeen.In(zone).AddDate(0, 0, -1)
			if want := time.Date(y.Year(), y.Month(), y.Day(), 8, 0, 0, 0, zone).Format(time.RFC3339); got != want {
				d.t.Errorf("%s: %s is %q, want %s", r.id, s, got, want)
			}
		case "3分钟前":
			if age := p.FirstSeen.Sub(p.Published); age < 3*time.Minute || age > 4*time.Minute {
				d.t.Errorf("%s: %s is %v before it was seen", r.id, s, age)
			}
		default:
			if got != want[s] {
				d.t.Errorf("%s: %s is %q, want %q", r.id, s, got, want[s])
			}
		}
		found++
	}
	if found != len(want)+2 {
		d.t.Errorf("%s: %d posts, want %d", r.id, found, len(want)+2)
	}
}
