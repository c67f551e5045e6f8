package web

import "net/http"

// staticFile serves an embedded file. Pages name files with their fingerprint,
// so a browser may keep them.
func (s *Server) staticFile(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("v") == s.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	http.ServeFileFS(w, r, s.static, r.PathValue("file")) //nolint:gosec // an embedded directory cannot be left
}
