package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// Options are what a Scheduler needs.
type Options struct {
	Sources []Source
	// Read and Write reach the table of sources.
	Read, Write *bun.DB
	// Emit takes every post further.
	Emit Emit
	// Known tells which of a source's URLs are stored; Reread which of its
	// articles must be read again.
	Known  func(ctx context.Context, source string, urls []string) (map[string]bool, error)
	Reread func(ctx context.Context, source string) ([]string, error)
	// Ready is asked before each round; a positive answer is how long to hold
	// off, so that intake does not starve delivery. Defaults to always ready.
	Ready func(ctx context.Context) time.Duration
	// Done is told of every round that ended.
	Done func(Finished)
	// Workers is how many sources are read at once. Defaults to 16.
	Workers int
	// Tick is the pause between two looks for due sources. Defaults to 500ms.
	Tick time.Duration
	// Timeout ends a round. Defaults to 10m.
	Timeout time.Duration
	// Sole says that no other node reads these sources: leases that a dead
	// process left behind are void at once.
	Sole bool
	Now  func() time.Time
	Log  *slog.Logger
}

// Finished is a round that ended, as Options.Done is told of it.
type Finished struct {
	Source Source
	First  bool
	Report Report
	Posts  int // handed downstream
	Err    error
	Took   time.Duration
}

// Scheduler reads every source when it is due.
type Scheduler struct {
	o       Options
	sources map[string]Source
	sem     chan struct{}
	wg      sync.WaitGroup
}

// NewScheduler makes a Scheduler; Run starts it.
func NewScheduler(o Options) *Scheduler {
	if o.Workers == 0 {
		o.Workers = 16
	}
	if o.Tick == 0 {
		o.Tick = 500 * time.Millisecond
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Minute
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) time.Duration { return 0 }
	}
	if o.Done == nil {
		o.Done = func(Finished) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Scheduler{o: o, sources: map[string]Source{}, sem: make(chan struct{}, o.Workers)}
	for _, src := range o.Sources {
		if src.Every == 0 {
			src.Every = 5 * time.Minute
		}
		s.sources[src.ID] = src
	}
	return s
}

