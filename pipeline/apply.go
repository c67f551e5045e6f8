package pipeline

import (
	"context"
	"slices"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/event/samematter"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// apply writes the post and its event, and makes both known to the indexes.
func (b *batch) apply(ctx context.Context, d *decision) error {
	if err := b.takeSighting(ctx, d); err != nil {
		return err
	}
	if err := b.keepPost(ctx, d); err != nil {
		return err
	}
	e := d.out.Event
	if e == nil {
		return nil
	}
	b.index.Add(d.ID, e.ID, d.URL, d.text, d.out.Post.FirstSeen)
	b.matters.Add(e.ID, samematter.NewAccount(d.Title, d.Body, d.out.Post.FirstSeen))
	if err := b.keepEvent(ctx, d); err != nil {
		return err
	}
	if d.replaced {
		if err := b.leave(ctx, d.old, *e); err != nil {
			return err
		}
	}
	if err := suggest(ctx, b.tx, *e, d.likely, b.now); err != nil {
		return err
	}
	if d.step == nil {
		return nil
	}
	d.step.EventID = e.ID
	if !d.out.Change.Alerted {
		d.out.Change.Spread = d.step.Why
	}
	return event.KeepEscalation(ctx, b.tx, d.step)
}

// takeSighting has the post's event absorb it, or opens one. A post that is 无关 and
// of no event yet has none.
func (b *batch) takeSighting(ctx context.Context, d *decision) error {
	o := &d.out
	switch {
	case o.Verdict.Handling == verdict.None && !d.revision:
		o.Event, o.Join = nil, event.Join{}
	case o.Event != nil:
		o.Change = o.Event.Absorb(d.sighting(b))
	default:
		e, change := event.Open(d.sighting(b))
		var err error
		if e.ID, err = event.FreeID(ctx, b.tx, e.ID); err != nil {
			return err
		}
		o.Event, o.Change = &e, change
		if err := event.Insert(ctx, b.tx, &e); err != nil {
			return err
		}
		b.opened = append(b.opened, e.ID)
	}
	return nil
}

// keepPost writes the post, and its former text if it had one.
func (b *batch) keepPost(ctx context.Context, d *decision) error {
	v := d.out.Verdict
	r := &post.Stored{
		Post: d.out.Post, LastSeen: b.now, Revision: d.out.Revision, TextHash: d.hash,
		Handling: v.Handling, Category: v.Category, Verdict: v,
	}
	if d.out.Event != nil {
		r.EventID = d.out.Event.ID
	}
	if d.old == nil {
		if err := post.Insert(ctx, b.tx, r); err != nil {
			return err
		}
	} else {
		r.Reach = r.Over(d.old.Reach)
		if err := post.Revise(ctx, b.tx, d.old, r); err != nil {
			return err
		}
	}
	return keepReach(ctx, b.tx, r.EventID, r.Reach, b.now)
}

// keepReach notes how far the event of a post has spread by this hour, where the post
// says anything of it.
func keepReach(ctx context.Context, tx store.Tx, eventID string, r post.Reach, now time.Time) error {
	if eventID == "" || r.Reads == 0 && r.Shares == 0 {
		return nil
	}
	return event.KeepReach(ctx, tx, eventID, now)
}

// keepEvent writes the event as the post changed it. Its source is counted if it is the
// first of its source: counting all anew for each post would take time with the square
// of their number.
func (b *batch) keepEvent(ctx context.Context, d *decision) error {
	e := d.out.Event
	if !d.revision {
		known, err := post.HasSource(ctx, b.tx, e.ID, d.Source, d.ID)
		if err != nil {
			return err
		}
		if !known {
			e.Sources++
		}
	}
	b.addUnits(&d.out)
	return event.Update(ctx, b.tx, e)
}

// addUnits adds the units of the post's place (属地) to an event under 告警. One that was
// alerted before its place was known now concerns them too; of an event with a unit
// the place is known, and others that its posts name are told of nothing.
func (b *batch) addUnits(o *Outcome) {
	e := o.Event
	if o.Verdict.Handling != verdict.Alert || e.Handling != verdict.Alert || len(e.Units) > 0 {
		return
	}
	e.Units = append([]string{}, b.o.Outbox.Router().Units(alerting.Notice{Where: alerting.WhereOf(o.Verdict, o.Post.Title, o.Post.Body)})...)
	if !o.Change.Alerted {
		o.Change.Widened = append(slices.Clip(o.Change.Widened), e.Units...)
	}
}

// leave counts the event anew that a replaced post was of, and keeps for a person that
// the two may be one after all.
func (b *batch) leave(ctx context.Context, old *post.Stored, to event.Event) error {
	from, err := event.MustCurrent(ctx, b.tx, old.EventID)
	if err != nil || from.ID == to.ID {
		return err
	}
	if err := event.Recount(ctx, b.tx, from); err != nil {
		return err
	}
	l := event.NewLink(from.ID, to.ID)
	l.Why, l.At = "帖子 "+old.ID+" 的网页换成了另一件事", b.now
	return event.Suggest(ctx, b.tx, l)
}
