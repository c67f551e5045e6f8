package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"huiying/internal/fixture"
	"huiying/web"
)

func TestCheckAddr(t *testing.T) {
	t.Parallel()
	for addr, good := range map[string]bool{
		"127.0.0.1:8420": true, "127.8.8.8:1": true, "[::1]:8420": true, "localhost:8420": true, "LOCALHOST:0": true,
		":8420": false, "0.0.0.0:8420": false, "[::]:8420": false, "192.168.1.2:8420": false,
		"example.com:8420": false, "127.0.0.1": false, "": false, "127.0.0.1.example.com:80": false,
		"localhost.example.com:80": false, "[::ffff:10.0.0.1]:80": false, "2130706433:80": false,
	} {
		err := web.CheckAddr(addr)
		if (err == nil) != good {
			t.Errorf("CheckAddr(%q) = %v, want good %v", addr, err, good)
		}
		if err != nil && !strings.Contains(err.Error(), "127.0.0.1:8420") {
			t.Errorf("CheckAddr(%q): the error names no remedy: %v", addr, err)
		}
	}
}

// TestEmptyHouse asks a house without a row whatever needs none.
func TestEmptyHouse(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	srv := serve(t, db)
	for name, test := range map[string]func(*testing.T, *httptest.Server){
		"words": testEmptyWords, "not found": testNotFound, "host": testHost, "methods": testMethods, "headers": testHeaders,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, srv)
		})
	}
	t.Run("bad public URL", func(t *testing.T) {
		t.Parallel()
		_, err := web.New(web.Options{DB: db.Reader(), PublicURL: "huiying"})
		if err == nil || !strings.Contains(err.Error(), "https://") {
			t.Errorf("error %v names no remedy", err)
		}
	})
}

func testEmptyWords(t *testing.T, srv *httptest.Server) {
	t.Helper()
	for path, want := range map[string]string{
		"/": "没有符合条件的事件", "/review": "没有等待复核", "/sources": "还没有来源",
		"/digests": "还没有存档", "/digests/today": "没有读取记录",
	} {
		inOrder(t, get(t, srv, path), want)
	}
}

func testNotFound(t *testing.T, srv *httptest.Server) {
	t.Helper()
	for _, path := range []string{
		"/nothing", "/events/E-1", "/events/", "/events/%00", "/events/%FF", "/digests/%00", "/events/%27%20OR%201=1",
		"/digests/2020-01-01", "/digests/x", "/digests/today?format=exe", "/static/", "/static/x.js", "/templates/layout.html",
	} {
		if a := ask(t, srv, http.MethodGet, path, ""); a.status != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", path, a.status)
		}
	}
}

func testHost(t *testing.T, srv *httptest.Server) {
	t.Helper()
	for host, want := range map[string]int{
		"":                       http.StatusOK,
		"localhost":              http.StatusOK,
		"localhost:8420":         http.StatusOK,
		"127.0.0.1:8420":         http.StatusOK,
		"[::1]:8420":             http.StatusOK,
		"[::1]":                  http.StatusOK,
		"HUIYING.example":        http.StatusOK,
		"huiying.example.:443":   http.StatusOK,
		"evil.example":           http.StatusMisdirectedRequest,
		"localhost.evil.example": http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example": http.StatusMisdirectedRequest,
		"192.168.1.2:8420":       http.StatusMisdirectedRequest,
	} {
		a := ask(t, srv, http.MethodGet, "/", host)
		if a.status != want {
			t.Errorf("Host %q: status %d, want %d", host, a.status, want)
		}
	}
}

func testMethods(t *testing.T, srv *httptest.Server) {
	t.Helper()
	for _, path := range []string{"/", "/events/E-1", "/digests", "/sources", "/review", "/static/style.css", "/healthz", "/nothing"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace} {
			a := ask(t, srv, method, path, "")
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: status %d, Allow %q", method, path, a.status, a.header.Get("Allow"))
			}
		}
	}
	if a := ask(t, srv, http.MethodHead, "/", ""); a.status != http.StatusOK || a.body != "" {
		t.Errorf("HEAD /: status %d, body %q", a.status, a.body)
	}
}

func testHeaders(t *testing.T, srv *httptest.Server) {
	t.Helper()
	for _, c := range []struct{ method, path, host string }{
		{http.MethodGet, "/", ""},
		{http.MethodGet, "/nothing", ""},
		{http.MethodGet, "/static/style.css", ""},
		{http.MethodGet, "/healthz", ""},
		{http.MethodGet, "/digests/today?format=html", ""},
		{http.MethodPost, "/", ""},
		{http.MethodGet, "/", "evil.example"},
	} {
		h := ask(t, srv, c.method, c.path, c.host).header
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none';") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s %s: CSP %q", c.method, c.path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.path, name, got, want)
			}
		}
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := web.New(web.Options{}); err == nil || !strings.Contains(err.Error(), "database") {
		t.Errorf("no database: %v", err)
	}
}
