package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"huiying/crawler/schedule"
	"huiying/event"
	"huiying/internal/store/views"
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
	views.EventCounts // Alerted and Review of today

	Sources, Healthy int
}

// eventList is what the page of events shows.
type eventList struct {
	Filter filter
	Tally  tally
	// Open wait for an answer, the most pressing first; Capped says that there are more.
	Open   []card
	Capped bool
	// Rest are the others, newest first; More says that another page follows.
	Rest []card
	More bool
}

// events answers with the list of events.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	list, err := s.listEvents(r.Context(), readFilter(r.URL.Query()), s.now())
	if err != nil {
		s.fail(w, r, "events", err)
		return
	}
	s.show(w, r, http.StatusOK, "events", frame{Title: "事件", Nav: "events", Refresh: 60, Body: list})
}

func (s *Server) listEvents(ctx context.Context, f filter, now time.Time) (list eventList, err error) {
	list.Filter = f
	if list.Tally, err = s.tally(ctx, now); err != nil {
		return list, err
	}
	if f.State != "done" && f.Page == 1 {
		rows, err := views.Pressing(ctx, s.db, f.view(), f.deadlines(), now, openLength+1)
		if err != nil {
			return list, err
		}
		rows, list.Capped = cut(rows, openLength)
		if list.Open, err = s.cards(ctx, rows, now); err != nil {
			return list, err
		}
	}
	if f.State == "" || f.State == "done" {
		rows, err := views.Quiet(ctx, s.db, f.view(), f.State == "done", f.offset(), pageLength+1)
		if err != nil {
			return list, err
		}
		rows, list.More = cut(rows, pageLength)
		if list.Rest, err = s.cards(ctx, rows, now); err != nil {
			return list, err
		}
	}
	return list, nil
}

// cut shortens a list that was read one too long, and says whether there was more.
func cut(rows []event.Event, length int) ([]event.Event, bool) {
	return rows[:min(len(rows), length)], len(rows) > length
}

func (f filter) view() views.Events {
	return views.Events{Handling: f.Handling, Category: f.Category}
}

func (f filter) offset() int { return (f.Page - 1) * pageLength }

func (f filter) deadlines() views.Deadlines {
	switch f.State {
	case "overdue":
		return views.SomeOverdue
	case "running":
		return views.NoneOverdue
	}
	return views.AnyRunning
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
	counts, err := views.CountEvents(ctx, s.db, today, now)
	if err != nil {
		return t, err
	}
	t.EventCounts = counts
	t.Sources, t.Healthy, err = schedule.CountOK(ctx, s.db)
	return t, err
}
