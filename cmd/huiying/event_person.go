package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/configs"
	"huiying/event"
	"huiying/internal/app"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/terminal"
	"huiying/internal/zh"
	"huiying/response"
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
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		editor, err := app.EventEditor(db, config)
		if err != nil {
			return err
		}
		into, err := editor.Merge(ctx, c.A, c.B, c.By)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "已合并到 %s  %s\n帖子 %d 条, 来源 %d 个。另一个事件的事项已并入, 时限取早的, 收到过它的人都会知道。\n",
			into.ID, safetext.Line(into.Title), into.Posts, into.Sources)
		return showCase(ctx, std, db, config, into.ID)
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
		editor, err := app.EventEditor(db, config)
		if err != nil {
			return err
		}
		e, err := editor.Split(ctx, c.Post, c.By)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "已拆成 %s  %s\n", e.ID, safetext.Line(e.Title))
		return showCase(ctx, std, db, config, e.ID)
	})
}

// showCase says how the case of an event stands, if it has one.
func showCase(ctx context.Context, std *streams, db *store.DB, config *configs.Config, eventID string) error {
	k, err := response.Find(ctx, db.Reader(), eventID)
	if errors.Is(err, response.ErrNoCase) {
		return nil
	}
	if err != nil {
		return err
	}
	now := time.Now()
	v, err := viewOf(ctx, db, config, k, now)
	if err != nil {
		return err
	}
	v.printBrief(std.Out, now)
	return nil
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
		t := terminal.NewTable(std.Out, "另一个事件", "关系", "相似", "依据", "谁", "时间")
		for _, l := range links {
			t.AppendRow([]any{l.Other(c.ID), l.State.Name(), fmt.Sprintf("%.2f", l.Score), safetext.Line(l.Why), safetext.Line(l.By), zh.Stamp(l.At)})
		}
		t.Render()
		return nil
	})
}
