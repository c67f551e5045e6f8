package web

import (
	"io"
	"net/http"
)

// healthz answers 200 while the database answers, else 503.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	status, text := http.StatusOK, `{"ok":true}`+"\n"
	if err := s.db.PingContext(r.Context()); err != nil {
		s.log.ErrorContext(r.Context(), "database does not answer", "error", err)
		status, text = http.StatusServiceUnavailable, `{"ok":false,"problem":"database"}`+"\n"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
