package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/uptrace/bun"
)

// Job is one thing to do, now or later. It is written in the transaction that
// decided it, so that nothing decided is ever forgotten.
type Job struct {
	// Kind names the handler.
	Kind string
	// ID says what it is about; handlers look the rest up.
	ID string
	// At is when it is due. Defaults to now.
	At time.Time
	// Urgent jobs overtake the others that are due.
	Urgent bool
	// Outward jobs wait on the world outside, which may hang: they have workers of
	// their own, so that clocks and digests never stand in line behind them.
	Outward bool
}

// outward is the queue of jobs that wait on the world outside.
const outward = "outward"

// Handler does a job. It is called until it returns nil, at times twice for one
// job, and asks to be called again later by returning Snooze.
type Handler func(ctx context.Context, id string) error

// Snooze is the error by which a handler asks to be called again after d.
func Snooze(d time.Duration) error { return river.JobSnooze(max(d, 0)) }

// SnoozedFor reports how long err asks to wait, if it is a Snooze.
func SnoozedFor(err error) (time.Duration, bool) {
	if s, ok := errors.AsType[*rivertype.JobSnoozeError](err); ok {
		return s.Duration, true
	}
	return 0, false
}

// task is the one kind of job River sees; what it does is told by Name, so that
// no other room needs to know River.
type task struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

func (task) Kind() string { return "task" }

// JobOptions set how jobs are worked.
type JobOptions struct {
	// Workers is how many jobs run at once, and Outward how many of those that
	// wait on the world outside. Default to 8 and 16.
	Workers, Outward int
	// Poll is the pause between two looks for due jobs. Defaults to 250ms.
	Poll time.Duration
	// Timeout ends a job that hangs. Defaults to 45s.
	Timeout time.Duration
	// Clean takes secrets out of an error before it is recorded with its job.
	// Defaults to nothing.
	Clean func(string) string
}

// Jobs works the jobs of a database.
type Jobs struct {
	client   *river.Client[*sql.Tx]
	handlers map[string]Handler
	log      *slog.Logger
	clean    func(string) string
	lock     *fileLock
	running  atomic.Bool
	workers  map[string]int // by queue
	river.WorkerDefaults[task]
}

// Prepare makes the database ready to take jobs and, once Start is called, to
// work them with the given handlers. Call it once, before the first Enqueue.
func (db *DB) Prepare(o JobOptions, handlers map[string]Handler) error {
	if o.Workers == 0 {
		o.Workers = 8
	}
	if o.Outward == 0 {
		o.Outward = 16
	}
	if o.Poll == 0 {
		o.Poll = 250 * time.Millisecond
	}
	if o.Timeout == 0 {
		o.Timeout = 45 * time.Second
	}
	if o.Clean == nil {
		o.Clean = func(s string) string { return s }
	}
	j := &Jobs{handlers: handlers, log: db.log, clean: o.Clean, workers: map[string]int{river.QueueDefault: o.Workers, outward: o.Outward}}
	workers := river.NewWorkers()
	river.AddWorker(workers, j)
	client, err := river.NewClient(db.river, &river.Config{
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: o.Workers},
			outward:            {MaxWorkers: o.Outward},
		},
		Workers:           workers,
		FetchCooldown:     min(o.Poll, 50*time.Millisecond),
		FetchPollInterval: o.Poll,
		JobTimeout:        o.Timeout,
		// A node that died is noticed soon; a job that hangs is ended before.
		RescueStuckJobsAfter: o.Timeout + 15*time.Second,
		MaxAttempts:          1 << 14, // never give up: an alert is not a cache entry
		RetryPolicy:          retryPolicy{},
		PollOnly:             db.driver == SQLite,
		Logger:               slog.New(quiet{db.log.Handler()}),
		Test:                 river.TestConfig{Time: ownClock{}},
	})
	if err != nil {
		return fmt.Errorf("prepare jobs: %w", err)
	}
	j.client = client
	db.jobs = j
	return nil
}

// ErrTaken says that another process works the jobs of a SQLite file.
var ErrTaken = errors.New("another huiying works on")

// Start works jobs until Stop. On SQLite only one process may, which a lock file
// beside the database ensures.
func (db *DB) Start(ctx context.Context) error {
	if db.jobs == nil {
		return errors.New("start jobs: Prepare has not been called")
	}
	if db.driver == SQLite {
		lock, err := lockFile(db.path + ".lock")
		if err != nil {
			return fmt.Errorf("start jobs: %w %s; stop it first: %w", ErrTaken, db.path, err)
		}
		db.jobs.lock = lock
		if err := db.adopt(ctx); err != nil {
			return errors.Join(err, lock.Close())
		}
	}
	if err := db.jobs.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	db.jobs.running.Store(true)
	return nil
}

// adopt takes over what a process that died left running. We hold the lock, so
// whatever is marked as running is not: waiting for River's rescue and for the
// dead leader's lease would only delay alerts.
func (db *DB) adopt(ctx context.Context) error {
	// As River's driver writes times, which are compared as text.
	now := time.Now().UTC().Format("2006-01-02 15:04:05.000")
	_, err := db.write.ExecContext(ctx, "UPDATE river_job SET state = 'available', scheduled_at = ? WHERE state = 'running'", now)
	if err == nil {
		_, err = db.write.ExecContext(ctx, "DELETE FROM river_leader")
	}
	if err != nil {
		return fmt.Errorf("take over jobs: %w", err)
	}
	return nil
}

