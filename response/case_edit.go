package response

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// Instruction is what a person orders on a case by the command line: who, and why.
type Instruction struct {
	// Case is the id of a case or of its event.
	Case string
	// By is a section, unit, leader or the office; Reason the reason or the record.
	By, Reason string
	// Via says by which way it came: command.
	Via string
}

func refuse(format string, args ...any) error {
	return &RefusedError{fmt.Errorf(format, args...)}
}

// on does something about a case that stands, in one transaction.
func (a *Acts) on(ctx context.Context, w Instruction, do func(ctx context.Context, tx store.Tx, c *Case, e *event.Event, now time.Time) error) (c Case, err error) {
	if !a.Outbox.Router().Knows(w.By) {
		return Case{}, &RefusedError{fmt.Errorf("%w：%s", ErrNoSection, w.By)}
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		var e event.Event
		if c, e, err = Resolve(ctx, tx, w.Case); err != nil {
			return err
		}
		if err := do(ctx, tx, &c, &e, a.Now()); err != nil {
			return err
		}
		c, err = Find(ctx, tx, c.ID)
		return err
	})
	return c, err
}

// say tells of what was done on a case, in the thread of its alert.
func (a *Acts) say(ctx context.Context, tx store.Tx, n alerting.Notice, e event.Event, to []alerting.Receiver) error {
	n.Content.Headline += e.Title
	n.Content.Page = a.Page(e.ID)
	parent, err := alerting.AlertOf(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	_, err = a.Outbox.PostTo(ctx, tx, n, to, parent)
	return err
}

// inCharge are those who work on an event: sections, units, the office.
func (a *Acts) inCharge(e event.Event) []alerting.Receiver {
	return a.Outbox.Router().Route(alerting.Notice{Kind: alerting.KindReminder, Sections: e.Sections, Units: e.Units})
}

// ClocksField says which clocks of a case run, and how long.
func ClocksField(c Case, now time.Time) alerting.Field {
	var parts []string
	for _, k := range c.Clocks {
		if k.Running() {
			parts = append(parts, k.Kind.Name()+"到 "+zh.ShortStamp(k.DueAt)+"，"+k.Words(now))
		}
	}
	if len(parts) == 0 {
		parts = []string{"没有在走的时限"}
	}
	return alerting.Field{Name: "时限", Value: strings.Join(parts, "；")}
}

// ErrClosed says that a case is done with.
var ErrClosed = errors.New("这件事已经办结")

// Close ends a case for good: 办结. It is refused while a clock runs, since only an
// answer's evidence or a recorded act stops one, and while a gate is not clear.
func (a *Acts) Close(ctx context.Context, w Instruction) (Case, error) {
	if w.Reason = strings.TrimSpace(w.Reason); w.Reason == "" {
		return Case{}, refuse("请写明办结的依据（--reason）")
	}
	return a.on(ctx, w, func(ctx context.Context, tx store.Tx, c *Case, e *event.Event, now time.Time) error {
		switch {
		case c.Status == Closed:
			return &RefusedError{ErrClosed}
		case c.runs(everyClock()...):
			return refuse("还有时限在走，不能办结：%s。先用 case answer 登记答复，误报用 case ack --mistaken", ClocksField(*c, now).Value)
		}
		log, err := Log(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if open := Barred(Gates(e.Consult, log, a.Outbox.Router().LegalReviewer())); open != "" {
			return refuse("还有把关没有过，不能办结：%s。用 case confirm、case review 登记", open)
		}
		c.Status, c.ClosedAt = Closed, now
		if _, err := tx.NewUpdate().Model(c).Column("status", "closed_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("close case %s: %w", c.ID, err)
		}
		entry, err := Record(ctx, tx, Entry{CaseID: c.ID, Verb: Finished, By: w.By, Note: w.Reason, Via: w.Via, At: now})
		if err != nil {
			return err
		}
		n := alerting.About(*e, "K-"+entry.ID, alerting.KindUpdate, now)
		n.Content = alerting.Content{
			Headline: "【" + w.By + "办结】",
			Fields:   []alerting.Field{{Name: "依据", Value: w.Reason}},
		}
		return a.say(ctx, tx, n, *e, a.inCharge(*e))
	})
}
