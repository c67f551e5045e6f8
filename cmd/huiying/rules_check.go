package main

import (
	"fmt"

	"huiying/configs"
	"huiying/rulebook"
)

// rulesCheckCmd reports every mistake and warning of the rule files at once.
type rulesCheckCmd struct {
	rulesFolder

	All  bool `help:"连多余的词 (W023) 也一处一处列出。"`
	JSON bool `name:"json" help:"输出 JSON: 一个数组, 一处问题一项。"`
}

// Run ends with exit code 1 where there is a mistake; warnings keep nothing from
// going live.
func (c *rulesCheckCmd) Run(std *streams) error {
	folder, err := c.open(std)
	if err != nil {
		return err
	}
	rules, problems := folder.Check()
	findings := folder.Findings(problems)
	mistakes, warnings := rulebook.Count(findings)
	if c.JSON {
		if err := writeJSON(std.Out, findings); err != nil {
			return err
		}
	} else if err := c.show(std, rules, findings, mistakes, warnings); err != nil {
		return err
	}
	if mistakes > 0 {
		return exitError{1}
	}
	return nil
}

func (c *rulesCheckCmd) show(std *streams, rules *configs.Rules, findings []rulebook.Finding, mistakes, warnings int) error {
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
		fmt.Fprintf(std.Out, "%d 处问题(%d 错误 %d 警告)。线上仍在用旧规则, 没有受影响。\n", mistakes+warnings, mistakes, warnings)
	default:
		fmt.Fprintf(std.Out, "没有错误(%d 警告): 规则 %d 条, 标记规则 %d 条, 词表 %d 个, 规则版本 %s。下一步: huiying rules test\n",
			warnings, len(rules.Rules), len(rules.Marks), len(rules.WordLists), rules.Version())
	}
	return nil
}
