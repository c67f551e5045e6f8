package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler/schedule"
	"huiying/event"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

const (
	pageLength = 40  // events that wait for nothing, on one page
	openLength = 200 // events that wait for an answer
	maxPage    = 10_000
)

// card is an event in a list.
type card struct {
	event.Event

	Clocks []clock
	State  string // colours the card
}

// filter is what the reader chose.
type filter struct {
	Category verdict.Category
	Handling verdict.Handling // "" for all
	State    string           // overdue, running, done or "" for all
	Page     int
}

// readFilter takes what it knows from a query and ignores the rest.
func readFilter(q url.Values) filter {
	f := filter{Handling: verdict.Alert, Page: 1}
	if c := verdict.Category(q.Get("category")); slices.Contains(verdict.Categories(), c) {
		f.Category = c
	}
	switch h := q.Get("handling"); h {
	case "review":
		f.Handling = verdict.Review
	case "all":
		f.Handling = ""
	}
	switch state := q.Get("state"); state {
	case "overdue", "running", "done":
		f.State = state
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n <= maxPage {
		f.Page = n
	}
	return f
}

// With is the address of the list with one choice changed, on its first page.
func (f filter) With(name, value string) string {
	q := url.Values{}
	set := func(key, v string) {
		if key == name {
			v = value
		}
		if v != "" {
			q.Set(key, v)
		}
	}
	set("category", string(f.Category))
	switch f.Handling {
	case verdict.Review:
		set("handling", "review")
	case "":
		set("handling", "all")
	default:
		set("handling", "")
	}
	set("state", f.State)
	if name == "page" {
		set("page", value)
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

// Next and Previous are the addresses of the neighbouring pages.
func (f filter) Next() string     { return f.With("page", strconv.Itoa(f.Page+1)) }
func (f filter) Previous() string { return f.With("page", strconv.Itoa(f.Page-1)) }

// tally are the figures above the list.
type tally struct {
	Overdue, Running, Today, Review int
	Sources, Healthy                int
}

// events answers with the list of events: first those that wait for an answer,
// the most pressing first, then the others, newest first.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	ctx, now, f := r.Context(), s.now(), readFilter(r.URL.Query())
	body := struct {
		Filter filter
		Tally  tally
		Open   []card
		Rest   []card
		Capped bool
		More   bool
	}{Filter: f}
	var err error
	if body.Tally, err = s.tally(ctx, now); err != nil {
		s.fail(w, r, "events", err)
		return
	}
	if f.State != "done" && f.Page == 1 {
		var rows []event.Event
		q := f.apply(s.db.NewSelect().Model(&rows)).Where("event.id IN (?)", s.waiting())
		switch f.State {
		case "overdue":
			q.Where("event.id IN (?)", s.waiting().Where("clock.due_at <= ?", now))
		case "running":
			q.Where("event.id NOT IN (?)", s.waiting().Where("clock.due_at <= ?", now))
		}
		// The fast clocks first, whatever else is overdue: see response.Urgent.
		q.OrderExpr("CASE WHEN event.category = ? AND event.grade IN (?) THEN 0 ELSE 1 END",
			verdict.Emergency, bun.List([]verdict.Grade{verdict.Extreme, verdict.Major, verdict.Pending}))
		first := s.runningClocks().ColumnExpr("MIN(clock.due_at)")
		if err = q.OrderExpr("(?), event.id", first).Limit(openLength + 1).Scan(ctx); err != nil {
			s.fail(w, r, "events", err)
			return
		}
		if body.Capped = len(rows) > openLength; body.Capped {
			rows = rows[:openLength]
		}
		if body.Open, err = s.cards(ctx, rows, now); err != nil {
			s.fail(w, r, "events", err)
			return
		}
	}
	if f.State == "" || f.State == "done" {
		var rows []event.Event
		q := f.apply(s.db.NewSelect().Model(&rows)).Where("event.id NOT IN (?)", s.waiting()).
			Order("event.last_seen DESC", "event.id").Limit(pageLength + 1).Offset(int64(f.Page-1) * pageLength)
		if f.State == "done" {
			q.Where(`EXISTS (SELECT 1 FROM cases AS "case" WHERE "case".event_id = event.id)`)
		}
		if err = q.Scan(ctx); err != nil {
			s.fail(w, r, "events", err)
			return
		}
		if body.More = len(rows) > pageLength; body.More {
			rows = rows[:pageLength]
		}
		if body.Rest, err = s.cards(ctx, rows, now); err != nil {
			s.fail(w, r, "events", err)
			return
		}
	}
	s.show(w, r, http.StatusOK, "events", frame{Title: "事件", Nav: "events", Refresh: 60, Body: body})
}

// apply narrows a query of events to the reader's choice.
func (f filter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Handling != "" {
		q.Where("event.handling = ?", f.Handling)
	}
	if f.Category != "" {
		q.Where("event.category = ?", f.Category)
	}
	return q
}

// waiting is a subquery: the events that have a clock running. They are few, of many.
func (s *Server) waiting() *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("clocks AS clock").ColumnExpr(`"case".event_id`).
		Join(`JOIN cases AS "case" ON "case".id = clock.case_id`).Where("clock.stopped_at IS NULL")
}

// runningClocks is a subquery: the clocks of the outer query's event that wait.
func (s *Server) runningClocks() *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("clocks AS clock").
		Join(`JOIN cases AS "case" ON "case".id = clock.case_id`).
		Where(`"case".event_id = event.id`).Where("clock.stopped_at IS NULL")
}

// cards adds clocks to events.
func (s *Server) cards(ctx context.Context, rows []event.Event, now time.Time) ([]card, error) {
	ids := make([]string, len(rows))
	for i, e := range rows {
		ids[i] = e.ID
	}
	clocks, err := s.clocks(ctx, ids, now)
	if err != nil {
		return nil, err
	}
	cards := make([]card, len(rows))
	for i, e := range rows {
		cards[i] = card{Event: e, Clocks: clocks[e.ID], State: worst(clocks[e.ID])}
	}
	return cards, nil
}

// tally counts what the office looks at first.
func (s *Server) tally(ctx context.Context, now time.Time) (tally, error) {
	var t tally
	today, _ := zh.Day(now)
	alerts := func() *bun.SelectQuery {
		return s.db.NewSelect().TableExpr("events AS event").Where("event.handling = ?", verdict.Alert)
	}
	overdue := func() *bun.SelectQuery { return s.waiting().Where("clock.due_at <= ?", now) }
	for _, c := range []struct {
		into *int
		q    *bun.SelectQuery
	}{
		{&t.Overdue, alerts().Where("event.id IN (?)", overdue())},
		{&t.Running, alerts().Where("event.id IN (?)", s.waiting()).Where("event.id NOT IN (?)", overdue())},
		{&t.Today, alerts().Where("event.alerted_at >= ?", today)},
		{&t.Review, s.db.NewSelect().TableExpr("events AS event").
			Where("event.handling = ?", verdict.Review).Where("event.first_seen >= ?", today)},
	} {
		n, err := c.q.Count(ctx)
		if err != nil {
			return t, fmt.Errorf("count: %w", err)
		}
		*c.into = int(n)
	}
	var err error
	t.Sources, t.Healthy, err = schedule.CountOK(ctx, s.db)
	return t, err
}
