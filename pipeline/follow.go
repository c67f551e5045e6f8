package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

// follow opens the event's case and clocks and posts the alert or the update, if
// the post calls for one.
func (p *Pipeline) follow(ctx context.Context, tx store.Tx, o *Outcome, now time.Time) error {
	e := o.Event
	p.place(o)
	change := o.Change
	if !change.Alerted && !change.Raised && len(change.Widened) == 0 && change.Spread == "" {
		return nil
	}
	var have []*response.Clock
	if !change.Alerted {
		c, err := response.Find(ctx, tx, e.ID)
		if err != nil && !errors.Is(err, response.ErrNoCase) {
			return err
		}
		have = c.Clocks
	}
	if change.Alerted || change.Raised {
		c, opened := p.o.Policy.For(*e, have, p.seen(*o, now))
		if err := response.Save(ctx, tx, c, opened); err != nil {
			return err
		}
		p.o.Reached("case opened")
		if err := p.o.DB.Enqueue(ctx, tx, p.o.Policy.Jobs(*e, opened)...); err != nil {
			return err
		}
		p.o.Reached("clocks armed")
		o.Clocks = opened
		have = append(have, pointers(opened)...)
	}
	e.Step++
	if e.AlertedAt.IsZero() {
		e.AlertedAt = now
	}
	if err := event.Update(ctx, tx, e); err != nil {
		return err
	}
	m, err := matter(ctx, tx, p.o.Page, *o, have, now)
	if err != nil {
		return err
	}
	return p.tell(ctx, tx, o, notice(*o, m, now))
}

// place adds the units of the post's place (属地) to an event under 告警. One that was
// alerted before its place was known now concerns them too; of an event with a unit
// the place is known, and others that its posts name are told of nothing.
func (p *Pipeline) place(o *Outcome) {
	e := o.Event
	if o.Verdict.Handling != verdict.Alert || e.Handling != verdict.Alert || len(e.Units) > 0 {
		return
	}
	e.Units = append([]string{}, p.o.Outbox.Router().Units(alerting.Notice{Where: alerting.WhereOf(o.Verdict, o.Post.Title, o.Post.Body)})...)
	if !o.Change.Alerted {
		o.Change.Widened = append(slices.Clip(o.Change.Widened), e.Units...)
	}
}

// tell posts the notice of what a post did: an alert to whom the router names, an
// update in its thread to everyone who heard of the event and whom it newly
// concerns, a widening to the new sections and the office.
func (p *Pipeline) tell(ctx context.Context, tx store.Tx, o *Outcome, n alerting.Notice) (err error) {
	if o.Change.Alerted {
		o.Told, err = p.o.Outbox.Post(ctx, tx, n, "")
		return err
	}
	parent, err := alerting.AlertOf(ctx, tx, o.Event.ID)
	if err != nil {
		return err
	}
	var to []alerting.Receiver
	if o.Change.Raised || o.Change.Spread != "" {
		heard, err := alerting.Heard(ctx, tx, o.Event.ID)
		if err != nil {
			return err
		}
		to = alerting.Join(p.o.Outbox.Router().Route(n), heard)
	} else {
		only := n
		only.Sections, only.Units, only.Where = o.Change.Widened, nil, alerting.Where{}
		to = p.o.Outbox.Router().Route(only)
	}
	o.Told, err = p.o.Outbox.PostTo(ctx, tx, n, to, parent)
	return err
}

// seen is when the text that raised the event was first seen: clocks start there.
func (p *Pipeline) seen(o Outcome, now time.Time) time.Time {
	if o.Revision > 1 {
		return now
	}
	return o.Post.FirstSeen
}

func pointers(cs []response.Clock) []*response.Clock {
	out := make([]*response.Clock, len(cs))
	for i := range cs {
		out[i] = &cs[i]
	}
	return out
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