// Stop lets running jobs finish, cancels what still runs a second before ctx
// ends, and gives the lock back. Jobs cut off are taken up at the next start.
func (db *DB) Stop(ctx context.Context) error {
	if db.jobs == nil || !db.jobs.running.CompareAndSwap(true, false) {
		return nil
	}
	soft := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		soft, cancel = context.WithDeadline(ctx, end.Add(-time.Second))
		defer cancel()
	}
	err := db.jobs.client.Stop(soft)
	if err != nil {
		err = db.jobs.client.StopAndCancel(ctx)
	}
	if db.jobs.lock != nil {
		err = errors.Join(err, db.jobs.lock.Close())
	}
	return err
}

// Enqueue writes jobs in tx.
func (db *DB) Enqueue(ctx context.Context, tx bun.Tx, jobs ...Job) error {
	return db.enqueue(ctx, tx, river.UniqueOpts{}, jobs)
}

// EnqueueOnce is Enqueue for jobs that may be there already: one of the same kind
// and id that is not done is left as it is.
func (db *DB) EnqueueOnce(ctx context.Context, tx bun.Tx, jobs ...Job) error {
	return db.enqueue(ctx, tx, river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}, jobs)
}

func (db *DB) enqueue(ctx context.Context, tx bun.Tx, unique river.UniqueOpts, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if db.jobs == nil {
		return errors.New("enqueue: Prepare has not been called")
	}
	many := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		if _, ok := db.jobs.handlers[job.Kind]; !ok {
			return fmt.Errorf("enqueue: no handler for jobs of kind %q", job.Kind)
		}
		priority := 2
		if job.Urgent {
			priority = 1
		}
		queue := river.QueueDefault
		if job.Outward {
			queue = outward
		}
		many[i] = river.InsertManyParams{
			Args:       task{Name: job.Kind, ID: job.ID},
			InsertOpts: &river.InsertOpts{ScheduledAt: job.At, Priority: priority, Queue: queue, UniqueOpts: unique},
		}
	}
	if _, err := db.jobs.client.InsertManyTx(ctx, tx.Tx, many); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// Lateness is how long the oldest due job has waited though a worker was free for
// it; 0 when none is late. Intake pauses on it, since a flat-out writer starves
// the jobs. Jobs that wait for a worker say nothing of that: they wait for a chat
// platform, and reading must go on meanwhile.
func (db *DB) Lateness(ctx context.Context, now time.Time) (time.Duration, error) {
	var queues []struct {
		Queue   string
		Running int
		Oldest  bun.NullTime
	}
	err := db.read.NewSelect().TableExpr("river_job").
		ColumnExpr("queue").
		ColumnExpr("sum(CASE WHEN state = 'running' THEN 1 ELSE 0 END) AS running").
		ColumnExpr("min(CASE WHEN state = 'running' THEN NULL ELSE scheduled_at END) AS oldest").
		Where("state IN ('running', 'available', 'retryable', 'scheduled')").
		Group("queue").Scan(ctx, &queues)
	if err != nil {
		return 0, fmt.Errorf("lateness of jobs: %w", err)
	}
	var late time.Duration
	for _, q := range queues {
		if !q.Oldest.IsZero() && q.Running < db.jobs.workers[q.Queue] {
			late = max(late, now.Sub(q.Oldest.Time))
		}
	}
	return late, nil
}

// Waiting counts jobs that are due at now or running. Zero means quiet.
func (db *DB) Waiting(ctx context.Context, now time.Time) (int, error) {
	n, err := db.read.NewSelect().TableExpr("river_job").
		Where("state = 'running' OR (state IN ('available', 'retryable', 'scheduled') AND scheduled_at <= ?)", now).
		Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count jobs: %w", err)
	}
	return int(n), nil
}

// Work runs one job. A handler that panics has failed like any other: River would
// record the panic's own words.
func (j *Jobs) Work(ctx context.Context, job *river.Job[task]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			j.log.ErrorContext(ctx, "job panicked, will be tried again", "job", job.Args.Name, "id", job.Args.ID,
				"attempt", job.Attempt, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New(j.clean("panic: " + fmt.Sprint(p)))
		}
	}()
	h, ok := j.handlers[job.Args.Name]
	if !ok {
		return fmt.Errorf("no handler for jobs of kind %q: was it written by a newer huiying?", job.Args.Name)
	}
	err = h(ctx, job.Args.ID)
	if _, snoozed := SnoozedFor(err); err == nil || snoozed {
		return err
	}
	j.log.WarnContext(ctx, "job failed, will be tried again",
		"job", job.Args.Name, "id", job.Args.ID, "attempt", job.Attempt, "error", err)
	return errors.New(j.clean(err.Error()))
}

// ownClock makes River go by the clock of this process, by which jobs are given their
// time. Left alone it asks the database server for the time, and whatever that is
// behind, every job would be late by. River has named the setting for its tests; all
// it does is hand the time to each query.
type ownClock struct{}

// Now implements rivertype.TimeGenerator.
func (ownClock) Now() time.Time { return time.Now() }

// NowOrNil implements rivertype.TimeGenerator.
func (ownClock) NowOrNil() *time.Time { return new(time.Now()) }

// retryPolicy waits 1, 2, 4 … 60 s, give or take a fifth, for ever.
type retryPolicy struct{}

func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	wait := min(time.Second<<min(max(job.Attempt-1, 0), 6), time.Minute)
	jitter := time.Duration(rand.Int64N(int64(wait)/5*2+1)) - wait/5 //nolint:gosec // Jitter needs no secrecy.
	return time.Now().Add(wait + jitter)
}

// quiet passes on River's warnings and errors only.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
