package main

import (
	"context"
	"fmt"
	"time"

	"huiying/rulebook"
)

// rulesSuggestCmd finds words by which missed posts could be caught.
type rulesSuggestCmd struct {
	archiveFlags

	Missed string `required:"" help:"规则漏掉的帖子: 每行一条 (JSON), 格式和 classify 的输入一样。" placeholder:"FILE" type:"existingfile"`
	Config string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则和数据库由它说明。" placeholder:"FILE"`
	JSON   bool   `name:"json" help:"输出 JSON。"`
}

// Run changes nothing: an editor writes the word into a draft.
func (c *rulesSuggestCmd) Run(ctx context.Context, std *streams) error {
	rules, err := rulesFolder{Config: c.Config}.load(std)
	if err != nil {
		return err
	}
	var missed []rulebook.Archived
	for p, err := range postLines(c.Missed).Posts(ctx) {
		if err != nil {
			return fmt.Errorf("%s: %w", c.Missed, err)
		}
		missed = append(missed, p)
	}
	return c.with(ctx, std, c.Config, time.Now(), func(a rulebook.Archive) error {
		done, end, err := progress(ctx, std, a, 2)
		if err != nil {
			return err
		}
		s, err := rulebook.Suggest(ctx, missed, a, rulebook.RuleSet(rules), compiled, done)
		end()
		if err != nil {
			return fmt.Errorf("suggest words: %w", err)
		}
		if c.JSON {
			return writeJSON(std.Out, s)
		}
		return s.Show(std.Out) //nolint:wrapcheck // says what it was writing
	})
}
