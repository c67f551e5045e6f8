package pipeline

import (
	"context"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/event/similar"
	"huiying/internal/post"
	"huiying/internal/store/views"
	"huiying/response"
)

// How far offers look.
const (
	// offerFor is how long after its last post an open case is offered answers.
	offerFor = 30 * 24 * time.Hour
	// offerBack is how long the bureau's own posts are kept in mind for cases that
	// open after them.
	offerBack = 72 * time.Hour
	// offerCases bounds what is compared with one post, and twice offerEach how many
	// posts of one case are.
	offerCases = 300
	offerEach  = 5
	// offerMost is to how many cases one post is offered: one that fits more is a
	// weekly round-up.
	offerMost = 5
)

// waiting are the open cases with what the public said of them, as a batch's posts of
// the bureau's own are compared with them.
type waiting struct {
	events []event.Event
	said   map[string][]response.Utterance
}

// openCases reads the cases that wait for an answer, once for a batch: until one opens.
func (b *batch) openCases(ctx context.Context) (*waiting, error) {
	if b.waiting != nil {
		return b.waiting, nil
	}
	w := new(waiting)
	var err error
	if w.events, err = views.EventsWaiting(ctx, b.tx, string(response.Open), b.now.Add(-offerFor), offerCases); err != nil {
		return nil, err
	}
	if w.said, err = b.utterances(ctx, w.events); err != nil {
		return nil, err
	}
	b.waiting = w
	return w, nil
}

// offer looks for open cases that a post of the bureau's own may answer.
func (b *batch) offer(ctx context.Context, c candidate) error {
	w, err := b.openCases(ctx)
	if err != nil {
		return err
	}
	s := statement(c.Title, c.Body, c.text, c.Published)
	s.Verdict = c.verdict
	type match struct {
		event event.Event
		why   string
	}
	var found []match
	for _, e := range w.events {
		if why := b.matcher.Match(s, e, w.said[e.ID]); why != "" {
			found = append(found, match{e, why})
		}
	}
	for _, m := range found[:min(len(found), offerMost)] {
		if err := b.makeOffer(ctx, m.event, c.Post, m.why); err != nil {
			return err
		}
	}
	return nil
}

// offerEarlier looks for posts of the bureau's own that were read shortly before
// the event's case opened: its answer may have been faster than we were.
func (b *batch) offerEarlier(ctx context.Context, e event.Event) error {
	rows, err := post.Official(ctx, b.tx, b.now.Add(-offerBack), offerCases)
	if err != nil || len(rows) == 0 {
		return err
	}
	said, err := b.utterances(ctx, []event.Event{e})
	if err != nil {
		return err
	}
	for _, r := range rows {
		s := statement(r.Title, r.Body, b.reduce.Reduce(r.Title, r.Body), r.Published)
		s.Verdict = r.Verdict
		if why := b.matcher.Match(s, e, said[e.ID]); why != "" {
			if err := b.makeOffer(ctx, e, r.Post, why); err != nil {
				return err
			}
		}
	}
	return nil
}

func statement(title, body string, text similar.Text, published time.Time) response.Statement {
	return response.Statement{Raw: title + "\n" + body, Text: text, Published: published}
}

// utterances reads what the public said of events, by event, oldest first: of an
// event that everybody speaks of the first posts and the last.
func (b *batch) utterances(ctx context.Context, events []event.Event) (map[string][]response.Utterance, error) {
	said := map[string][]response.Utterance{}
	var rows []post.Stored
	var few []string
	for _, e := range events {
		if e.Posts <= 2*offerEach {
			few = append(few, e.ID)
			continue
		}
		ends, err := post.EndsOfPublic(ctx, b.tx, e.ID, offerEach)
		if err != nil {
			return nil, err
		}
		rows = append(rows, ends...)
	}
	all, err := post.OfPublic(ctx, b.tx, few)
	if err != nil {
		return nil, err
	}
	for _, r := range append(rows, all...) {
		said[r.EventID] = append(said[r.EventID], response.Utterance{
			URL: r.URL, Text: b.reduce.Reduce(r.Title, r.Body), Verdict: r.Verdict,
		})
	}
	return said, nil
}

// makeOffer stores an offer and tells of it, once.
func (b *batch) makeOffer(ctx context.Context, e event.Event, r post.Post, why string) error {
	o := response.OfferOf(response.CaseID(e.ID), r.ID)
	o.SourceName, o.URL, o.Title, o.Why = r.SourceName, r.URL, r.Title, why
	o.Published, o.CreatedAt = r.Published, b.now
	if o.Title == "" {
		o.Title = r.Body
	}
	created, err := response.SaveOffer(ctx, b.tx, o)
	if err != nil || !created {
		return err
	}
	parent, err := alerting.AlertOf(ctx, b.tx, e.ID)
	if err != nil {
		return err
	}
	_, err = b.o.Outbox.Post(ctx, b.tx, o.Notice(e, r.Body, b.o.Page(e.ID)), parent)
	return err
}
