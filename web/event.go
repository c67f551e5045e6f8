package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/uptrace/bun"

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

// postRow is what the page reads of a post.
type postRow struct {
	bun.BaseModel `bun:"table:posts,alias:post"`

	ID         string          `bun:"id,pk"`
	SourceName string          `bun:"source_name"`
	Channel    post.Channel    `bun:"channel"`
	URL        string          `bun:"url"`
	Title      string          `bun:"title"`
	Body       string          `bun:"body"`
	Origin     string          `bun:"origin"`
	Published  time.Time       `bun:"published,nullzero"`
	FirstSeen  time.Time       `bun:"first_seen"`
	LastSeen   time.Time       `bun:"last_seen"`
	Revision   int             `bun:"revision"`
	Verdict    verdict.Verdict `bun:"verdict,type:json"`
}

// revisionRow is an earlier text of a post.
type revisionRow struct {
	bun.BaseModel `bun:"table:revisions,alias:revision"`

	PostID   string          `bun:"post_id,pk"`
	Revision int             `bun:"revision,pk"`
	Title    string          `bun:"title"`
	Body     string          `bun:"body"`
	Verdict  verdict.Verdict `bun:"verdict,type:json"`
	SeenAt   time.Time       `bun:"seen_at"`
}

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
	postRow

	Text    text
	Earlier []text
}

// notice is a notice with its deliveries.
type notice struct {
	alerting.Notice

	Deliveries []alerting.Delivery
}

// event answers with one event.
func (s *Server) event(w http.ResponseWriter, r *http.Request) {
	ctx, now := r.Context(), s.now()
	var e event.Event
	if !plausible(r.PathValue("id")) {
		s.problem(w, r, http.StatusNotFound, "没有这个事件。")
		return
	}
	err := s.db.NewSelect().Model(&e).Where("event.id = ?", r.PathValue("id")).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		s.problem(w, r, http.StatusNotFound, "没有这个事件。")
		return
	}
	if err != nil {
		s.fail(w, r, "event", err)
		return
	}
	body := struct {
		card

		List    []shownPost
		Hidden  int
		Notices []notice
		Offers  []response.Offer
		Done    []response.Line
		Gates   []response.Gate
		Case    response.Case
		Heat    spark
		Links   []event.Link
		// Silences held back messages of the event.
		Silences []silence
	}{}
	cards, err := s.cards(ctx, []event.Event{e}, now)
	if err == nil {
		body.card = cards[0]
		body.List, body.Hidden, err = s.posts(ctx, e.ID)
	}
	if err == nil {
		body.Notices, err = s.notices(ctx, e.ID)
	}
	if err == nil {
		body.Offers, err = response.Offers(ctx, s.db, response.CaseID(e.ID))
	}
	if err == nil {
		body.Silences, err = s.silencesOver(ctx, e.ID, now)
	}
	if err == nil {
		body.Done, err = response.History(ctx, s.db, e.ID)
	}
	if err == nil {
		body.Case, body.Gates, err = s.caseOf(ctx, e)
	}
	if err == nil {
		var heat event.Heat
		heat, err = event.ReadHeat(ctx, s.db, e.ID, now)
		body.Heat = spark{heat}
	}
	if err == nil {
		body.Links, err = event.Links(ctx, s.db, e.ID)
	}
	if err != nil {
		s.fail(w, r, "event", err)
		return
	}
	s.show(w, r, http.StatusOK, "event", frame{Title: e.Title, Nav: "events", Refresh: 60, Body: body})
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
	var rows []postRow
	q := s.db.NewSelect().Model(&rows).Where("post.event_id = ?", eventID).
		Order("post.first_seen", "post.id").Limit(postsShown)
	total, err := q.ScanAndCount(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("read posts: %w", err)
	}
	ids := make([]string, 0, len(rows))
	at := make(map[string]int, len(rows))
	list = make([]shownPost, len(rows))
	for i, row := range rows {
		list[i] = shownPost{postRow: row, Text: read(row.Title, row.Body, row.Verdict, row.LastSeen)}
		ids, at[row.ID] = append(ids, row.ID), i
	}
	if len(ids) == 0 {
		return list, 0, nil
	}
	var earlier []revisionRow
	err = s.db.NewSelect().Model(&earlier).Where("revision.post_id IN (?)", bun.List(ids)).
		Order("revision.post_id", "revision.revision DESC").Scan(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("read revisions: %w", err)
	}
	for _, v := range earlier {
		p := &list[at[v.PostID]]
		p.Earlier = append(p.Earlier, read(v.Title, v.Body, v.Verdict, v.SeenAt))
	}
	return list, int(total) - len(rows), nil
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
	var rows []alerting.Notice
	err := s.db.NewSelect().Model(&rows).Where("notice.event_id = ?", eventID).
		Order("notice.created_at", "notice.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	list := make([]notice, len(rows))
	ids := make([]string, len(rows))
	at := make(map[string]int, len(rows))
	for i, row := range rows {
		list[i].Notice, ids[i], at[row.ID] = row, row.ID, i
	}
	var deliveries []alerting.Delivery
	err = s.db.NewSelect().Model(&deliveries).Where("delivery.notice_id IN (?)", bun.List(ids)).
		Order("delivery.created_at", "delivery.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	for _, d := range deliveries {
		n := &list[at[d.NoticeID]]
		n.Deliveries = append(n.Deliveries, d)
	}
	return list, nil
}
