package pipeline

import (
	"context"
	"fmt"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/zh"
	"huiying/response"
)

// notify posts the alert or the update that the post calls for, if any, and offers a
// case that just opened the bureau's earlier posts as answers.
func (b *batch) notify(ctx context.Context, d *decision) error {
	o := &d.out
	if !o.calls() {
		return nil
	}
	e := o.Event
	e.Step++
	if e.AlertedAt.IsZero() {
		e.AlertedAt = b.now
	}
	if err := event.Update(ctx, b.tx, e); err != nil {
		return err
	}
	m, err := matter(ctx, b.tx, b.o.Page, *o, d.clocks, b.now)
	if err != nil {
		return err
	}
	if err := b.tell(ctx, o, notice(*o, m, b.now)); err != nil || !o.Change.Alerted {
		return err
	}
	b.waiting = nil // one more case is open
	return b.offerEarlier(ctx, *e)
}

// tell posts the notice of what a post did: an alert to whom the router names, an
// update in its thread to everyone who heard of the event and whom it newly
// concerns, a widening to the new sections and the office.
func (b *batch) tell(ctx context.Context, o *Outcome, n alerting.Notice) (err error) {
	if o.Change.Alerted {
		o.Told, err = b.o.Outbox.Post(ctx, b.tx, n, "")
		return err
	}
	parent, err := alerting.AlertOf(ctx, b.tx, o.Event.ID)
	if err != nil {
		return err
	}
	var to []alerting.Receiver
	if o.Change.Raised || o.Change.Spread != "" {
		heard, err := alerting.Heard(ctx, b.tx, o.Event.ID)
		if err != nil {
			return err
		}
		to = alerting.Join(b.o.Outbox.Router().Route(n), heard)
	} else {
		only := n
		only.Sections, only.Units, only.Where = o.Change.Widened, nil, alerting.Where{}
		to = b.o.Outbox.Router().Route(only)
	}
	o.Told, err = b.o.Outbox.PostTo(ctx, b.tx, n, to, parent)
	return err
}

// matter gathers what a notice tells of: the event, the post, the clocks that run,
// how far it spread, and what may be the same matter.
func matter(ctx context.Context, tx store.Tx, page func(eventID string) string, o Outcome, clocks []*response.Clock, now time.Time) (alerting.Matter, error) {
	e := *o.Event
	m := alerting.Matter{
		Event: e, Verdict: o.Verdict,
		Post: alerting.Source{
			Title: o.Post.Title, Body: o.Post.Body, URL: o.Post.URL,
			Name: o.Post.SourceName, Channel: o.Post.Channel.Name(),
		},
		Page: page(e.ID),
	}
	for _, c := range clocks {
		if c.Running() {
			m.Clocks = append(m.Clocks, alerting.Field{
				Name:  c.Kind.Name(),
				Value: zh.ShortStamp(c.DueAt) + "，" + c.Words(now),
			})
		}
	}
	heat, err := event.ReadHeat(ctx, tx, e.ID, now)
	if err != nil {
		return m, err
	}
	m.Spread = heat.String()
	links, err := event.Links(ctx, tx, e.ID)
	if err != nil {
		return m, err
	}
	for _, l := range links {
		if l.State == event.Suggested {
			m.Kin = append(m.Kin, fmt.Sprintf("%s（%.2f）", l.Other(e.ID), l.Score))
		}
	}
	return m, nil
}

// notice words what a post did to its event.
func notice(o Outcome, m alerting.Matter, now time.Time) alerting.Notice {
	e := *o.Event
	n := m.Notice(now)
	if o.Change.Alerted {
		n.Content = m.Alert()
		return n
	}
	n.Kind, n.Raised = alerting.KindUpdate, o.Change.Raised
	if !o.Change.Raised && o.Change.Spread != "" {
		n.Content = m.Escalated(o.Change.Spread)
		return n
	}
	if !o.Change.Raised {
		n.Content = m.Widened(o.Change.Widened)
		return n
	}
	before := e
	before.Category, before.Grade, before.Toll = o.Change.Category, o.Change.Grade, o.Change.Toll
	n.Content = m.Update(before)
	return n
}
