package fault

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/http2"

	"huiying/internal/origintest"
)

const good = "襄垣县图书馆延长开放时间"

func feedAnswer() origintest.Answer {
	return origintest.Answer{Type: "application/rss+xml", Body: rss(good)}
}

// gzipOf packs size zero-like bytes; members of 8 MB are packed once and repeated.
func gzipOf(size int) []byte {
	var one bytes.Buffer
	w := gzip.NewWriter(&one)
	_, _ = w.Write(bytes.Repeat([]byte{' '}, 8<<20))
	_ = w.Close()
	return bytes.Repeat(one.Bytes(), size/(8<<20))
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func brotliOf(size int) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 5)
	for range size >> 20 {
		_, _ = w.Write(bytes.Repeat([]byte{' '}, 1<<20))
	}
	_ = w.Close()
	return b.Bytes()
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"

// raw answers with bytes as they are, and then what then does until the client goes.
func raw(text string, then func(c net.Conn)) origintest.Answer {
	return origintest.Answer{Raw: func(c net.Conn) {
		if _, err := io.WriteString(c, text); err == nil && then != nil {
			then(c)
		}
	}}
}

func silence(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// flood writes piece for ever, each time after pause.
func flood(piece string, pause time.Duration) func(c net.Conn) {
	return func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, piece); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

// transport is class A: HTTP and what lies under it.
func transport(w *world) []row {
	const (
		tooLarge = "内容超过大小上限"
		timeout  = "读取超时"
		broken   = "连不上该网站"
		turns    = "网址跳转超过"
		slower   = "该网站要求放慢速度"
		untrusty = "HTTPS 证书无效或已过期"
	)
	serve := func(path string, answers ...origintest.Answer) string {
		o := w.origin()
		o.On(path, answers...)
		return o.URL(path)
	}
	encoded := func(body []byte, encoding string) string {
		a := origintest.Answer{Type: "application/rss+xml", Body: body}
		if encoding != "" {
			a.Header = map[string]string{"Content-Encoding": encoding}
		}
		return serve("/f", a)
	}
	chain := func(n int) string {
		o := w.origin()
		for i := range n {
			o.On(fmt.Sprint("/", i), origintest.Redirect(fmt.Sprint("/", i+1)))
		}
		o.On(fmt.Sprint("/", n), feedAnswer())
		return o.URL("/0")
	}
	robots := func(a origintest.Answer) string {
		o := w.origin()
		o.On("/robots.txt", a)
		o.On("/f", feedAnswer())
		return o.URL("/f")
	}
	retry := func(after string) string {
		return serve("/f", origintest.Answer{Status: 429, Header: map[string]string{"Retry-After": after}})
	}
	bomb := gzipOf(1 << 30)
	long := "X-Long: " + strings.Repeat("a", 64<<10) + "\r\n"
	body := string(rss(good))
	return []row{
		{id: "a01", name: "gzip bomb file", url: serve("/x.xml.gz", origintest.Answer{Type: "application/gzip", Body: bomb}), reason: tooLarge},
		{id: "a02", name: "gzip bomb", url: encoded(bomb, "gzip"), reason: tooLarge},
		{id: "a03", name: "brotli bomb", url: encoded(brotliOf(256<<20), "br"), reason: tooLarge},
		{id: "a04", name: "gzip bomb in gzip", url: encoded(pack(bomb), "gzip, gzip"), reason: tooLarge},
		{id: "a04b", name: "gzip bomb in gzip, named once", url: encoded(pack(bomb), "gzip"), reason: tooLarge},
		{id: "a04c", name: "gzip of gzip", url: encoded(pack(pack(rss(good))), "gzip"), posts: []string{good}},
		{id: "a05", name: "plain, called gzip", url: encoded(rss(good), "gzip"), posts: []string{good}},
		{id: "a06", name: "10 GB promised, 1 byte sent", url: serve("/f", raw(head+"Content-Length: 10000000000\r\n\r\n<", silence)), reason: timeout},
		{id: "a06b", name: "10 GB promised, broken off", url: serve("/f", raw(head+"Content-Length: 10000000000\r\n\r\n<", nil)), reason: broken},
		{id: "a07", name: "10 bytes promised, 1 GB sent", url: serve("/f", raw(head+"Content-Length: 10\r\n\r\n", flood(strings.Repeat("<", 64<<10), 0))), reason: "内容不是订阅源"},
		{id: "a08", name: "endless chunks", url: serve("/f", raw(head+"Transfer-Encoding: chunked\r\n\r\n", flood("10000\r\n"+strings.Repeat(" ", 64<<10)+"\r\n", 0))), reason: tooLarge},
		{id: "a09", name: "one byte a second", url: serve("/f", raw(head+"\r\n", flood(" ", time.Second))), reason: timeout},
		{id: "a10", name: "headers, then silence", url: serve("/f", raw(head+"\r\n", silence)), reason: timeout},
		{id: "a10b", name: "silence", url: serve("/f", raw("", silence)), reason: timeout},
		{id: "a11", name: "100,000 headers", url: serve("/f", raw(head+strings.Repeat("X-A: b\r\n", 100_000)+"\r\n"+body, nil)), reason: tooLarge + "|" + broken},
		{id: "a11b", name: "headers for ever", url: serve("/f", raw(head, flood("X-A: b\r\n", 0))), reason: tooLarge + "|" + broken},
		{id: "a12", name: "a header of 64 KB", url: serve("/f", raw(head+long+"Connection: close\r\n\r\n"+body, nil)), posts: []string{good}},
		{id: "a13", name: "redirect loop", url: serve("/a", origintest.Redirect("/b")), reason: "页面不存在"},
		{id: "a13b", name: "redirect loop of two", url: loop(w), reason: turns},
		{id: "a14", name: "11 redirects", url: chain(11), reason: turns},
		{id: "a14b", name: "5 redirects", url: chain(5), posts: []string{good}},
		{id: "a15", name: "to itself with cookies", url: serve("/f", origintest.Answer{Status: 302, Header: map[string]string{"Location": "/f", "Set-Cookie": "a=b"}}), reason: turns},
		{id: "a16", name: "http to https to http", url: upAndDown(w), posts: []string{good}},
		{id: "a17", name: "captcha for a feed", url: serve("/f", origintest.Text("<!DOCTYPE html><html><title>安全验证</title><body>请输入验证码</body></html>")), reason: "验证码或登录"},
		{id: "a18", name: "304 at once", url: serve("/f", origintest.Status(304)), reason: "网站说内容未变，但此前并未读过"},
		{
			id: "a19", name: "a new ETag each time", posts: []string{good}, most: 1,
			url: serve("/f", changing("1"), changing("2"), changing("3"), changing("4"), changing("5"), changing("6"), changing("7")),
		},
		{id: "a20", name: "Retry-After of three years", url: retry("99999999"), reason: slower, check: asked(1)},
		{id: "a20b", name: "negative Retry-After", url: retry("-5"), reason: slower, check: asked(2)},
		{id: "a20c", name: "Retry-After in 1970", url: retry("Thu, 01 Jan 1970 00:00:00 GMT"), reason: slower, check: asked(2)},
		{id: "a21", name: "expired certificate", reason: untrusty, url: w.secure(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }).URL("/f")},
		{id: "a21b", name: "another's certificate", reason: untrusty, url: w.secure(func(c *x509.Certificate) { c.IPAddresses = nil }).URL("/f")},
		{id: "a21c", name: "unknown server name", reason: untrusty + "|" + broken, url: "https://sni.test:" + port(strangers(w)) + "/f"},
		{id: "a21d", name: "no TLS at all", reason: untrusty + "|" + broken, url: "https://" + strings.TrimPrefix(w.origin().URL("/f"), "http://")},
		{id: "a22", name: "HTTP/2: every stream reset", reason: timeout + "|" + broken, url: resetting(w, 1)},
		{id: "a22b", name: "HTTP/2: a flood of resets", reason: timeout + "|" + broken, url: resetting(w, 0)},
		{id: "a23", name: "robots.txt of 200 MB", posts: []string{good}, url: robots(raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 209715200\r\n\r\n", flood(strings.Repeat("# filler\n", 7000), 0)))},
		{id: "a23b", name: "robots.txt, a bomb", posts: []string{good}, url: robots(origintest.Answer{Type: "text/plain", Body: bomb, Header: map[string]string{"Content-Encoding": "gzip"}})},
		{id: "a24", name: "robots.txt with an error", reason: "robots.txt 暂时读不到", url: robots(origintest.Status(503))},
		{id: "a24b", name: "robots.txt is a page", posts: []string{good}, url: robots(origintest.Text("<html>User-agent: *\nDisallow everything</html>"))},
		{id: "a24c", name: "robots.txt forbids", reason: "robots.txt 不允许", url: robots(origintest.Answer{Type: "text/plain", Body: []byte("User-agent: *\nDisallow: /\n")})},
	}
}

func changing(tag string) origintest.Answer {
	a := feedAnswer()
	a.ETag = `"` + tag + `"`
	return a
}

// asked holds a source to have asked for its feed at most n times.
func asked(n int) func(*daemonRun, row) {
	return func(d *daemonRun, r row) {
		if got := d.attempts(r.url); got > n {
			d.t.Errorf("%s: asked %d times, want at most %d", r.id, got, n)
		}
	}
}

func loop(w *world) string {
	a, b := w.origin(), w.origin()
	a.On("/f", origintest.Redirect(b.URL("/f")))
	b.On("/f", origintest.Redirect(a.URL("/f")))
	return a.URL("/f")
}

func upAndDown(w *world) string {
	first, second, third := w.origin(), w.secure(nil), w.origin()
	first.On("/f", origintest.Redirect(second.URL("/f")))
	second.On("/f", origintest.Redirect(third.URL("/f")))
	third.On("/f", feedAnswer())
	return first.URL("/f")
}

// listenTLS accepts connections for talk until the test ends.
func listenTLS(w *world, config *tls.Config, talk func(net.Conn)) net.Listener {
	w.t.Helper()
	l, err := tls.Listen("tcp", open+":0", config)
	if err != nil {
		w.t.Fatal(err)
	}
	serveConns(w.t, l, talk)
	return l
}

func serveConns(t *testing.T, l net.Listener, talk func(net.Conn)) {
	t.Helper()
	var (
		mu   sync.Mutex
		open []net.Conn
	)
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			_ = c.Close()
		}
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			go func() {
				defer c.Close()
				talk(c)
			}()
		}
	}()
}

