package response

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// Errors of acts, in words for the one who acted.
var (
	ErrNoReason  = errors.New("请写明误报的原因")
	ErrNoSection = errors.New("没有这个科室")
	ErrSelf      = errors.New("不能转给自己")
)

// Action is what a person does about an alert, by a button, a page or a command.
type Action struct {
	EventID string
	Act     alerting.Act
	// Section acts; To is who a handover goes to.
	Section, To string
	// URL of the published answer, or Note of a person, for 已回应; Note is the
	// reason of 误报.
	URL, Note string
	// Clocks limits what 已回应 stops; see Evidence.
	Clocks []ClockKind
	// Via says by which way it came: slack, link, command.
	Via string
}

// RefusedError says why an action cannot be done as it was asked for. Its text is Chinese
// and meant for who asked; other errors are internal and are not shown to them.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *RefusedError) Unwrap() error { return e.Err }

// Acts carries out what people decide about alerts, each in one transaction: the record,
// its consequence for the case, and the notice to everyone who heard of the event.
type Acts struct {
	DB     *store.DB
	Outbox *alerting.Outbox
	// Policy sets the clocks that a new grade has.
	Policy Policy
	// Page is the address of an event's own page.
	Page func(eventID string) string
	Now  func() time.Time
}

// Do carries out an action. Repeated, it changes nothing and returns no error.
func (a *Acts) Do(ctx context.Context, d Action) (c Case, err error) {
	d.URL, d.Note = strings.TrimSpace(d.URL), strings.TrimSpace(d.Note)
	if err := a.check(d); err != nil {
		return Case{}, &RefusedError{err}
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err = a.do(ctx, tx, d)
		return err
	})
	return c, err
}

func (a *Acts) check(d Action) error {
	router := a.Outbox.Router()
	if !router.Knows(d.Section) {
		return fmt.Errorf("%w：%s", ErrNoSection, d.Section)
	}
	switch d.Act {
	case alerting.Take:
	case alerting.Answered:
		if d.URL == "" && d.Note == "" {
			return errors.New("时限只凭证据停止：请给出答复链接或记录")
		}
	case alerting.Mistaken:
		if d.Note == "" {
			return ErrNoReason
		}
	case alerting.HandOver:
		if !router.Owns(d.To) {
			return fmt.Errorf("%w：%s", ErrNoSection, d.To)
		}
		if d.To == d.Section {
			return ErrSelf
		}
	default:
		return fmt.Errorf("没有“%s”这个操作", d.Act)
	}
	return nil
}

func (a *Acts) do(ctx context.Context, tx store.Tx, d Action) (Case, error) {
	now := a.Now()
	c, e, err := Resolve(ctx, tx, d.EventID)
	if err != nil {
		return c, err
	}
	ack := alerting.Ack{
		EventID: e.ID, Act: d.Act, Section: d.Section, Other: d.To, Note: strings.TrimSpace(d.URL + " " + d.Note), Via: d.Via, At: now,
	}
	done, err := alerting.AcksOf(ctx, tx, e.ID)
	if err != nil {
		return c, err
	}
	// Done before and nothing left to do: a button pressed twice. But what was handed
	// on or grew graver since can be taken, handed over and answered again.
	if ack.Round = ack.Same(done); (ack.Round > 0 || d.Act == alerting.Answered) && !a.undone(c, d) {
		return c, nil // an answer that stops no clock is no answer to anything
	}
	if first, err := alerting.Acknowledge(ctx, tx, ack); err != nil || !first {
		return c, err
	}
	switch d.Act {
	case alerting.Take:
		err = a.own(ctx, tx, &c, d.Section)
	case alerting.Answered:
		c, err = Stop(ctx, tx, c.ID, Evidence{URL: d.URL, Note: d.Note, Clocks: d.Clocks}, now)
	case alerting.Mistaken:
		// A person's recorded act stops every clock, the conference's among them.
		c, err = Stop(ctx, tx, c.ID, Evidence{
			Note: d.Section + "登记为误报：" + d.Note, Clocks: everyClock(), Ended: EndedMistaken,
		}, now)
	case alerting.HandOver:
		err = errors.Join(a.own(ctx, tx, &c, d.To), widen(ctx, tx, &e, d.To))
	}
	if err != nil {
		return c, err
	}
	return c, a.tell(ctx, tx, e, d, ack.Round, alerting.Taken(done), now)
}

