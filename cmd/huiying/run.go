package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/crawler/schedule"
	"huiying/internal/app"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/terminal"
	"huiying/internal/zh"
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
	config, rules, bad, err := rulebook.LoadAround(c.Config)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Config, mistakes(err, std))
	}
	log := app.NewLog(config, std.Err)
	// What libraries say without being asked goes the same way, net/http's client
	// among them, which quotes what servers send out of turn.
	slog.SetDefault(log)
	standIn := ""
	if len(bad) > 0 {
		if rules, standIn, err = c.standIn(ctx, bad, log); err != nil {
			return err
		}
	}
	a, err := app.New(ctx, app.Options{
		Config: config, Rules: rules, RulesStandIn: standIn, Data: c.Data, Out: std.Out, Color: terminal.HasColor(std.Out), Log: log,
		Round: func(f schedule.Outcome) {
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

// standIn finds rules to watch by where the files are bad: those that were live last,
// and where none were kept the shipped ones. A restart at night must not end the
// watch for a typing mistake of the evening. It says what to tell the editors.
func (c *runCmd) standIn(ctx context.Context, bad yamlcheck.Problems, log *slog.Logger) (*rulefile.Rules, string, error) {
	at, err := configs.RulesPlace(c.Config)
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", c.Config, err)
	}
	rules, kept, err := rulebook.LastGood(at.Dir, at.Owners)
	said := "上次好的规则，版本 " + kept.Version + "，" + zh.Stamp(kept.Kept) + " 保存"
	if err != nil {
		if _, rules, err = rulebook.Default(); err != nil {
			return nil, "", fmt.Errorf("read the shipped rules: %w", err)
		}
		said = "没有保存过好的规则，用的是程序自带的规则，请尽快改好"
	}
	log.ErrorContext(ctx, "the rule files are bad: huiying watches by other rules until they are mended; run huiying rules check",
		"rules", rules.Version(), "kept", kept.Version != "", "problems", len(bad), "first", bad[0].String())
	rules.Dir = at.Dir
	return rules, said, nil
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
