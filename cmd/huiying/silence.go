package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/event"
	"huiying/internal/app"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/terminal"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// silenceCmd holds back messages that may wait.
type silenceCmd struct {
	Add  silenceAddCmd  `cmd:"" help:"加一条静默: 可以等的消息先不发, 事件、事项和时限照走。"`
	List silenceListCmd `cmd:"" help:"列出静默, 和它们压下的消息。"`
	End  silenceEndCmd  `cmd:"" help:"提前结束一条静默, 并告诉科室压下了什么。"`
}

type silenceAddCmd struct {
	database

	Rule     []string `help:"规则编号。帖子命中的规则要都写上才静默。" placeholder:"ID"`
	Section  []string `help:"归口科室。事项的科室要都写上才静默。" placeholder:"NAME"`
	Place    []string `help:"县区或地点, 如 沁源县。" placeholder:"NAME"`
	Event    []string `help:"事件编号, E- 开头。" placeholder:"ID"`
	Category string   `help:"类别, 和 --word 一起用。" placeholder:"NAME"`
	Word     []string `help:"帖子里要有的词, 写几个就要都有。" placeholder:"WORD"`
	Reason   string   `help:"为什么可以等, 必填。" placeholder:"TEXT"`
	By       string   `help:"谁决定的: 科室或岗位, 必填。" placeholder:"ROLE"`
	Until    string   `xor:"end" help:"到什么时候: 2026-11-25 18:00, 或 2026-11-25 (当天结束)。" placeholder:"TIME"`
	For      string   `xor:"end" help:"多长时间: 90m、48h、3d, 最长 30d。" placeholder:"SPAN"`
	JSON     bool     `name:"json" help:"输出 JSON。"`
}

// Run checks everything the silence names before it is stored.
func (c *silenceAddCmd) Run(ctx context.Context, std *streams) error {
	now := time.Now()
	s := alerting.Silence{
		Rules: c.Rule, Sections: c.Section, Places: c.Place, Events: c.Event, Words: c.Word,
		Reason: strings.TrimSpace(c.Reason), Author: strings.TrimSpace(c.By), CreatedAt: now,
	}
	var err error
	if s.EndsAt, err = silenceEnd(c.Until, c.For, now); err != nil {
		return refuse(std, err)
	}
	if c.Category != "" {
		if s.Category = categoryOf(c.Category); s.Category == "" {
			return refuse(std, fmt.Errorf("没有“%s”这一类; 有这些: %s", c.Category, strings.Join(categoryNames(), "、")))
		}
	}
	if err := s.Check(now); err != nil {
		return refuse(std, err)
	}
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		router, err := app.PrepareSilences(db, config)
		if err != nil {
			return err
		}
		_, rules, err := loadAll(c.Config, std)
		if err != nil {
			return err
		}
		if err := known(ctx, db, rules, router, s); err != nil {
			return refuse(std, err)
		}
		err = db.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			s, err = alerting.AddSilence(ctx, tx, db, s)
			return err
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(std.Out, s)
		}
		fmt.Fprintf(std.Out, "已静默 %s  %s\n原因 %s（%s），到 %s 为止。\n", s.ID, safetext.Line(s.String()), safetext.Line(s.Reason), safetext.Line(s.Author), zh.Stamp(s.EndsAt))
		fmt.Fprintln(std.Out, "较大以上和等级待定的突发事件、已超时的时限照常发; 等级升高的也照常发。")
		fmt.Fprintf(std.Out, "压下的消息列入日报和网页; 到期还没答复的, 一次告诉科室。提前结束: huiying silence end %s --by 岗位\n", s.ID)
		return nil
	})
}

// refuse prints what is wrong, a line each, as exit code 1.
func refuse(std *streams, err error) error {
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(std.Err, strings.TrimSuffix(line, "\n"))
	}
	return exitError{1}
}

func categoryNames() []string {
	var names []string
	for _, k := range verdict.Categories() {
		names = append(names, k.Name())
	}
	return names
}

// categoryOf is the category of a Chinese name or of its own; "" for none.
func categoryOf(name string) verdict.Category {
	for _, k := range verdict.Categories() {
		if k.Name() == name || string(k) == name {
			return k
		}
	}
	return ""
}

// silenceEnd reads --until or --for; the zero time where neither is given.
func silenceEnd(until, span string, now time.Time) (time.Time, error) {
	switch {
	case until != "":
		for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly, time.RFC3339} {
			t, err := time.ParseInLocation(layout, until, zh.Beijing())
			if err != nil {
				continue
			}
			if layout == time.DateOnly {
				t = t.AddDate(0, 0, 1)
			}
			return t, nil
		}
		return time.Time{}, fmt.Errorf("--until “%s”看不懂: 写成 \"2026-11-25 18:00\" 或 2026-11-25, 北京时间", until)
	case span != "":
		d, err := time.ParseDuration(span)
		if days, ok := strings.CutSuffix(span, "d"); ok {
			var n int
			n, err = strconv.Atoi(days)
			d = time.Duration(n) * 24 * time.Hour
		}
		if err != nil {
			return time.Time{}, fmt.Errorf("--for “%s”看不懂: 写成 90m、48h 或 3d", span)
		}
		return now.Add(d), nil
	}
	return time.Time{}, nil
}

