package main

import (
	"context"
	"fmt"
	"time"

	"huiying/configs"
	"huiying/rulebook"
)

// rulesReplayCmd runs a draft over the archive and compares it with the live rules.
type rulesReplayCmd struct {
	archiveFlags

	Draft   string `arg:"" help:"新规则的目录。" placeholder:"DIR"`
	Against string `default:"live" help:"和哪里的规则比: live 是线上的, 也可以写一个目录。" placeholder:"live|DIR"`
	Config  string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则和数据库由它说明。" placeholder:"FILE"`
	All     bool   `help:"增减的事件全部列出, 不只前 20 个。"`
	JSON    bool   `name:"json" help:"输出 JSON。"`
}

// Run sends nothing and stores nothing.
func (c *rulesReplayCmd) Run(ctx context.Context, std *streams) error {
	against := rulesFolder{Config: c.Config}
	if c.Against != "live" {
		against.Dir = c.Against
	}
	live, err := against.load(std)
	if err != nil {
		return err
	}
	draft, err := rulesFolder{Dir: c.Draft, Config: c.Config}.load(std)
	if err != nil {
		return err
	}
	sides := make([]rulebook.Side, 2)
	for i, rules := range []*configs.Rules{live, draft} {
		sides[i].Set = rulebook.RuleSet(rules)
		judge, err := compiled(sides[i].Set, nil)
		if err != nil {
			return err
		}
		defer judge.Close()
		sides[i].Judge = judge.Judge
	}
	began := time.Now()
	return c.with(ctx, std, c.Config, began, func(a rulebook.Archive) error {
		done, end, err := progress(ctx, std, a, 1)
		if err != nil {
			return err
		}
		r, err := rulebook.Run(ctx, a, sides[0], sides[1], done)
		end()
		if err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		if c.JSON {
			return writeJSON(std.Out, r)
		}
		most := 20
		if c.All {
			most = len(r.Added) + len(r.Lost)
		}
		return r.Show(std.Out, time.Since(began), most) //nolint:wrapcheck // says what it was writing
	})
}
