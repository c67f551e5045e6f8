// Package app wires the rooms in one straight line, starts them, and stops them
// in reverse. It makes no decision of its own.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/pipeline"
	"huiying/response"
	"huiying/rulebook"
	"huiying/store"
	"huiying/web"
)

// Options say with what an App works. Config is required.
type Options struct {
	Config *configs.Config
	// Data is where relative paths of the configuration's storage start.
	// Defaults to the working directory.
	Data string
	// Color colours what console targets print.
	Color bool
	// Out takes what console targets print. Defaults to nothing.
	Out io.Writer
	Log *slog.Logger
	Now func() time.Time
	// Watch and Round are told of posts and of rounds as they are done.
	Watch func(pipeline.Outcome)
	Round func(crawler.Finished)
	// Reached is passed to the pipeline; only tests set it.
	Reached func(point string)
	// Tick is the pause between two looks for due sources, Poll between two looks
	// for due jobs. Both have defaults for daily use.
	Tick, Poll time.Duration
	// Settle is how long a message whose fate is unknown is waited for. Defaults
	// to 12s.
	Settle time.Duration
}

// App is huiying, wired.
type App struct {
	o         Options
	db        *store.DB
	judge     *judge
	rules     *reloader
	claims    claimer
	router    *alerting.Router
	outbox    *alerting.Outbox
	deliverer *alerting.Deliverer
	pipe      *pipeline.Pipeline
	sched     *crawler.Scheduler
	web       *web.Server

	stops []func(context.Context) error
	wg    sync.WaitGroup
	fatal chan error
	addr  net.Addr
}

// New wires an App. Nothing runs before Start; Close it in any case.
func New(ctx context.Context, o Options) (_ *App, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Watch == nil {
		o.Watch = func(pipeline.Outcome) {}
	}
	if o.Round == nil {
		o.Round = func(crawler.Finished) {}
	}
	c := o.Config
	a := &App{o: o, fatal: make(chan error, 4)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()

	if a.db, err = store.Open(ctx, Storage(c.Storage, o.Data, o.Log)); err != nil {
		return nil, err
	}
	if a.judge, err = newJudge(rulebook.RuleSet(c.Rules)); err != nil {
		return nil, err
	}
	if a.router, err = alerting.NewRouter(organisation(c.Organisation)); err != nil {
		return nil, err
	}
	a.outbox = alerting.NewOutbox(a.db, a.router)
	if a.claims, err = a.newClaims(ctx); err != nil {
		return nil, err
	}
	senders, err := targets(c.Chat, o)
	if err != nil {
		return nil, err
	}
	a.deliverer, err = alerting.NewDeliverer(alerting.DelivererOptions{
		DB: a.db.Writer(), Claims: a.claims, Targets: senders, Settle: o.Settle,
		Undelivered: a.undelivered, Now: o.Now, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	reminders := &response.Reminders{DB: a.db, Outbox: a.outbox, Policy: policy(c), Page: a.page, Now: o.Now}
	err = a.db.Prepare(store.JobOptions{Poll: o.Poll}, map[string]store.Handler{
		alerting.JobDeliver:  a.deliver,
		response.JobClock:    reminders.Clock,
		response.JobUngraded: reminders.Ungraded,
		jobDigest:            a.dailyDigest,
	})
	if err != nil {
		return nil, err
	}
	a.pipe = pipeline.New(pipeline.Options{
		DB: a.db, Judge: a.judge, Outbox: a.outbox, Policy: policy(c),
		StaleAfter: c.Intake.StaleAfter, JoinWindow: c.Intake.JoinWindow,
		Page: a.page, Watch: o.Watch, Reached: o.Reached, Now: o.Now, Log: o.Log,
	})
	client, err := fetch.New(fetchOptions(c.Fetch, fetch.NewSQLMemory(a.db.Writer(), o.Now), o))
	if err != nil {
		return nil, err
	}
	sources, err := collectors(c.Sources, client, o)
	if err != nil {
		return nil, err
	}
	a.sched = crawler.NewScheduler(crawler.Options{
		Sources: sources, Read: a.db.Reader(), Write: a.db.Writer(), Emit: a.pipe.Emit,
		Known:  a.known,
		Reread: a.reread,
		Ready:  a.ready, Done: o.Round, Tick: o.Tick, Sole: a.db.Driver() == store.SQLite,
		Now: o.Now, Log: o.Log,
	})
	a.rules = newReloader(a, c.Rules.Dir)
	a.web, err = web.New(web.Options{
		DB: a.db.Reader(), Now: o.Now, Log: o.Log, Bureau: c.Organisation.Bureau, PublicURL: c.Web.PublicURL,
		Rules: a.rules.status,
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Start starts everything but reading sources and serving pages: jobs are worked
// and posts are taken.
func (a *App) Start(ctx context.Context) error {
	// First of all: on SQLite this is where a second process is turned away.
	if err := a.db.Start(ctx); err != nil {
		return err
	}
	a.onStop(a.db.Stop)
	if err := a.recover(ctx); err != nil {
		return err
	}
	if err := a.scheduleDigest(ctx); err != nil {
		return err
	}
	a.spawn(ctx, "pipeline", a.pipe.Run)
	if a.o.Config.Rules.Dir != "" { // else they are embedded and never change
		a.spawn(ctx, "rules", a.rules.run)
	}
	return nil
}

// recover takes up deliveries that a dead process left under way. On SQLite their
// jobs are taken over with the rest when the jobs start; on PostgreSQL they would
// wait for the rescue, so they get new ones: two jobs of one delivery do no harm.
func (a *App) recover(ctx context.Context) error {
	open, err := a.deliverer.Recover(ctx)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return nil
	}
	a.o.Log.WarnContext(ctx, "taking up deliveries of an earlier run", "deliveries", len(open))
	if a.db.Driver() == store.SQLite {
		return nil
	}
	jobs := make([]store.Job, len(open))
	for i, id := range open {
		jobs[i] = store.Job{Kind: alerting.JobDeliver, ID: id}
	}
	return a.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return a.db.EnqueueOnce(ctx, tx, jobs...)
	})
}

// Watch reads the sources until Stop.
func (a *App) Watch(ctx context.Context) { a.spawn(ctx, "scheduler", a.sched.Run) }

// RoundNow reads every source once and returns what failed.
func (a *App) RoundNow(ctx context.Context) error { return a.sched.Once(ctx) }

// Serve serves the pages until Stop. The address is that of the configuration
// unless addr is given.
func (a *App) Serve(ctx context.Context, addr string) error {
	if addr == "" {
		addr = a.o.Config.Web.Addr
	}
	if err := web.CheckAddr(addr); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("serve pages: %w; is another huiying running? choose another web.addr", err)
	}
	a.addr = l.Addr()
	srv := &http.Server{Handler: a.web.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	a.onStop(func(ctx context.Context) error {
		// A browser keeps connections open for nothing: it is not waited for.
		ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			return srv.Close()
		}
		return nil
	})
	a.wg.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve pages: %w", err))
		}
	})
	return nil
}

