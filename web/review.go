package web

import (
	"context"
	"net/http"
	"strconv"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store/views"
	"huiying/internal/verdict"
)

// reviewed is an event in 复核 with its first post.
type reviewed struct {
	event.Event

	Source  string
	Channel post.Channel
	URL     string
	Body    string
}

// review answers with what the rules left to a person, newest first.
func (s *Server) review(w http.ResponseWriter, r *http.Request) {
	ctx, f := r.Context(), readFilter(r.URL.Query())
	f.Handling = verdict.Review
	rows, err := views.Newest(ctx, s.db, f.view(), f.offset(), pageLength+1)
	if err != nil {
		s.fail(w, r, "review", err)
		return
	}
	rows, more := cut(rows, pageLength)
	list, err := s.firstPosts(ctx, rows)
	if err != nil {
		s.fail(w, r, "review", err)
		return
	}
	body := struct {
		Category       verdict.Category
		List           []reviewed
		Page           int
		Next, Previous string
	}{f.Category, list, f.Page, "", reviewPage(f.Category, f.Page-1)}
	if more {
		body.Next = reviewPage(f.Category, f.Page+1)
	}
	s.show(w, r, http.StatusOK, "review", frame{Title: "复核", Nav: "review", Refresh: 120, Body: body})
}

// reviewPage is the address of one page; "" before the first.
func reviewPage(c verdict.Category, n int) string {
	if n < 1 {
		return ""
	}
	return "/review?category=" + string(c) + "&page=" + strconv.Itoa(n)
}

// firstPosts adds to each event the post that was seen first.
func (s *Server) firstPosts(ctx context.Context, events []event.Event) ([]reviewed, error) {
	if len(events) == 0 {
		return nil, nil
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	first, err := post.FirstOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	list := make([]reviewed, len(events))
	for i, e := range events {
		list[i].Event = e
		p := first[e.ID]
		list[i].Source, list[i].Channel, list[i].URL, list[i].Body = p.SourceName, p.Channel, p.URL, p.Body
	}
	return list, nil
}
