package alerting

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/safetext"
	"huiying/internal/store"
)

// maxError is how much of an error a delivery remembers, in characters.
const maxError = 500

// resolve settles what became of an attempt whose outcome is unknown, now that
// its message can no longer appear: it is found and the delivery is done, or the
// delivery is pending again. done is false when it may be sent at once.
func (d *Deliverer) resolve(ctx context.Context, s Sender, row *Delivery, thread Ref) (out Outcome, done bool, err error) {
	now := d.o.Now()
	if row.StartedAt.After(now) {
		// The clock was set back since: nobody knows how long ago the attempt was,
		// so it gets a full settling time from here.
		_, err := d.update(ctx, *row, "state = ?, started_at = ?", Unsure, now)
		return Outcome{State: Unsure, Snooze: d.o.Settle}, true, err
	}
	repeat := true
	if finder, ok := s.(Finder); ok {
		ref, found, err := d.lookUp(ctx, finder, *row, thread)
		var f *Failure
		switch {
		case err == nil && found:
			out, err := d.sent(ctx, *row, ref)
			return out, true, err
		case err == nil:
			repeat = false
		case errors.As(err, &f) && (f.Reason == Configuration || f.Reason == Permanent):
			d.o.Log.WarnContext(ctx, "cannot look up what became of a delivery, sending it again marked as a possible repeat",
				"delivery", row.ID, "error", err)
		default:
			wait := backoff(row.Attempts)
			if f != nil && f.RetryAfter > 0 {
				wait = f.RetryAfter
			}
			_, uerr := d.update(ctx, *row, "state = ?, last_error = ?", Unsure, d.words(err))
			return Outcome{State: Unsure, Snooze: wait}, true, uerr
		}
	}
	row.Repeat = row.Repeat || repeat
	ok, err := d.update(ctx, *row, "state = ?, repeat = ?", Pending, row.Repeat)
	if err != nil || !ok {
		return Outcome{State: row.State, Snooze: takenWait}, true, err
	}
	row.State = Pending
	return Outcome{}, false, nil
}

// attempt sends once: first the database learns of it, then the platform.
func (d *Deliverer) attempt(ctx context.Context, s Sender, n Notice, row Delivery, thread Ref) (Outcome, error) {
	started := d.o.Now()
	ok, err := d.update(ctx, row, "state = ?, attempts = attempts + 1, started_at = ?", Sending, started)
	if err != nil {
		return Outcome{}, err
	}
	if !ok {
		return Outcome{State: row.State, Snooze: takenWait}, nil
	}
	row.State, row.StartedAt = Sending, started
	row.Attempts++
	d.o.Reached("intended")
	ack := ""
	if n.EventID != "" && n.Kind != KindDigest {
		ack = d.o.Ack(row.ID)
	}
	content := n.Content
	content.Items = slices.Clone(content.Items)
	for i := range content.Items {
		content.Items[i].Ack = d.o.Ack(content.Items[i].Delivery)
	}
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { d.o.Reached("requested") },
	})
	ref, err := s.Send(traced, Message{
		DeliveryID: row.ID,
		NoticeID:   row.NoticeID,
		Kind:       n.Kind,
		EventID:    n.EventID,
		Receiver:   row.Receiver,
		Category:   n.Category,
		Grade:      n.Grade,
		Content:    content,
		Thread:     thread,
		Repeat:     row.Repeat,
		Ack:        ack,
		At:         n.CreatedAt,
	})
	d.o.Reached("answered")
	if err != nil {
		return d.failed(ctx, s, n, row, err)
	}
	out, err := d.sent(ctx, row, ref)
	if d.health.worked(row.Target, d.o.Now()) {
		d.recovered(ctx, row.Target)
	}
	return out, err
}

// sent records that the platform said yes. It is true whichever attempt it was,
// so it is not fenced.
func (d *Deliverer) sent(ctx context.Context, row Delivery, ref Ref) (Outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	row.State, row.Ref, row.SentAt, row.LastError = Sent, ref, d.o.Now(), ""
	record := func(ctx context.Context, db store.Conn) error {
		_, err := db.NewUpdate().Model(&row).Column("state", "ref", "sent_at", "last_error").
			WherePK().Where("state <> ?", Sent).Exec(ctx)
		return err
	}
	var err error
	if !row.lists() {
		err = record(ctx, d.o.DB)
	} else {
		err = d.o.DB.RunInTx(ctx, nil, func(ctx context.Context, tx store.Tx) error {
			if err := record(ctx, tx); err != nil {
				return err
			}
			return d.unfold(ctx, tx, row)
		})
	}
	d.health.forget(row.ID)
	if err != nil {
		// Left sending: after the settling time it is looked up like any other.
		return Outcome{}, fmt.Errorf("deliver %s: record that it was sent: %w", row.ID, err)
	}
	return Outcome{State: Sent}, nil
}

