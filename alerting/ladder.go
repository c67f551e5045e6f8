package alerting

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// JobClimb tells the next ones up that nobody has taken an alert on. Its ID is the
// notice's, "|", and the rung, from 1.
const JobClimb = "climb"

// Rank is who hears on a step of the ladder.
type Rank string

// The ranks, in the order in which they hear.
const (
	RankLeaders Rank = "leaders" // the 分管领导 of the sections and units in charge
	RankOffice  Rank = "office"  // the head of the office
	RankHead    Rank = "head"    // 局主要负责人
)

// Step is one step of the ladder: who hears, and how long after the alert.
type Step struct {
	After time.Duration
	To    []Rank
}

// Ladder says how long an alert of each grade may stand before somebody takes it
// on, and who hears then (DOMAIN, clause 4b: an escalation ladder with receipts).
type Ladder struct {
	// Grades holds the steps, their times ascending, by grade; NoGrade is for all that
	// is no emergency. A grade that is missing never climbs.
	Grades map[verdict.Grade][]Step
}

func (l Ladder) step(g verdict.Grade, rung int) (Step, bool) {
	steps := l.Grades[g]
	if rung < 1 || rung > len(steps) {
		return Step{}, false
	}
	return steps[rung-1], true
}

// job watches over the given rung of a notice, if there is one.
func (l Ladder) job(n Notice, rung int) (store.Job, bool) {
	step, ok := l.step(n.Grade, rung)
	// Words about what was done have no step: they do not climb.
	if !ok || n.Kind != KindAlert && n.Kind != KindUpdate || n.Step == 0 {
		return store.Job{}, false
	}
	return store.Job{Kind: JobClimb, ID: n.ID + "|" + strconv.Itoa(rung), At: n.CreatedAt.Add(step.After), Urgent: true}, true
}

// Climber watches over alerts that nobody takes on.
type Climber struct {
	DB     *store.DB
	Outbox *Outbox
	// Settled reports whether an event needs nobody any more.
	Settled func(ctx context.Context, tx store.Conn, eventID string) (bool, error)
	Now     func() time.Time
}

// Climb handles jobs of kind JobClimb. Any act on the event but a handover ends
// the climbing, and so does an answer, until the event grows graver.
func (c *Climber) Climb(ctx context.Context, id string) error {
	noticeID, number, ok := strings.Cut(id, "|")
	rung, err := strconv.Atoi(number)
	if !ok || err != nil {
		return fmt.Errorf("job %q names no rung", id)
	}
	return c.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		var n Notice
		if err := tx.NewSelect().Model(&n).Where("id = ?", noticeID).Scan(ctx); err != nil {
			return fmt.Errorf("read notice %s: %w", noticeID, err)
		}
		e, over, err := c.over(ctx, tx, n)
		if err != nil || over {
			return err
		}
		// It may have been handed to another section since.
		n.Sections, n.Units = e.Sections, e.Units
		w := c.word(n, rung, c.Now())
		parent, err := AlertOf(ctx, tx, n.EventID)
		if err != nil {
			return err
		}
		router := c.Outbox.Router()
		// Those who should have answered hear it again, beside whoever is next.
		to := Join(router.Route(Notice{Kind: KindReminder, Sections: n.Sections, Units: n.Units}), router.RouteRung(n, rung))
		if _, err := c.Outbox.PostTo(ctx, tx, w, to, parent); err != nil {
			return err
		}
		next, ok := router.org.Ladder.job(n, rung+1)
		if !ok {
			return nil
		}
		next.At = next.At.Add(router.held(n))
		return c.DB.Enqueue(ctx, tx, next)
	})
}

// over reports that nobody need be asked any more to take a notice's event on, and
// returns who owns it and when a person graded it.
func (c *Climber) over(ctx context.Context, db store.Conn, n Notice) (e event.Event, over bool, err error) {
	acks, err := AcksOf(ctx, db, n.EventID)
	if err != nil {
		return e, false, err
	}
	// What was answered or taken for a mistake before it grew graver is neither now.
	acks = slices.DeleteFunc(acks, func(a Ack) bool {
		return (a.Act == Answered || a.Act == Mistaken) && a.At.Before(n.CreatedAt)
	})
	if Taken(acks) {
		return e, true, nil
	}
	if over, err = c.Settled(ctx, db, n.EventID); err != nil || over {
		return e, over, err
	}
	if e, err = event.ByID(ctx, db, n.EventID); err != nil {
		return e, false, err
	}
	// A person graded it since: the word of that climbs by the new grade.
	return e, e.GradedAt.After(n.CreatedAt), nil
}

// word says that nobody has taken the matter on. Its id is the event's and the
// rung's, so that an alert and its update climb each rung once between them; a
// handover of what had been taken on climbs anew.
func (c *Climber) word(n Notice, rung int, now time.Time) Notice {
	waited := now.Sub(n.CreatedAt).Round(time.Minute)
	of := n.EventID
	if strings.HasPrefix(n.ID, "K-") {
		of = n.ID
	}
	w := Notice{
		ID: fmt.Sprintf("L-%s-%s-%d", of, n.Grade, rung), Kind: KindReminder, EventID: n.EventID, Step: n.Step,
		Category: n.Category, Grade: n.Grade, Sections: n.Sections, CreatedAt: now, Content: n.Content,
	}
	w.Content.Headline = fmt.Sprintf("【%s无人认领】%s", zh.Span(waited), strings.TrimPrefix(n.Content.Headline, "【系统】"))
	if w.Content.Summary != "" {
		w.Content.Summary = "原文摘录：" + w.Content.Summary // senders mark only what alerts quote
	}
	owners := strings.Join(slices.Concat(n.Sections, n.Units), "、")
	if owners == "" {
		owners = c.Outbox.Router().Office().Name
	}
	w.Content.Fields = slices.Concat([]Field{{Name: "请认领", Value: owners}}, n.Content.Fields)
	return w
}
