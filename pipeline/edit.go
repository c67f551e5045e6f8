package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/response"
)

// EventEditor does what people decide about which posts are one matter, each in one
// transaction beside the pipeline's: the events, their cases, and the word to everyone
// who heard of them.
type EventEditor struct {
	DB     *store.DB
	Outbox *alerting.Outbox
	Policy response.Policy
	// Page is the address of an event's own page.
	Page func(eventID string) string
	Now  func() time.Time
}

// write runs fn while no pipeline works.
func (ed *EventEditor) write(ctx context.Context, fn func(ctx context.Context, tx store.Tx, now time.Time) error) error {
	return ed.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := ed.DB.Lock(ctx, tx, lockName); err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		return fn(ctx, tx, ed.Now())
	})
}

// Merge makes one matter of two events at a person's word: all posts go to the one
// alerted first, which is returned. Its case goes on with the earlier clocks, the
// other's is closed with a pointer to it, and who heard of the other is told so in its
// thread, once. No machine parts them again.
func (ed *EventEditor) Merge(ctx context.Context, a, b, by string) (out event.Event, err error) {
	err = ed.write(ctx, func(ctx context.Context, tx store.Tx, now time.Time) error {
		out, err = ed.merge(ctx, tx, a, b, by, now)
		return err
	})
	return out, err
}

func (ed *EventEditor) merge(ctx context.Context, tx store.Tx, a, b, by string, now time.Time) (event.Event, error) {
	into, err := event.MustCurrent(ctx, tx, a)
	if err != nil {
		return event.Event{}, err
	}
	from, err := event.MustCurrent(ctx, tx, b)
	if err != nil {
		return event.Event{}, err
	}
	if into.ID == from.ID {
		return event.Event{}, fmt.Errorf("%s 和 %s 已经是同一个事件 %s", a, b, into.ID)
	}
	if earlier(*from, *into) {
		into, from = from, into
	}
	// Asked before the merge: afterwards they have heard of the other too.
	heard, err := alerting.Heard(ctx, tx, from.ID)
	if err != nil {
		return event.Event{}, err
	}
	before, was := *into, *from
	if err := ed.join(ctx, tx, into, from); err != nil {
		return event.Event{}, err
	}
	policy := ed.Policy.WithDefaults()
	watch, err := response.Merge(ctx, tx, policy, *into, was, by, now)
	if err != nil {
		return event.Event{}, err
	}
	if err := ed.DB.Enqueue(ctx, tx, policy.Jobs(*into, watch)...); err != nil {
		return event.Event{}, err
	}
	l := event.NewLink(into.ID, from.ID)
	l.State, l.By, l.At, l.Why = event.Merged, by, now, "人工合并"
	if err := event.Decide(ctx, tx, l); err != nil {
		return event.Event{}, err
	}
	return *into, ed.tellMerged(ctx, tx, before, *into, was, heard, by, now)
}

// join moves all that one event held to another.
func (ed *EventEditor) join(ctx context.Context, tx store.Tx, into, from *event.Event) error {
	if err := post.MoveAll(ctx, tx, from.ID, into.ID); err != nil {
		return err
	}
	into.Take(*from)
	from.MergedInto, from.Handling, from.Posts, from.Sources = into.ID, verdict.None, 0, 0
	if err := event.Update(ctx, tx, from); err != nil {
		return err
	}
	if err := event.Redirect(ctx, tx, from.ID, into.ID); err != nil {
		return err
	}
	return event.Recount(ctx, tx, into)
}

// tellMerged tells who heard of a merged event that it goes on as another, and, where
// that one grew by it, everyone of that one.
func (ed *EventEditor) tellMerged(ctx context.Context, tx store.Tx, before, into, from event.Event, heard []alerting.Receiver, by string, now time.Time) error {
	fields := []alerting.Field{{Name: "并入", Value: into.ID + " " + into.Title}, {Name: "谁决定", Value: by}}
	if c, err := response.Find(ctx, tx, into.ID); err == nil {
		fields = append(fields, response.ClocksField(c, now))
	} else if !errors.Is(err, response.ErrNoCase) {
		return err
	}
	if len(heard) > 0 {
		parent, err := alerting.AlertOf(ctx, tx, from.ID)
		if err != nil {
			return err
		}
		// Of the merged event: in its thread, where a button acts on the matter it is part of.
		n := alerting.About(from, "M-"+from.ID, alerting.KindUpdate, now)
		n.Content = alerting.Content{Headline: "【已并入另一事项】" + from.Title, Fields: fields, Page: ed.Page(into.ID)}
		if _, err := ed.Outbox.PostTo(ctx, tx, n, heard, parent); err != nil {
			return err
		}
	}
	rose := alerting.Rose(before, into)
	if into.Handling != verdict.Alert || rose == "" && len(into.Sections) == len(before.Sections) {
		return nil
	}
	into.Step++
	if err := event.Update(ctx, tx, &into); err != nil {
		return err
	}
	parent, err := alerting.AlertOf(ctx, tx, into.ID)
	if err != nil {
		return err
	}
	n := alerting.About(into, alerting.NoticeID(into.ID, into.Category, into.Step), alerting.KindUpdate, now)
	n.Step, n.Raised = into.Step, rose != ""
	n.Content = alerting.Content{
		Headline: "【并入 " + from.ID + "】" + into.Title,
		Fields:   append([]alerting.Field{{Name: "变化", Value: rose}, {Name: "归口", Value: owners(into)}}, fields[1:]...),
		Page:     ed.Page(into.ID),
	}
	if rose == "" {
		n.Content.Fields = n.Content.Fields[1:]
	}
	mine, err := alerting.Heard(ctx, tx, into.ID)
	if err != nil {
		return err
	}
	_, err = ed.Outbox.PostTo(ctx, tx, n, alerting.Join(ed.Outbox.Router().Route(n), mine), parent)
	return err
}

