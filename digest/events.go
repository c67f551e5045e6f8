package digest

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/zh"
	"huiying/response"
)

// leads is how many posts an event shows.
const leads = 3

// maxUrgency is that of an event that waits for nothing.
const maxUrgency int64 = math.MaxInt64

// collectEvents reads the events alerted in the period, and the earlier ones
// that still concern it: with a clock that runs or that stopped in the period,
// or with new posts.
func collectEvents(ctx context.Context, db store.Conn, r *Report) error {
	fresh, err := views.AlertedIn(ctx, db, r.From, r.To)
	if err != nil {
		return err
	}
	carried, err := views.CarriedInto(ctx, db, r.From, r.To)
	if err != nil {
		return err
	}
	if r.Events, err = describe(ctx, db, r, fresh); err != nil {
		return err
	}
	for _, e := range r.Events {
		if c := r.category(e.Category); c != nil {
			c.Events++
		}
	}
	r.Carried, err = describe(ctx, db, r, carried)
	return err
}

// describe adds posts and clocks to events and sorts them, most pressing first.
func describe(ctx context.Context, db store.Conn, r *Report, rows []event.Event) ([]Event, error) {
	if len(rows) == 0 {
		return []Event{}, nil
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	posts, err := post.HeadlinesOf(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	cases, err := response.ByEvent(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(rows))
	at := make(map[string]*Event, len(rows))
	for i, row := range rows {
		events[i] = Event{
			ID: row.ID, Title: row.Title, Category: row.Category, Grade: row.Grade,
			Place: row.Place, Sections: row.Sections, Consult: row.Consult, Tags: row.Tags,
			Toll: row.Toll, Posts: row.Posts, Sources: row.Sources,
			FirstSeen: row.FirstSeen.In(zh.Beijing()), AlertedAt: local(row.AlertedAt),
		}
		at[row.ID] = &events[i]
	}
	for _, p := range posts {
		e := at[p.EventID]
		if len(e.Lead) < leads {
			e.Lead = append(e.Lead, Post{Source: p.SourceName, Title: p.Title, URL: p.URL})
		}
		if !p.FirstSeen.Before(r.From) && p.FirstSeen.Before(r.To) {
			e.New++
		}
	}
	for id, c := range cases {
		for _, clock := range c.Clocks {
			k := ClockAt(*clock, r.At)
			k.DueAt, k.StoppedAt = local(k.DueAt), local(k.StoppedAt)
			at[id].Clocks = append(at[id].Clocks, k)
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(a.pressing(b), b.FirstSeen.Compare(a.FirstSeen))
	})
	return events, nil
}

// pressing orders events by what waits: those on the fast clocks first, then by
// the time left.
func (e Event) pressing(other Event) int {
	rank := func(e Event) int {
		switch {
		case e.urgency() == maxUrgency:
			return 2
		case response.Urgent(e.Category, e.Grade):
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(e), rank(other)), cmp.Compare(e.urgency(), other.urgency()))
}

// urgency is the time left on the most pressing clock that still runs, in
// seconds; events that wait for nothing come last.
func (e Event) urgency() int64 {
	least := maxUrgency
	for _, c := range e.Clocks {
		if c.State.Waits() {
			least = min(least, c.Left)
		}
	}
	return least
}

// local shows t in the office's zone; zero stays zero.
func local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zh.Beijing())
}
