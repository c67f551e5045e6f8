package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/classifier"
	"huiying/crawler"
	"huiying/event"
	"huiying/response"
)

// candidate is a post that is new or whose text changed, with its verdict.
type candidate struct {
	crawler.Post
	verdict classifier.Verdict
	text    event.Text
	hash    string
}

// judge leaves out what is known unchanged and classifies the rest. It runs
// before the transaction, since jieba needs no lock.
func (p *Pipeline) judge(ctx context.Context, posts []crawler.Post, now time.Time) ([]candidate, error) {
	all := make([]candidate, 0, len(posts))
	at := map[string]int{}
	for _, post := range posts {
		clean(&post)
		if post.FirstSeen.IsZero() {
			post.FirstSeen = now
		}
		c := candidate{Post: post, text: p.reduce.Reduce(post.Title, post.Body)}
		c.hash = c.text.Hash()
		// A source may list one post twice in a round; the later reading counts.
		if i, twice := at[post.ID]; twice {
			all[i] = c
			continue
		}
		at[post.ID] = len(all)
		all = append(all, c)
	}
	have, err := stored(ctx, p.o.DB.Reader(), ids(all))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c candidate) bool {
		r := have[c.ID]
		return r != nil && r.TextHash == c.hash
	})
	for i := range all {
		all[i].verdict = p.o.Judge.Classify(all[i].Post)
	}
	return all, nil
}

// clean drops what a database cannot hold: broken UTF-8 and NUL.
func clean(post *crawler.Post) {
	for _, s := range []*string{&post.URL, &post.Title, &post.Body, &post.Origin} {
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
func (p *Pipeline) decide(ctx context.Context, tx bun.Tx, c candidate, old *row, now time.Time) (o Outcome, changed bool, err error) {
	if old != nil && old.TextHash == c.hash {
		return Outcome{}, false, nil
	}
	o = Outcome{Post: c.Post, Verdict: c.verdict, Revision: 1}
	if old != nil {
		o.Revision = old.Revision + 1
		o.Post.FirstSeen, o.Post.FirstRound = old.FirstSeen, false
	}
	p.temper(&o)
	if o.Verdict.Handling != classifier.None || old != nil && old.EventID != "" {
		if err := p.join(ctx, tx, &o, c, old, now); err != nil {
			return o, false, err
		}
	}
	if err := p.keep(ctx, tx, o, c, old, now); err != nil {
		return o, false, err
	}
	if o.Event == nil {
		return o, true, nil
	}
	p.index.Add(c.ID, o.Event.ID, c.URL, c.text, o.Post.FirstSeen)
	if err := p.sources(ctx, tx, o.Event); err != nil {
		return o, false, err
	}
	if o.Event.Handling == classifier.Alert {
		err = p.follow(ctx, tx, &o, now)
	}
	return o, true, err
}

// temper lets official posts rest, since they are answers and not matters, and
// sends to 复核 what would open a clock on old news: the first round of a source,
// when everything is new to us, and posts long published.
func (p *Pipeline) temper(o *Outcome) {
	v := &o.Verdict
	if o.Post.Official && v.Handling != classifier.None {
		v.Handling = classifier.None
		v.Tags = append(slices.Clip(v.Tags), "官方发布")
		v.Why += " · 官方发布，不告警"
		return
	}
	if v.Handling != classifier.Alert {
		return
	}
	reason := ""
	if o.Post.FirstRound {
		reason = "首轮采集"
	} else if at := o.Post.Published; !at.IsZero() && o.Revision == 1 && o.Post.FirstSeen.Sub(at) > p.o.StaleAfter {
		reason = "旧帖"
	}
	if reason == "" {
		return
	}
	v.Handling = classifier.Review
	v.Tags = append(slices.Clip(v.Tags), reason)
	v.Why += " · " + reason + "，转复核"
}

// join finds the post's event or opens one, and takes the post into it.
func (p *Pipeline) join(ctx context.Context, tx bun.Tx, o *Outcome, c candidate, old *row, now time.Time) error {
	s := event.Sighting{Post: o.Post, Verdict: o.Verdict, Seen: now}
	id := ""
	if old != nil && old.EventID != "" {
		id, s.Revision = old.EventID, true
	} else if j, ok := p.index.Find(c.URL, c.text); ok {
		id, o.Join = j.Event, j
	}
	if id != "" {
		var e event.Event
		err := tx.NewSelect().Model(&e).Where("id = ?", id).Scan(ctx)
		if err == nil {
			o.Event = &e
			o.Change = e.Absorb(s)
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read event %s: %w", id, err)
		}
		o.Join = event.Join{} // the index knew an event that was never stored
	}
	e, change := event.Open(s)
	o.Event, o.Change = &e, change
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return fmt.Errorf("open event %s: %w", e.ID, err)
	}
	return nil
}

// keep writes the post, and its former text if it had one.
func (p *Pipeline) keep(ctx context.Context, tx bun.Tx, o Outcome, c candidate, old *row, now time.Time) error {
	r := &row{
		ID: c.ID, Source: c.Source, SourceName: c.SourceName, Channel: c.Channel, Local: c.Local,
		URL: c.URL, Title: c.Title, Body: c.Body, Origin: c.Origin, Published: c.Published,
		FirstSeen: o.Post.FirstSeen, LastSeen: now, FirstRound: o.Post.FirstRound, Revision: o.Revision,
		TextHash: c.hash, Handling: o.Verdict.Handling, Category: o.Verdict.Category, Verdict: o.Verdict,
	}
	if o.Event != nil {
		r.EventID = o.Event.ID
	}
	if old == nil {
		if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
			return fmt.Errorf("store post: %w", err)
		}
		return nil
	}
	was := &revision{
		PostID: old.ID, Revision: old.Revision, Title: old.Title, Body: old.Body,
		Verdict: old.Verdict, SeenAt: old.LastSeen,
	}
	if _, err := tx.NewInsert().Model(was).Exec(ctx); err != nil {
		return fmt.Errorf("store former text: %w", err)
	}
	if _, err := tx.NewUpdate().Model(r).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store changed post: %w", err)
	}
	return nil
}

