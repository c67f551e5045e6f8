package web

import (
	"context"
	"net/http"
	"time"

	"huiying/alerting"
	"huiying/digest"
)

// silence is a silence as the pages show it.
type silence struct {
	alerting.Silence

	Active bool
	// End is when it ends or ended.
	End time.Time
	// Held are the matters that it held back.
	Held []digest.Silenced
}

func silenceAt(s alerting.Silence, now time.Time) silence {
	out := silence{Silence: s, Active: !s.Ended(now), End: s.EndsAt}
	if !s.EndedAt.IsZero() {
		out.End = s.EndedAt
	}
	return out
}

// silences answers with what people silenced: what holds now, then what ended in the
// last 30 days, with all that was held back.
func (s *Server) silences(w http.ResponseWriter, r *http.Request) {
	ctx, now := r.Context(), s.now()
	all, err := alerting.SilencesSince(ctx, s.db, now.Add(-alerting.SilenceMost))
	if err != nil {
		s.fail(w, r, "silences", err)
		return
	}
	var body struct{ Active, Ended []silence }
	for _, one := range all {
		view := silenceAt(one, now)
		if view.Held, err = digest.HeldBy(ctx, s.db, one.ID); err != nil {
			s.fail(w, r, "silences", err)
			return
		}
		if view.Active {
			body.Active = append(body.Active, view)
		} else {
			body.Ended = append(body.Ended, view)
		}
	}
	s.show(w, r, http.StatusOK, "silences", frame{Title: "静默", Nav: "silences", Refresh: 60, Body: body})
}

// silencesOver reads the silences that held back messages of an event.
func (s *Server) silencesOver(ctx context.Context, eventID string, now time.Time) ([]silence, error) {
	all, err := alerting.SilencesOver(ctx, s.db, eventID)
	out := make([]silence, len(all))
	for i, one := range all {
		out[i] = silenceAt(one, now)
	}
	return out, err
}
