package fetch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"huiying/crawler/fetch"
	"huiying/internal/origintest"
)

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
			if d := time.Since(began); d > 10*time.Second {
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