func owners(e event.Event) string {
	if len(e.Sections) == 0 {
		return "局办公室"
	}
	return strings.Join(e.Sections, "、")
}

// earlier reports whether event a was alerted before b, or seen before it where
// neither was.
func earlier(a, b event.Event) bool {
	switch {
	case a.AlertedAt.IsZero() != b.AlertedAt.IsZero():
		return b.AlertedAt.IsZero()
	case !a.AlertedAt.IsZero() && !a.AlertedAt.Equal(b.AlertedAt):
		return a.AlertedAt.Before(b.AlertedAt)
	}
	return a.FirstSeen.Before(b.FirstSeen)
}

// Split takes a post out of its event at a person's word and makes it an event of
// its own. Where its verdict calls for an alert it has a case, whose clocks start when
// the post was first seen, and those it concerns are told. No machine joins the two
// again.
func (ed *EventEditor) Split(ctx context.Context, postID, by string) (out event.Event, err error) {
	err = ed.write(ctx, func(ctx context.Context, tx store.Tx, now time.Time) error {
		out, err = ed.split(ctx, tx, postID, by, now)
		return err
	})
	return out, err
}

func (ed *EventEditor) split(ctx context.Context, tx store.Tx, postID, by string, now time.Time) (event.Event, error) {
	r, err := post.ByID(ctx, tx, postID)
	if errors.Is(err, post.ErrNotFound) {
		return event.Event{}, fmt.Errorf("没有帖子 %s", postID)
	}
	if err != nil {
		return event.Event{}, err
	}
	if r.EventID == "" {
		return event.Event{}, fmt.Errorf("帖子 %s 不属于任何事件", postID)
	}
	from, err := event.MustCurrent(ctx, tx, r.EventID)
	if err != nil {
		return event.Event{}, err
	}
	if from.Posts < 2 {
		return event.Event{}, fmt.Errorf("事件 %s 只有这一条帖子，不用拆", from.ID)
	}
	e, change := event.Open(event.Sighting{Post: r.Post, Verdict: r.Verdict, Seen: r.FirstSeen})
	if e.ID, err = event.FreeID(ctx, tx, e.ID); err != nil {
		return event.Event{}, err
	}
	if change.Alerted {
		e.AlertedAt, e.Step = now, 1
		where := alerting.WhereOf(r.Verdict, r.Title, r.Body)
		e.Units = append([]string{}, ed.Outbox.Router().Units(alerting.Notice{Where: where})...)
	}
	if err := event.Insert(ctx, tx, &e); err != nil {
		return event.Event{}, err
	}
	if err := post.MoveToEvent(ctx, tx, r.ID, e.ID); err != nil {
		return event.Event{}, err
	}
	for _, touched := range []*event.Event{from, &e} {
		if err := event.Recount(ctx, tx, touched); err != nil {
			return event.Event{}, err
		}
	}
	l := event.NewLink(from.ID, e.ID)
	l.State, l.By, l.At, l.Why = event.Parted, by, now, "人工拆分 "+r.ID
	if err := event.Decide(ctx, tx, l); err != nil || !change.Alerted {
		return e, err
	}
	return e, ed.open(ctx, tx, e, *from, r, by, now)
}

// open gives a split event its case, and tells those it concerns.
func (ed *EventEditor) open(ctx context.Context, tx store.Tx, e, from event.Event, r *post.Stored, by string, now time.Time) error {
	policy := ed.Policy.WithDefaults()
	c, opened := policy.For(e, nil, r.FirstSeen)
	if err := response.Save(ctx, tx, c, opened); err != nil {
		return err
	}
	if err := ed.DB.Enqueue(ctx, tx, policy.Jobs(e, opened)...); err != nil {
		return err
	}
	entry := response.Entry{CaseID: c.ID, Verb: response.SplitOff, By: by, Subject: "自 " + from.ID, Note: r.ID, Via: "command", At: now}
	if _, err := response.Record(ctx, tx, entry); err != nil {
		return err
	}
	m, err := matter(ctx, tx, ed.Page, Outcome{Post: r.Post, Verdict: r.Verdict, Event: &e}, pointers(opened), now)
	if err != nil {
		return err
	}
	n := m.Notice(now)
	n.Content = m.Alert()
	n.Content.Fields = append([]alerting.Field{{Name: "拆分", Value: by + "从 " + from.ID + " 拆出，另成一件"}}, n.Content.Fields...)
	_, err = ed.Outbox.Post(ctx, tx, n, "")
	return err
}