func port(l net.Listener) string { return fmt.Sprint(l.Addr().(*net.TCPAddr).Port) }

// strangers knows no name that it is called by.
func strangers(w *world) net.Listener {
	return listenTLS(w, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return nil, errors.New("unrecognized name")
	}}, silence)
}

// resetting is an HTTP/2 server that resets every stream n times, or for ever.
func resetting(w *world, n int) string {
	config := &tls.Config{Certificates: []tls.Certificate{w.ca.issue(w.t, nil)}, NextProtos: []string{"h2"}}
	l := listenTLS(w, config, func(c net.Conn) {
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		fr := http2.NewFramer(c, c)
		if fr.WriteSettings() != nil {
			return
		}
		for {
			f, err := fr.ReadFrame()
			if err != nil {
				return
			}
			if _, ok := f.(*http2.HeadersFrame); !ok {
				continue
			}
			id := f.Header().StreamID
			for i := 0; n == 0 || i < n; i++ {
				if fr.WriteRSTStream(id, http2.ErrCodeRefusedStream) != nil || n == 0 && fr.WritePing(false, [8]byte{byte(i)}) != nil {
					return
				}
			}
		}
	})
	return "https://" + l.Addr().String() + "/f"
}

// stalled are n hosts that take a connection and never say a word of TLS.
func stalled(w *world, n int) []row {
	rows := make([]row, n)
	for i := range rows {
		l, err := net.Listen("tcp", open+":0")
		if err != nil {
			w.t.Fatal(err)
		}
		serveConns(w.t, l, silence)
		rows[i] = row{id: fmt.Sprintf("t%03d", i), name: "half-open TLS", url: "https://" + l.Addr().String() + "/f", reason: "读取超时"}
	}
	return rows
}
