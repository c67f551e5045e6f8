package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/response"
)

const (
	postsShown  = 100    // posts of one event
	bodyShown   = 400    // code points of a body before it folds
	bodyLongest = 20_000 // code points of a body at all
)

// text is one reading of a post with the words that caught it.
type text struct {
	Title      []segment
	Head, Rest []segment
	// Cut is how many code points are not shown at all.
	Cut     int
	Verdict verdict.Verdict
	SeenAt  time.Time
}

// shownPost is a post as the page shows it: its text now, and what it said before.
type shownPost struct {
	post.Stored

	Text    text
	Earlier []text
}

// notice is a notice with its deliveries.
type notice struct {
	alerting.Notice

	Deliveries []alerting.Delivery
}

// eventPage is what the page of one event shows.
type eventPage struct {
	card

	List    []shownPost
	Hidden  int // posts beyond those in List
	Notices []notice
	Offers  []response.Offer
	Done    []response.Line
	Gates   []response.Gate
	Case    response.Case // zero for none
	Heat    spark
	Links   []event.Link
	// Silences held back messages of the event.
	Silences []silence
}

// event answers with one event.
func (s *Server) event(w http.ResponseWriter, r *http.Request) {
	page, err := s.loadEvent(r.Context(), r.PathValue("id"), s.now())
	if errors.Is(err, event.ErrNotFound) {
		s.problem(w, r, http.StatusNotFound, "没有这个事件。")
		return
	}
	if err != nil {
		s.fail(w, r, "event", err)
		return
	}
	s.show(w, r, http.StatusOK, "event", frame{Title: page.Title, Nav: "events", Refresh: 60, Body: page})
}

// loadEvent reads all that the page of an event shows. It returns event.ErrNotFound where
// there is none.
func (s *Server) loadEvent(ctx context.Context, id string, now time.Time) (p eventPage, err error) {
	if !plausible(id) {
		return p, event.ErrNotFound
	}
	e, err := event.ByID(ctx, s.db, id)
	if err != nil {
		return p, err
	}
	cards, err := s.cards(ctx, []event.Event{e}, now)
	if err != nil {
		return p, err
	}
	p.card = cards[0]
	if p.List, p.Hidden, err = s.posts(ctx, e.ID); err != nil {
		return p, err
	}
	if p.Notices, err = s.notices(ctx, e.ID); err != nil {
		return p, err
	}
	if p.Offers, err = response.Offers(ctx, s.db, response.CaseID(e.ID)); err != nil {
		return p, err
	}
	if p.Silences, err = s.silencesOver(ctx, e.ID, now); err != nil {
		return p, err
	}
	if p.Done, err = response.History(ctx, s.db, e.ID); err != nil {
		return p, err
	}
	if p.Case, p.Gates, err = s.caseOf(ctx, e); err != nil {
		return p, err
	}
	if p.Heat.Heat, err = event.ReadHeat(ctx, s.db, e.ID, now); err != nil {
		return p, err
	}
	p.Links, err = event.Links(ctx, s.db, e.ID)
	return p, err
}

// caseOf reads an event's case with its gates; the zero Case where there is none.
func (s *Server) caseOf(ctx context.Context, e event.Event) (response.Case, []response.Gate, error) {
	c, err := response.Find(ctx, s.db, e.ID)
	if errors.Is(err, response.ErrNoCase) {
		return c, nil, nil
	}
	if err != nil {
		return c, nil, err
	}
	log, err := response.Log(ctx, s.db, c.ID)
	return c, response.Gates(e.Consult, log, s.reviewer), err
}

// plausible reports whether id could be one of ours: databases refuse a NUL or
// broken UTF-8 with an error that would look like trouble of our own.
func plausible(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return true
}

// posts reads an event's posts, oldest first, with their earlier texts, and how
// many more there are.
func (s *Server) posts(ctx context.Context, eventID string) (list []shownPost, hidden int, err error) {
	rows, total, err := post.ByEvent(ctx, s.db, eventID, postsShown)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, 0, len(rows))
	list = make([]shownPost, len(rows))
	for i, row := range rows {
		list[i] = shownPost{Stored: row, Text: read(row.Title, row.Body, row.Verdict, row.LastSeen)}
		ids = append(ids, row.ID)
	}
	earlier, err := post.Revisions(ctx, s.db, ids)
	if err != nil {
		return nil, 0, err
	}
	for i := range list {
		for _, v := range earlier[list[i].ID] {
			list[i].Earlier = append(list[i].Earlier, read(v.Title, v.Body, v.Verdict, v.SeenAt))
		}
	}
	return list, total - len(rows), nil
}

// read lays out one text of a post.
func read(title, body string, v verdict.Verdict, seen time.Time) text {
	t := text{Title: highlight(title, "title", v.Matches), Verdict: v, SeenAt: seen}
	all := highlight(body, "body", v.Matches)
	all, beyond := split(all, bodyLongest)
	for _, s := range beyond {
		t.Cut += len([]rune(s.Text))
	}
	t.Head, t.Rest = split(all, bodyShown)
	return t
}

// notices reads what was said to whom of an event, oldest first.
func (s *Server) notices(ctx context.Context, eventID string) ([]notice, error) {
	rows, err := alerting.NoticesOf(ctx, s.db, eventID)
	if err != nil {
		return nil, err
	}
	list := make([]notice, len(rows))
	ids := make([]string, len(rows))
	at := make(map[string]int, len(rows))
	for i, row := range rows {
		list[i].Notice, ids[i], at[row.ID] = row, row.ID, i
	}
	deliveries, err := alerting.DeliveriesOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range deliveries {
		n := &list[at[d.NoticeID]]
		n.Deliveries = append(n.Deliveries, d)
	}
	return list, nil
}
