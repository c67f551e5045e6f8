package pipeline

import (
	"context"
	"slices"
	"time"

	"huiying/event"
	"huiying/event/samematter"
	"huiying/event/similar"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// match finds the event that a post is of already, or that it joins: by its words,
// else, where the rules find it ours, by the matter it tells of.
func (b *batch) match(ctx context.Context, d *decision) error {
	if d.replaced {
		b.index.Remove(d.ID) // its former text
	}
	join := event.Join{}
	if d.revision {
		join.Event = d.old.EventID
	} else {
		var err error
		if join, err = b.relate(ctx, d); err != nil {
			return err
		}
	}
	if join.Event == "" {
		return nil
	}
	e, err := event.Current(ctx, b.tx, join.Event)
	if err != nil || e == nil {
		return err
	}
	d.out.Event = e
	if join.How != "" {
		join.Event = e.ID
		d.out.Join = join
	}
	return nil
}

// relate finds what a post of no event joins, and notes in d what else may be the same
// matter.
func (b *batch) relate(ctx context.Context, d *decision) (event.Join, error) {
	seen := d.out.Post.FirstSeen
	found, err := b.index.Find(d.URL, d.text, seen, b.textOf(ctx))
	if err == nil && len(found) > 0 && found[0].How == event.SameURL {
		var shared bool
		if shared, err = b.sharesOnlyURL(ctx, d.candidate); err == nil && shared {
			found, err = b.index.Find("", d.text, seen, b.textOf(ctx))
		}
	}
	if err != nil {
		return event.Join{}, err
	}
	if len(found) > 0 {
		for _, other := range found[1:] {
			d.likely = append(d.likely, samematter.Match{Event: other.Event, Score: other.Score, Why: "帖子 " + d.ID + " 与两个事件的文字都相同或相近"})
		}
		return found[0], nil
	}
	if d.verdict.Handling == verdict.None {
		return event.Join{}, nil
	}
	d.likely = b.matters.Find(samematter.NewAccount(d.Title, d.Body, seen))
	if len(d.likely) == 0 || samematter.RelationOf(d.likely[0].Score) != samematter.Same {
		return event.Join{}, nil
	}
	best := d.likely[0]
	d.likely = d.likely[1:]
	return event.Join{Event: best.Event, Score: best.Score, How: event.OtherWords}, nil
}

// textOf reads the texts of stored posts for the index, which keeps none.
func (b *batch) textOf(ctx context.Context) similar.Lookup {
	return func(id string) (similar.Text, error) {
		have, err := post.ByIDs(ctx, b.tx, []string{id})
		if err != nil || have[id] == nil {
			return nil, err
		}
		return b.reduce.Reduce(have[id].Title, have[id].Body), nil
	}
}

// tellsOfAnother reports whether a post that would alert by itself tells of another
// matter than a stored one. A page filled with another matter, taken for a new text of
// the old one, would alert nobody, since its event has been alerted.
func (p *Pipeline) tellsOfAnother(c candidate, r *post.Stored) bool {
	if c.verdict.Handling != verdict.Alert || !similar.Replaced(p.reduce.Reduce(r.Title, r.Body), c.text) {
		return false
	}
	score, _ := samematter.Compare(samematter.NewAccount(r.Title, r.Body, r.FirstSeen), samematter.NewAccount(c.Title, c.Body, r.FirstSeen))
	return samematter.RelationOf(score) == samematter.Unrelated
}

// sameAddress is how many posts of an address are compared.
const sameAddress = 5

// sharesOnlyURL reports whether a post that would alert has nothing but its address in
// common with the stored posts of that address: some sites give all they have the list's.
func (b *batch) sharesOnlyURL(ctx context.Context, c candidate) (bool, error) {
	if c.verdict.Handling != verdict.Alert {
		return false, nil
	}
	rows, err := post.AtURL(ctx, b.tx, c.URL, sameAddress)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(rows, func(r post.Stored) bool { return !b.tellsOfAnother(c, &r) }), nil
}

// suggest keeps for a person that e and other events may be the same matter.
func suggest(ctx context.Context, tx store.Tx, e event.Event, likely []samematter.Match, now time.Time) error {
	for _, h := range likely {
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
