package fetch

import (
	"context"
	"sync"
	"time"
)

// memoryGate bounds how many large and how many huge texts are worked on at once;
// smaller texts need no slot. It is safe for concurrent use.
//
// Many sources are read at a time, since most of a round is waiting: what bounds memory
// is not their number but how many hold a large text.
type memoryGate struct {
	slots [levels]chan struct{}
}

// The sizes, in bytes, from which a text is large or huge, and how many of each are
// worked on at once. A text and its parse tree take ten times its size.
const (
	levels    = 2
	largeFrom = 256 << 10
	hugeFrom  = 1 << 20
	maxLarge  = 16
	maxHuge   = 2
)

func newMemoryGate() *memoryGate {
	return &memoryGate{slots: [levels]chan struct{}{make(chan struct{}, maxLarge), make(chan struct{}, maxHuge)}}
}

// reservation holds the slots of one text. It is for one goroutine.
//
// It takes slots level by level as the text grows: whoever waits for a huge slot holds
// only a large one, and whoever holds a huge one never waits, so that none deadlock.
type reservation struct {
	gate *memoryGate
	ctx  context.Context //nolint:containedctx // a reservation lives no longer than its request
	// clock is paused while the reservation waits, which is no fault of the site.
	clock *stopwatch
	held  int
	once  sync.Once
}

// reserve returns a reservation that holds no slot yet.
func (g *memoryGate) reserve(ctx context.Context, clock *stopwatch) *reservation {
	return &reservation{gate: g, ctx: ctx, clock: clock}
}

// acquire blocks until the gate admits a text of size bytes, or ctx ends.
func (r *reservation) acquire(size int64) error {
	for ; r.held < levels && size > [levels]int64{largeFrom, hugeFrom}[r.held]; r.held++ {
		slot := r.gate.slots[r.held]
		select {
		case slot <- struct{}{}:
			continue
		default:
		}
		r.clock.pause()
		select {
		case slot <- struct{}{}:
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
		r.clock.resume()
	}
	return nil
}

// release frees the slots. It may be called more than once.
func (r *reservation) release() {
	r.once.Do(func() {
		for i := range r.held {
			<-r.gate.slots[i]
		}
	})
}

// stopwatch calls end once budget has passed, pauses not counted. A nil stopwatch does
// nothing. It is for one goroutine.
type stopwatch struct {
	timer *time.Timer
	left  time.Duration
	since time.Time // by the monotonic clock
}

func startStopwatch(budget time.Duration, end func()) *stopwatch {
	return &stopwatch{timer: time.AfterFunc(budget, end), left: budget, since: time.Now()}
}

func (w *stopwatch) pause() {
	if w != nil && w.timer.Stop() {
		w.left -= time.Since(w.since)
	}
}

func (w *stopwatch) resume() {
	if w != nil {
		w.since = time.Now()
		w.timer.Reset(max(w.left, 0))
	}
}

// stop ends the stopwatch and returns what is left of the budget, at least 0.
func (w *stopwatch) stop() time.Duration {
	w.pause()
	return max(w.left, 0)
}
