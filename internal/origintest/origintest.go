// Package origintest is a scripted web server on loopback for tests of what reads
// the web: each path answers its requests one after the other by a script, and
// every request and connection is counted.
package origintest

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// Answer is one scripted answer.
type Answer struct {
	// Status defaults to 200.
	Status int
	// Type is the Content-Type. Defaults to "text/html".
	Type string
	// Header is sent besides.
	Header map[string]string
	Body   []byte
	// ETag is sent, and a request that names it is answered 304 without a body.
	ETag string
	// LastModified works like ETag.
	LastModified string
	// Delay passes before the answer, or until the client goes away.
	Delay time.Duration
	// Raw takes the connection over in place of all the above; it is closed when
	// Raw returns.
	Raw func(conn net.Conn)
}

// Text is an HTML answer.
func Text(body string) Answer { return Answer{Type: "text/html; charset=utf-8", Body: []byte(body)} }

// Status is an answer without a body.
func Status(code int) Answer { return Answer{Status: code} }

// Redirect sends the client elsewhere.
func Redirect(to string) Answer {
	return Answer{Status: http.StatusFound, Header: map[string]string{"Location": to}}
}

// Seen is one request that came.
type Seen struct {
	At     time.Time
	Path   string
	Header http.Header
}

// Origin is the server. Paths without a script, robots.txt among them, answer 404.
type Origin struct {
	server *httptest.Server

	mu      sync.Mutex
	scripts map[string][]Answer
	seen    []Seen
	conns   int
}

// Options say where an Origin listens.
type Options struct {
	// Addr defaults to a free port of 127.0.0.1.
	Addr string
	// TLS, if set, makes it an https server.
	TLS *tls.Config
}

// New starts an Origin that stops with the test.
func New(tb testing.TB) *Origin {
	tb.Helper()
	return Start(tb, Options{})
}

// Start is New with options.
func Start(tb testing.TB, opts Options) *Origin {
	tb.Helper()
	o := &Origin{scripts: map[string][]Answer{}}
	o.server = httptest.NewUnstartedServer(http.HandlerFunc(o.serve))
	o.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // clients that break off are the point
	if opts.Addr != "" {
		l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", opts.Addr)
		if err != nil {
			tb.Fatal(err)
		}
		_ = o.server.Listener.Close()
		o.server.Listener = l
	}
	o.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			o.mu.Lock()
			o.conns++
			o.mu.Unlock()
		}
	}
	if opts.TLS == nil {
		o.server.Start()
	} else {
		o.server.TLS = opts.TLS
		o.server.StartTLS()
	}
	tb.Cleanup(func() {
		o.server.CloseClientConnections()
		o.server.Close()
	})
	return o
}

// On scripts a path, query included: the first request gets the first answer and
// so on; the last answer stays.
func (o *Origin) On(path string, answers ...Answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.scripts[path] = answers
}

// URL is the address of a path here.
func (o *Origin) URL(path string) string { return o.server.URL + path }

// Port is the port listened on.
func (o *Origin) Port() uint16 {
	return netip.MustParseAddrPort(o.server.Listener.Addr().String()).Port()
}

// Requests lists what came for a path, or all for "".
func (o *Origin) Requests(path string) []Seen {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []Seen
	for _, s := range o.seen {
		if path == "" || s.Path == path {
			out = append(out, s)
		}
	}
	return out
}

// Connections counts the TCP connections that were accepted.
func (o *Origin) Connections() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.conns
}

// Loopback is what a client must be allowed to reach an Origin.
func Loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func (o *Origin) serve(w http.ResponseWriter, r *http.Request) {
	a := o.next(r)
	if a.Delay > 0 {
		t := time.NewTimer(a.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return
		}
	}
	if a.Raw != nil {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			a.Raw(conn)
			_ = conn.Close()
		}
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html")
	if a.Type != "" {
		h.Set("Content-Type", a.Type)
	}
	for k, v := range a.Header {
		h.Set(k, v)
	}
	if a.ETag != "" {
		h.Set("Etag", a.ETag)
	}
	if a.LastModified != "" {
		h.Set("Last-Modified", a.LastModified)
	}
	if a.ETag != "" && r.Header.Get("If-None-Match") == a.ETag ||
		a.ETag == "" && a.LastModified != "" && r.Header.Get("If-Modified-Since") == a.LastModified {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	_, _ = w.Write(a.Body)
}

// next notes the request and takes its answer from the script.
func (o *Origin) next(r *http.Request) Answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	path := r.URL.RequestURI()
	o.seen = append(o.seen, Seen{At: time.Now(), Path: path, Header: r.Header.Clone()})
	script := o.scripts[path]
	switch len(script) {
	case 0:
		return Answer{Status: http.StatusNotFound}
	case 1:
		return script[0]
	}
	o.scripts[path] = script[1:]
	return script[0]
}
