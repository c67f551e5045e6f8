package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"huiying/internal/store"
)

// JobDeliver is the kind of job that sends one delivery; its ID is the delivery's.
const JobDeliver = "deliver"

// Outbox takes notices in the transaction that decided on them, together with
// the jobs that will send them: what is decided is sent, whatever happens next.
type Outbox struct {
	db     *store.DB
	router *Router
}

// NewOutbox returns the outbox of a database.
func NewOutbox(db *store.DB, router *Router) *Outbox { return &Outbox{db: db, router: router} }

// Post takes a notice for whom the router names. Where parent is the id of an
// earlier notice, the messages answer that one's in their threads. It returns
// nil receivers where the notice had been taken before.
func (o *Outbox) Post(ctx context.Context, tx store.Tx, n Notice, parent string) ([]Receiver, error) {
	return o.PostTo(ctx, tx, n, o.router.Route(n), parent)
}

// PostTo is Post to given receivers. A notice that a silence holds back is taken
// with its deliveries, and nobody is told of it now: the receivers are empty.
func (o *Outbox) PostTo(ctx context.Context, tx store.Tx, n Notice, rs []Receiver, parent string) ([]Receiver, error) {
	ds := Plan(n, rs, parent)
	for i := range ds {
		ds[i].HeldUntil = o.router.WaitUntil(n, ds[i].Receiver, n.CreatedAt)
	}
	silence, held, err := o.hold(ctx, tx, n)
	if err != nil {
		return nil, err
	}
	if held {
		for i := range ds {
			ds[i].State, ds[i].Silence = Silenced, silence.ID
		}
	}
	created, err := Save(ctx, tx, n, ds)
	if err != nil || !created {
		return nil, err
	}
	if held {
		return []Receiver{}, nil
	}
	jobs := make([]store.Job, 0, len(ds)+1)
	for _, d := range ds {
		at := d.HeldUntil
		if d.Parent != "" && !at.IsZero() {
			at = at.Add(parentWait) // after what it answers, which may wait for the same hour
		}
		jobs = append(jobs, store.Job{Kind: JobDeliver, ID: d.ID, At: at, Urgent: d.Urgent, Outward: true})
	}
	woken, err := o.wake(ctx, tx, n, ds)
	if err != nil {
		return nil, err
	}
	jobs = append(jobs, woken...)
	if climb, ok := o.router.org.Ladder.job(n, 1); ok {
		// Who has not been told yet cannot take it on.
		climb.At = climb.At.Add(o.router.held(n))
		jobs = append(jobs, climb)
	}
	return rs, o.db.Enqueue(ctx, tx, jobs...)
}

// Router says who is told of what.
func (o *Outbox) Router() *Router { return o.router }

// AlertOf is the id of an event's alert, whose thread updates and reminders
// join; "" where there is none.
func AlertOf(ctx context.Context, db store.Conn, eventID string) (string, error) {
	var id string
	err := db.NewSelect().Model((*Notice)(nil)).Column("id").
		Where("event_id = ?", eventID).Where("kind = ?", KindAlert).
		Order("step").Limit(1).Scan(ctx, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find the alert of event %s: %w", eventID, err)
	}
	return id, nil
}
