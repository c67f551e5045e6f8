package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/event"
	"huiying/event/similar"
	"huiying/internal/store"
	"huiying/response"
)

// How far offers look.
const (
	// offerFor is how long after its last post an open case is offered answers.
	offerFor = 30 * 24 * time.Hour
	// offerBack is how long the bureau's own posts are kept in mind for cases that
	// open after them.
	offerBack = 72 * time.Hour
	// offerCases bounds what is compared with one post, and twice offerEach how many
	// posts of one case are.
	offerCases = 300
	offerEach  = 5
	// offerMost is to how many cases one post is offered: one that fits more is a
	// weekly round-up.
	offerMost = 5
)

// waiting are the open cases with what the public said of them, as a batch's posts of
// the bureau's own are compared with them.
type waiting struct {
	events []event.Event
	said   map[string][]response.Utterance
}

// open reads the cases that wait for an answer, once for a batch: until one opens.
func (p *Pipeline) open(ctx context.Context, tx store.Tx, now time.Time) (*waiting, error) {
	if p.waiting != nil {
		return p.waiting, nil
	}
	w := new(waiting)
	err := tx.NewSelect().Model(&w.events).
		Join("JOIN cases ON cases.event_id = event.id").Where("cases.status = ?", response.Open).
		Where("event.last_seen >= ?", now.Add(-offerFor)).Order("event.last_seen DESC").Limit(offerCases).Scan(ctx)
	if err != nil {
		return nil, wrap("read open cases", err)
	}
	if w.said, err = p.utterances(ctx, tx, w.events); err != nil {
		return nil, err
	}
	p.waiting = w
	return w, nil
}

// offer looks for open cases that a post of the bureau's own may answer.
func (p *Pipeline) offer(ctx context.Context, tx store.Tx, c candidate, now time.Time) error {
	w, err := p.open(ctx, tx, now)
	if err != nil {
		return err
	}
	s := statement(c.Title, c.Body, c.text, c.Published)
	s.Verdict = c.verdict
	type match struct {
		event event.Event
		why   string
	}
	var found []match
	for _, e := range w.events {
		if why := p.matcher.Match(s, e, w.said[e.ID]); why != "" {
			found = append(found, match{e, why})
		}
	}
	for _, m := range found[:min(len(found), offerMost)] {
		r := &row{ID: c.ID, SourceName: c.SourceName, URL: c.URL, Title: c.Title, Body: c.Body, Published: c.Published}
		if err := p.makeOffer(ctx, tx, m.event, r, m.why, now); err != nil {
			return err
		}
	}
	return nil
}

// offerEarlier looks for posts of the bureau's own that were read shortly before
// the event's case opened: its answer may have been faster than we were.
func (p *Pipeline) offerEarlier(ctx context.Context, tx store.Tx, e event.Event, now time.Time) error {
	var rows []*row
	err := tx.NewSelect().Model(&rows).Where("official").Where("last_seen >= ?", now.Add(-offerBack)).
		Order("last_seen DESC").Limit(offerCases).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return wrap("read official posts", err)
	}
	said, err := p.utterances(ctx, tx, []event.Event{e})
	if err != nil {
		return err
	}
	for _, r := range rows {
		s := statement(r.Title, r.Body, p.reduce.Reduce(r.Title, r.Body), r.Published)
		s.Verdict = r.Verdict
		if why := p.matcher.Match(s, e, said[e.ID]); why != "" {
			if err := p.makeOffer(ctx, tx, e, r, why, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func statement(title, body string, text similar.Text, published time.Time) response.Statement {
	return response.Statement{Raw: title + "\n" + body, Text: text, Published: published}
}

// utterances reads what the public said of events, by event, oldest first: of an
// event that everybody speaks of the first posts and the last.
func (p *Pipeline) utterances(ctx context.Context, tx store.Tx, events []event.Event) (map[string][]response.Utterance, error) {
	said := map[string][]response.Utterance{}
	take := func(rows []*row) {
		for _, r := range rows {
			said[r.EventID] = append(said[r.EventID], response.Utterance{
				URL: r.URL, Text: p.reduce.Reduce(r.Title, r.Body), Verdict: r.Verdict,
			})
		}
	}
	posts := func(rows *[]*row) *bun.SelectQuery {
		return tx.NewSelect().Model(rows).Column("event_id", "url", "title", "body", "verdict").Where("NOT official")
	}
	var few []string
	for _, e := range events {
		if e.Posts <= 2*offerEach {
			few = append(few, e.ID)
			continue
		}
		var first, last []*row
		if err := posts(&first).Where("event_id = ?", e.ID).Order("first_seen").Limit(offerEach).Scan(ctx); err != nil {
			return nil, wrap("read the first posts of an open case", err)
		}
		if err := posts(&last).Where("event_id = ?", e.ID).Order("first_seen DESC").Limit(offerEach).Scan(ctx); err != nil {
			return nil, wrap("read the last posts of an open case", err)
		}
		slices.Reverse(last)
		take(first)
		take(last)
	}
	if len(few) == 0 {
		return said, nil
	}
	var rows []*row
	if err := posts(&rows).Where("event_id IN (?)", bun.List(few)).Order("first_seen").Scan(ctx); err != nil {
		return nil, wrap("read the posts of open cases", err)
	}
	take(rows)
	return said, nil
}

// makeOffer stores an offer and tells of it, once.
func (p *Pipeline) makeOffer(ctx context.Context, tx store.Tx, e event.Event, r *row, why string, now time.Time) error {
	o := response.OfferOf(response.CaseID(e.ID), r.ID)
	o.SourceName, o.URL, o.Title, o.Why = r.SourceName, r.URL, r.Title, why
	o.Published, o.CreatedAt = r.Published, now
	if o.Title == "" {
		o.Title = r.Body
	}
	created, err := response.SaveOffer(ctx, tx, o)
	if err != nil || !created {
		return err
	}
	parent, err := alerting.AlertOf(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	_, err = p.o.Outbox.Post(ctx, tx, o.Notice(e, r.Body, p.o.Page(e.ID)), parent)
	return err
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