// Run reads due sources until ctx ends, then waits for the rounds under way.
func (s *Scheduler) Run(ctx context.Context) error {
	if err := enrol(ctx, s.o.Write, s.list(), s.o.Now(), s.o.Sole); err != nil {
		return err
	}
	defer s.wg.Wait()
	tick := time.NewTicker(s.o.Tick)
	defer tick.Stop()
	for {
		if hold := s.o.Ready(ctx); hold > 0 {
			s.o.Log.DebugContext(ctx, "intake holds off, jobs are late", "for", hold)
		} else if err := s.startDue(ctx); err != nil && ctx.Err() == nil {
			s.o.Log.ErrorContext(ctx, "cannot look for due sources", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Once reads every source once, due or not, and returns what failed.
func (s *Scheduler) Once(ctx context.Context) error {
	if err := enrol(ctx, s.o.Write, s.list(), s.o.Now(), s.o.Sole); err != nil {
		return err
	}
	_, err := s.o.Write.NewUpdate().Model((*Health)(nil)).Set("next_at = ?", s.o.Now()).Where("active").Exec(ctx)
	if err != nil {
		return fmt.Errorf("read every source once: %w", err)
	}
	var mu sync.Mutex
	var errs []error
	for _, src := range s.list() {
		s.wg.Go(func() {
			s.sem <- struct{}{}
			defer func() { <-s.sem }()
			if err := s.read(ctx, src); err != nil {
				mu.Lock()
				errs = append(errs, fmt.Errorf("%s: %w", src.ID, err))
				mu.Unlock()
			}
		})
	}
	s.wg.Wait()
	return errors.Join(errs...)
}

func (s *Scheduler) list() []Source {
	all := make([]Source, 0, len(s.sources))
	for _, o := range s.o.Sources {
		all = append(all, s.sources[o.ID])
	}
	return all
}

func (s *Scheduler) startDue(ctx context.Context) error {
	var due []string
	now := s.o.Now()
	err := s.o.Read.NewSelect().Model((*Health)(nil)).Column("id").
		Where("active").Where("next_at <= ?", now).Where("(leased_until IS NULL OR leased_until < ?)", now).
		Order("next_at").Scan(ctx, &due)
	if err != nil {
		return err
	}
	for _, id := range due {
		src, ok := s.sources[id]
		if !ok {
			continue
		}
		select {
		case s.sem <- struct{}{}:
		default:
			return nil // every worker is busy; the rest stay due
		}
		leased, err := lease(ctx, s.o.Write, id, now)
		if err != nil || !leased {
			<-s.sem
			if err != nil {
				return err
			}
			continue
		}
		s.wg.Go(func() {
			defer func() { <-s.sem }()
			if err := s.round(ctx, src); err != nil && ctx.Err() == nil {
				s.o.Log.WarnContext(ctx, "source could not be read", "source", src.ID, "error", err)
			}
		})
	}
	return nil
}

func (s *Scheduler) read(ctx context.Context, src Source) error {
	ok, err := lease(ctx, s.o.Write, src.ID, s.o.Now())
	if err != nil || !ok {
		return err
	}
	return s.round(ctx, src)
}

// round reads src, which is leased, once and settles the lease.
func (s *Scheduler) round(ctx context.Context, src Source) error {
	began := s.o.Now()
	var h Health
	if err := s.o.Read.NewSelect().Model(&h).Where("id = ?", src.ID).Scan(ctx); err != nil {
		return fmt.Errorf("health of source: %w", err)
	}
	done := Finished{Source: src, First: h.Rounds == 0}
	stop := s.renew(ctx, src.ID)
	done.Report, done.Err = s.collect(ctx, src, &done)
	stop()
	now := s.o.Now()
	done.Took = now.Sub(began)
	next := now.Add(jitter(src.Every))
	if done.Err != nil {
		// A source in trouble is asked less and less, at most hourly, unless
		// it is asked that seldom anyway.
		next = now.Add(jitter(max(src.Every, min(src.Every<<min(h.Failures, 10), time.Hour))))
	}
	// The round is over even if we are being stopped: record it, else its lease
	// would keep the source shut after the restart.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if ctx.Err() != nil && done.Err != nil {
		next = now // cut short by our own stop: not the source's fault
		_, err := s.o.Write.NewUpdate().Model((*Health)(nil)).Set("leased_until = NULL").Set("next_at = ?", next).
			Where("id = ?", src.ID).Exec(end)
		return errors.Join(done.Err, err)
	}
	err := settle(end, s.o.Write, src.ID, done.Report, done.Err, now, next)
	s.o.Done(done)
	return errors.Join(done.Err, err)
}

// renew keeps the lease of a long round alive until the returned function is
// called.
func (s *Scheduler) renew(ctx context.Context, id string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(leaseLength / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			_, err := s.o.Write.NewUpdate().Model((*Health)(nil)).
				Set("leased_until = ?", s.o.Now().Add(leaseLength)).Where("id = ?", id).Exec(ctx)
			if err != nil && ctx.Err() == nil {
				s.o.Log.WarnContext(ctx, "cannot renew the lease of a source", "source", id, "error", err)
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// collect runs the source's collector; its panic is an error of the source and
// of no other.
func (s *Scheduler) collect(ctx context.Context, src Source, done *Finished) (report Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.o.Log.ErrorContext(ctx, "collector panicked", "source", src.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("collector panicked: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	reread, err := s.o.Reread(ctx, src.ID)
	if err != nil {
		return Report{}, err
	}
	r := Round{
		Known:  func(ctx context.Context, urls []string) (map[string]bool, error) { return s.o.Known(ctx, src.ID, urls) },
		Reread: reread,
	}
	return src.Collector.Collect(ctx, r, func(ctx context.Context, posts []Post) error {
		for i := range posts {
			posts[i].FirstRound = done.First
		}
		if err := s.o.Emit(ctx, posts); err != nil {
			return err
		}
		done.Posts += len(posts)
		return nil
	})
}

// jitter spreads rounds by a tenth, so that sources do not march in step.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d - d/10 + time.Duration(rand.Int64N(int64(d/5))) //nolint:gosec // Jitter needs no secrecy.
}
