package test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"huiying/internal/app"
	"huiying/internal/rulebook"
)

// With -daemon the test's binary is the program itself, which ends as by kill -9
// the given time it comes to a named point: the real program has no such switch.
var (
	daemonConfig = flag.String("daemon", "", "run as the program with this configuration")
	daemonData   = flag.String("daemon.data", "", "the program's data directory")
	daemonPoint  = flag.String("daemon.point", "", "the point at which the program kills itself")
	daemonTime   = flag.Int("daemon.time", 1, "the time it comes there at which it does")
)

func daemon() int {
	if err := runDaemon(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runDaemon() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	config, rules, err := rulebook.Load(*daemonConfig)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var times atomic.Int64
	a, err := app.New(ctx, app.Options{
		Config: config, Rules: rules, Data: *daemonData, Out: os.Stdout, Log: log,
		Reached: func(point string) {
			if point == *daemonPoint && times.Add(1) == int64(*daemonTime) {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Second)
		defer cancel()
		err = errors.Join(err, a.Stop(ctx))
	}()
	if err := a.Start(ctx); err != nil {
		return err
	}
	if err := a.Serve(ctx, ""); err != nil {
		return err
	}
	a.Watch(ctx)
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.Failed():
		return err
	}
}
