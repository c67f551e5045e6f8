package fault

import (
	"fmt"
	"strings"

	"huiying/internal/origintest"
)

// special are ways of writing addresses that nobody may be led to; %d is the port
// on which they listen.
func special() []string {
	return []string{
		"http://127.0.0.1:%d", "http://0x7f.1:%d", "http://2130706433:%d", "http://0177.0.0.1:%d",
		"http://127。0。0。1:%d", "http://①②⑦.⓪.⓪.①:%d", "http://[::1]:%d", "http://[::ffff:7f00:1]:%d",
		"http://[::127.0.0.1]:%d", "http://[64:ff9b::7f00:1]:%d", "http://[2002:7f00:1::]:%d",
		"http://0.0.0.0:%d", "http://0:%d", "http://169.254.169.254:%d/latest/meta-data/", "http://100.100.100.200:%d",
		"http://198.18.0.1:%d", "http://240.0.0.1:%d", "http://localhost.:%d", "http://a.localhost:%d", "http://localhost:%d",
		"http://private.test:%d", "http://127.0.0.2:%d", "http://10.0.0.1:%d", "http://192.168.1.1:%d", "http://[fd00::1]:%d",
		"http://[fe80::1]:%d", "http://224.0.0.1:%d", "http://255.255.255.255:%d", "http://127.1:%d", "http://127.0.0.1.:%d",
	}
}

// refusedURLs are addresses that a configuration may not even name.
func refusedURLs() []string {
	return []string{
		`http://169.254.169.254:8888\@example.com/`, "http://example.com@127.0.0.1:%d/", "file:///etc/passwd",
		"gopher://127.0.0.1:%d/_FLUSHALL", "ftp://127.0.0.1:%d/", "dict://127.0.0.1:%d/info", "javascript:alert(1)", "data:text/xml,<rss/>",
	}
}

func (w *world) fill(url string) string {
	if strings.Contains(url, "%d") {
		return fmt.Sprintf(url, w.port)
	}
	return url
}

// addresses is class B: every way to make us connect to where we must not. That
// nothing connects is for the listeners to say; here the operator must be told.
func addresses(w *world) []row {
	const told = "内网或保留地址|找不到该域名|网址不能用|连不上该网站"
	var rows []row
	list := w.origin()
	var links strings.Builder
	for i, s := range special() {
		url := w.fill(s)
		n := fmt.Sprintf("%02d", i+1)
		rows = append(rows,
			row{id: "b" + n, name: "feed at " + s, url: url, reason: told},
			row{id: "bp" + n, name: "page at " + s, kind: "page", url: url, reason: told},
		)
		from := w.origin()
		from.On("/f", origintest.Redirect(url))
		rows = append(rows, row{id: "br" + n, name: "redirect to " + s, url: from.URL("/f"), reason: told})
		fmt.Fprintf(&links, `<li><a href="%s/article/%d.html">第%d条关于城区供水的消息</a></li>`, strings.TrimSuffix(url, "/latest/meta-data/"), i, i)
	}
	for i, s := range refusedURLs() {
		from := w.origin()
		from.On("/f", origintest.Redirect(w.fill(s)))
		rows = append(rows, row{id: fmt.Sprintf("bs%02d", i), name: "redirect to " + s, url: from.URL("/f"), reason: told})
		fmt.Fprintf(&links, `<li><a href="%s">另有%d条关于城区供水的消息</a></li>`, w.fill(s), i)
	}
	list.On("/list", origintest.Text("<html><body><ul>"+links.String()+"</ul></body></html>"))
	robots := w.origin()
	robots.On("/robots.txt", origintest.Redirect(fmt.Sprintf("http://127.0.0.1:%d/robots.txt", w.port)))
	robots.On("/f", feedAnswer())
	w.plain.On("/f", feedAnswer())
	return append(rows,
		row{id: "b40", name: "links of a list page", kind: "page", url: list.URL("/list"), more: `, page: {links: "li a", max_articles: 100}`, reason: told},
		row{id: "b41", name: "redirect of robots.txt", url: robots.URL("/f"), reason: told},
		row{id: "b42", name: "DNS rebinding", url: fmt.Sprintf("http://rebind.test:%d/f", w.port), reason: told + `|^\s*$`}, // by turns
		row{id: "b43", name: "a public and a private address", url: fmt.Sprintf("http://mixed.test:%d/f", w.port), posts: []string{good}},
		row{id: "b44", name: "a name that is fine", url: fmt.Sprintf("http://good.test:%d/f", w.port), posts: []string{good}},
	)
}
