package app

import (
	"context"
	"errors"
	"slices"

	"huiying/alerting"
	"huiying/internal/store"
)

// deliver handles jobs of kind alerting.JobDeliver.
func (a *App) deliver(ctx context.Context, id string) error {
	out, err := a.deliverer.Deliver(ctx, id)
	if errors.Is(err, alerting.ErrNoDelivery) {
		a.o.Log.ErrorContext(ctx, "a job names a delivery that is not there", "delivery", id)
		return nil
	}
	if err != nil {
		return err
	}
	if out.Snooze > 0 {
		return store.Snooze(out.Snooze)
	}
	return nil
}

// undelivered sends the office a copy of what could not be delivered, so that a
// wrong channel hides nothing. A copy that fails too is left on the page and in
// the digest: it makes no further copies.
func (a *App) undelivered(ctx context.Context, tx store.Tx, n alerting.Notice, d alerting.Delivery) error {
	a.o.Log.ErrorContext(ctx, "delivery failed for good", "delivery", d.ID, "target", d.Target, "error", d.LastError)
	w, ok := alerting.Copy(n, d, a.o.Now())
	if !ok {
		return nil
	}
	to := []alerting.Receiver{a.router.Office()}
	if to[0].Target == d.Target {
		// The office is told of every warning; by this way it would not be.
		to = slices.DeleteFunc(a.router.Route(alerting.Notice{Kind: alerting.KindWarning}),
			func(r alerting.Receiver) bool { return r.Target == d.Target })
		if len(to) == 0 {
			to = []alerting.Receiver{a.router.Office()}
		}
	}
	_, err := a.outbox.PostTo(ctx, tx, w, to, "")
	return err
}
