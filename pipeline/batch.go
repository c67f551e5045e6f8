package pipeline

import (
	"context"
	"fmt"
	"time"

	"huiying/event"
	"huiying/event/samematter"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/response"
)

// Process stores one batch of posts with all that follows from them, in one
// transaction. It leaves out what is known unchanged. It is not safe for concurrent
// use: Run calls it, or a command that has the pipeline for itself.
func (p *Pipeline) Process(ctx context.Context, posts []post.Post) ([]Outcome, error) {
	p.o.Reached("fetched")
	now := p.o.Now()
	if err := p.trust(ctx, now); err != nil {
		return nil, err
	}
	candidates, err := p.candidates(ctx, posts, now)
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	p.o.Reached("classified")
	hints := p.hinted(ctx, candidates, now)

	b := &batch{Pipeline: p, now: now}
	err = p.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		b.tx = tx
		return b.run(ctx, candidates, hints)
	})
	if err != nil {
		p.takeBack(ctx, candidates, b.opened)
		return nil, err
	}
	p.o.Reached("stored")
	p.index.Forget(now)
	p.o.Reposts.Add(ctx, b.prints)
	return b.outcomes, nil
}

// batch is one transaction of the pipeline. Nothing in it outlives the commit.
type batch struct {
	*Pipeline

	tx  store.Tx
	now time.Time

	outcomes []Outcome
	prints   []post.Print // of the posts that are of events, for the shared index
	opened   []string     // events, taken out of the indexes again if the commit fails
	waiting  *waiting     // open cases, read when first needed; nil again once one opens
}

// run decides the candidates one after the other. hints are stored posts that some of
// them may repeat.
func (b *batch) run(ctx context.Context, candidates []candidate, hints []string) error {
	if err := b.o.DB.Lock(ctx, b.tx, lockName); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if err := b.catchUp(ctx, b.tx, b.now); err != nil {
		return err
	}
	if err := b.takeIn(ctx, b.tx, hints); err != nil {
		return err
	}
	stored, err := post.ByIDs(ctx, b.tx, ids(candidates))
	if err != nil {
		return err
	}
	for _, c := range candidates {
		old := stored[c.ID]
		if old != nil && old.TextHash == c.hash {
			continue // another node was faster
		}
		o, err := b.decide(ctx, c, old)
		if err != nil {
			return fmt.Errorf("post %s of %s: %w", c.ID, c.Source, err)
		}
		b.outcomes = append(b.outcomes, o)
		if o.Event != nil {
			b.prints = append(b.prints, c.print())
			b.note(c.ID, stamp{o.Event.ID, c.hash})
		}
	}
	b.o.Reached("decided")
	return nil
}

// lockName is under what name pipelines and people's edits of events exclude each other.
const lockName = "huiying pipeline"

// decision is what becomes of one post. Each step of decide adds its part.
type decision struct {
	candidate
	// old is the post as it is stored, nil for a new one; replaced says that its page
	// was filled with another matter.
	old      *post.Stored
	replaced bool

	out Outcome
	// likely are other events that may be the same matter.
	likely []samematter.Match
	// revision says that the post was of the event before.
	revision bool
	// step is the step of 升级 that the post reached, nil for none.
	step *event.Escalation
	// clocks are those of the event's case.
	clocks []*response.Clock
}

// decide takes one post through the five steps. old is the post as it is stored, nil
// for a new one.
func (b *batch) decide(ctx context.Context, c candidate, old *post.Stored) (Outcome, error) {
	d := b.begin(c, old)
	for _, step := range []func(context.Context, *decision) error{
		b.match,    // which event the post is of
		b.adjust,   // what of the verdict counts there
		b.apply,    // post, event and links are written
		b.openCase, // a case opens, or its clocks grow shorter
		b.notify,   // who must know is told
	} {
		if err := step(ctx, d); err != nil {
			return d.out, err
		}
	}
	return d.out, nil
}

// begin is the decision before its first step.
func (b *batch) begin(c candidate, old *post.Stored) *decision {
	d := &decision{candidate: c, old: old, out: Outcome{Post: c.Post, Revision: 1}}
	if old == nil {
		return d
	}
	d.out.Revision = old.Revision + 1
	d.out.Post.FirstSeen, d.out.Post.FirstRound = old.FirstSeen, old.FirstRound
	if d.replaced = old.EventID != "" && b.tellsOfAnother(c, old); d.replaced { // as good as a new post
		d.out.Post.FirstSeen, d.out.Post.FirstRound = b.now, false
	}
	d.revision = old.EventID != "" && !d.replaced
	return d
}

// former is the verdict on the post's former text; nil where there is none that counts.
func (d *decision) former() *verdict.Verdict {
	if d.old == nil || d.replaced {
		return nil
	}
	return &d.old.Verdict
}
