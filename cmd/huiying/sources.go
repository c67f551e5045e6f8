package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/configs"
	"huiying/crawler"
	"huiying/digest"
	"huiying/response"
	"huiying/store"
)

// sourcesCmd shows how every source fares.
type sourcesCmd struct{ database }

// Run prints a table; it ends with exit code 1 where a source is in trouble.
func (c *sourcesCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		all, err := crawler.ListHealth(ctx, db.Reader())
		if err != nil {
			return err
		}
		if len(all) == 0 {
			fmt.Fprintln(std.Out, "还没有读过来源: 先运行 huiying run, 并在 sources.yaml 里启用来源。")
			return nil
		}
		now := time.Now()
		bad := 0
		t := newTable(std.Out, "渠道", "来源", "状态", "上次读到", "条目", "下次", "原因")
		for _, h := range all {
			state := "正常"
			if h.Failures > 0 {
				state = "连续失败 " + strconv.Itoa(h.Failures) + " 次"
				bad++
			} else if h.Rounds == 0 {
				state = "未读过"
			}
			last := "—"
			if !h.LastGood.IsZero() {
				last = response.Span(now.Sub(h.LastGood)) + "前"
			}
			next := "现在"
			if wait := h.NextAt.Sub(now); wait > 0 {
				next = response.Span(wait) + "后"
			}
			t.AppendRow(table.Row{h.Channel.Name(), h.Name, state, last, h.Items, next, digest.Short(h.LastError, 60)})
		}
		t.Render()
		if bad > 0 {
			return exitError{1}
		}
		return nil
	})
}
