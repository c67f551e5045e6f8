package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"huiying/configs"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// rulesCheckCmd reports every mistake and warning of the rule files at once.
type rulesCheckCmd struct {
	rulesFolder

	All  bool   `help:"连多余的词 (W023) 也一处一处列出。"`
	Days int    `default:"90" help:"有数据库时数一数: 过去这么多天, 太短的词平均每天有多少条帖子写到; 0 是不数。" placeholder:"N"`
	Data string `help:"数据目录, 和 run 的一样; 只有数词用到。" placeholder:"DIR"`
	JSON bool   `name:"json" help:"输出 JSON: 一个数组, 一处问题一项。"`
}

// Run ends with exit code 1 where there is a mistake; warnings keep nothing from
// going live.
func (c *rulesCheckCmd) Run(ctx context.Context, std *streams) error {
	folder, err := c.open(std)
	if err != nil {
		return err
	}
	rules, problems := folder.Check()
	live := c.live(std, folder)
	if rules != nil && live != nil {
		problems = append(problems, rulebook.Lost(live, rules)...)
	}
	findings := folder.Findings(problems)
	if c.Days > 0 {
		if err := c.measure(ctx, std, findings); err != nil {
			return err
		}
	}
	mistakes, warnings := rulebook.Count(findings)
	if c.JSON {
		if err := writeJSON(std.Out, findings); err != nil {
			return err
		}
	} else if err := c.show(std, rules, live, findings, mistakes, warnings); err != nil {
		return err
	}
	if mistakes > 0 {
		return exitError{1}
	}
	return nil
}

// measure counts short words in the archive.
func (c *rulesCheckCmd) measure(ctx context.Context, std *streams, findings []rulebook.Finding) error {
	words := rulebook.ShortWords(findings)
	if len(words) == 0 {
		return nil
	}
	// Checking must work and be quick beside a lone draft, too: without a database
	// that was asked for, or with one that is slow, nothing is counted.
	asked := c.Data != ""
	if !asked {
		quiet, cancel := context.WithTimeout(ctx, countTime)
		defer cancel()
		ctx, std = quiet, &streams{In: std.In, Out: io.Discard, Err: io.Discard}
	}
	err := database{Config: c.Config, Data: c.Data}.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		volume, err := rulebook.CountWords(ctx, db.Reader(), words, c.Days, time.Now())
		if err != nil {
			return fmt.Errorf("count words: %w", err)
		}
		rulebook.Measure(findings, volume)
		return nil
	})
	if !asked {
		return nil
	}
	return err
}

// countTime bounds how long counting words nobody asked for may take.
const countTime = 2 * time.Second

// live are the rules that the configuration names, where a draft beside them is
// checked; nil where the rules checked are these themselves.
func (c *rulesCheckCmd) live(std *streams, draft rulebook.Folder) *rulefile.Rules {
	if c.Dir == "" {
		return nil
	}
	folder, err := rulesFolder{Config: c.Config}.open(&streams{In: std.In, Out: io.Discard, Err: io.Discard})
	if err != nil || folder.Shipped || samePath(folder.Dir, draft.Dir) {
		return nil
	}
	rules, err := folder.Load()
	if err != nil {
		return nil
	}
	return rules
}

func samePath(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}

func (c *rulesCheckCmd) show(std *streams, rules, live *rulefile.Rules, findings []rulebook.Finding, mistakes, warnings int) error {
	hints := 0
	for _, x := range findings {
		if x.Code == "W023" && !c.All {
			hints++
			continue
		}
		if err := x.Show(std.Out); err != nil {
			return fmt.Errorf("show problems: %w", err)
		}
	}
	if hints > 0 {
		fmt.Fprintf(std.Out, "另有 %d 组里有多余的词 (W023), 不影响判断; 加 --all 逐一列出。\n", hints)
	}
	switch {
	case mistakes > 0:
		old := "旧规则"
		if live != nil {
			old = live.Newest.In(zh.Beijing()).Format(" 1月2日 15:04 ") + "的旧规则"
		}
		fmt.Fprintf(std.Out, "%d 处问题(%d 错误 %d 警告)。线上仍在用%s, 没有受影响。\n", mistakes+warnings, mistakes, warnings, old)
	default:
		fmt.Fprintf(std.Out, "没有错误(%d 警告): 规则 %d 条, 标记规则 %d 条, 词表 %d 个, 规则版本 %s。下一步: huiying rules test%s\n",
			warnings, len(rules.Rules), len(rules.Marks), len(rules.WordLists), rules.Version(), c.flags())
	}
	return nil
}
