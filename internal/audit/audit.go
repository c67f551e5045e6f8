// Package audit watches over huiying itself. A job looks at what stands in the
// database and should have been done; a sentinel, which needs no job, sees that the
// stages of the process move and that the job looks, tells people by a way that does
// not use what is stuck, and reports to a service outside only while all is well.
package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Job is the kind of the one job that looks at the database.
const Job = "audit"

// Finding is something that is not as it should be.
type Finding struct {
	// Name keeps the looks at one trouble together: "target/值班群".
	Name string
	// Title, Detail and Remedy are Chinese: what is wrong in one line, the figures,
	// and what to do.
	Title, Detail, Remedy string
	// Target is the chat target that cannot tell of it; "" for any.
	Target string
}

// Check looks at one thing in the database.
type Check func(ctx context.Context, now time.Time) ([]Finding, error)

// Stage is a part of the process that must move.
type Stage struct {
	// Finding says what it means that the stage stands still.
	Finding Finding
	// Done counts what the stage has done; Waiting says whether it has something to
	// do, so that standing still means trouble.
	Done    func() int64
	Waiting func() bool
}

// Word is what people must be told of one trouble, once.
type Word struct {
	Trouble

	// Well says that it is over.
	Well bool
	// Failing are the chat targets that cannot be used now.
	Failing []string
}

// Times are how often huiying looks at itself and what it bears. With the defaults a
// stage that stops is told of within four minutes.
type Times struct {
	// Every is the pause between two looks of the job; the sentinel looks twice as
	// often. Defaults to 30s.
	Every time.Duration
	// Patience is how long a stage may stand still. Defaults to 2m.
	Patience time.Duration
	// Beat is the pause between two reports to the service outside. Defaults to 1m.
	Beat time.Duration
	// Leap is by how much the clock must jump to be told of. Defaults to 2m.
	Leap time.Duration
}

// WithDefaults fills in what is not set.
func (t Times) WithDefaults() Times {
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{{&t.Every, 30 * time.Second}, {&t.Patience, 2 * time.Minute}, {&t.Beat, time.Minute}, {&t.Leap, 2 * time.Minute}} {
		if *d.at <= 0 {
			*d.at = d.def
		}
	}
	return t
}

// Options are what an Auditor needs.
type Options struct {
	DB     *store.DB
	Checks []Check
	Stages []Stage
	// Tell takes a word to people; record, where it is not nil, marks it told in the
	// transaction that takes the notice. Where the database does not answer, Tell
	// may still reach people: record is then not called.
	Tell func(ctx context.Context, w Word, record func(ctx context.Context, tx store.Tx) error) error
	// Report tells the service outside how things stand; nil for none.
	Report func(ctx context.Context, well bool) error
	// Leapt is told of a jump of the clock, after it is on record.
	Leapt func(ctx context.Context, from, to time.Time)
	Times Times
	// Mono is a clock that never jumps. Defaults to the system's.
	Mono func() time.Duration
	Now  func() time.Time
	Log  *slog.Logger
}

// Auditor watches over one process and its database.
type Auditor struct {
	o Options
	state
}

// New checks the options.
func New(o Options) (*Auditor, error) {
	if o.DB == nil || o.Tell == nil {
		return nil, errors.New("audit: needs a database and a way to tell people")
	}
	o.Times = o.Times.WithDefaults()
	if o.Mono == nil {
		began := time.Now()
		o.Mono = func() time.Duration { return time.Since(began) }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Leapt == nil {
		o.Leapt = func(context.Context, time.Time, time.Time) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Auditor{o: o, state: state{node: rand.Text()[:8]}}, nil
}

// keptAudits is how long looks are kept.
const keptAudits = 24 * time.Hour

// audit is one look.
type audit struct {
	bun.BaseModel `bun:"table:audits,alias:audit"`

	At       time.Time `bun:"at,pk"`
	Findings int       `bun:"findings"`
	First    string    `bun:"first"`
}

// Look handles jobs of kind Job: it looks once, writes down what it found and comes
// back for the next look.
func (a *Auditor) Look(ctx context.Context, _ string) error {
	now := a.o.Now()
	var found []Finding
	for _, check := range a.o.Checks {
		fs, err := check(ctx, now)
		if err != nil {
			return fmt.Errorf("look after huiying: %w", err)
		}
		found = append(found, fs...)
	}
	row := audit{At: now, Findings: len(found)}
	if len(found) > 0 {
		row.First = found[0].Name
	}
	err := a.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := note(ctx, tx, byJob(a.o.Times.Every), found, now); err != nil {
			return err
		}
		// A row of a time that the clock has left again would seem to be the last.
		if _, err := tx.NewDelete().Model((*audit)(nil)).Where("at < ? OR at >= ?", now.Add(-keptAudits), now).Exec(ctx); err != nil {
			return fmt.Errorf("forget old looks: %w", err)
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("write down a look: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return store.Snooze(a.o.Times.Every)
}

// Schedule sees that the job is there. It is one job for ever.
func (a *Auditor) Schedule(ctx context.Context) error {
	return a.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return a.o.DB.EnqueueOnce(ctx, tx, store.Job{Kind: Job, ID: "daily", Urgent: true})
	})
}

// last is when the job looked last, as text that tells two looks apart; "" for never.
func (a *Auditor) last(ctx context.Context) (string, error) {
	var at bun.NullTime
	err := a.o.DB.Reader().NewSelect().Model((*audit)(nil)).ColumnExpr("max(at)").Scan(ctx, &at)
	if err != nil || at.IsZero() {
		return "", err
	}
	return strconv.FormatInt(at.UnixNano(), 10), nil
}
