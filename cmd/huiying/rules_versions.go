package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/classifier"
	"huiying/internal/rulebook"
	"huiying/internal/safetext"
	"huiying/internal/terminal"
	"huiying/internal/zh"
)

// rulesRollbackCmd makes an earlier version live again.
type rulesRollbackCmd struct {
	Version string `arg:"" optional:"" help:"退到哪一版; 不写就退到上一版。" placeholder:"VERSION"`
	Config  string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则目录由它说明。" placeholder:"FILE"`
	JSON    bool   `name:"json" help:"输出 JSON。"`
}

// Run asks for no second person: going back is what one does when something is
// wrong.
func (c *rulesRollbackCmd) Run(std *streams) (err error) {
	place, err := liveRules(c.Config, std)
	if err != nil {
		return err
	}
	var before classifier.RuleSet
	if rules, err := place.Load(); err == nil {
		before = rulebook.RuleSet(rules)
	}
	versions, err := rulebook.OpenVersions(place.Dir)
	if err != nil {
		return fmt.Errorf("open the versions: %w", err)
	}
	defer func() { err = errors.Join(err, versions.Close()) }()
	v, err := versions.Rollback(c.Version, place.Owners, time.Now())
	if errors.Is(err, rulebook.ErrNoVersion) {
		if c.Version != "" {
			fmt.Fprintf(std.Err, "没有版本 %s: 用 huiying rules versions%s 查看\n", c.Version, configFlag(c.Config))
		} else {
			fmt.Fprintf(std.Err, "没有更早的版本可以退: 用 huiying rules versions%s 查看\n", configFlag(c.Config))
		}
		return exitError{1}
	}
	if err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	out := published{Published: true, Version: &v, Changes: []rulebook.Change{}}
	if rules, err := place.Load(); err == nil {
		out.Changes = rulebook.Differences(before, rulebook.RuleSet(rules))
	}
	if c.JSON {
		return writeJSON(std.Out, out)
	}
	showChanges(std.Out, out.Changes)
	fmt.Fprintf(std.Out, "已退回: 版本 %s。值守进程几秒内自动换上。\n", v.Version)
	return nil
}

// rulesVersionsCmd lists the versions that are kept.
type rulesVersionsCmd struct {
	Config string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则目录由它说明。" placeholder:"FILE"`
	JSON   bool   `name:"json" help:"输出 JSON: 一个数组, 一个版本一项, 新的在前。"`
}

// Run prints a table, newest first.
func (c *rulesVersionsCmd) Run(std *streams) (err error) {
	place, err := liveRules(c.Config, std)
	if err != nil {
		return err
	}
	versions, err := rulebook.OpenVersions(place.Dir)
	if err != nil {
		return fmt.Errorf("open the versions: %w", err)
	}
	defer func() { err = errors.Join(err, versions.Close()) }()
	list, err := versions.List()
	if err != nil {
		return fmt.Errorf("list the versions: %w", err)
	}
	if c.JSON {
		return writeJSON(std.Out, list)
	}
	if len(list) == 0 {
		fmt.Fprintln(std.Out, "还没有保存的版本: 第一次 huiying rules publish 时开始保存。")
		return nil
	}
	t := terminal.NewTable(std.Out, "", "版本", "时间", "规则", "说明", "谁上线", "谁同意")
	live := false
	for _, v := range list {
		mark := ""
		if v.Live {
			mark, live = "线上", true
		}
		t.AppendRow(table.Row{mark, v.Version, zh.Stamp(v.Kept), v.Rules, safetext.Excerpt(v.Note, 40), safetext.Line(v.By), safetext.Line(v.ConfirmedBy)})
	}
	t.Render()
	if !live {
		fmt.Fprintln(std.Out, "线上的规则是直接改的, 不是其中任何一版。")
	}
	return nil
}
