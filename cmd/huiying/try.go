package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huiying/crawler/fetch"
	"huiying/crawler/probe"
)

// tryCmd shows what a source would yield, for whoever adds it: the items on
// standard output, and on standard error the source as it could be written.
type tryCmd struct {
	Target       string `arg:"" help:"网址, 或存下来的文件。" placeholder:"URL|FILE"`
	Kind         string `enum:",feed,page,json" default:"" help:"当作什么来读: feed 订阅, page 网页, json 接口。不写就自己判断。"`
	AllowPrivate bool   `help:"允许读内网和本机的网址。"`
	Contact      string `default:"huiying try" help:"写进 User-Agent 的联系方式。" placeholder:"URL|邮箱"`
}

// Run prints one JSON object for an article, or one a line for the items of a
// list page, a feed or a timeline. An unreadable target ends with exit code 1.
func (c *tryCmd) Run(ctx context.Context, std *streams) error {
	doc, err := probe.Open(ctx, c.Target, probe.Options{Contact: c.Contact, AllowPrivate: c.AllowPrivate})
	if err != nil {
		if fe, ok := errors.AsType[*fetch.Error](err); ok {
			fmt.Fprintf(std.Err, "%s: %s\n", c.Target, fe.Chinese())
			if fe.Kind == fetch.Blocked {
				fmt.Fprintln(std.Err, "确要试读内网的网址, 请加 --allow-private。")
			}
			return exitError{1}
		}
		return fmt.Errorf("try %s: %w", c.Target, err)
	}
	now := time.Now()
	items, err := doc.Read(c.Kind, now)
	if barrier, ok := errors.AsType[*probe.BarrierError](err); ok {
		fmt.Fprintf(std.Err, "%s: %s\n", c.Target, barrier.Chinese())
		return exitError{1}
	}
	if err != nil {
		fmt.Fprintf(std.Err, "%s: 没有读出内容: %s\n", c.Target, unread(err))
		return exitError{1}
	}
	out := json.NewEncoder(std.Out)
	out.SetEscapeHTML(false)
	for _, it := range items {
		if err := out.Encode(it); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
	if len(items) == 0 {
		fmt.Fprintf(std.Err, "%s: 能打开, 但没有读出任何一条; 可以用 --kind 指明是什么\n", c.Target)
		return exitError{1}
	}
	doc.Propose(ctx, std.Err, items, now)
	return nil
}

// unread is why nothing was read, in Chinese where that is known.
func unread(err error) string {
	var told interface{ Chinese() string }
	if errors.As(err, &told) {
		return told.Chinese()
	}
	return err.Error()
}
