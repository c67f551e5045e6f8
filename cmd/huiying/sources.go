package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/terminal"
	"huiying/internal/zh"
)

// sourcesCmd shows how every source fares.
type sourcesCmd struct {
	database
	ID   string `help:"只看这个来源, 连同最近几轮。" placeholder:"ID"`
	JSON bool   `name:"json" help:"输出 JSON。"`
}

// lastRounds is how many rounds of one source are shown.
const lastRounds = 20

// Run prints a table, or all about one source; it ends with exit code 1 where a
// source is in trouble.
func (c *sourcesCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		now := time.Now()
		all, err := schedule.ListStats(ctx, db.Reader(), false, now)
		if err != nil {
			return err
		}
		var rounds []schedule.PastRound
		if c.ID != "" {
			all = slices.DeleteFunc(all, func(s schedule.SourceStats) bool { return s.ID != c.ID })
			if len(all) == 0 {
				return fmt.Errorf("没有编号为 %s 的来源: 用 huiying sources --json 查看编号", c.ID)
			}
			if rounds, err = schedule.ListRounds(ctx, db.Reader(), c.ID, lastRounds); err != nil {
				return err
			}
		}
		switch {
		case c.JSON:
			err = printSourcesJSON(std.Out, all, rounds, now)
		case len(all) == 0:
			fmt.Fprintln(std.Out, "还没有读过来源: 先运行 huiying run, 并在 sources.yaml 里启用来源。")
		case c.ID != "":
			printSource(std.Out, all[0], rounds, now)
		default:
			printSources(std.Out, all, now)
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(s schedule.SourceStats) bool { return s.Condition().Bad() }) {
			return exitError{1}
		}
		return nil
	})
}

func printSources(w io.Writer, all []schedule.SourceStats, now time.Time) {
	t := terminal.NewTable(w, "渠道", "来源", "状态", "14 天新帖", "上次读到", "上次有新", "平时最长间隔", "下次", "原因")
	for _, s := range all {
		t.AppendRow(table.Row{
			s.Channel.Name(), safetext.Excerpt(sitetext.OneLine(s.Name), 24), s.Words(), schedule.Sparkline(s.Days[:]), ago(s.LastGood, now), ago(s.LastNew, now),
			gap(s), until(s.NextAt, now), safetext.Excerpt(sitetext.OneLine(s.LastError), 40),
		})
	}
	t.Render()
}

func printSource(w io.Writer, s schedule.SourceStats, rounds []schedule.PastRound, now time.Time) {
	fmt.Fprintf(w, "%s（%s，%s）  %s\n", sitetext.OneLine(s.Name), s.ID, s.Channel.Name(), s.Words())
	if s.LastError != "" {
		fmt.Fprintf(w, "原因      %s\n", safetext.Excerpt(sitetext.OneLine(s.LastError), 200))
	}
	fmt.Fprintf(w, "14 天新帖 %s  今天 %d 条\n", schedule.Sparkline(s.Days[:]), s.Days[len(s.Days)-1])
	fmt.Fprintf(w, "上次读到  %s；上次有新内容 %s；平时最长间隔 %s\n", ago(s.LastGood, now), ago(s.LastNew, now), gap(s))
	fmt.Fprintf(w, "间隔      现在 %s，最快 %s，最慢 %s；下次 %s\n\n", s.Pause, s.Every, max(s.Every, s.Slowest), until(s.NextAt, now))
	t := terminal.NewTable(w, "开始", "用时", "结果", "列出", "新", "没读成", "请求", "304", "字节")
	for _, r := range rounds {
		result := "读到"
		switch {
		case r.Trouble != "":
			result = r.Trouble.Name()
		case r.Unchanged:
			result = "没有变化"
		}
		t.AppendRow(table.Row{
			r.StartedAt.In(zh.Beijing()).Format("01-02 15:04:05"), max(0, r.EndedAt.Sub(r.StartedAt)).Round(10 * time.Millisecond),
			result, r.Items, r.Fresh, r.Failed, r.Requests, r.Unmodified, r.Bytes,
		})
	}
	t.Render()
}

// ago says how long a time is past; never a negative age.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "从未"
	}
	return zh.Span(max(0, now.Sub(t))) + "前"
}

func until(t, now time.Time) string {
	if wait := t.Sub(now); wait > 0 {
		return zh.Span(wait) + "后"
	}
	return "现在"
}

func gap(s schedule.SourceStats) string {
	if s.Usual == 0 {
		return "还不清楚"
	}
	return zh.Span(s.Usual)
}

// sourceJSON is a source as --json prints it; times are RFC 3339, spans seconds.
type sourceJSON struct {
	ID        string               `json:"id"`
	Name      string               `json:"name"`
	Channel   post.Channel         `json:"channel"`
	Condition schedule.Condition   `json:"condition"`
	Words     string               `json:"words"`
	Trouble   crawler.Trouble      `json:"trouble,omitempty"`
	Reason    string               `json:"reason,omitempty"`
	Failures  int                  `json:"failures"`
	Items     int                  `json:"items"`
	Days      []int                `json:"days"`
	LastGood  time.Time            `json:"last_good,omitzero"`
	LastNew   time.Time            `json:"last_new,omitzero"`
	NextAt    time.Time            `json:"next_at"`
	Usual     float64              `json:"usual_gap_seconds,omitempty"`
	Pause     float64              `json:"pause_seconds"`
	Every     float64              `json:"every_seconds"`
	Slowest   float64              `json:"every_max_seconds"`
	Told      bool                 `json:"told"`
	Silent    float64              `json:"silent_seconds"`
	Rounds    []schedule.PastRound `json:"rounds,omitempty"`
}

func printSourcesJSON(w io.Writer, all []schedule.SourceStats, rounds []schedule.PastRound, now time.Time) error {
	out := make([]sourceJSON, len(all))
	for i, s := range all {
		out[i] = sourceJSON{
			ID: s.ID, Name: s.Name, Channel: s.Channel, Condition: s.Condition(), Words: s.Words(),
			Trouble: s.Trouble, Reason: s.LastError, Failures: s.Failures, Items: s.Items, Days: s.Days[:],
			LastGood: s.LastGood, LastNew: s.LastNew, NextAt: s.NextAt,
			Usual: s.Usual.Seconds(), Pause: s.Pause.Seconds(), Every: s.Every.Seconds(), Slowest: max(s.Every, s.Slowest).Seconds(),
			Told: s.Told != "", Rounds: rounds,
		}
		if !s.LastNew.IsZero() {
			out[i].Silent = max(0, now.Sub(s.LastNew)).Seconds()
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write sources: %w", err)
	}
	return nil
}
