package web

import (
	"encoding/json"
	"net/http"
	"time"
)

// Self is how huiying finds itself.
type Self struct {
	// Ready says that its looks at itself of late found all well.
	Ready    bool
	Troubles []SelfTrouble
	// Jumps are those of the machine's clock in the last day.
	Jumps []ClockJump
	// ReportError is why the last heartbeat did not arrive; "" where it did, or where
	// there is none.
	ReportError string
}

// SelfTrouble is something that is wrong with huiying itself, in Chinese.
type SelfTrouble struct {
	Name, Title, Detail, Remedy string
	Since                       time.Time
}

// ClockJump is one jump of the machine's clock: the time that was new, and by how much.
type ClockJump struct {
	At   time.Time
	Leap string
}

// readyz answers 200 while huiying finds itself well, else 503 with what is wrong, by
// name. That it answers at all says that the process lives; healthz says whether the
// database does.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	self := s.self()
	answer := struct {
		Ready    bool     `json:"ready"`
		Troubles []string `json:"troubles"`
	}{self.Ready, []string{}}
	for _, t := range self.Troubles {
		answer.Troubles = append(answer.Troubles, t.Name)
	}
	w.Header().Set("Content-Type", "application/json")
	if !self.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.log.DebugContext(r.Context(), "answer not sent", "page", "readyz", "error", err)
	}
}
