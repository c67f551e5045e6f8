package reposts

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"huiying/internal/post"
	"huiying/internal/store/cache"
	"huiying/pipeline"
)

const (
	// queued is how many batches may wait to be written to Redis.
	queued = 256
	// drain is how long Close goes on writing what is queued.
	drain = time.Second
)

// SharedOptions say with what a Shared works. Redis, SQL, Guard and Window are
// required.
type SharedOptions struct {
	Redis *Redis
	SQL   *SQL
	Guard *cache.Guard
	// Window is how far back the index reaches.
	Window time.Duration
	// Pause is the least time between two attempts to fill the index. Defaults to 10s.
	Pause time.Duration
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// Shared asks Redis, and SQL whenever Redis is in trouble or lacks posts. What is
// added is written in the background, so that no post waits for it; where something
// could not be written, or Redis was emptied, the index is filled from the database.
type Shared struct {
	o      SharedOptions
	adds   chan []post.Print
	wanted chan struct{}
	// gaps counts batches that were not written: SQL must be asked too.
	gaps   atomic.Int64
	closed chan struct{}
	work   sync.WaitGroup
}

var _ pipeline.Reposts = (*Shared)(nil)

// NewShared starts the work in the background. Close it after use.
func NewShared(o SharedOptions) *Shared {
	if o.Pause <= 0 {
		o.Pause = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Shared{
		o: o, adds: make(chan []post.Print, queued), wanted: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	s.work.Go(s.write)
	s.work.Go(s.refill)
	return s
}

// Close writes what is queued, for a second at most, and ends the work.
func (s *Shared) Close() {
	close(s.closed)
	s.work.Wait()
}

// Find implements pipeline.Reposts.
func (s *Shared) Find(ctx context.Context, since time.Time, prints []post.Print) ([]string, error) {
	var ids []string
	var complete bool
	err := s.o.Guard.Do(ctx, func(ctx context.Context) (err error) {
		ids, complete, err = s.o.Redis.Find(ctx, prints)
		return err
	})
	if err == nil {
		if complete && s.gaps.Load() == 0 {
			return ids, nil
		}
		s.Refill()
	}
	more, err := s.o.SQL.Find(ctx, since, prints)
	return slices.Concat(ids, more), err
}

// Add implements pipeline.Reposts.
func (s *Shared) Add(_ context.Context, prints []post.Print) {
	if len(prints) == 0 {
		return
	}
	select {
	case s.adds <- prints:
	default: // a Redis too slow for what comes in
		s.gaps.Add(1)
	}
}

// Refill has the index filled from the database, soon and in the background.
func (s *Shared) Refill() {
	select {
	case s.wanted <- struct{}{}:
	default:
	}
}

// write makes known what was added.
func (s *Shared) write() {
	for {
		select {
		case prints := <-s.adds:
			s.put(context.Background(), prints)
		case <-s.closed:
			ctx, cancel := context.WithTimeout(context.Background(), drain)
			defer cancel()
			for {
				select {
				case prints := <-s.adds:
					s.put(ctx, prints)
				default:
					return
				}
			}
		}
	}
}

func (s *Shared) put(ctx context.Context, prints []post.Print) {
	gaps := s.gaps.Load()
	err := s.o.Guard.Do(ctx, func(ctx context.Context) error { return s.o.Redis.Add(ctx, prints, gaps > 0) })
	switch {
	case err != nil:
		s.gaps.Add(1)
	case gaps > 0 && s.gaps.CompareAndSwap(gaps, 0):
		s.Refill() // the mark of completeness is gone, which tells all nodes
	}
}

// refill fills the index when that is wanted.
func (s *Shared) refill() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.work.Go(func() {
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	})
	for {
		select {
		case <-s.wanted:
		case <-ctx.Done():
			return
		}
		s.fill(ctx)
		pause := time.NewTimer(s.o.Pause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
}

func (s *Shared) fill(ctx context.Context) {
	began := s.o.Now()
	from := post.Cursor{FirstSeen: began.Add(-s.o.Window)}
	posts, err := s.o.Redis.fill(ctx, func(ctx context.Context) (some []post.Print, err error) {
		some, from, err = post.PrintsAfter(ctx, s.o.SQL.db, from, fillChunk)
		return some, err
	}, s.o.Guard.Do)
	switch {
	case errors.Is(err, errTurn), errors.Is(err, cache.ErrAway), ctx.Err() != nil:
	case err != nil:
		s.o.Log.WarnContext(ctx, "the index of reposts in redis is not filled, will be tried again", "error", err)
	default:
		s.o.Log.InfoContext(ctx, "the index of reposts in redis is filled from the database", "posts", posts, "took", s.o.Now().Sub(began))
	}
}
