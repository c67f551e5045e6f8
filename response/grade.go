package response

import (
	"context"
	"errors"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Grade gives an emergency the grade that a person says: he alone may lower one, and
// grades what is 待定. Clocks that the new grade does not have end, those that it has
// and the case had not begin: fast ones when the text was first seen on which the
// grade rests, postID, else now; the slow one when the case was opened.
func (a *Acts) Grade(ctx context.Context, w Instruction, g verdict.Grade, postID string) (Case, error) {
	w.Reason = strings.TrimSpace(w.Reason)
	switch {
	case g == verdict.NoGrade || g == verdict.Pending:
		return Case{}, refuse("请定为特别重大、重大、较大或一般")
	case w.Reason == "":
		return Case{}, refuse("请写明定级的依据（--reason）")
	}
	return a.on(ctx, w, func(ctx context.Context, tx store.Tx, c *Case, e *event.Event, now time.Time) error {
		switch {
		case e.Category != verdict.Emergency:
			return refuse("只有突发事件分级，这件事是%s", e.Category.Name())
		case e.Grade == g:
			return refuse("这件事已经是%s", g.Name())
		}
		seen := now
		if postID != "" {
			at, err := firstSeen(ctx, tx, postID, e.ID)
			if err != nil {
				return err
			}
			seen = at
		}
		was := e.Grade
		e.GradeAs(g, now)
		e.Step++
		if err := event.SaveGrade(ctx, tx, e); err != nil {
			return err
		}
		change := was.Name() + "→" + g.Name()
		if err := a.reclock(ctx, tx, c, *e, seen, now, "定级 "+change+"（"+w.By+"："+w.Reason+"）"); err != nil {
			return err
		}
		if _, err := Record(ctx, tx, Entry{CaseID: c.ID, Verb: Graded, By: w.By, Subject: change, Note: w.Reason, Via: w.Via, At: now}); err != nil {
			return err
		}
		n := alerting.About(*e, alerting.NoticeID(e.ID, e.Category, e.Step), alerting.KindUpdate, now)
		n.Step = e.Step // what nobody has taken on climbs by the new grade
		n.Raised = g.Rank() > was.Rank()
		n.Content = alerting.Content{
			Headline: "【定级：" + change + "】",
			Fields: []alerting.Field{
				{Name: "定级", Value: w.By},
				{Name: "依据", Value: w.Reason},
				ClocksField(*c, now),
			},
		}
		heard, err := alerting.Heard(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		return a.say(ctx, tx, n, *e, alerting.Join(a.Outbox.Router().Route(n), heard))
	})
}

// reclock ends the running clocks that the event's grade does not have and opens
// those that it has. c is the case as it then is.
func (a *Acts) reclock(ctx context.Context, tx store.Tx, c *Case, e event.Event, seen, now time.Time, note string) (err error) {
	policy := a.Policy.WithDefaults()
	if !Urgent(e.Category, e.Grade) {
		// 48 小时 from when we first saw the matter, whatever it was taken for meanwhile.
		seen = c.OpenedAt
		if *c, err = Stop(ctx, tx, c.ID, Evidence{Note: note, Clocks: []ClockKind{FirstRelease, PressConference}, Ended: EndedGraded}, now); err != nil {
			return err
		}
	}
	_, opened := policy.For(e, c.Clocks, seen)
	if err := Save(ctx, tx, *c, opened); err != nil {
		return err
	}
	if err := a.DB.Enqueue(ctx, tx, policy.Jobs(e, opened)...); err != nil {
		return err
	}
	*c, err = Find(ctx, tx, c.ID)
	return err
}

// firstSeen is when a post of an event was first seen.
func firstSeen(ctx context.Context, tx store.Conn, postID, eventID string) (time.Time, error) {
	p, err := post.ByID(ctx, tx, postID)
	switch {
	case errors.Is(err, post.ErrNotFound) || err == nil && p.EventID != eventID:
		return time.Time{}, refuse("这件事里没有帖子 %s", postID)
	case err != nil:
		return time.Time{}, err
	}
	return p.FirstSeen, nil
}
