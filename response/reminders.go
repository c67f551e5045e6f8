package response

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// The kinds of job of this package.
const (
	// JobClock reminds of a clock. Its ID is the clock's, "|", and when: "soon",
	// "due", or a number: how many pauses the clock has been overdue.
	JobClock = "clock"
	// JobUngraded tells the bureau's head of an emergency still 待定. Its ID is
	// the event's.
	JobUngraded = "ungraded"
)

// Jobs are the watches over clocks that were just opened. They are scheduled in
// the transaction that opens the clocks, so that no restart forgets a deadline.
func (p Policy) Jobs(e event.Event, opened []Clock) []store.Job {
	var jobs []store.Job
	for _, c := range opened {
		jobs = append(jobs,
			store.Job{Kind: JobClock, ID: c.ID + "|soon", At: p.SoonAt(c), Urgent: true},
			store.Job{Kind: JobClock, ID: c.ID + "|due", At: c.DueAt, Urgent: true})
	}
	if len(opened) > 0 && e.Category == verdict.Emergency && e.Grade == verdict.Pending {
		jobs = append(jobs, store.Job{Kind: JobUngraded, ID: e.ID, At: opened[0].StartedAt.Add(p.UngradedAfter), Urgent: true})
	}
	return jobs
}

// Reminders tells people of clocks that run out.
type Reminders struct {
	DB     *store.DB
	Outbox *alerting.Outbox
	Policy Policy
	// Page is the address of an event's own page.
	Page func(eventID string) string
	Now  func() time.Time
}

// Clock handles jobs of kind JobClock.
func (r *Reminders) Clock(ctx context.Context, id string) error {
	clockID, what, ok := strings.Cut(id, "|")
	if !ok {
		return fmt.Errorf("job %q names no time", id)
	}
	return r.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		var c Clock
		if err := tx.NewSelect().Model(&c).Where("id = ?", clockID).Scan(ctx); err != nil {
			return fmt.Errorf("read clock %s: %w", clockID, err)
		}
		var cs Case
		if err := tx.NewSelect().Model(&cs).Where("id = ?", c.CaseID).Scan(ctx); err != nil {
			return fmt.Errorf("read case %s: %w", c.CaseID, err)
		}
		now := r.Now()
		if !c.Running() {
			return nil
		}
		if what == "soon" && !now.Before(c.DueAt) {
			return nil // we were down: the reminder that it is due says more
		}
		e, err := event.ByID(ctx, tx, cs.EventID)
		if err != nil {
			return err
		}
		parent, err := alerting.AlertOf(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if _, err := r.Outbox.Post(ctx, tx, r.notice(e, cs, c, what, now), parent); err != nil {
			return err
		}
		if what == "soon" {
			return nil
		}
		return r.DB.Enqueue(ctx, tx, r.again(c, now))
	})
}

// again is the next reminder of an overdue clock. Numbered by the pauses gone by,
// so that after a long stop one reminder is sent and not one for each pause.
func (r *Reminders) again(c Clock, now time.Time) store.Job {
	n := int(now.Sub(c.DueAt)/r.Policy.Again) + 1
	return store.Job{
		Kind: JobClock, ID: fmt.Sprintf("%s|%d", c.ID, n),
		At: c.DueAt.Add(time.Duration(n) * r.Policy.Again), Urgent: true,
	}
}

func (r *Reminders) notice(e event.Event, cs Case, c Clock, what string, now time.Time) alerting.Notice {
	head := "【时限将到】"
	if what != "soon" {
		head = "【已超时】"
	}
	n := alerting.About(e, "R-"+c.ID+"|"+what, alerting.KindReminder, now)
	n.Overdue = what != "soon"
	n.Content = alerting.Content{
		Headline: head + c.Kind.Name() + "：" + e.Title,
		Fields: []alerting.Field{
			{Name: "时限", Value: zh.ShortStamp(c.DueAt) + "，" + c.Words(now)},
			{Name: "责任科室", Value: cs.Owner},
			{Name: "停止计时", Value: "huiying case answer " + cs.ID + stopHint(c.Kind)},
		},
		Page: r.Page(e.ID),
	}
	return n
}

// stopHint is what to add on the command line to stop a clock of kind k.
func stopHint(k ClockKind) string {
	if k == PressConference {
		return " --clock press_conference --note 发布会情况"
	}
	return " --url 答复链接"
}

// Ungraded handles jobs of kind JobUngraded (机制: the bureau's head takes charge
// of 重大 matters, and 待定 counts as one). Figures that came meanwhile are a grade:
// with them the head is told by the grade, though the fast clocks run on until a
// person decides otherwise.
func (r *Reminders) Ungraded(ctx context.Context, eventID string) error {
	return r.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		e, err := event.ByID(ctx, tx, eventID)
		if err != nil || e.Grade != verdict.Pending {
			return err
		}
		cs, err := Find(ctx, tx, eventID)
		if err != nil || !cs.Status.Waits() {
			return err
		}
		now := r.Now()
		n := alerting.About(e, "H-"+e.ID, alerting.KindReminder, now)
		n.Content = alerting.Content{
			Headline: "【等级待定 " + zh.Span(now.Sub(cs.OpenedAt)) + "】" + e.Title,
			Summary:  "该突发事件尚未定级，已按重大掌握时限，请主要负责人知悉。",
			Fields: []alerting.Field{
				{Name: "责任科室", Value: cs.Owner},
				{Name: "定级", Value: "huiying case grade " + cs.ID + " 等级 --by 科室 --reason 依据"},
			},
			Page: r.Page(e.ID),
		}
		_, err = r.Outbox.PostTo(ctx, tx, n, r.Outbox.Router().RouteHead(), "")
		return err
	})
}

// Unwatched lists the jobs that running clocks need and that are not there, or are due
// only long after the clock's next reminder, as where the machine's clock had run far
// ahead. A reminder that was sent is not sent again.
func (r *Reminders) Unwatched(ctx context.Context, now time.Time) ([]store.Job, error) {
	var running []Clock
	if err := r.DB.Reader().NewSelect().Model(&running).Where("stopped_at IS NULL").Order("due_at").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read running clocks: %w", err)
	}
	if len(running) == 0 {
		return nil, nil
	}
	live, err := r.DB.Live(ctx, JobClock)
	if err != nil {
		return nil, err
	}
	watched := make(map[string]time.Time, len(live)) // when each clock's next job is due
	for id, at := range live {
		clock, what, _ := strings.Cut(id, "|")
		if had, ok := watched[clock]; what != "soon" && (!ok || at.Before(had)) {
			watched[clock] = at
		}
	}
	var missing []store.Job
	for _, c := range running {
		next := c.DueAt
		if now.After(next) {
			next = now
		}
		if at, ok := watched[c.ID]; ok && at.Before(next.Add(r.Policy.Again+time.Hour)) {
			continue
		}
		job := store.Job{Kind: JobClock, ID: c.ID + "|due", At: c.DueAt, Urgent: true}
		told, err := alerting.NoticeExists(ctx, r.DB.Reader(), "R-"+c.ID+"|due")
		if err != nil {
			return nil, err
		}
		if told {
			job = r.again(c, next)
		}
		missing = append(missing, job)
	}
	return missing, nil
}