// sources counts the event's sources anew and writes the event.
func (p *Pipeline) sources(ctx context.Context, tx bun.Tx, e *event.Event) error {
	err := tx.NewSelect().Model((*row)(nil)).ColumnExpr("count(DISTINCT source)").
		Where("event_id = ?", e.ID).Scan(ctx, &e.Sources)
	if err != nil {
		return fmt.Errorf("count sources of event %s: %w", e.ID, err)
	}
	if _, err := tx.NewUpdate().Model(e).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store event %s: %w", e.ID, err)
	}
	return nil
}

// follow opens the event's case and clocks and posts the alert or the update.
func (p *Pipeline) follow(ctx context.Context, tx bun.Tx, o *Outcome, now time.Time) error {
	e := o.Event
	if !o.Change.Alerted && !o.Change.Raised {
		return nil
	}
	var have []*response.Clock
	if o.Change.Raised {
		c, err := response.Find(ctx, tx, e.ID)
		if err != nil && !errors.Is(err, response.ErrNoCase) {
			return err
		}
		have = c.Clocks
	}
	c, opened := p.o.Policy.For(*e, have, p.seen(*o, now))
	if err := response.Save(ctx, tx, c, opened); err != nil {
		return err
	}
	if err := p.o.DB.Enqueue(ctx, tx, p.o.Policy.Jobs(*e, opened)...); err != nil {
		return err
	}
	o.Clocks = opened

	e.Step++
	if e.AlertedAt.IsZero() {
		e.AlertedAt = now
	}
	if _, err := tx.NewUpdate().Model(e).Column("step", "alerted_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store event %s: %w", e.ID, err)
	}
	parent := ""
	if o.Change.Raised {
		var err error
		if parent, err = alerting.AlertOf(ctx, tx, e.ID); err != nil {
			return err
		}
	}
	var err error
	o.Told, err = p.o.Outbox.Post(ctx, tx, p.notice(*o, append(have, pointers(opened)...), now), parent)
	return err
}

// seen is when the text that raised the event was first seen: clocks start there.
func (p *Pipeline) seen(o Outcome, now time.Time) time.Time {
	if o.Revision > 1 {
		return now
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

func (p *Pipeline) notice(o Outcome, clocks []*response.Clock, now time.Time) alerting.Notice {
	e := *o.Event
	m := alerting.Matter{
		Event: e, Verdict: o.Verdict,
		Post: alerting.Source{
			Title: o.Post.Title, Body: o.Post.Body, URL: o.Post.URL,
			Name: o.Post.SourceName, Channel: o.Post.Channel.Name(),
		},
		Page: p.o.Page(e.ID),
	}
	for _, c := range clocks {
		if c.Running() {
			m.Clocks = append(m.Clocks, alerting.Field{
				Name:  c.Kind.Name(),
				Value: c.DueAt.In(time.FixedZone("UTC+8", 8*60*60)).Format("01-02 15:04") + "，" + c.Left(now),
			})
		}
	}
	n := alerting.Notice{
		ID: alerting.NoticeID(e.ID, e.Category, e.Step), Kind: alerting.KindAlert, EventID: e.ID, Step: e.Step,
		Category: e.Category, Grade: e.Grade, Sections: e.Sections, CreatedAt: now,
	}
	if o.Change.Alerted {
		n.Content = m.Alert()
		return n
	}
	n.Kind = alerting.KindUpdate
	before := e
	before.Category, before.Grade, before.Toll = o.Change.Category, o.Change.Grade, o.Change.Toll
	n.Content = m.Update(before)
	return n
}
