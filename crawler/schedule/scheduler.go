// Package schedule reads every source when it is due, keeps what its rounds came to, and
// tells when one falls silent. It owns the tables sources, source_hours and rounds.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler"
)

// Options are what a Scheduler needs.
type Options struct {
	Sources []crawler.Source
	// Read and Write reach the table of sources.
	Read, Write *bun.DB
	// Emit takes every post further.
	Emit crawler.Emit
	// Known tells which of a source's URLs are stored; Reread which of its
	// articles must be read again.
	Known  func(ctx context.Context, source string, urls []string) (map[string]bool, error)
	Reread func(ctx context.Context, source string) ([]string, error)
	// CountNew counts the posts of a source that were stored for the first time since
	// the given time.
	CountNew func(ctx context.Context, source string, since time.Time) (int, error)
	// Ready is asked before each round; a positive answer is how long to hold
	// off, so that intake does not starve delivery. Defaults to always ready.
	Ready func(ctx context.Context) time.Duration
	// OnOutcome is told of every round that ended.
	OnOutcome func(Outcome)
	// Workers is how many sources are read at once. Nearly all of a round is
	// waiting, for a slow site or for a host's slot, and sites that never answer
	// must not hold up the others; package fetch bounds memory. Defaults to
	// 256.
	Workers int
	// Tick is the pause between two looks for due sources. Defaults to 500ms.
	Tick time.Duration
	// Timeout ends a round. Defaults to 10m.
	Timeout time.Duration
	// SingleNode says that no other node reads these sources: leases that a dead
	// process left behind are void at once.
	SingleNode bool
	Now        func() time.Time
	Log        *slog.Logger
}

// Outcome is a round that ended, as Options.Done is told of it.
type Outcome struct {
	Source crawler.Source
	First  bool
	Report crawler.Report
	Posts  int // handed downstream
	Err    error
	Took   time.Duration
	// Trouble is "" for a good round, Reason what the office reads of it: a round
	// without an error can still have read nothing.
	Trouble crawler.Trouble
	Reason  string
	Traffic crawler.Traffic
}

// Scheduler reads every source when it is due.
type Scheduler struct {
	o       Options
	sources map[string]crawler.Source
	habits  *habits
	sem     chan struct{}
	wg      sync.WaitGroup
	passes  atomic.Int64
}

// Passes counts the looks for due sources: a count that stands still is a scheduler
// that does.
func (s *Scheduler) Passes() int64 { return s.passes.Load() }

// NewScheduler makes a Scheduler; Run starts it.
func NewScheduler(o Options) *Scheduler {
	if o.Workers == 0 {
		o.Workers = 256
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
	if o.OnOutcome == nil {
		o.OnOutcome = func(Outcome) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Scheduler{o: o, sources: map[string]crawler.Source{}, habits: newHabits(o.Read), sem: make(chan struct{}, o.Workers)}
	for _, src := range o.Sources {
		if src.Every == 0 {
			src.Every = 5 * time.Minute
		}
		if src.Slowest == 0 {
			src.Slowest = crawler.SlowestFor(src.Every)
		}
		src.Slowest = max(src.Slowest, src.Every)
		s.sources[src.ID] = src
	}
	return s
}

// pruneEvery is the pause between two looks for rounds to forget.
const pruneEvery = 24 * time.Hour

// Run reads due sources until ctx ends, then waits for the rounds under way.
func (s *Scheduler) Run(ctx context.Context) error {
	if err := register(ctx, s.o.Write, s.list(), s.o.Now(), s.o.SingleNode); err != nil {
		return err
	}
	defer s.wg.Wait()
	tick := time.NewTicker(s.o.Tick)
	defer tick.Stop()
	var pruned time.Time
	for {
		if now := s.o.Now(); now.Sub(pruned).Abs() >= pruneEvery {
			pruned = now
			if err := prune(ctx, s.o.Write, now); err != nil && ctx.Err() == nil {
				s.o.Log.ErrorContext(ctx, "cannot forget old rounds", "error", err)
			}
		}
		if hold := s.o.Ready(ctx); hold > 0 {
			s.o.Log.DebugContext(ctx, "intake holds off, jobs are late", "for", hold)
		} else if err := s.startDue(ctx); err != nil && ctx.Err() == nil {
			s.o.Log.ErrorContext(ctx, "cannot look for due sources", "error", err)
		}
		s.passes.Add(1)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Once reads every source once, due or not, and returns what failed.
func (s *Scheduler) Once(ctx context.Context) error {
	if err := register(ctx, s.o.Write, s.list(), s.o.Now(), s.o.SingleNode); err != nil {
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

func (s *Scheduler) list() []crawler.Source {
	all := make([]crawler.Source, 0, len(s.sources))
	for _, o := range s.o.Sources {
		all = append(all, s.sources[o.ID])
	}
	return all
}

func (s *Scheduler) startDue(ctx context.Context) error {
	var due []string
	now := s.o.Now()
	q := s.o.Read.NewSelect().Model((*Health)(nil)).Column("id").Order("next_at")
	whereDue(q.QueryBuilder(), now)
	if err := q.Scan(ctx, &due); err != nil {
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
				s.o.Log.WarnContext(ctx, "source could not be read", "source", src.ID, "trouble", crawler.TroubleOf(err), "error", err)
			}
		})
	}
	return nil
}

func (s *Scheduler) read(ctx context.Context, src crawler.Source) error {
	ok, err := lease(ctx, s.o.Write, src.ID, s.o.Now())
	if err != nil || !ok {
		return err
	}
	return s.round(ctx, src)
}