// failed records a failed attempt and says when to try again.
func (d *Deliverer) failed(ctx context.Context, s Sender, n Notice, row Delivery, cause error) (Outcome, error) {
	f := new(Failure)
	if !errors.As(cause, &f) {
		// What a sender cannot class may have happened after the message stood.
		f = &Failure{Reason: Ambiguous, Err: cause}
	}
	next, wait := Pending, backoff(row.Attempts)
	switch f.Reason {
	case Permanent, Configuration:
		return d.giveUp(ctx, n, row, f)
	case RateLimited:
		d.health.worked(row.Target, d.o.Now())
		wait = max(f.RetryAfter, time.Second)
		if p, ok := s.(Pacer); ok {
			// It keeps its place among those that wait for the channel to open.
			wait = max(wait, p.Pace().Turn(row.ID, n.Urgency(), d.o.Now()))
		}
	case Retry:
		d.health.failed(row.Target, row.StartedAt)
		wait = max(wait, f.RetryAfter)
	default:
		d.health.failed(row.Target, row.StartedAt)
		next = Unsure
		wait = max(row.StartedAt.Add(d.o.Settle).Sub(d.o.Now()), time.Second)
	}
	d.o.Log.WarnContext(ctx, "delivery not sent, will be tried again", "delivery", row.ID, "target", row.Target,
		"attempt", row.Attempts, "reason", string(f.Reason), "wait", wait, "error", f.Err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if _, err := d.update(ctx, row, "state = ?, last_error = ?", next, d.words(f.Err)); err != nil {
		return Outcome{}, err
	}
	return Outcome{State: next, Snooze: wait}, nil
}

// giveUp records a failure for good, together with what is done instead.
func (d *Deliverer) giveUp(ctx context.Context, n Notice, row Delivery, f *Failure) (Outcome, error) {
	d.o.Log.ErrorContext(ctx, "delivery failed for good", "delivery", row.ID, "target", row.Target,
		"reason", string(f.Reason), "error", f.Err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	err := d.o.DB.RunInTx(ctx, nil, func(ctx context.Context, tx store.Tx) error {
		text := d.words(f.Err)
		ok, err := fence(ctx, tx, row, "state = ?, last_error = ?", Failed, text)
		if err != nil || !ok {
			return err
		}
		row.State, row.LastError = Failed, text
		if row.lists() {
			return d.unfold(ctx, tx, row)
		}
		if d.o.Undelivered == nil {
			return nil
		}
		return d.o.Undelivered(ctx, tx, n, row)
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("deliver %s: record that it failed for good: %w", row.ID, err)
	}
	return Outcome{State: Failed}, nil
}

// Recover takes over from a process that died: what it left sending is unsure. It
// returns the ids of all open deliveries, gravest first, so that each can get a
// job at once. Calling it while other nodes work does no harm.
func (d *Deliverer) Recover(ctx context.Context) ([]string, error) {
	if _, err := d.o.DB.NewUpdate().Model((*Delivery)(nil)).Set("state = ?", Unsure).
		Where("state = ?", Sending).Exec(ctx); err != nil {
		return nil, fmt.Errorf("recover deliveries: %w", err)
	}
	var ids []string
	if err := d.o.DB.NewSelect().Model((*Delivery)(nil)).Column("id").
		Where("state IN ('pending', 'sending', 'unsure')").
		OrderExpr("urgent DESC, created_at, id").Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("recover deliveries: %w", err)
	}
	return ids, nil
}

func (d *Deliverer) update(ctx context.Context, row Delivery, set string, args ...any) (bool, error) {
	ok, err := fence(ctx, d.o.DB, row, set, args...)
	if err != nil {
		return false, fmt.Errorf("deliver %s: record its state: %w", row.ID, err)
	}
	return ok, nil
}

// fence changes a delivery only if nobody has begun another attempt or ended it
// since row was read, and reports whether it did.
func fence(ctx context.Context, db store.Conn, row Delivery, set string, args ...any) (bool, error) {
	states := []State{row.State}
	if row.State == Sending || row.State == Unsure {
		// Recover of another node turns one into the other.
		states = []State{Sending, Unsure}
	}
	res, err := db.NewUpdate().Model((*Delivery)(nil)).Set(set, args...).
		Where("id = ?", row.ID).Where("attempts = ?", row.Attempts).
		Where("state IN ?", bun.Tuple(states)).Exec(ctx)
	if err != nil {
		return false, err
	}
	rows, err := res.RowsAffected()
	return rows == 1, err
}

// words are what a delivery remembers of an error.
func (d *Deliverer) words(err error) string { return safetext.Cut(d.o.Clean(err.Error()), maxError) }

// backoff is the pause after the given number of attempts: 1 s, doubled each
// time, at most a minute.
func backoff(attempts int) time.Duration {
	if attempts > 6 {
		return maxBackoff
	}
	return min(time.Second<<max(attempts-1, 0), maxBackoff)
}
