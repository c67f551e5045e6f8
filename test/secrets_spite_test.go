package test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// spite stands before a platform and throws back what it was sent, and all that
// the platform knows: each way once, then it lets everything pass.
type spite struct {
	// secrets are the platform's own, which it may see.
	secrets []string
	// no is the platform's own refusal with a text.
	no        func(text string) string
	behind    http.Handler
	elsewhere string
	ways      []way

	mu       sync.Mutex
	turns    map[string]int
	requests []request
}

// request is what came.
type request struct {
	head, body string
}

// way is one way to answer.
type way struct {
	name   string
	answer func(w http.ResponseWriter, r *http.Request, s *spite, said string)
}

// startSpite runs it until the test ends; over TLS its certificate is nobody's.
func startSpite(t *testing.T, s *spite, tls bool) (base string) {
	t.Helper()
	s.turns = make(map[string]int)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // it panics on purpose
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// ServeHTTP implements http.Handler.
func (s *spite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	s.requests = append(s.requests, request{head: r.URL.String() + " " + fmt.Sprint(r.Header), body: string(body)})
	path := r.URL.Path
	turn := s.turns[path]
	s.turns[path]++
	s.mu.Unlock()
	ways := s.ways
	if strings.HasPrefix(path, "/api/") && path != "/api/chat.postMessage" {
		ways = ways[:min(len(ways), 3)] // look-ups must come to an end
	}
	if turn < len(ways) {
		ways[turn].answer(w, r, s, strings.Join(s.secrets, " ")+" "+r.URL.String()+" "+fmt.Sprint(r.Header)+" "+string(body))
		return
	}
	s.behind.ServeHTTP(w, r)
}

// seen returns the requests so far.
func (s *spite) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// status answers with a status and a text that begins with all secrets, behind so
// many characters.
func status(code, pad int) way {
	return way{fmt.Sprintf("%d, quoted behind %d", code, pad), func(w http.ResponseWriter, _ *http.Request, _ *spite, said string) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, strings.Repeat("x", pad)+said)
	}}
}

// refuses answers with the platform's own no, in which the secrets are encoded.
func refuses(name string, encode func(string) string) way {
	return way{"no, " + name, func(w http.ResponseWriter, _ *http.Request, s *spite, _ string) {
		var said []string
		for _, secret := range s.secrets {
			said = append(said, encode(secret))
		}
		_, _ = io.WriteString(w, s.no(strings.Join(said, " ")))
	}}
}

// raw answers with bytes instead of HTTP. %s is the secrets.
func raw(name, format string) way {
	return way{name, func(w http.ResponseWriter, _ *http.Request, s *spite, _ string) {
		wire(w, func(conn net.Conn) { _, _ = fmt.Fprintf(conn, format, strings.Join(s.secrets, " ")) })
	}}
}

func wire(w http.ResponseWriter, write func(net.Conn)) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	write(conn)
}

// spitefulWays are the ways, those after which a message may stand first: such a
// delivery waits before it is sent again.
func spitefulWays(long bool) []way {
	ways := []way{
		status(500, 0),
		raw("status line", "HTTP/1.1 %s OK\r\n\r\n"),
		raw("no HTTP", "%s\r\n\r\n"),
		raw("header without colon", "HTTP/1.1 200 OK\r\n%s\r\n\r\n"),
		raw("length", "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"),
		raw("encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"),
		raw("chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n"),
		raw("reason", "HTTP/1.1 500 %s\r\nContent-Length: 0\r\n\r\n"),
		{"out of turn", func(w http.ResponseWriter, _ *http.Request, s *spite, _ string) {
			wire(w, func(conn net.Conn) {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				<-time.After(100 * time.Millisecond)
				_, _ = io.WriteString(conn, strings.Join(s.secrets, " "))
				<-time.After(100 * time.Millisecond)
			})
		}},
		{"huge", func(w http.ResponseWriter, _ *http.Request, _ *spite, said string) {
			for range 200 {
				_, _ = io.WriteString(w, said+strings.Repeat("x", 10000))
			}
		}},
		{"half of a JSON", func(w http.ResponseWriter, _ *http.Request, _ *spite, said string) {
			_, _ = io.WriteString(w, `{"errmsg":"`+said)
		}},
		{"JSON of other types", func(w http.ResponseWriter, _ *http.Request, s *spite, _ string) {
			b, _ := json.Marshal(strings.Join(s.secrets, " "))
			fmt.Fprintf(w, `{"ok":%[1]s,"error":[%[1]s],"errcode":%[1]s,"code":%[1]s,"StatusCode":%[1]s,"errmsg":{"a":%[1]s}}`, b)
		}},
		{"gzip that is none", func(w http.ResponseWriter, _ *http.Request, _ *spite, said string) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, said)
		}},
		{"panics", func(http.ResponseWriter, *http.Request, *spite, string) { panic(http.ErrAbortHandler) }},
		{"redirects", func(w http.ResponseWriter, r *http.Request, s *spite, _ string) {
			http.Redirect(w, r, s.elsewhere+"/?"+url.Values{"token": s.secrets}.Encode(), http.StatusTemporaryRedirect)
		}},
		{"redirects nowhere", func(w http.ResponseWriter, _ *http.Request, s *spite, _ string) {
			w.Header().Set("Location", "ht!tp://"+s.secrets[0]+"\x7f/")
			w.WriteHeader(http.StatusFound)
		}},
		status(400, 0), status(403, 80), status(403, 60), status(422, 90), status(403, 180), status(403, 470),
		refuses("plain", func(s string) string { return s }),
		refuses("behind 180", func(s string) string { return strings.Repeat("x", 180) + s }),
		refuses("behind 470", func(s string) string { return strings.Repeat("x", 470) + s }),
		refuses("in base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte("xy" + s + "z")) }),
		refuses("in hexadecimal", func(s string) string { return hex.EncodeToString([]byte(s)) }),
		refuses("in a query", url.QueryEscape),
		refuses("in HTML", html.EscapeString),
		refuses("in Go", strconv.Quote),
	}
	if !long {
		return ways
	}
	return append([]way{
		{"hangs", func(_ http.ResponseWriter, r *http.Request, _ *spite, _ string) { <-r.Context().Done() }},
		{"pauses", func(w http.ResponseWriter, _ *http.Request, s *spite, said string) {
			w.Header().Set("Retry-After", s.secrets[0])
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, said)
		}},
	}, ways...)
}
