package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/intake"
	"huiying/internal/app"
	"huiying/internal/post"
	"huiying/internal/terminal"
	"huiying/internal/verdict"
)

// importCmd takes hotline and print sheets in, and lists of feeds.
type importCmd struct {
	database
	File    string `arg:"" help:"表格: CSV、XLSX 或每行一条的 JSON; 或订阅清单 OPML。" type:"existingfile"`
	Source  string `help:"算作 sources.yaml 里的哪个来源 (kind: intake), 列名照它的写法认。" placeholder:"ID"`
	Channel string `enum:",hotline,press,wechat" default:"" help:"没有写 --source 时的渠道: hotline 热线, press 报刊, wechat 微信。"`
	Name    string `help:"来源名称, 如“12345 热线”; 不写就用渠道名。"`
	Outside bool   `help:"不是本市的来源。"`
	Write   bool   `help:"OPML: 写进 sources.yaml, 不写就打印出来。"`
}

// Run stores every good row with what follows from it; bad rows are named by
// number on stderr and make the exit code 1.
func (c *importCmd) Run(ctx context.Context, std *streams) (err error) {
	if c.Source == "" && c.Channel == "" && !isOPML(c.File) {
		return errors.New("不知道这张表是哪里来的: 写 --channel hotline(热线)、press(报刊)或 wechat(微信), 或 --source 来源编号")
	}
	config, rules, err := loadAll(c.Config, std)
	if err != nil {
		return err
	}
	if isOPML(c.File) {
		return c.feeds(config, std)
	}
	o, err := c.options(config)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{
		Config: config, Rules: rules, Data: c.Data, Out: std.Err, Color: terminal.HasColor(std.Err), Log: app.NewLog(config, std.Err),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	o.Secret = a.RowSecret()
	posts, bad, err := c.read(o, std)
	if err != nil {
		return err
	}
	outcomes, err := a.Import(ctx, posts)
	if err != nil {
		return err
	}
	sent, err := a.DeliverNow(ctx)
	if err != nil {
		return err
	}
	handled, alerts := map[verdict.Handling]int{}, 0
	for _, o := range outcomes {
		handled[o.Verdict.Handling]++
		if len(o.Told) > 0 {
			alerts++
		}
	}
	fmt.Fprintf(std.Out, "读到 %d 条, 新的或有改动的 %d 条: 告警 %d, 复核 %d, 无关 %d; 发出通知 %d 次",
		len(posts), len(outcomes), handled[verdict.Alert], handled[verdict.Review], handled[verdict.None], alerts)
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
func (c *importCmd) read(o intake.Options, std *streams) (posts []post.Post, bad int, err error) {
	f, err := os.Open(filepath.Clean(c.File))
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	posts, problems, err := intake.Read(f, c.File, o)
	for _, p := range problems {
		fmt.Fprintln(std.Err, p)
	}
	return posts, len(problems), err
}

// options say what the sheet belongs to: a source of sources.yaml, or a channel.
func (c *importCmd) options(config *configs.Config) (intake.Options, error) {
	o := intake.Options{Now: time.Now()}
	if c.Source == "" {
		channel := post.Channel(c.Channel)
		if channel == "" {
			return o, errors.New("请写 --source 来源编号, 或 --channel hotline、press、wechat 之一")
		}
		o.Source = crawler.Source{ID: "import-" + c.Channel, Name: cmp.Or(c.Name, channel.Name()), Channel: channel, Local: !c.Outside}
		return o, nil
	}
	if c.Channel != "" || c.Name != "" || c.Outside {
		return o, errors.New("写了 --source 就不要再写 --channel、--name、--outside: 这些以 sources.yaml 为准")
	}
	for _, s := range config.Sources {
		if s.ID != c.Source {
			continue
		}
		if s.Kind != "intake" {
			return o, fmt.Errorf("来源 %s 的 kind 是 %s, 不是 intake: 表格要算作 kind 是 intake 的来源", s.ID, s.Kind)
		}
		o.Source, o.Columns = app.Handed(s)
		return o, nil
	}
	return o, fmt.Errorf("sources.yaml 里没有编号为 %s 的来源", c.Source)
}
