package pipeline

import (
	"context"

	"huiying/event"
)

// adjust finds what of the classifier's verdict counts: old news and the bureau's own
// posts open nothing, and a step of 升级 may raise it.
func (b *batch) adjust(ctx context.Context, d *decision) error {
	s := d.sighting(b)
	s.Verdict = d.verdict
	s.Verdict = event.Adjust(s, d.out.Event, d.former(), b.o.StaleAfter)
	var err error
	d.step, err = b.escalate(ctx, &s, d.out.Event, d.hash)
	d.out.Verdict = s.Verdict
	return err
}

// sighting is the post as its event takes it in.
func (d *decision) sighting(b *batch) event.Sighting {
	return event.Sighting{Post: d.out.Post, Verdict: d.out.Verdict, Seen: b.now, Revision: d.revision}
}
