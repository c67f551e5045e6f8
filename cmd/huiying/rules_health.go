package main

import (
	"context"
	"fmt"
	"time"

	"huiying/internal/rulebook"
)

// rulesHealthCmd tells which rules and words do not earn their keep.
type rulesHealthCmd struct {
	rulesFolder

	Days  int    `default:"60" help:"最近多少天的帖子。"`
	Data  string `help:"数据目录, 和 run 的一样。" placeholder:"DIR"`
	Posts string `help:"不看数据库, 看这个文件: 每行一条帖子 (JSON)。" placeholder:"FILE"`
	All   bool   `help:"全部列出, 不只前几个。"`
	JSON  bool   `name:"json" help:"输出 JSON。"`
}

// Run changes nothing.
func (c *rulesHealthCmd) Run(ctx context.Context, std *streams) error {
	rules, err := c.load(std, c.JSON)
	if err != nil {
		return err
	}
	compiled, err := rulebook.Compile(rulebook.RuleSet(rules))
	if err != nil {
		return err
	}
	defer compiled.Close()
	from := archiveFlags{Days: c.Days, Data: c.Data, Posts: c.Posts}
	return from.with(ctx, std, c.Config, time.Now(), func(a rulebook.Archive) error {
		done, end, err := progress(ctx, std, a, 1)
		if err != nil {
			return err
		}
		h, err := rulebook.Checkup(ctx, a, rulebook.RuleSet(rules), compiled.Classifier, done)
		end()
		if err != nil {
			return fmt.Errorf("examine the rules: %w", err)
		}
		if c.JSON {
			return writeJSON(std.Out, h)
		}
		most := 12
		if c.All {
			most = 0
		}
		return h.Show(std.Out, most) //nolint:wrapcheck // says what it was writing
	})
}
