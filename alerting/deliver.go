package alerting

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

const (
	// takenWait is the pause before asking again for a delivery another holds.
	takenWait = 2 * time.Second
	// parentWait is the pause before looking again whether a parent was sent, and
	// parentPatience how long an update is kept back for its thread's sake; of 较大 and
	// 重大 a tenth of it, of 特别重大 not at all.
	parentWait     = 2 * time.Second
	parentPatience = 5 * time.Minute
	// nearTurn is how far off a turn at the channel may be for it to be waited
	// for; comeBack how much earlier than its turn a delivery returns.
	nearTurn = 2 * time.Second
	comeBack = time.Second
	// maxInFlight is how many sends may be under way to one target, crowdedWait how
	// long a delivery that finds no place stays away.
	maxInFlight = 3
	crowdedWait = 700 * time.Millisecond
	// maxBackoff caps the pause after failures that left nothing behind.
	maxBackoff = time.Minute
	// recordTimeout bounds the writes that must be tried even when the program is
	// being stopped.
	recordTimeout = 5 * time.Second
)

// ErrNoDelivery says that a delivery is not in the database, so that its job has
// nothing to wait for.
var ErrNoDelivery = errors.New("no such delivery")

// DelivererOptions say with what a Deliverer works. DB, Claims and Targets are
// required.
type DelivererOptions struct {
	// DB is the writing end of the database.
	DB     *bun.DB
	Claims Claims
	// Targets are the senders by the names of the chat targets in huiying.yaml.
	Targets map[string]Sender
	// Settle is how long after the start of an attempt its message may still
	// appear on the platform. It must be longer than the senders' own time limit.
	// Defaults to 12s.
	Settle time.Duration
	// Undelivered is called when a delivery has failed for good, inside the
	// transaction that records it, so that a copy on another way is never lost.
	// Nil logs only.
	Undelivered func(ctx context.Context, tx store.Tx, n Notice, d Delivery) error
	// Enqueue writes jobs in the transaction that decided on them. Nil lists nothing
	// in summaries: each delivery waits for its turn, however far off.
	Enqueue func(ctx context.Context, tx store.Tx, jobs ...store.Job) error
	// Seconds names, for targets that have one, the target that stands in when they
	// fail, and StandIn takes what is sent there, in tx and once however often it is
	// called. Both default to none.
	Seconds map[string]string
	StandIn func(ctx context.Context, tx store.Tx, n Notice, to Receiver) error
	// OutageAfter is how long a channel may fail before what cannot wait goes by the
	// second one. Defaults to 5m.
	OutageAfter time.Duration
	// Patience is how long a routine delivery may wait for its turn at the channel;
	// what would wait longer is listed in a summary. Defaults to 1m.
	Patience time.Duration
	// StaleAfter is how old a routine delivery may be and still get a message of its
	// own, where others are as old. Defaults to 30m.
	StaleAfter time.Duration
	// Clean takes secrets out of what a failure says before it is recorded. Senders
	// keep out their own; a platform may know others. Defaults to nothing.
	Clean func(string) string
	// Ack returns the address at which a receiver acknowledges a delivery of an
	// event; nil for none.
	Ack func(deliveryID string) string
	// Reached is called at named points of an attempt; tests end the process there.
	// Defaults to nothing.
	Reached func(point string)
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// Deliverer sees deliveries through: the database says what was tried and what
// stands, and nothing counts as sent before the platform said so.
type Deliverer struct {
	o       DelivererOptions
	flights flights
	folds   folds
	health  health
}

// NewDeliverer checks the options.
func NewDeliverer(o DelivererOptions) (*Deliverer, error) {
	if o.DB == nil || o.Claims == nil || len(o.Targets) == 0 {
		return nil, errors.New("deliverer: needs a database, claims and at least one chat target")
	}
	if o.Settle <= 0 {
		o.Settle = 12 * time.Second
	}
	if o.OutageAfter <= 0 {
		o.OutageAfter = 5 * time.Minute
	}
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	if o.StaleAfter <= 0 {
		o.StaleAfter = 30 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Clean == nil {
		o.Clean = func(s string) string { return s }
	}
	if o.Ack == nil {
		o.Ack = func(string) string { return "" }
	}
	if o.Reached == nil {
		o.Reached = func(string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Deliverer{o: o, flights: flights{now: make(map[string]int)}, folds: folds{next: make(map[string]time.Time)}, health: newHealth()}, nil
}

// Outcome tells the job of a delivery what to do.
type Outcome struct {
	// State is the delivery's state now.
	State State
	// Snooze is how long to wait before the next call; zero when all is done.
	Snooze time.Duration
}

// Deliver does the next step of a delivery. It may be called any number of times,
// by any number of jobs and nodes at once; its error is trouble with the database
// or ErrNoDelivery, never with a platform.
//
// The steps: pending → sending, committed before the request → sent, or back to
// pending, or unsure when the message may stand. An unsure delivery, and one that
// a dead process left sending, is looked up on the platform once its attempt can
// no longer land; only then is it sent again, and marked where there is no
// looking up.
func (d *Deliverer) Deliver(ctx context.Context, id string) (Outcome, error) {
	now := d.o.Now()
	row, err := d.load(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if out, ok := d.rest(row, now); ok {
		return out, nil
	}
	n := new(Notice)
	if err := d.o.DB.NewSelect().Model(n).Where("id = ?", row.NoticeID).Scan(ctx); err != nil {
		return Outcome{}, fmt.Errorf("deliver %s: read its notice: %w", id, err)
	}
	second, err := d.stand(ctx, *n, row, now)
	if err != nil {
		return Outcome{}, err
	}
	out, err := d.step(ctx, *n, row, now)
	if second > 0 && out.Snooze > second {
		out.Snooze = second // then it goes by the second channel
	}
	return out, err
}

// step is Deliver of a delivery that something can be done about.
func (d *Deliverer) step(ctx context.Context, n Notice, row Delivery, now time.Time) (Outcome, error) {
	id := row.ID
	sender, known := d.o.Targets[row.Target]
	if known {
		if out, ok, err := d.overflow(ctx, sender, n, row, now); err != nil || ok {
			return out, err
		}
	}
	release, taken := d.claim(ctx, id)
	if taken {
		return Outcome{State: row.State, Snooze: takenWait}, nil
	}
	defer release()
	d.o.Reached("claimed")
	// Another node may have finished between the first look and the claim.
	row, err := d.load(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if out, ok := d.rest(row, now); ok {
		return out, nil
	}
	if !known {
		return d.giveUp(ctx, n, row, &Failure{
			Reason: Configuration,
			Err:    fmt.Errorf("没有名为 %s 的聊天目标，请在 huiying.yaml 中配置", row.Target),
		})
	}
	thread, wait, err := d.thread(ctx, n, row, now)
	if err != nil || wait > 0 {
		return Outcome{State: row.State, Snooze: wait}, err
	}
	leave, free := d.flights.board(row.Target, n.Urgency())
	if !free {
		return Outcome{State: row.State, Snooze: crowdedWait}, nil
	}
	defer leave()
	if row.State != Pending {
		if out, done, err := d.resolve(ctx, sender, &row, thread); err != nil || done {
			return out, err
		}
		if wait, _ := d.health.pause(row.Target, n.Urgency(), d.o.Now()); wait > 0 {
			return Outcome{State: row.State, Snooze: wait}, nil
		}
	}
	if wait, err := d.turn(ctx, sender, n, row); err != nil || wait > 0 {
		return Outcome{State: row.State, Snooze: wait}, err
	}
	return d.attempt(ctx, sender, n, row, thread)
}

// flights counts the sends under way to each target, so that one that hangs
// cannot take every worker from the others.
type flights struct {
	mu  sync.Mutex
	now map[string]int
}

// board takes a place at the target, if one is free; the more urgent a delivery is,
// the more places there are for it.
func (f *flights) board(target string, u Urgency) (leave func(), free bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now[target] >= maxInFlight+int(u) {
		return nil, false
	}
	f.now[target]++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.now[target]--
	}, true
}

// rest reports what to do with a delivery that nothing can be done about now.
func (d *Deliverer) rest(row Delivery, now time.Time) (Outcome, bool) {
	switch row.State {
	case Sent, Failed, Silenced, Folded: // a list's own job sees to what it lists
		return Outcome{State: row.State}, true
	case Sending, Unsure:
		// A start in the future is a clock that was set back: the wait is then one
		// settling time from now at most, counted anew by resolve.
		if wait := row.StartedAt.Add(d.o.Settle).Sub(now); wait > 0 && wait <= d.o.Settle {
			return Outcome{State: row.State, Snooze: wait}, true
		}
	case Pending:
	}
	return Outcome{}, false
}

// claim takes the delivery for this call. Claims that cannot be asked do not stop
// a delivery: the fence in SQL holds without them.
func (d *Deliverer) claim(ctx context.Context, id string) (release func(), taken bool) {
	key, token := "deliver:"+id, rand.Text()
	ok, err := d.o.Claims.Claim(ctx, key, token, d.o.Settle)
	switch {
	case err != nil:
		d.o.Log.WarnContext(ctx, "claims cannot be asked, going on with the database alone", "delivery", id, "error", err)
		return func() {}, false
	case !ok:
		return nil, true
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
		defer cancel()
		if err := d.o.Claims.Release(ctx, key, token); err != nil {
			d.o.Log.WarnContext(ctx, "claim not released, it will run out", "delivery", id, "error", err)
		}
	}, false
}

// thread finds the message a delivery answers, or how long to wait for it. One that
// answers a line of a list is a message of its own, and so is one too urgent to wait.
func (d *Deliverer) thread(ctx context.Context, n Notice, row Delivery, now time.Time) (Ref, time.Duration, error) {
	if row.Parent == "" {
		return Ref{}, 0, nil
	}
	patience := parentPatience
	switch n.Urgency() {
	case Gravest:
		patience = 0
	case Grave:
		patience /= 10
	case Routine, Listing:
	}
	parent, err := d.load(ctx, row.Parent)
	switch {
	case errors.Is(err, ErrNoDelivery): // a receiver who joined later has no first message
		return Ref{}, 0, nil
	case err != nil:
		return Ref{}, 0, err
	case parent.Target != row.Target || parent.State == Failed || parent.State == Silenced:
		return Ref{}, 0, nil
	case parent.State == Sent:
		return parent.Ref, 0, nil
	case now.Sub(row.CreatedAt) >= patience:
		return Ref{}, 0, nil
	}
	return Ref{}, parentWait, nil
}

// turn waits for a turn at the channel that is near, or says how long to stay away.
func (d *Deliverer) turn(ctx context.Context, s Sender, n Notice, row Delivery) (time.Duration, error) {
	pacer, ok := s.(Pacer)
	if !ok {
		return 0, nil
	}
	for {
		wait := pacer.Pace().Turn(row.ID, n.Urgency(), d.o.Now())
		switch {
		case wait <= 0:
			return 0, nil
		case wait > nearTurn:
			return wait - comeBack, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return 0, fmt.Errorf("deliver %s: wait for a turn: %w", row.ID, ctx.Err())
		}
	}
}

func (d *Deliverer) load(ctx context.Context, id string) (Delivery, error) {
	var row Delivery
	err := d.o.DB.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, fmt.Errorf("deliver %s: %w", id, ErrNoDelivery)
	}
	if err != nil {
		return row, fmt.Errorf("deliver %s: read it: %w", id, err)
	}
	return row, nil
}
