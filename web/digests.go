package web

import (
	"net/http"

	"huiying/digest"
)

// digestsShown is how many days the list goes back.
const digestsShown = 60

// digests answers with the list of stored digests.
func (s *Server) digests(w http.ResponseWriter, r *http.Request) {
	list, err := digest.List(r.Context(), s.db, digestsShown)
	if err != nil {
		s.fail(w, r, "digests", err)
		return
	}
	s.show(w, r, http.StatusOK, "digests", frame{Title: "日报", Nav: "digests", Body: list})
}
