package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"huiying/crawler/fetch"
	"huiying/internal/fetchtest"
	"huiying/internal/origintest"
	"huiying/internal/version"
)

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
	if got := o.Requests("/b")[0].Header.Get("User-Agent"); got != "huiying/"+strings.TrimPrefix(version.Number, "v")+" (+mailto:it@example.org)" {
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

func TestConditional(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	one := origintest.Answer{Body: []byte("one"), ETag: `"1"`, LastModified: "Mon, 23 Nov 2026 00:00:00 GMT"}
	o.On("/", one)
	mem := new(fetchtest.Validators)
	c := client(t, func(o *fetch.Options) { o.Validators = mem })
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
	c = client(t, func(o *fetch.Options) { o.Validators = mem })
	if p = get(); !p.NotModified || p.Text != "" {
		t.Errorf("page %+v, want not modified", p)
	}
	if err := p.Remember(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept, _, err := mem.Load(t.Context(), o.URL("/")); kept.ETag != `"1"` {
		t.Errorf("a 304 changed the memory: %+v %v", kept, err)
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
	mem := new(fetchtest.Validators)
	c := client(t, func(o *fetch.Options) { o.Validators = mem })
	h := &http.Client{Transport: c.Transport()}
	get := func(method, path string) (got answer, err error) {
		req, _ := http.NewRequestWithContext(t.Context(), method, o.URL(path), nil)
		resp, err := h.Do(req)
		if err != nil {
			return answer{}, err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return answer{resp.StatusCode, resp.Header, string(b), resp.Uncompressed, resp.Request.URL.String()}, err
	}
	got, err := get("GET", "/")
	if err != nil || got.body != "长治停电" || got.header.Get("Content-Type") != "text/html; charset=utf-8" || got.header.Get("Content-Encoding") != "" || !got.unpacked {
		t.Fatalf("%+v %v", got, err)
	}
	if err := c.Remember(t.Context(), got.url, got.header); err != nil {
		t.Fatal(err)
	}
	if got, err = get("GET", "/"); err != nil || got.status != http.StatusNotModified {
		t.Errorf("second read: %+v %v", got, err)
	}
	if _, err = get("GET", "/no"); err == nil || kind(t, err) != fetch.Robots {
		t.Errorf("robots: %v", err)
	}
	if _, err = get("GET", "/loop"); err == nil || kind(t, err) != fetch.Redirects {
		t.Errorf("loop: %v", err)
	}
	if got, err = get("GET", "/robots.txt"); err != nil || got.status != http.StatusOK || !strings.Contains(strings.ToLower(got.body), "disallow: /no") {
		t.Errorf("robots.txt itself: %+v %v", got, err)
	}
	if n := len(o.Requests("/robots.txt")); n != 1 {
		t.Errorf("robots.txt was read %d times", n)
	}
	if _, err = get("POST", "/"); err == nil || kind(t, err) != fetch.BadURL {
		t.Errorf("POST: %v", err)
	}
}

// answer is what a caller of Transport sees.
type answer struct {
	status   int
	header   http.Header
	body     string
	unpacked bool
	url      string
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
