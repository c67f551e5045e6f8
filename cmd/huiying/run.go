package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"huiying/app"
	"huiying/crawler"
)

// stopTime is how long a stop may take: requests under way end, jobs finish.
const stopTime = 4 * time.Second

// runCmd is the daemon.
type runCmd struct {
	Config string `short:"c" default:"configs/huiying.yaml" help:"主配置文件。" placeholder:"FILE"`
	Data   string `help:"数据目录, 相对的 storage.path 从这里算。" placeholder:"DIR"`
}

// Run watches, alerts and serves until it is told to stop.
func (c *runCmd) Run(ctx context.Context, std *streams) error {
	config, err := loadConfig(c.Config, std)
	if err != nil {
		return err
	}
	log := newLog(config.Log, std.Err)
	a, err := app.New(ctx, app.Options{
		Config: config, Data: c.Data, Out: std.Out, Color: terminal(std.Out), Log: log,
		Round: func(f crawler.Finished) {
			for _, s := range f.Report.Skipped {
				log.WarnContext(ctx, "item skipped", "source", f.Source.ID, "reason", s)
			}
			log.InfoContext(ctx, "source read", "source", f.Source.ID, "items", f.Report.Items,
				"unchanged", f.Report.Unchanged, "posts", f.Posts, "took", f.Took)
		},
	})
	if err != nil {
		return err
	}
	return serve(ctx, a, func(ctx context.Context) error {
		if err := a.Serve(ctx, ""); err != nil {
			return err
		}
		if err := a.TakeIn(ctx); err != nil {
			return err
		}
		if at := a.IntakeAddr(); at != nil {
			log.InfoContext(ctx, "rows are taken in", "address", "http://"+at.String()+"/intake/")
		}
		log.InfoContext(ctx, "huiying watches", "sources", len(config.Sources), "page", "http://"+a.Addr().String())
		a.Watch(ctx)
		return nil
	})
}

// serve starts a, runs begin, waits for ctx to end or a part to fail, and stops.
func serve(ctx context.Context, a *app.App, begin func(context.Context) error) (err error) {
	defer func() { err = errors.Join(err, a.Close()) }()
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err = errors.Join(err, a.Stop(stop))
	}()
	if err := a.Start(ctx); err != nil {
		return err
	}
	if err := begin(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop while beginning
		}
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.Failed():
		return fmt.Errorf("a part of huiying ended: %w", err)
	}
}

// terminal reports whether w is a screen that shows colours.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("NO_COLOR") == ""
}