// Addr is where the pages are served; nil before Serve.
func (a *App) Addr() net.Addr { return a.addr }

// Failed tells of a part that ended by itself: nothing will be right again
// before a restart.
func (a *App) Failed() <-chan error { return a.fatal }

// Stop stops what was started, last first, and waits. What ctx does not leave
// time for is taken up again at the next start.
func (a *App) Stop(ctx context.Context) error {
	var errs []error
	for _, stop := range slices.Backward(a.stops) {
		errs = append(errs, stop(ctx))
	}
	a.stops = nil
	ended := make(chan struct{})
	go func() {
		a.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		errs = append(errs, errors.New("some parts did not stop in time; what they did not finish is taken up at the next start"))
	}
	return errors.Join(errs...)
}

// Close lets go of everything. Stop first.
func (a *App) Close() error {
	var errs []error
	if a.claims != nil {
		errs = append(errs, a.claims.Close())
	}
	if a.judge != nil {
		a.judge.close()
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	return errors.Join(errs...)
}

func (a *App) onStop(f func(context.Context) error) { a.stops = append(a.stops, f) }

func (a *App) fail(err error) {
	select {
	case a.fatal <- err:
	default:
	}
}

// spawn runs a part until Stop.
func (a *App) spawn(ctx context.Context, name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	a.onStop(func(stop context.Context) error {
		cancel()
		select {
		case <-ended:
			return nil
		case <-stop.Done():
			return fmt.Errorf("%s did not stop in time", name)
		}
	})
	a.wg.Go(func() {
		defer close(ended)
		if err := run(ctx); err != nil {
			a.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
}

// DB is the database, for commands that read or record.
func (a *App) DB() *store.DB { return a.db }

// page is the address of an event's own page.
func (a *App) page(eventID string) string {
	return a.o.Config.Web.PublicURL + "/events/" + eventID
}

func (a *App) known(ctx context.Context, source string, urls []string) (map[string]bool, error) {
	return pipeline.Known(ctx, a.db.Reader(), source, urls)
}

// rereadFor is how long after its last post an event's articles are read again.
const rereadFor = 7 * 24 * time.Hour

func (a *App) reread(ctx context.Context, source string) ([]string, error) {
	return pipeline.Reread(ctx, a.db.Reader(), source, a.o.Now().Add(-rereadFor))
}

// ready holds intake off while jobs are late: a flat-out writer starves them.
func (a *App) ready(ctx context.Context) time.Duration {
	late, err := a.db.Lateness(ctx, a.o.Now())
	if err != nil {
		a.o.Log.WarnContext(ctx, "cannot tell how late jobs are", "error", err)
		return 0
	}
	if late > time.Second {
		return late
	}
	return 0
}

// Storage is where the database is. A relative path of SQLite starts at data.
func Storage(s configs.Storage, data string, log *slog.Logger) store.Options {
	path := s.Path
	if data != "" && !filepath.IsAbs(path) {
		path = filepath.Join(data, filepath.Base(path))
	}
	return store.Options{Driver: string(s.Driver), Path: path, URL: s.URL.Reveal(), Log: log}
}
