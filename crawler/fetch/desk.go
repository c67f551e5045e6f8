package fetch

import (
	"context"
	"sync"
	"time"
)

// A desk has room for so many large and huge texts at once; smaller ones need no
// place at it. Many sources may be read at a time, since most of a round is
// waiting; what bounds memory is how many are busy with much.
type desk struct {
	places [levels]chan struct{}
}

// The levels of size, in bytes, and how many texts of each are in hand at once. A
// text and what its parser makes of it come to ten times its size.
const (
	levels    = 2
	largeFrom = 256 << 10
	hugeFrom  = 1 << 20
	largeMost = 16
	hugeMost  = 2
)

func newDesk() *desk {
	return &desk{places: [levels]chan struct{}{make(chan struct{}, largeMost), make(chan struct{}, hugeMost)}}
}

// seat is the place of one text. It begins with none and takes the places level by
// level as the text grows: who waits for the higher place holds a lower one only,
// and who holds the higher one never waits, so that nobody waits for ever.
type seat struct {
	desk *desk
	ctx  context.Context //nolint:containedctx // a seat lives no longer than its request
	// clock stands still while the seat waits: that is not the site's doing.
	clock *stopwatch
	held  int
	once  sync.Once
}

func (d *desk) seat(ctx context.Context, clock *stopwatch) *seat {
	return &seat{desk: d, ctx: ctx, clock: clock}
}

// grow takes the places for a text that has come to size bytes.
func (s *seat) grow(size int64) error {
	for ; s.held < levels && size > [levels]int64{largeFrom, hugeFrom}[s.held]; s.held++ {
		place := s.desk.places[s.held]
		select {
		case place <- struct{}{}:
			continue
		default:
		}
		s.clock.hold()
		select {
		case place <- struct{}{}:
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
		s.clock.release()
	}
	return nil
}

// leave gives the places back. It may be called again.
func (s *seat) leave() {
	s.once.Do(func() {
		for i := range s.held {
			<-s.desk.places[i]
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

func (w *stopwatch) hold() {
	if w != nil && w.timer.Stop() {
		w.left -= time.Since(w.since)
	}
}

func (w *stopwatch) release() {
	if w != nil {
		w.since = time.Now()
		w.timer.Reset(max(w.left, 0))
	}
}

// stop ends the watch and says how much of the budget is left.
func (w *stopwatch) stop() time.Duration {
	w.hold()
	return max(w.left, 0)
}
