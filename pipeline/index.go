package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"huiying/event"
	"huiying/event/samematter"
	"huiying/internal/post"
	"huiying/internal/store"
)

// stamp is by what it is told whether the indexes have a post as it is stored.
type stamp struct{ event, text string }

const (
	// fillChunk is how many posts are read at a time.
	fillChunk = 500
	// mostKnown bounds what is remembered of posts that need not be read again.
	mostKnown = 20000
	// toldAtFill is of how many posts of one event the accounts are taken in at once.
	toldAtFill = 12
)

// Fill reads the events of the last days into the index. Run does it first.
func (p *Pipeline) Fill(ctx context.Context) error {
	now := p.o.Now()
	p.known = nil // what is known of the posts may be wrong
	if err := p.fill(ctx, p.o.DB.Reader(), now.Add(-p.o.JoinWindow)); err != nil {
		return err
	}
	p.filled, p.known = now, nil // what is a week old is not listed again
	return nil
}

// catchUp takes in what other nodes, or an import on this one, stored since the
// last batch. A little twice is harmless, and covers clocks that differ.
func (p *Pipeline) catchUp(ctx context.Context, tx store.Tx, now time.Time) error {
	changed, err := p.o.DB.ChangedElsewhere(ctx, tx)
	if err != nil || !changed {
		return err
	}
	since := p.filled
	if now.Before(since) { // the clock was set back: what was stored since is older than it seems
		since = now
	}
	if err := p.fill(ctx, tx, since.Add(-time.Minute)); err != nil {
		return err
	}
	p.filled = now
	return nil
}

// takeBack takes out of the indexes what a batch that failed put in, and puts back
// what is stored of its posts.
func (p *Pipeline) takeBack(ctx context.Context, batch []candidate, opened []string) {
	for _, c := range batch {
		p.index.Remove(c.ID)
		delete(p.known, c.ID)
	}
	for _, id := range opened {
		p.matters.Remove(id)
	}
	if err := p.takeIn(ctx, p.o.DB.Reader(), ids(batch)); err != nil {
		p.doubtful = true
	}
}

// trust reads the indexes anew where they cannot be trusted: after a batch of which
// nobody knows what is stored, and where the clock was set back, since they may have
// forgotten posts by the wrong time.
func (p *Pipeline) trust(ctx context.Context, now time.Time) error {
	if p.doubtful || now.Before(p.latest.Add(-time.Minute)) {
		if err := p.Fill(ctx); err != nil {
			return err
		}
		p.doubtful = false
	}
	p.latest = now
	return nil
}

// fill adds to the indexes the posts seen since the given time that belong to
// events, and those of events that a person merged or split since. What they have
// already is not read again: other nodes wait for this one meanwhile.
func (p *Pipeline) fill(ctx context.Context, db store.Conn, since time.Time) error {
	listed, err := changedSince(ctx, db, since)
	if err != nil {
		return fmt.Errorf("rebuild the index of events: %w", err)
	}
	known := make(map[string]stamp, len(listed))
	var fresh []string
	for _, r := range listed {
		s := stamp{r.EventID, r.TextHash}
		known[r.ID] = s
		if p.known[r.ID] != s {
			fresh = append(fresh, r.ID)
		}
	}
	told := map[string]int{}
	for ids := range slices.Chunk(fresh, fillChunk) {
		if err := p.takeSome(ctx, db, ids, told); err != nil {
			return fmt.Errorf("rebuild the index of events: %w", err)
		}
	}
	p.known = known
	return nil
}

// takeIn adds stored posts to the indexes as the database has them now.
func (p *Pipeline) takeIn(ctx context.Context, db store.Conn, ids []string) error {
	return p.takeSome(ctx, db, ids, map[string]int{})
}

// takeSome is takeIn that counts in told whose accounts were taken in: a few of an
// event are enough, and they cost more than all the rest.
func (p *Pipeline) takeSome(ctx context.Context, db store.Conn, ids []string, told map[string]int) error {
	rows, err := post.Texts(ctx, db, ids)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p.index.Add(r.ID, r.EventID, r.URL, p.reduce.Reduce(r.Title, r.Body), r.FirstSeen)
		if told[r.EventID] < toldAtFill && p.o.Now().Sub(r.FirstSeen) <= samematter.Window {
			told[r.EventID]++
			p.matters.Add(r.EventID, samematter.NewAccount(r.Title, r.Body, r.FirstSeen))
		}
	}
	return nil
}

// changedSince lists the posts of events that were seen, or whose events a person
// merged or split, since the given time.
func changedSince(ctx context.Context, db store.Conn, since time.Time) ([]post.Stamp, error) {
	decided, err := event.DecidedSince(ctx, db, since)
	if err != nil {
		return nil, err
	}
	var events []string
	for _, l := range decided {
		events = append(events, l.A, l.B)
	}
	return post.StampsSince(ctx, db, since, events)
}

// note remembers that the indexes have a post as this node has stored it.
func (p *Pipeline) note(id string, s stamp) {
	if p.known == nil || len(p.known) >= mostKnown {
		p.known = map[string]stamp{}
	}
	p.known[id] = s
}

// Reposts finds posts by their fingerprints among those that any node stored. What
// it answers is a hint: the pipeline reads the posts it names inside the transaction
// and joins by what it finds there. So it may forget, lag behind and be wrong, and
// an error of it stops no post.
type Reposts interface {
	// Find names posts of events first seen since the given time that have the URL
	// or the text of one of these: about one for each that has any. It takes one
	// round trip.
	Find(ctx context.Context, since time.Time, prints []post.Print) ([]string, error)
	// Add makes posts known that a transaction has stored. It does not wait.
	Add(ctx context.Context, prints []post.Print)
}

// noReposts knows of nothing.
type noReposts struct{}

func (noReposts) Find(context.Context, time.Time, []post.Print) ([]string, error) { return nil, nil }
func (noReposts) Add(context.Context, []post.Print)                               {}

// hinted asks for the posts of which some of these may be reposts, as far as the
// index in memory does not know them.
func (p *Pipeline) hinted(ctx context.Context, all []candidate, now time.Time) []string {
	var ask []post.Print
	for _, c := range all {
		if !p.index.Exact(c.URL, c.text, c.FirstSeen) && (c.URL != "" || c.hash != "") {
			ask = append(ask, c.print())
		}
	}
	if len(ask) == 0 {
		return nil
	}
	ids, err := p.o.Reposts.Find(ctx, now.Add(-p.o.JoinWindow), ask)
	if err != nil {
		p.o.Log.WarnContext(ctx, "cannot ask for reposts, the index in memory must do", "error", err)
	}
	return ids
}

func (c candidate) print() post.Print { return post.Print{ID: c.ID, URL: c.URL, TextHash: c.hash} }
