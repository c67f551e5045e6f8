package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/terminal"
	"huiying/internal/zh"
	"huiying/response"
)

// caseCmd shows and records how matters are answered.
type caseCmd struct {
	List    caseListCmd    `cmd:"" help:"列出还没有答复的事项, 先到期的在前。"`
	Show    caseShowCmd    `cmd:"" help:"看一件事项: 时限、把关、处置记录。"`
	Ack     caseAckCmd     `cmd:"" help:"登记认领、误报或转办。"`
	Grade   caseGradeCmd   `cmd:"" help:"给突发事件定级: 待定由人定, 降级只能由人定。"`
	Confirm caseConfirmCmd `cmd:"" help:"登记有关单位的会商确认。"`
	Review  caseReviewCmd  `cmd:"" help:"送合法性审核, 登记审核意见。"`
	Answer  caseAnswerCmd  `cmd:"" help:"登记答复, 停止计时。"`
	Close   caseCloseCmd   `cmd:"" help:"办结: 时限都停了, 会商和审核都过了, 才能办结。"`
}

type caseListCmd struct {
	database
	All  bool `help:"已答复、已办结和已并入的也列出。"`
	JSON bool `name:"json" help:"输出 JSON。"`
}

// Run prints a table of cases.
func (c *caseListCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		status := response.Open
		if c.All {
			status = ""
		}
		cases, err := response.List(ctx, db.Reader(), status)
		if err != nil {
			return err
		}
		now := time.Now()
		views := make([]caseView, len(cases))
		for i, k := range cases {
			if views[i], err = viewOf(ctx, db, config, k, now); err != nil {
				return err
			}
		}
		if c.JSON {
			return printJSON(std.Out, views)
		}
		if len(cases) == 0 {
			fmt.Fprintln(std.Out, "没有待答复的事项。")
			return nil
		}
		t := terminal.NewTable(std.Out, "编号", "等级", "事项", "责任科室", "时限", "状态")
		for _, v := range views {
			var left []string
			for _, clock := range v.k.Clocks {
				left = append(left, clock.Kind.Name()+" "+clock.Words(now))
			}
			t.AppendRow(table.Row{v.ID, digest.Label(v.Category, v.Grade), safetext.Excerpt(v.Title, 40), v.Owner, strings.Join(left, "\n"), v.Status.Name()})
		}
		t.Render()
		return nil
	})
}

type caseShowCmd struct{ deskFlags }

// Run prints one case.
func (c *caseShowCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		k, err := response.Find(ctx, db.Reader(), c.ID)
		if err != nil {
			return noCase(err, std)
		}
		now := time.Now()
		v, err := viewOf(ctx, db, config, k, now)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.Out, v)
		}
		v.print(std.Out, now)
		return nil
	})
}

type caseAnswerCmd struct {
	deskFlags
	By    string   `help:"谁登记的: 科室、单位或领导。不写就是局办公室。"`
	URL   string   `name:"url" help:"已公开的答复的链接。"`
	Note  string   `help:"没有链接时的记录, 如发布会情况。"`
	Clock []string `enum:"first_release,press_conference,answer" help:"只停这些时限。不写就停首次发布和答复公众; 新闻发布会要单独写。"`
}

// Run stops the clocks that the evidence covers, as the buttons and links do.
func (c *caseAnswerCmd) Run(ctx context.Context, std *streams) error {
	switch {
	case c.URL != "" && safetext.ParseLink(c.URL) == nil:
		return fmt.Errorf("“%s”不是网址: 请给出以 http:// 或 https:// 开头、不带用户名和密码的答复链接", safetext.Address(c.URL))
	case c.URL == "" && strings.TrimSpace(c.Note) == "":
		return fmt.Errorf("时限只凭证据停止: 请给出答复链接（--url）或记录（--note）")
	}
	still, merely := 0, false
	v, err := c.act(ctx, std, func(acts *response.Acts) (response.Case, error) {
		d := response.Action{EventID: c.ID, Act: alerting.Answered, Section: c.By, URL: c.URL, Note: c.Note, Via: "command"}
		if d.Section == "" {
			d.Section = acts.Outbox.Router().Office().Name
		}
		for _, k := range c.Clock {
			d.Clocks = append(d.Clocks, response.ClockKind(k))
		}
		before, _, err := response.Resolve(ctx, acts.DB.Reader(), c.ID)
		if err != nil {
			return response.Case{}, err
		}
		still = stopped(before)
		k, err := acts.Do(ctx, d)
		merely = stopped(k) == still
		return k, err
	})
	if err != nil {
		return err
	}
	if !c.JSON {
		if v.Status.Waits() {
			fmt.Fprintln(std.Out, "还有时限在走。")
		} else {
			fmt.Fprintln(std.Out, "已答复。")
		}
	}
	if merely {
		fmt.Fprintln(std.Err, "没有停下任何时限, 这次的证据没有记下: 要停的已经停了; 新闻发布会要加 --clock press_conference")
		return exitError{1}
	}
	return nil
}

func printClocks(w io.Writer, k response.Case, now time.Time) {
	for _, clock := range k.Clocks {
		evidence := ""
		if e := strings.TrimSpace(clock.URL + " " + clock.Note); e != "" {
			evidence = "  " + safetext.Line(e)
		}
		fmt.Fprintf(w, "  %s  %s 到期  %s%s\n", clock.Kind.Name(), zh.Stamp(clock.DueAt), clock.Words(now), evidence)
	}
}

// noCase says in Chinese that there is no such case.
func noCase(err error, std *streams) error {
	if !errors.Is(err, response.ErrNoCase) {
		return err
	}
	fmt.Fprintln(std.Err, "没有这个事项: 用 huiying case list 查看编号")
	return exitError{1}
}
