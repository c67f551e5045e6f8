package pipeline

import (
	"context"
	"errors"
	"time"

	"huiying/response"
)

// openCase opens the case of an event that is now a matter to answer, or sharpens the
// clocks of one that grew graver. A post of the bureau's own is offered as an answer to
// the cases that it may answer.
func (b *batch) openCase(ctx context.Context, d *decision) error {
	if d.Official {
		if err := b.offer(ctx, d.candidate); err != nil {
			return err
		}
	}
	o := &d.out
	if !o.calls() {
		return nil
	}
	if !o.Change.Alerted {
		c, err := response.Find(ctx, b.tx, o.Event.ID)
		if err != nil && !errors.Is(err, response.ErrNoCase) {
			return err
		}
		d.clocks = c.Clocks
	}
	if !o.Change.Alerted && !o.Change.Raised {
		return nil
	}
	c, opened := b.o.Policy.For(*o.Event, d.clocks, b.clocksStart(*o))
	if err := response.Save(ctx, b.tx, c, opened); err != nil {
		return err
	}
	b.o.Reached("case opened")
	if err := b.o.DB.Enqueue(ctx, b.tx, b.o.Policy.Jobs(*o.Event, opened)...); err != nil {
		return err
	}
	b.o.Reached("clocks armed")
	o.Clocks = opened
	d.clocks = append(d.clocks, pointers(opened)...)
	return nil
}

// calls reports whether the post calls for somebody's attention.
func (o *Outcome) calls() bool {
	c := o.Change
	return o.Event != nil && (c.Alerted || c.Raised || len(c.Widened) > 0 || c.Spread != "")
}

// clocksStart is when the text that raised the event was first seen.
func (b *batch) clocksStart(o Outcome) time.Time {
	if o.Revision > 1 {
		return b.now
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
