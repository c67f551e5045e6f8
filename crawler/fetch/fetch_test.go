package fetch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"huiying/crawler/fetch"
	"huiying/internal/origintest"
)

// memory is a Memory for tests of the flow; SQLMemory has its own.
type memory struct {
	mu sync.Mutex
	m  map[string]fetch.Validators
}

func (m *memory) Load(_ context.Context, url string) (fetch.Validators, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.m[url]
	return v, ok, nil
}

func (m *memory) Save(_ context.Context, url string, v fetch.Validators) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.m == nil {
		m.m = map[string]fetch.Validators{}
	}
	m.m[url] = v
	return nil
}

func client(t *testing.T, change func(*fetch.Options)) *fetch.Client {
	t.Helper()
	o := fetch.Options{Contact: "mailto:it@example.org", AllowPrivate: origintest.Loopback(), PerHost: time.Millisecond, Timeout: 3 * time.Second}
	if change != nil {
		change(&o)
	}
	c, err := fetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func kind(t *testing.T, err error) fetch.Kind {
	t.Helper()
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		t.Fatalf("error %v (%T) is no *fetch.Error", err, err)
	}
	if fe.Chinese() == "" || strings.Contains(fe.Error(), "secret") {
		t.Errorf("error %q, Chinese %q", fe, fe.Chinese())
	}
	return fe.Kind
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fetch.Options{
		"no contact":      {},
		"line break":      {Contact: "a\r\nX: y"},
		"negative pause":  {Contact: "x", PerHost: -1},
		"negative limits": {Contact: "x", MaxBytes: -1},
	} {
		if _, err := fetch.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/a?secret=1", origintest.Redirect("/b"))
	o.On("/b", origintest.Answer{Type: "text/html; charset=gb2312", Body: []byte("\xb3\xa4\xd6\xce\xcd\xa3\xb5\xe7")})
	c := client(t, nil)
	p, err := c.Get(t.Context(), o.URL("/a?secret=1"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Text != "长治停电" || p.Charset != "gb18030" || p.URL != o.URL("/b") || string(p.Raw) != "\xb3\xa4\xd6\xce\xcd\xa3\xb5\xe7" {
		t.Errorf("page %+v", p)
	}
	if got := o.Requests("/b")[0].Header.Get("User-Agent"); got != "huiying/dev (+mailto:it@example.org)" {
		t.Errorf("User-Agent %q", got)
	}
	if n := len(o.Requests("/robots.txt")); n != 1 {
		t.Errorf("robots.txt was read %d times", n)
	}
}

func TestStatusAndURLErrors(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/403", origintest.Status(403))
	o.On("/500", origintest.Status(500))
	o.On("/304", origintest.Status(304))
	o.On("/pdf", origintest.Answer{Type: "application/pdf", Body: []byte("%PDF")})
	o.On("/loop", origintest.Redirect("/loop"))
	o.On("/file", origintest.Redirect("file:///etc/passwd"))
	for i := range 6 {
		o.On(fmt.Sprint("/hop", i), origintest.Redirect(fmt.Sprint("/hop", i+1)))
	}
	o.On("/hop6", origintest.Text("end"))
	c := client(t, nil)
	for path, want := range map[string]fetch.Kind{
		"/missing": fetch.BadStatus, "/403": fetch.BadStatus, "/500": fetch.BadStatus, "/304": fetch.BadStatus,
		"/pdf": fetch.NotText, "/loop": fetch.Redirects, "/file": fetch.BadURL, "/hop0": fetch.Redirects,
	} {
		if _, err := c.Get(t.Context(), o.URL(path)); err == nil || kind(t, err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if _, err := c.Get(t.Context(), o.URL("/hop1")); err != nil {
		t.Errorf("five redirects: %v", err)
	}
	for _, raw := range []string{"ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "http://", "http://u:secret@example.com/", "http://a b/", `http://169.254.169.254:8888\@example.com/`} {
		if _, err := c.Get(t.Context(), raw); err == nil || kind(t, err) != fetch.BadURL {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestForbiddenAddresses(t *testing.T) {
	o := origintest.New(t)
	o.On("/", origintest.Text("secret"))
	port := o.Port()
	t.Setenv("HTTP_PROXY", o.URL(""))
	t.Setenv("http_proxy", o.URL(""))
	hosts := []string{
		"127.0.0.1", "0x7f.1", "2130706433", "0177.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①", "[::1]", "[::ffff:7f00:1]",
		"[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0", "0", "169.254.169.254", "100.100.100.200",
		"198.18.0.1", "240.0.0.1", "localhost.", "a.localhost", "10.0.0.1", "172.16.0.1", "192.168.0.1", "224.0.0.1", "[fe80::1]", "[fd00::1]",
	}
	c := client(t, func(o *fetch.Options) { o.AllowPrivate = nil })
	for _, h := range hosts {
		_, err := c.Get(t.Context(), fmt.Sprintf("http://%s:%d/", h, port))
		if err == nil {
			t.Errorf("%s was read", h)
			continue
		}
		if k := kind(t, err); k != fetch.Blocked && k != fetch.NotFoundHost && k != fetch.BadURL && k != fetch.Network {
			t.Errorf("%s: %v", h, err)
		}
	}
	if n := o.Connections(); n != 0 {
		t.Errorf("%d connections reached loopback", n)
	}
}

func TestRedirectToForbiddenAddress(t *testing.T) {
	t.Parallel()
	// The front is allowed by its one address; the victim listens on another.
	front := origintest.New(t)
	victim, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("no second loopback address:", err)
	}
	defer victim.Close()
	reached := make(chan struct{}, 1)
	go func() {
		if conn, err := victim.Accept(); err == nil {
			_ = conn.Close()
			reached <- struct{}{}
		}
	}()
	front.On("/go", origintest.Redirect("http://"+victim.Addr().String()+"/"))
	c := client(t, func(o *fetch.Options) { o.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	if _, err := c.Get(t.Context(), front.URL("/go")); err == nil || kind(t, err) != fetch.Blocked {
		t.Errorf("redirect: %v", err)
	}
	front2 := origintest.New(t)
	front2.On("/robots.txt", origintest.Redirect("http://"+victim.Addr().String()+"/robots.txt"))
	front2.On("/", origintest.Text("x"))
	if _, err := c.Get(t.Context(), front2.URL("/")); err == nil || kind(t, err) != fetch.Blocked {
		t.Errorf("redirect of robots.txt: %v", err)
	}
	select {
	case <-reached:
		t.Error("a connection reached the forbidden address")
	default:
	}
}

func pack(t *testing.T, kind string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, _ = flate.NewWriter(&b, 6)
	case "br":
		w = brotli.NewWriter(&b)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompression(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("长治市停电，", 200))
	bomb := bytes.Repeat([]byte{' '}, 8<<20)
	for name, tc := range map[string]struct {
		path, encoding, mime string
		body                 []byte
		want                 fetch.Kind
	}{
		"gzip":              {encoding: "gzip", body: pack(t, "gzip", text)},
		"deflate zlib":      {encoding: "deflate", body: pack(t, "zlib", text)},
		"deflate raw":       {encoding: "deflate", body: pack(t, "flate", text)},
		"br":                {encoding: "br", body: pack(t, "br", text)},
		"gzip of gzip":      {encoding: "gzip, gzip", body: pack(t, "gzip", pack(t, "gzip", text))},
		"undeclared double": {encoding: "gzip", body: pack(t, "gzip", pack(t, "gzip", text))},
		"gzip file":         {path: "/x.xml.gz", mime: "application/gzip", body: pack(t, "gzip", text)},
		"plain called gzip": {encoding: "gzip", body: text},
		"identity":          {encoding: "identity", body: text},
		"cut off":           {encoding: "gzip", body: pack(t, "gzip", text)[:20], want: fetch.Network},
		"corrupt br":        {encoding: "br", body: []byte("\xff\xff\xff\xff"), want: fetch.BadEncoding},
		"unknown":           {encoding: "zstd", body: text, want: fetch.BadEncoding},
		"many layers":       {encoding: "gzip, gzip, gzip, gzip", body: text, want: fetch.BadEncoding},
		"gzip bomb":         {encoding: "gzip", body: pack(t, "gzip", bomb), want: fetch.TooLarge},
		"br bomb":           {encoding: "br", body: pack(t, "br", bomb), want: fetch.TooLarge},
		"bomb in bomb":      {encoding: "gzip, gzip", body: pack(t, "gzip", pack(t, "gzip", bomb)), want: fetch.TooLarge},
		"bomb file":         {path: "/x.xml.gz", mime: "application/gzip", body: pack(t, "gzip", bomb), want: fetch.TooLarge},
		"large":             {body: bomb, want: fetch.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := tc.path
			if path == "" {
				path = "/x"
			}
			o := origintest.New(t)
			a := origintest.Answer{Type: tc.mime, Body: tc.body}
			if tc.encoding != "" {
				a.Header = map[string]string{"Content-Encoding": tc.encoding}
			}
			o.On(path, a)
			p, err := client(t, nil).Get(t.Context(), o.URL(path))
			if tc.want != "" {
				if err == nil || kind(t, err) != tc.want {
					t.Fatalf("got %v, want %s", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.Text != string(text) {
				t.Errorf("text %.40q", p.Text)
			}
		})
	}
}

func TestSlowAndBrokenServers(t *testing.T) {
	t.Parallel()
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	write := func(s string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, s) }
	}
	for name, tc := range map[string]struct {
		answer origintest.Answer
		want   fetch.Kind
	}{
		"silence":         {origintest.Answer{Delay: time.Minute}, fetch.Timeout},
		"drip":            {origintest.Answer{Raw: drip(head + "Content-Length: 1000\r\n\r\n")}, fetch.Timeout},
		"endless chunks":  {origintest.Answer{Raw: endless(head + "Transfer-Encoding: chunked\r\n\r\n")}, fetch.TooLarge},
		"cut off":         {origintest.Answer{Raw: write(head + "Content-Length: 10000000000\r\n\r\nx")}, fetch.Network},
		"100k headers":    {origintest.Answer{Raw: write(head + strings.Repeat("X-A: b\r\n", 100_000) + "\r\nx")}, fetch.Network},
		"huge header":     {origintest.Answer{Raw: write(head + "X-A: " + strings.Repeat("b", 300<<10) + "\r\n\r\nx")}, fetch.Network},
		"no HTTP":         {origintest.Answer{Raw: write("SSH-2.0-OpenSSH\r\n")}, fetch.Network},
		"hangs up":        {origintest.Answer{Raw: func(net.Conn) {}}, fetch.Network},
		"slow, then okay": {origintest.Answer{Delay: 50 * time.Millisecond, Body: []byte("x")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			o.On("/", tc.answer)
			c := client(t, func(o *fetch.Options) { o.Timeout = 400 * time.Millisecond })
			if name == "endless chunks" {
				c = client(t, nil)
			}
			began := time.Now()
			_, err := c.Get(t.Context(), o.URL("/"))
			if (err == nil) != (tc.want == "") || err != nil && kind(t, err) != tc.want {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if d := time.Since(began); d > 5*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

func drip(head string) func(net.Conn) {
	return func(c net.Conn) {
		_, err := io.WriteString(c, head)
		for err == nil {
			time.Sleep(20 * time.Millisecond)
			_, err = io.WriteString(c, "x")
		}
	}
}

func endless(head string) func(net.Conn) {
	return func(c net.Conn) {
		_, err := io.WriteString(c, head)
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 64<<10, strings.Repeat("x", 64<<10))
		for err == nil {
			_, err = io.WriteString(c, chunk)
		}
	}
}

func TestConditional(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	one := origintest.Answer{Body: []byte("one"), ETag: `"1"`, LastModified: "Mon, 23 Nov 2026 00:00:00 GMT"}
	o.On("/", one)
	mem := &memory{}
	c := client(t, func(o *fetch.Options) { o.Memory = mem })
	get := func() *fetch.Page {
		t.Helper()
		p, err := c.Get(t.Context(), o.URL("/"))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := get()
	if again := get(); again.NotModified || again.Text != "one" {
		t.Error("a page that was not remembered was asked for conditionally")
	}
	if err := p.Remember(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A new client, as after a restart.
	c = client(t, func(o *fetch.Options) { o.Memory = mem })
	if p = get(); !p.NotModified || p.Text != "" {
		t.Errorf("page %+v, want not modified", p)
	}
	if err := p.Remember(t.Context()); err != nil || mem.m[o.URL("/")].ETag != `"1"` {
		t.Errorf("a 304 changed the memory: %v %v", mem.m, err)
	}
	o.On("/", origintest.Answer{Body: []byte("two"), ETag: `"2"`})
	if p = get(); p.NotModified || p.Text != "two" {
		t.Errorf("page %+v, want two", p)
	}
	seen := o.Requests("/")
	if h := seen[len(seen)-1].Header; h.Get("If-None-Match") != `"1"` || h.Get("If-Modified-Since") == "" {
		t.Errorf("headers %v", h)
	}
}

func TestTransport(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/robots.txt", origintest.Answer{Type: "text/plain", Body: []byte("User-agent: *\nDisallow: /no\n")})
	o.On("/", origintest.Answer{
		Type: "text/html; charset=gbk", ETag: `"1"`, Body: pack(t, "gzip", []byte("\xb3\xa4\xd6\xce\xcd\xa3\xb5\xe7")),
		Header: map[string]string{"Content-Encoding": "gzip"},
	})
	o.On("/loop", origintest.Redirect("/loop"))
	mem := &memory{}
	c := client(t, func(o *fetch.Options) { o.Memory = mem })
	h := &http.Client{Transport: c.Transport()}
	get := func(path string) (*http.Response, string, error) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, o.URL(path), nil)
		resp, err := h.Do(req)
		if err != nil {
			return nil, "", err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return resp, string(b), err
	}
	resp, body, err := get("/")
	if err != nil || body != "长治停电" || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" || resp.Header.Get("Content-Encoding") != "" || !resp.Uncompressed {
		t.Fatalf("%q %v %v", body, resp, err)
	}
	if err := c.Remember(t.Context(), resp.Request.URL.String(), resp.Header); err != nil {
		t.Fatal(err)
	}
	if resp, _, err = get("/"); err != nil || resp.StatusCode != 304 {
		t.Errorf("second read: %v %v", resp, err)
	}
	if _, _, err = get("/no"); err == nil || kind(t, err) != fetch.Robots {
		t.Errorf("robots: %v", err)
	}
	if _, _, err = get("/loop"); err == nil || kind(t, err) != fetch.Redirects {
		t.Errorf("loop: %v", err)
	}
	if resp, body, err = get("/robots.txt"); err != nil || resp.StatusCode != 200 || !strings.Contains(strings.ToLower(body), "disallow: /no") {
		t.Errorf("robots.txt itself: %q %v", body, err)
	}
	if n := len(o.Requests("/robots.txt")); n != 1 {
		t.Errorf("robots.txt was read %d times", n)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, o.URL("/"), strings.NewReader("x"))
	if _, err := h.Do(req); err == nil || kind(t, err) != fetch.BadURL {
		t.Errorf("POST: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/", origintest.Answer{Delay: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := client(t, nil).Get(ctx, o.URL("/")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