// known refuses names that nothing bears, and events that no silence may hold.
func known(ctx context.Context, db *store.DB, rules *rulefile.Rules, router *alerting.Router, s alerting.Silence) error {
	var errs []error
	for _, id := range s.Rules {
		if !slices.ContainsFunc(rules.Rules, func(r rulefile.Rule) bool { return r.ID == id }) {
			errs = append(errs, fmt.Errorf("没有规则 %s: 编号看 huiying rules test 或告警里的“为什么”", id))
		}
	}
	for _, name := range s.Sections {
		if !router.Owns(name) {
			errs = append(errs, fmt.Errorf("没有科室“%s”: 有这些 %s", name, strings.Join(router.Owners(), "、")))
		}
	}
	for _, id := range s.Events {
		e, err := event.ByID(ctx, db.Reader(), id)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("没有事件 %s: 编号从网页或告警里复制", id))
		case !alerting.MaySilence(alerting.Notice{Kind: alerting.KindAlert, EventID: id, Category: e.Category, Grade: e.Grade}):
			errs = append(errs, fmt.Errorf("%s 是【%s】: 较大以上和等级待定的突发事件不能静默", id, digest.Label(e.Category, e.Grade)))
		}
	}
	return errors.Join(errs...)
}

type silenceListCmd struct {
	database
	All  bool `help:"近 30 天结束的也列出。"`
	JSON bool `name:"json" help:"输出 JSON。"`
}

// silenced is one line of JSON output: a silence and what it held back.
type silenced struct {
	alerting.Silence

	// Active says that it still holds back; Held are messages, Events matters.
	Active bool              `json:"active"`
	Held   int               `json:"held"`
	Events []digest.Silenced `json:"held_back"`
}

// Run lists silences, those that end first first.
func (c *silenceListCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		now := time.Now()
		var all []alerting.Silence
		var err error
		if c.All {
			all, err = alerting.SilencesSince(ctx, db.Reader(), now.Add(-alerting.SilenceMost))
		} else {
			all, err = alerting.Silences(ctx, db.Reader(), now)
		}
		if err != nil {
			return err
		}
		out := make([]silenced, len(all))
		for i, s := range all {
			out[i] = silenced{Silence: s, Active: !s.Ended(now)}
			if out[i].Events, err = digest.HeldBy(ctx, db.Reader(), s.ID); err != nil {
				return err
			}
			for _, e := range out[i].Events {
				out[i].Held += e.Notices
			}
		}
		if c.JSON {
			return writeJSON(std.Out, out)
		}
		if len(out) == 0 {
			fmt.Fprintln(std.Out, "没有静默。")
			return nil
		}
		t := terminal.NewTable(std.Out, "编号", "静默什么", "原因", "谁", "到", "压下")
		for _, s := range out {
			end := zh.Stamp(s.EndsAt)
			switch {
			case !s.EndedAt.IsZero():
				end = zh.Stamp(s.EndedAt) + " 已提前结束（" + safetext.Line(s.EndedBy) + "）"
			case !s.Active:
				end += " 已结束"
			}
			t.AppendRow(table.Row{
				s.ID, safetext.Line(s.String()), safetext.Line(s.Reason), safetext.Line(s.Author), end,
				fmt.Sprintf("%d 件事，%d 条消息", len(s.Events), s.Held),
			})
		}
		t.Render()
		for _, s := range out {
			for _, e := range s.Events {
				fmt.Fprintf(std.Out, "%s  %s  %s  %s\n", s.ID, e.EventID, zh.Stamp(e.At), safetext.Excerpt(e.Headline, 60))
			}
		}
		return nil
	})
}

type silenceEndCmd struct {
	database
	ID string `arg:"" help:"静默编号, S- 开头。"`
	By string `required:"" help:"谁决定的: 科室或岗位。" placeholder:"ROLE"`
}

// Run ends a silence; the daemon tells what it held back.
func (c *silenceEndCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		if _, err := app.PrepareSilences(db, config); err != nil {
			return err
		}
		now := time.Now()
		var before, s alerting.Silence
		err := db.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			if before, err = alerting.FindSilence(ctx, tx, c.ID); err != nil {
				return err
			}
			s, err = alerting.EndSilence(ctx, tx, db, c.ID, c.By, now)
			return err
		})
		switch {
		case errors.Is(err, alerting.ErrNoSilence):
			return refuse(std, fmt.Errorf("没有静默 %s: 用 huiying silence list --all 查看编号", c.ID))
		case err != nil:
			return err
		case before.Ended(now):
			return refuse(std, fmt.Errorf("%s 已经结束了", c.ID))
		}
		fmt.Fprintf(std.Out, "%s 已结束。压下的事还没答复的, 值守程序会一次告诉科室。\n", s.ID)
		return nil
	})
}
