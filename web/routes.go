package web

import (
	"context"
	"net/http"
)

// Handler serves all pages.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.events)
	mux.HandleFunc("GET /events/{id}", s.event)
	mux.HandleFunc("GET /digests", s.digests)
	mux.HandleFunc("GET /digests/{day}", s.digest)
	mux.HandleFunc("GET /sources", s.sources)
	mux.HandleFunc("GET /review", s.review)
	mux.HandleFunc("GET /silences", s.silences)
	mux.HandleFunc("GET /static/{file}", s.staticFile)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, http.StatusNotFound, "没有这个页面。")
	})
	return s.guard(mux)
}

// guard stands before every page: it sets the headers, refuses what is not a
// reading request or names another host, and bounds the time.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		if !s.allowed(r.Host) {
			// A name that is not ours leads here by DNS rebinding: a stranger's
			// page would be reading ours through the reader's browser.
			http.Error(w, "本服务只回答本机地址或 public_url 里的主机名。", http.StatusMisdirectedRequest)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "这些页面只读。", http.StatusMethodNotAllowed)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), queryTime)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// setHeaders lets a page load our own files and nothing else, and be shown
// nowhere but at the top of a window.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "+
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