// undone reports whether an action would change the case.
func (a *Acts) undone(c Case, d Action) bool {
	switch d.Act {
	case alerting.Take:
		return a.Outbox.Router().Owns(d.Section) && c.Owner != d.Section
	case alerting.HandOver:
		return c.Owner != d.To
	case alerting.Answered:
		return c.runs(Evidence{Clocks: d.Clocks}.covers()...)
	case alerting.Mistaken:
		return c.runs(everyClock()...)
	}
	return false
}

// own makes a section first responsible. The office coordinates: what it takes on
// stays with the section in charge.
func (a *Acts) own(ctx context.Context, tx store.Conn, c *Case, section string) error {
	if !a.Outbox.Router().Owns(section) || c.Owner == section {
		return nil
	}
	c.Owner = section
	if _, err := tx.NewUpdate().Model(c).Column("owner").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("give case %s to %s: %w", c.ID, section, err)
	}
	return nil
}

// widen adds a section to an event's own, so that what follows reaches it.
func widen(ctx context.Context, tx store.Conn, e *event.Event, section string) error {
	if slices.Contains(e.Sections, section) {
		return nil
	}
	e.Sections = append(slices.Clone(e.Sections), section)
	return event.SaveSections(ctx, tx, e)
}

// tell lets everyone who heard of the event, and the section it was handed to,
// know what was done. taken says whether somebody was on it before.
func (a *Acts) tell(ctx context.Context, tx store.Tx, e event.Event, d Action, round int, taken bool, now time.Time) error {
	head := "【" + d.Section + "已认领】"
	fields := []alerting.Field{{Name: "时间", Value: zh.ShortStamp(now)}}
	var to []alerting.Receiver
	switch d.Act {
	case alerting.Take:
	case alerting.Answered:
		head = "【" + d.Section + "登记已回应】"
		fields = append(fields, alerting.Field{Name: "证据", Value: strings.TrimSpace(d.URL + " " + d.Note)})
		log, err := Log(ctx, tx, CaseID(e.ID))
		if err != nil {
			return err
		}
		if open := Barred(Gates(e.Consult, log, a.Outbox.Router().LegalReviewer())); open != "" {
			fields = append(fields, alerting.Field{Name: "尚缺", Value: open + "（办结前要登记）"})
		}
	case alerting.Mistaken:
		head = "【" + d.Section + "登记为误报】"
		fields = append(fields, alerting.Field{Name: "原因", Value: d.Note})
	case alerting.HandOver:
		head = "【" + d.Section + "转" + d.To + "办理】"
		fields = append(fields, alerting.Field{Name: "请认领", Value: d.To})
		to = a.Outbox.Router().Route(alerting.Notice{Kind: alerting.KindReminder, Sections: []string{d.To}})
	}
	heard, err := alerting.Heard(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	parent, err := alerting.AlertOf(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	id := "K-" + e.ID + "/" + string(d.Act) + "/" + d.Section + "/" + d.To
	if round > 0 {
		id += "#" + strconv.Itoa(round+1)
	}
	n := alerting.About(e, id, alerting.KindUpdate, now)
	n.Content = alerting.Content{Headline: head + e.Title, Fields: fields, Page: a.Page(e.ID)}
	if d.Act == alerting.HandOver && taken {
		n.Step = e.Step // the alert's ladder ended when it was taken on: this one begins
	}
	_, err = a.Outbox.PostTo(ctx, tx, n, alerting.Join(heard, to), parent)
	return err
}
