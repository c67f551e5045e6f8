package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"huiying/app"
	"huiying/classifier"
	"huiying/crawler"
	"huiying/crawler/intake"
)

// importCmd takes hotline and print sheets in.
type importCmd struct {
	database
	File    string `arg:"" help:"表格: CSV、XLSX 或每行一条的 JSON。" type:"existingfile"`
	Channel string `enum:"hotline,press,wechat" required:"" help:"渠道: hotline 热线, press 报刊, wechat 微信。"`
	Name    string `help:"来源名称, 如“12345 热线”; 不写就用渠道名。"`
	Outside bool   `help:"不是本市的来源。"`
}

// Run stores every good row with what follows from it; bad rows are named by
// number on stderr and make the exit code 1.
func (c *importCmd) Run(ctx context.Context, std *streams) (err error) {
	config, err := loadConfig(c.Config, std)
	if err != nil {
		return err
	}
	posts, bad, err := c.read(std)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{
		Config: config, Data: c.Data, Out: std.Err, Color: terminal(std.Err), Log: newLog(config.Log, std.Err),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	outcomes, err := a.Import(ctx, posts)
	if err != nil {
		return err
	}
	sent, err := a.DeliverNow(ctx)
	if err != nil {
		return err
	}
	handled, alerts := map[classifier.Handling]int{}, 0
	for _, o := range outcomes {
		handled[o.Verdict.Handling]++
		if len(o.Told) > 0 {
			alerts++
		}
	}
	fmt.Fprintf(std.Out, "读到 %d 条, 新的或有改动的 %d 条: 告警 %d, 复核 %d, 无关 %d; 发出通知 %d 次",
		len(posts), len(outcomes), handled[classifier.Alert], handled[classifier.Review], handled[classifier.None], alerts)
	if !sent && alerts > 0 {
		fmt.Fprint(std.Out, "（由值守进程发送）")
	}
	fmt.Fprintln(std.Out)
	if bad > 0 {
		return exitError{1}
	}
	return nil
}

// read reads the sheet and prints its problems.
func (c *importCmd) read(std *streams) (posts []crawler.Post, bad int, err error) {
	f, err := os.Open(filepath.Clean(c.File))
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	channel := crawler.Channel(c.Channel)
	source := crawler.Source{ID: "import-" + c.Channel, Name: c.Name, Channel: channel, Local: !c.Outside}
	if source.Name == "" {
		source.Name = channel.Name()
	}
	posts, problems, err := intake.Read(f, c.File, intake.Options{Source: source, Now: time.Now()})
	for _, p := range problems {
		fmt.Fprintln(std.Err, p)
	}
	return posts, len(problems), err
}
