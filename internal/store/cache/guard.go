package cache

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// trips is how many failures in a row make Redis be left alone. What Redis
	// itself refuses does at once.
	trips = 3
	// quiet is how long after a notice of trouble no other is given.
	quiet = time.Hour
)

// ErrAway says that Redis is left alone for now and was not asked.
var ErrAway = errors.New("redis is left alone for now")

// GuardOptions say how a Guard behaves.
type GuardOptions struct {
	// Timeout bounds one call. Defaults to 150ms.
	Timeout time.Duration
	// Rest is how long Redis is left alone before it is tried again. Defaults to 10s.
	Rest time.Duration
	// Away is called when Redis is left alone, at most once an hour, and Back when
	// it works again after Away was called: an operator hears of each once. They
	// must not block. Nil logs only.
	Away func(ctx context.Context, err error)
	Back func(ctx context.Context)
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// Guard stands between the house and Redis: a time limit for every call, a breaker
// that leaves a Redis in trouble alone, and a word to the operators when it goes
// and when it is back. Claims and the index of reposts share one. Safe for use by
// many goroutines.
type Guard struct {
	probe func(ctx context.Context) error
	o     GuardOptions

	mu       sync.Mutex
	failures int
	open     bool
	next     time.Time // when an open one may be tried again
	told     time.Time // when Away was last called
	owed     bool      // Back is to be called
}

// NewGuard guards a Redis that works again when probe returns nil: see Client.Probe.
func NewGuard(probe func(ctx context.Context) error, o GuardOptions) *Guard {
	if o.Timeout <= 0 {
		o.Timeout = 150 * time.Millisecond
	}
	if o.Rest <= 0 {
		o.Rest = 10 * time.Second
	}
	if o.Away == nil {
		o.Away = func(context.Context, error) {}
	}
	if o.Back == nil {
		o.Back = func(context.Context) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Guard{probe: probe, o: o}
}

// firstPatience is how long the first try may take at least.
const firstPatience = 1500 * time.Millisecond

// Begin tries Redis for the first time. The error is ErrUnfit for one that must not
// be used; one that is merely away is left alone from the start.
func (g *Guard) Begin(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, max(g.o.Timeout, firstPatience))
	defer cancel()
	err := g.probe(short)
	switch {
	case errors.Is(err, ErrUnfit):
		return err
	case err != nil:
		g.fail(ctx, err, true)
	}
	return nil
}

// Do makes one call to Redis. It answers ErrAway, without delay, while Redis is left
// alone. A call that finds nothing must return nil.
func (g *Guard) Do(ctx context.Context, call func(ctx context.Context) error) error {
	if !g.ready(ctx) {
		return ErrAway
	}
	err := g.within(ctx, call)
	switch {
	case err == nil:
		g.mu.Lock()
		g.failures = 0
		g.mu.Unlock()
	case ctx.Err() == nil: // else the caller gave up, which says nothing about Redis
		g.fail(ctx, err, refusal(err))
	}
	return err
}

// Run tries Redis every rest until ctx ends, so that no post waits to learn that it
// is back, and a quiet night does not hide that it is gone.
func (g *Guard) Run(ctx context.Context) error {
	tick := time.NewTicker(g.o.Rest)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			for range trips { // as often as it takes to be sure
				if g.try(ctx) {
					break
				}
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// ready reports whether Redis may be asked. Where nobody runs Run, a call now and
// then tries Redis first.
func (g *Guard) ready(ctx context.Context) bool {
	g.mu.Lock()
	if !g.open {
		g.mu.Unlock()
		return true
	}
	due := !g.o.Now().Before(g.next.Add(g.o.Rest / 2))
	g.mu.Unlock()
	return due && g.try(ctx)
}

// try probes Redis and reports whether it works.
func (g *Guard) try(ctx context.Context) bool {
	g.mu.Lock()
	if now := g.o.Now(); g.open {
		if now.Before(g.next) {
			g.mu.Unlock()
			return false
		}
		g.next = now.Add(g.o.Rest) // the others do not try meanwhile
	}
	g.mu.Unlock()
	if err := g.within(ctx, g.probe); err != nil {
		if ctx.Err() == nil {
			g.fail(ctx, err, refusal(err))
		}
		return false
	}
	g.mu.Lock()
	back, tell := g.open, g.open && g.owed
	g.open, g.failures, g.owed = false, 0, g.owed && !tell
	g.mu.Unlock()
	if back {
		g.o.Log.InfoContext(ctx, "redis works again")
	}
	if tell {
		g.o.Back(ctx)
	}
	return true
}

func (g *Guard) within(ctx context.Context, call func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, g.o.Timeout)
	defer cancel()
	return call(ctx)
}

// fail counts a failure; enough of them, or one for certain, open the breaker.
func (g *Guard) fail(ctx context.Context, err error, certain bool) {
	g.mu.Lock()
	now := g.o.Now()
	g.failures++
	opened := !g.open && (certain || g.failures >= trips)
	if opened {
		g.open, g.next = true, now.Add(g.o.Rest)
	}
	tell := opened && (g.told.IsZero() || now.Sub(g.told) > quiet)
	if tell {
		g.told, g.owed = now, true
	}
	g.mu.Unlock()
	if opened {
		g.o.Log.WarnContext(ctx, "redis is in trouble and left alone, the database stands in", "error", err, "retry_in", g.o.Rest)
	}
	if tell {
		g.o.Away(ctx, err)
	}
}
