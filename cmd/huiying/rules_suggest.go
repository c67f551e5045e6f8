package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"huiying/configs"
	"huiying/internal/rulebook"
	"huiying/internal/store"
)

// rulesSuggestCmd finds words by which missed posts could be caught.
type rulesSuggestCmd struct {
	archiveFlags

	Missed string `default:"30d" help:"规则漏掉的帖子: 30d 是最近 30 天用 rules missed 登记的; 也可以写一个文件, 每行一条 (JSON)。" placeholder:"30d|FILE"`
	Config string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则和数据库由它说明。" placeholder:"FILE"`
	JSON   bool   `name:"json" help:"输出 JSON。"`
}

// Run changes nothing: an editor writes the word into a draft.
func (c *rulesSuggestCmd) Run(ctx context.Context, std *streams) error {
	rules, err := rulesFolder{Config: c.Config}.load(std, c.JSON)
	if err != nil {
		return err
	}
	missed, err := c.missed(ctx, std)
	if err != nil {
		return err
	}
	if len(missed) == 0 && !c.JSON {
		fmt.Fprintf(std.Out, "最近 %s 没有登记过漏报: 用 huiying rules missed 登记\n", strings.Replace(c.Missed, "d", " 天", 1))
		return nil
	}
	return c.with(ctx, std, c.Config, time.Now(), func(a rulebook.Archive) error {
		done, end, err := progress(ctx, std, a, 2)
		if err != nil {
			return err
		}
		s, err := rulebook.Suggest(ctx, missed, a, rulebook.RuleSet(rules), done)
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

// missed are the posts that people recorded, or those of a file.
func (c *rulesSuggestCmd) missed(ctx context.Context, std *streams) (out []rulebook.Archived, _ error) {
	if days, ok := strings.CutSuffix(c.Missed, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 {
			err := database{Config: c.Config, Data: c.Data}.with(ctx, std, func(db *store.DB, _ *configs.Config) (err error) {
				out, err = rulebook.Missed(ctx, db.Reader(), time.Now().AddDate(0, 0, -n))
				return err
			})
			return out, err
		}
	}
	for p, err := range postLines(c.Missed).Posts(ctx) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Missed, err)
		}
		out = append(out, p)
	}
	return out, nil
}
