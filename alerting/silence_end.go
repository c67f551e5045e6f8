package alerting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/event"
	"huiying/internal/safetext"
	"huiying/internal/store"
)

// JobSilenceEnd tells, after the end of a silence, what it held back and still waits
// for an answer. Its ID is the silence's.
const JobSilenceEnd = "silence"

// SilenceEnds tells of silences that ended.
type SilenceEnds struct {
	DB     *store.DB
	Outbox *Outbox
	// Standing says whether an event waits for an answer, in Chinese how its clocks
	// stand, and whether one of them ran out.
	Standing func(ctx context.Context, tx store.Conn, eventID string, now time.Time) (waits bool, clocks string, overdue bool, err error)
	// Page is the address of the page that lists silences.
	Page string
	Now  func() time.Time
}

// heldBack is one delivery that a silence held back.
type heldBack struct {
	ID, Receiver, Target, EventID string
	Content                       Content `bun:"content,type:json"`
}

// End handles jobs of kind JobSilenceEnd: everyone who was told nothing gets one
// list, once, of what still waits. What another silence holds goes over to that one.
func (e *SilenceEnds) End(ctx context.Context, id string) error {
	var wait time.Duration
	err := e.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		s, err := FindSilence(ctx, tx, id)
		if err != nil || !s.ToldAt.IsZero() {
			return err
		}
		now := e.Now()
		if !s.Ended(now) { // the clock was set back
			wait = s.EndsAt.Sub(now)
			return nil
		}
		s.ToldAt = now
		res, err := tx.NewUpdate().Model(&s).Column("told_at").WherePK().Where("told_at IS NULL").Exec(ctx)
		if err != nil {
			return fmt.Errorf("end silence %s: %w", id, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // another node told of it
		}
		held, err := e.waiting(ctx, tx, s, now)
		if err != nil {
			return err
		}
		return e.tell(ctx, tx, s, held, now)
	})
	if err == nil && wait > 0 {
		return store.Snooze(min(wait, time.Hour))
	}
	return err
}

// waiting lists what the silence held back, an event once for each receiver, without
// events that broke it.
func (e *SilenceEnds) waiting(ctx context.Context, tx store.Tx, s Silence, now time.Time) ([]heldBack, error) {
	var all []heldBack
	err := tx.NewSelect().TableExpr("deliveries AS delivery").
		ColumnExpr("delivery.id, delivery.receiver, delivery.target, notice.event_id, notice.content").
		Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
		Where("delivery.silence = ?", s.ID).Where("delivery.state = ?", Silenced).
		Where("NOT EXISTS (?)", tx.NewSelect().Model((*silenceBreak)(nil)).ColumnExpr("1").
			Where("silence_break.silence = delivery.silence").Where("silence_break.event_id = notice.event_id")).
		OrderExpr("notice.created_at, delivery.id").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read what silence %s held back: %w", s.ID, err)
	}
	others, err := Silences(ctx, tx, now)
	if err != nil || len(others) == 0 {
		return all, err
	}
	var left []heldBack
	over := map[string]string{} // the silence that holds an event now
	for _, h := range all {
		next, known := over[h.EventID]
		if !known {
			n := Notice{Kind: KindReminder, EventID: h.EventID, CreatedAt: now}
			if err := describe(ctx, tx, &n); err != nil {
				return nil, err
			}
			other, _, err := e.Outbox.hold(ctx, tx, n)
			if err != nil {
				return nil, err
			}
			next = other.ID
			over[h.EventID] = next
		}
		if next == "" {
			left = append(left, h)
			continue
		}
		if _, err := tx.NewUpdate().Model((*Delivery)(nil)).Set("silence = ?", next).Where("id = ?", h.ID).Exec(ctx); err != nil {
			return nil, fmt.Errorf("hand what silence %s held back to %s: %w", s.ID, next, err)
		}
	}
	return left, nil
}

// describe gives a notice its event's category, grade and sections.
func describe(ctx context.Context, tx store.Conn, n *Notice) error {
	e, err := event.ByID(ctx, tx, n.EventID)
	if err != nil {
		return err
	}
	n.Category, n.Grade, n.Sections = e.Category, e.Grade, e.Sections
	return nil
}

// tell sends every receiver its list.
func (e *SilenceEnds) tell(ctx context.Context, tx store.Tx, s Silence, held []heldBack, now time.Time) error {
	type list struct {
		to      Receiver
		events  []string
		lines   []string
		overdue bool
	}
	var lists []*list
	for _, h := range held {
		i := slices.IndexFunc(lists, func(l *list) bool { return l.to.Name == h.Receiver })
		if i < 0 {
			i = len(lists)
			lists = append(lists, &list{to: Receiver{Name: h.Receiver, Target: h.Target}})
		}
		l := lists[i]
		if slices.Contains(l.events, h.EventID) {
			continue
		}
		l.events = append(l.events, h.EventID)
		waits, clocks, overdue, err := e.Standing(ctx, tx, h.EventID, now)
		if err != nil {
			return err
		}
		if waits {
			l.lines = append(l.lines, safetext.Excerpt(h.Content.Headline, 80)+"（"+h.EventID+"，"+clocks+"）")
			l.overdue = l.overdue || overdue
		}
	}
	for _, l := range lists {
		if len(l.lines) == 0 {
			continue
		}
		n := Notice{
			ID: "Q-" + s.ID + "/" + l.to.Name, Kind: KindReminder, CreatedAt: now, Overdue: l.overdue,
			Content: Content{
				Headline: fmt.Sprintf("【静默结束】静默期间有 %d 件事没有发消息，现在还没有答复", len(l.lines)),
				Summary:  lines(l.lines, listMost),
				Fields: []Field{
					{Name: "静默", Value: s.ID + "，" + s.String()}, {Name: "原因", Value: s.Reason}, {Name: "决定", Value: s.Author},
				},
				Page: e.Page,
			},
		}
		if _, err := e.Outbox.PostTo(ctx, tx, n, []Receiver{l.to}, ""); err != nil {
			return err
		}
	}
	return nil
}

// listMost is how many events a list in a message names.
const listMost = 20

func lines(all []string, most int) string {
	if len(all) <= most {
		return strings.Join(all, "\n")
	}
	return strings.Join(all[:most], "\n") + fmt.Sprintf("\n还有 %d 件，见网页", len(all)-most)
}
