package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
	"huiying/web"
)

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
	a.shared.start(ctx, a)
	if err := a.audit.Schedule(ctx); err != nil {
		return err
	}
	a.spawn(ctx, "watch over huiying itself", a.audit.Run)
	a.spawn(ctx, "pipeline", a.pipe.Run)
	a.listen(ctx)
	if a.o.Rules.Dir != "" { // else they are embedded and never change
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
	return a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return a.db.EnqueueOnce(ctx, tx, jobs...)
	})
}

// Watch reads the sources until Stop, and sees that none falls silent unnoticed.
func (a *App) Watch(ctx context.Context) {
	a.began = a.o.Now()
	a.collecting.Store(true)
	a.spawn(ctx, "scheduler", a.sched.Run)
	a.spawn(ctx, "watch over sources", a.monitor.Run)
}

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
	a.serve(l, &http.Server{Handler: a.web.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}, "serve pages")
	return a.serveAck(ctx)
}

// serve answers requests until Stop.
func (a *App) serve(l net.Listener, srv *http.Server, what string) {
	srv.ErrorLog = slog.NewLogLogger(a.o.Log.Handler(), slog.LevelWarn)
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
			a.fail(fmt.Errorf("%s: %w", what, err))
		}
	})
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
	errs = append(errs, a.shared.Close())
	a.words.Wait()
	if a.live != nil {
		a.live.Close()
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
		// The runtime would print whatever the panic holds, and not as a record.
		defer func() {
			if p := recover(); p != nil {
				a.o.Log.ErrorContext(ctx, "a part of huiying panicked", "part", name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				a.fail(fmt.Errorf("%s panicked, see the log: %s", name, a.redactor.Redact(fmt.Sprint(p))))
			}
		}()
		if err := run(ctx); err != nil {
			a.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
}

// Settled waits until nothing is left to send now, or until ctx ends. What waits
// for a clock does not count.
func (a *App) Settled(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := alerting.CountOpen(ctx, a.db.Reader())
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%d deliveries are still under way: %w", n, ctx.Err())
		}
	}
}
