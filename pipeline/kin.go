package pipeline

import (
	"context"
	"time"

	"huiying/event"
	"huiying/event/samematter"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// kin is what a post was found to be related to: what it joins, and other events
// that may be the same matter.
type kin struct {
	join  event.Join
	hints []samematter.Match
}

// relate finds what a post of no event belongs to: by its words, else, where the
// rules find it ours, by the matter it tells of.
func (p *Pipeline) relate(ctx context.Context, tx store.Tx, c candidate, at time.Time) (k kin, err error) {
	found, err := p.index.Find(c.URL, c.text, at, p.text(ctx, tx))
	if err == nil && len(found) > 0 && found[0].How == event.SameURL {
		var other bool
		if other, err = p.tellsElse(ctx, tx, c); err == nil && other {
			found, err = p.index.Find("", c.text, at, p.text(ctx, tx))
		}
	}
	if err != nil {
		return k, err
	}
	if len(found) > 0 {
		k.join = found[0]
		for _, other := range found[1:] {
			k.hints = append(k.hints, samematter.Match{Event: other.Event, Score: other.Score, Why: "帖子 " + c.ID + " 与两个事件的文字都相同或相近"})
		}
		return k, nil
	}
	if c.verdict.Handling == verdict.None {
		return k, nil
	}
	k.hints = p.matters.Find(samematter.NewAccount(c.Title, c.Body, at))
	if len(k.hints) > 0 && samematter.RelationOf(k.hints[0].Score) == samematter.Same {
		k.join = event.Join{Event: k.hints[0].Event, Score: k.hints[0].Score, How: event.OtherWords}
		k.hints = k.hints[1:]
	}
	return k, nil
}

// hint keeps the events that may be the same matter as e for a person to look at.
func (p *Pipeline) hint(ctx context.Context, tx store.Tx, e event.Event, hints []samematter.Match, now time.Time) error {
	for _, h := range hints {
		other, err := event.Current(ctx, tx, h.Event)
		if err != nil {
			return err
		}
		if other == nil || other.ID == e.ID {
			continue
		}
		l := event.NewLink(e.ID, other.ID)
		l.Score, l.Why, l.At = h.Score, h.Why, now
		if err := event.Suggest(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}
