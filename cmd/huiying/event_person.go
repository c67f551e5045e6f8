package main

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/app"
	"huiying/configs"
	"huiying/digest"
	"huiying/event"
	"huiying/pipeline"
	"huiying/response"
	"huiying/store"
)

// eventCmd lets a person decide which posts are one matter.
type eventCmd struct {
	Merge eventMergeCmd `cmd:"" help:"把两个事件合并成一件事。"`
	Split eventSplitCmd `cmd:"" help:"把一条帖子从事件里拆出来, 单独成一件事。"`
	Links eventLinksCmd `cmd:"" help:"看一个事件可能和哪些是同一件事, 以及人工合并、拆分的记录。"`
}

type eventMergeCmd struct {
	database
	A  string `arg:"" help:"事件编号。"`
	B  string `arg:"" help:"另一个事件编号。先告警的那个留下。"`
	By string `required:"" help:"谁决定的: 科室或岗位。"`
}

// Run merges two events. No re-run parts them.
func (c *eventMergeCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		var into event.Event
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			if err := db.Lock(ctx, tx, "huiying pipeline"); err != nil {
				return err
			}
			into, err = pipeline.Merge(ctx, tx, c.A, c.B, c.By, time.Now())
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "已合并到 %s  %s\n帖子 %d 条, 来源 %d 个。另一个事件的时限已停, 记录为“并入”。\n", into.ID, digest.Plain(into.Title), into.Posts, into.Sources)
		return nil
	})
}

type eventSplitCmd struct {
	database
	Post string `arg:"" help:"帖子编号, P- 开头。"`
	By   string `required:"" help:"谁决定的: 科室或岗位。"`
}

// Run splits a post off its event. No re-run joins them.
func (c *eventSplitCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		// The daemon works the jobs; here they are only written.
		daemons := func(context.Context, string) error { return store.Snooze(time.Second) }
		err := db.Prepare(store.JobOptions{}, map[string]store.Handler{response.JobClock: daemons, response.JobUngraded: daemons})
		if err != nil {
			return err
		}
		_, policy, err := app.Routing(config)
		if err != nil {
			return fmt.Errorf("read who is told of what: %w", err)
		}
		var e event.Event
		err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			if err := db.Lock(ctx, tx, "huiying pipeline"); err != nil {
				return err
			}
			e, err = pipeline.Split(ctx, tx, db, policy, c.Post, c.By, time.Now())
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "已拆成 %s  %s\n", e.ID, digest.Plain(e.Title))
		return nil
	})
}

type eventLinksCmd struct {
	database
	ID string `arg:"" help:"事件编号。"`
}

// Run lists what is held of an event and others.
func (c *eventLinksCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		links, err := event.Links(ctx, db.Reader(), c.ID)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			fmt.Fprintln(std.Out, "没有相关的事件。")
			return nil
		}
		t := newTable(std.Out, "另一个事件", "关系", "相似", "依据", "谁", "时间")
		for _, l := range links {
			t.AppendRow([]any{l.Other(c.ID), l.State.Name(), fmt.Sprintf("%.2f", l.Score), digest.Plain(l.Why), digest.Plain(l.By), digest.Stamp(l.At)})
		}
		t.Render()
		return nil
	})
}
