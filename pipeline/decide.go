package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/crawler/sitetext"
	"huiying/event"
	"huiying/event/samematter"
	"huiying/event/similar"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// candidate is a post that is new or whose text changed, with its verdict.
type candidate struct {
	post.Post
	verdict verdict.Verdict
	text    similar.Text
	hash    string
}

// judge leaves out what is known unchanged and classifies the rest. It runs
// before the transaction, since jieba needs no lock.
func (p *Pipeline) judge(ctx context.Context, posts []post.Post, now time.Time) ([]candidate, error) {
	all := make([]candidate, 0, len(posts))
	at := map[string]int{}
	for _, one := range posts {
		clean(&one)
		if one.FirstSeen.IsZero() {
			one.FirstSeen = now
		}
		one.Happened = sitetext.Happened(one.Title, one.Body, one.Published, one.FirstSeen)
		// A source may list one post twice in a round; the later reading counts.
		if i, twice := at[one.ID]; twice {
			all[i].Post = one
			continue
		}
		at[one.ID] = len(all)
		all = append(all, candidate{Post: one})
	}
	have, err := post.ByIDs(ctx, p.o.DB.Reader(), ids(all))
	if err != nil {
		return nil, err
	}
	changed := all[:0]
	for _, c := range all {
		r := have[c.ID]
		if r != nil && c.Title == "" {
			c.Title = r.Title // a list names what the article page itself may not
		}
		c.text = p.reduce.Reduce(c.Title, c.Body)
		c.hash = c.text.Hash()
		if r != nil && r.TextHash == c.hash {
			if r.EventID != "" && c.Over(r.Reach) != r.Reach {
				p.count(ctx, r, c.Reach, now)
			}
			continue
		}
		if c.verdict, err = p.classify(c.Post); err != nil {
			return nil, err
		}
		changed = append(changed, c)
	}
	return changed, nil
}

// classify asks the judge. Its panic is an error of this post, not the end of
// the process, which would read the same post again after the restart.
func (p *Pipeline) classify(c post.Post) (v verdict.Verdict, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("classifier panicked on post %s: %v", c.ID, r)
		}
	}()
	return p.o.Judge.Classify(c), nil
}

// maxURL is the longest URL in bytes that the databases' indexes take.
const maxURL = 2000

// clean drops what a database cannot hold: broken UTF-8, NUL and endless URLs.
func clean(p *post.Post) {
	if len(p.URL) > maxURL {
		p.URL = ""
	}
	for _, s := range []*string{&p.URL, &p.Title, &p.Body, &p.Origin} {
		*s = strings.ReplaceAll(strings.ToValidUTF8(*s, "\uFFFD"), "\x00", "")
	}
}

func ids(all []candidate) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.ID
	}
	return out
}

