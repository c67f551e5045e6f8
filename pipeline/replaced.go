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

// replaced reports whether a known post was filled with another matter that would
// alert by itself: taken for a new text of the old one it would alert nobody, since
// its event has been alerted.
func (p *Pipeline) replaced(c candidate, old *post.Stored) bool {
	return old != nil && old.EventID != "" && p.another(c, old)
}

// another reports whether a post that would alert tells of another matter than a
// stored one.
func (p *Pipeline) another(c candidate, r *post.Stored) bool {
	if c.verdict.Handling != verdict.Alert || !similar.Replaced(p.reduce.Reduce(r.Title, r.Body), c.text) {
		return false
	}
	score, _ := samematter.Compare(samematter.NewAccount(r.Title, r.Body, r.FirstSeen), samematter.NewAccount(c.Title, c.Body, r.FirstSeen))
	return samematter.RelationOf(score) == samematter.Unrelated
}

// sameAddress is how many posts of an address are compared.
const sameAddress = 5

// tellsElse reports whether a post that would alert has its address only in common
// with the posts of that address: some sites give all they have the list's.
func (p *Pipeline) tellsElse(ctx context.Context, tx store.Tx, c candidate) (bool, error) {
	if c.verdict.Handling != verdict.Alert {
		return false, nil
	}
	rows, err := post.AtURL(ctx, tx, c.URL, sameAddress)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(rows, func(r post.Stored) bool { return !p.another(c, &r) }), nil
}

// leave counts the event anew that a replaced post was of, and keeps for a person that
// the two may be one after all.
func (p *Pipeline) leave(ctx context.Context, tx store.Tx, old *post.Stored, to event.Event, now time.Time) error {
	from, err := event.MustCurrent(ctx, tx, old.EventID)
	if err != nil || from.ID == to.ID {
		return err
	}
	if err := event.Recount(ctx, tx, from); err != nil {
		return err
	}
	l := event.NewLink(from.ID, to.ID)
	l.Why, l.At = "帖子 "+old.ID+" 的网页换成了另一件事", now
	return event.Suggest(ctx, tx, l)
}
