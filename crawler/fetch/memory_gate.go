package fetch

import (
	"context"
	"sync"
	"time"
)

// A desk has room for so many large and huge texts at once; smaller ones need no
// place at it. Many sources may be read at a time, since most of a round is
// waiting; what bounds memory is how many are busy with much.
type memoryGate struct {
	slots [levels]chan struct{}
}

// The levels of size, in bytes, and how many texts of each are in hand at once. A
// text and what its parser makes of it come to ten times its size.
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

// reservation is the place of one text. It begins with none and takes the places level by
// level as the text grows: who waits for the higher place holds a lower one only,
// and who holds the higher one never waits, so that nobody waits for ever.
type reservation struct {
	gate *memoryGate
	ctx  context.Context //nolint:containedctx // a seat lives no longer than its request
	// clock stands still while the seat waits: that is not the site's doing.
	clock *stopwatch
	held  int
	once  sync.Once
}

func (d *memoryGate) reserve(ctx context.Context, clock *stopwatch) *reservation {
	return &reservation{gate: d, ctx: ctx, clock: clock}
}

// acquire takes the places for a text that has come to size bytes.
func (s *reservation) acquire(size int64) error {
	for ; s.held < levels && size > [levels]int64{largeFrom, hugeFrom}[s.held]; s.held++ {
		place := s.gate.slots[s.held]
		select {
		case place <- struct{}{}:
			continue
		default:
		}
		s.clock.pause()
		select {
		case place <- struct{}{}:
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
		s.clock.resume()
	}
	return nil
}

// release gives the places back. It may be called again.
func (s *reservation) release() {
	s.once.Do(func() {
		for i := range s.held {
			<-s.gate.slots[i]
		}
	})
}

// stopwatch ends something when its time is up; it can be held. A nil one never
// ends anything. It is for one goroutine.
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

// stop ends the watch and says how much of the budget is left.
func (w *stopwatch) stop() time.Duration {
	w.pause()
	return max(w.left, 0)
}