// decide is what becomes of one post. old is its row if it is known; changed is
// false where another node was faster with the same text.
func (p *Pipeline) decide(ctx context.Context, tx store.Tx, c candidate, old *post.Stored, now time.Time) (o Outcome, changed bool, err error) {
	if old != nil && old.TextHash == c.hash {
		return Outcome{}, false, nil
	}
	o = Outcome{Post: c.Post, Revision: 1}
	var before *verdict.Verdict
	if old != nil {
		o.Revision, before = old.Revision+1, &old.Verdict
		o.Post.FirstSeen, o.Post.FirstRound = old.FirstSeen, old.FirstRound
	}
	replaced := p.replaced(c, old)
	if replaced { // as good as a new post
		before, o.Post.FirstSeen, o.Post.FirstRound = nil, now, false
	}
	related, err := p.standing(ctx, tx, c, old, replaced, &o)
	if err != nil {
		return o, false, err
	}
	s := event.Sighting{Post: o.Post, Verdict: c.verdict, Seen: now, Revision: old != nil && old.EventID != "" && !replaced}
	s.Verdict = event.Temper(s, o.Event, before, p.o.StaleAfter)
	reached, err := p.escalate(ctx, tx, &s, o.Event, c.hash, now)
	if err != nil {
		return o, false, err
	}
	o.Verdict = s.Verdict
	switch {
	case o.Verdict.Handling == verdict.None && !s.Revision:
		o.Event, o.Join = nil, event.Join{} // 无关: the row and its verdict, no event
	case o.Event != nil:
		o.Change = o.Event.Absorb(s)
	default:
		e, change := event.Open(s)
		if e.ID, err = event.FreeID(ctx, tx, e.ID); err != nil {
			return o, false, err
		}
		o.Event, o.Change = &e, change
		if err := event.Insert(ctx, tx, &e); err != nil {
			return o, false, err
		}
		p.opened = append(p.opened, e.ID)
	}
	if err := p.keep(ctx, tx, o, c, old, now); err != nil {
		return o, false, err
	}
	if c.Official {
		if err := p.offer(ctx, tx, c, now); err != nil {
			return o, false, err
		}
	}
	if o.Event == nil {
		return o, true, nil
	}
	p.index.Add(c.ID, o.Event.ID, c.URL, c.text, o.Post.FirstSeen)
	p.matters.Add(o.Event.ID, samematter.NewAccount(c.Title, c.Body, o.Post.FirstSeen))
	if err := p.sources(ctx, tx, o.Event, o.Post, s.Revision); err != nil {
		return o, false, err
	}
	if replaced {
		if err := p.leave(ctx, tx, old, *o.Event, now); err != nil {
			return o, false, err
		}
	}
	if err := p.hint(ctx, tx, *o.Event, related.hints, now); err != nil {
		return o, false, err
	}
	if reached != nil {
		reached.EventID = o.Event.ID
		if !o.Change.Alerted {
			o.Change.Spread = reached.Why
		}
		if err := event.KeepEscalation(ctx, tx, reached); err != nil {
			return o, false, err
		}
	}
	if err := p.follow(ctx, tx, &o, now); err != nil || !o.Change.Alerted {
		return o, true, err
	}
	p.waiting = nil // one more case is open
	return o, true, p.offerEarlier(ctx, tx, *o.Event, now)
}

// standing finds the event that a post belongs to already or joins, if any.
func (p *Pipeline) standing(ctx context.Context, tx store.Tx, c candidate, old *post.Stored, replaced bool, o *Outcome) (k kin, err error) {
	if replaced {
		p.index.Remove(c.ID) // its former text
	}
	if old != nil && old.EventID != "" && !replaced {
		k.join.Event = old.EventID
	} else if k, err = p.relate(ctx, tx, c, o.Post.FirstSeen); err != nil {
		return k, err
	}
	if k.join.Event == "" {
		return k, nil
	}
	if o.Event, err = event.Current(ctx, tx, k.join.Event); err != nil || o.Event == nil {
		return k, err
	}
	if k.join.How != "" {
		o.Join = k.join
		o.Join.Event = o.Event.ID
	}
	return k, nil
}

// text reads the texts of stored posts for the index, which keeps none.
func (p *Pipeline) text(ctx context.Context, tx store.Tx) similar.Lookup {
	return func(id string) (similar.Text, error) {
		have, err := post.ByIDs(ctx, tx, []string{id})
		if err != nil || have[id] == nil {
			return nil, err
		}
		return p.reduce.Reduce(have[id].Title, have[id].Body), nil
	}
}

// keep writes the post, and its former text if it had one.
func (p *Pipeline) keep(ctx context.Context, tx store.Tx, o Outcome, c candidate, old *post.Stored, now time.Time) error {
	r := &post.Stored{
		Post: o.Post, LastSeen: now, Revision: o.Revision, TextHash: c.hash,
		Handling: o.Verdict.Handling, Category: o.Verdict.Category, Verdict: o.Verdict,
	}
	if o.Event != nil {
		r.EventID = o.Event.ID
	}
	if old != nil {
		r.Reach = r.Over(old.Reach)
		if err := post.Revise(ctx, tx, old, r); err != nil {
			return err
		}
	} else if err := post.Insert(ctx, tx, r); err != nil {
		return err
	}
	return p.spreads(ctx, tx, r.EventID, r.Reach, now)
}

// sources counts the post's source, if it is the first of its source to speak of the
// event, and writes the event. Counting anew for each post would take time with the
// square of their number.
func (p *Pipeline) sources(ctx context.Context, tx store.Tx, e *event.Event, c post.Post, again bool) error {
	if !again {
		known, err := post.HasSource(ctx, tx, e.ID, c.Source, c.ID)
		if err != nil {
			return err
		}
		if !known {
			e.Sources++
		}
	}
	return event.Update(ctx, tx, e)
}
