package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/event"
	"huiying/response"
	"huiying/store"
)

// caseCmd shows and records how matters are answered.
type caseCmd struct {
	List   caseListCmd   `cmd:"" help:"列出还没有答复的事项, 先到期的在前。"`
	Show   caseShowCmd   `cmd:"" help:"看一件事项和它的时限。"`
	Ack    caseAckCmd    `cmd:"" help:"登记认领、误报或转办。"`
	Answer caseAnswerCmd `cmd:"" help:"登记答复, 停止计时。"`
}

type caseListCmd struct {
	database
	All bool `help:"已答复的也列出。"`
}

// Run prints a table of cases.
func (c *caseListCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		status := response.Open
		if c.All {
			status = ""
		}
		cases, err := response.List(ctx, db.Reader(), status)
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			fmt.Fprintln(std.Out, "没有待答复的事项。")
			return nil
		}
		now := time.Now()
		t := newTable(std.Out, "编号", "等级", "事项", "责任科室", "时限")
		for _, k := range cases {
			e, err := eventOf(ctx, db, k.EventID)
			if err != nil {
				return err
			}
			var left []string
			for _, clock := range k.Clocks {
				left = append(left, clock.Kind.Name()+" "+clock.Left(now))
			}
			t.AppendRow(table.Row{k.ID, digest.Label(e.Category, e.Grade), digest.Short(e.Title, 40), k.Owner, strings.Join(left, "\n")})
		}
		t.Render()
		return nil
	})
}

type caseShowCmd struct {
	database
	ID string `arg:"" help:"事项或事件编号。"`
}

// Run prints one case.
func (c *caseShowCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		k, err := response.Find(ctx, db.Reader(), c.ID)
		if err != nil {
			return noCase(err, std)
		}
		e, err := eventOf(ctx, db, k.EventID)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "%s  【%s】%s\n", k.ID, digest.Label(e.Category, e.Grade), digest.Plain(e.Title))
		fmt.Fprintf(std.Out, "责任科室  %s\n会商      %s\n首次发现  %s\n帖子      %d 条, 来源 %d 个\n研判      %s\n",
			k.Owner, strings.Join(e.Consult, "、"), digest.Stamp(e.FirstSeen), e.Posts, e.Sources, digest.Plain(e.Why))
		printClocks(std.Out, k, time.Now())
		held, err := alerting.SilencesOver(ctx, db.Reader(), k.EventID)
		if err != nil {
			return err
		}
		for _, s := range held {
			fmt.Fprintf(std.Out, "%s  %s\n", s.ID, digest.Plain(s.Held()))
		}
		offers, err := response.Offers(ctx, db.Reader(), k.ID)
		if err != nil {
			return err
		}
		for _, o := range offers {
			fmt.Fprintf(std.Out, "疑似答复  %s（%s，%s）\n  依据      %s\n  是就确认  %s\n",
				digest.Title(o.Title), digest.Plain(o.SourceName), digest.Stamp(o.CreatedAt), digest.Plain(o.Why), digest.Plain(o.Confirm()))
		}
		return printAcks(ctx, std.Out, db, k.EventID)
	})
}

type caseAnswerCmd struct {
	database
	ID    string   `arg:"" help:"事项或事件编号。"`
	URL   string   `name:"url" help:"已公开的答复的链接。"`
	Note  string   `help:"没有链接时的记录, 如发布会情况。"`
	Clock []string `enum:"first_release,press_conference,answer" help:"只停这些时限。不写就停首次发布和答复公众; 新闻发布会要单独写。"`
}

// Run stops the clocks that the evidence covers.
func (c *caseAnswerCmd) Run(ctx context.Context, std *streams) error {
	if c.URL != "" {
		if _, ok := digest.ParseLink(c.URL); !ok {
			return fmt.Errorf("“%s”不是网址: 请给出以 http:// 或 https:// 开头的答复链接", c.URL)
		}
	}
	e := response.Evidence{URL: c.URL, Note: c.Note}
	for _, k := range c.Clock {
		e.Clocks = append(e.Clocks, response.ClockKind(k))
	}
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		now := time.Now()
		var k response.Case
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			// Merged into another, the answer is to that one.
			standing, _, err := response.Standing(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			k, err = response.Stop(ctx, tx, standing.ID, e, now)
			return err
		})
		if err != nil {
			return noCase(err, std)
		}
		printClocks(std.Out, k, now)
		if k.Status == response.Answered {
			fmt.Fprintln(std.Out, "已答复。")
		} else {
			fmt.Fprintln(std.Out, "还有时限在走。")
		}
		if !slices.ContainsFunc(k.Clocks, func(clock *response.Clock) bool { return clock.StoppedAt.Equal(now) }) {
			fmt.Fprintln(std.Err, "没有停下任何时限, 这次的证据没有记下: 要停的已经停了; 新闻发布会要加 --clock press_conference")
			return exitError{1}
		}
		return nil
	})
}

func printClocks(w io.Writer, k response.Case, now time.Time) {
	for _, clock := range k.Clocks {
		evidence := ""
		if e := strings.TrimSpace(clock.URL + " " + clock.Note); e != "" {
			evidence = "  " + digest.Plain(e)
		}
		fmt.Fprintf(w, "  %s  %s 到期  %s%s\n", clock.Kind.Name(), digest.Stamp(clock.DueAt), clock.Left(now), evidence)
	}
}

func eventOf(ctx context.Context, db *store.DB, id string) (event.Event, error) {
	var e event.Event
	if err := db.Reader().NewSelect().Model(&e).Where("id = ?", id).Scan(ctx); err != nil {
		return e, fmt.Errorf("read event %s: %w", id, err)
	}
	return e, nil
}
