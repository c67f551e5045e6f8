package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
)

// rulesCmd holds what editors do with the rule files.
type rulesCmd struct {
	Check   rulesCheckCmd    `cmd:"" help:"检查规则的写法, 一次列出所有问题。"`
	Fix     rulesFixCmd      `cmd:"" help:"改掉一定能改对的问题; 不加 --write 只给看。"`
	Test    rulesExamplesCmd `cmd:"" help:"跑一遍规则里的示例。"`
	Explain rulesExplainCmd  `cmd:"" help:"解释一条帖子为什么这样判。"`
	Replay  rulesReplayCmd   `cmd:"" help:"回测: 新规则在以前的帖子上会多报、少报什么。"`
	Suggest rulesSuggestCmd  `cmd:"" help:"找词: 漏掉的帖子里有、平时少见的词。"`
	Health  rulesHealthCmd   `cmd:"" help:"体检: 没用的规则和词, 排除太狠的地方。"`

	Judge  rulesJudgeCmd  `cmd:"" help:"登记一条告警是真是误; --example 再写进草稿的示例。"`
	Missed rulesMissedCmd `cmd:"" help:"登记规则漏掉的帖子; --example 再写进草稿的示例。"`

	Publish  rulesPublishCmd  `cmd:"" help:"上线: 检查和示例都通过才换上新规则。"`
	Rollback rulesRollbackCmd `cmd:"" help:"回退到上一版或指定的一版。"`
	Versions rulesVersionsCmd `cmd:"" help:"保存着的规则版本。"`
}

// rulesFolder says which rules a command works on.
type rulesFolder struct {
	Dir    string `arg:"" optional:"" help:"规则目录; 不写就用配置文件说的那个。" placeholder:"DIR"`
	Config string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 规则目录和归口名单由它说明。" placeholder:"FILE"`
}

// flags name the same rules to the next command.
func (r rulesFolder) flags() string {
	if r.Dir == "" {
		return configFlag(r.Config)
	}
	return " " + r.Dir + configFlag(r.Config)
}

// open finds the folder. Where the default configuration is not there, as beside
// a lone binary, a named directory is read without names of sections, and no name
// means the shipped rules.
func (r rulesFolder) open(std *streams) (rulebook.Folder, error) {
	if _, err := os.Stat(r.Config); r.Config == defaultConfig && errors.Is(err, fs.ErrNotExist) {
		if r.Dir != "" {
			return rulebook.Folder{Dir: r.Dir}, nil
		}
		shipped, err := configs.Default()
		if err != nil {
			return rulebook.Folder{}, fmt.Errorf("read the shipped rules: %w", err)
		}
		return rulebook.Folder{Dir: shipped.Files.Rules, Shipped: true, Owners: shipped.Organisation.Owners()}, nil
	}
	at, err := configs.RulesPlace(r.Config)
	if problems, ok := errors.AsType[yamlcheck.Problems](err); ok {
		for _, p := range problems {
			fmt.Fprintln(std.Err, p)
		}
		return rulebook.Folder{}, exitError{1}
	}
	if err != nil {
		return rulebook.Folder{}, fmt.Errorf("read %s: %w", r.Config, err)
	}
	if r.Dir != "" {
		at.Dir = r.Dir
	}
	return rulebook.Folder{Dir: at.Dir, Owners: at.Owners}, nil
}

// load reads the rules; mistakes are shown in full, or printed as JSON under
// "problems" where that was asked for, and end with exit code 1.
func (r rulesFolder) load(std *streams, asJSON bool) (*rulefile.Rules, error) {
	folder, err := r.open(std)
	if err != nil {
		return nil, err
	}
	rules, err := folder.Load()
	if problems, ok := errors.AsType[yamlcheck.Problems](err); ok {
		if asJSON {
			if err := writeJSON(std.Out, unreadable{folder.Findings(problems)}); err != nil {
				return nil, err
			}
			return nil, exitError{1}
		}
		for _, x := range folder.Findings(problems) {
			if err := x.Show(std.Err); err != nil {
				return nil, fmt.Errorf("show problems: %w", err)
			}
		}
		fmt.Fprintf(std.Err, "%d 处问题, 先改好再来。\n", len(problems))
		return nil, exitError{1}
	}
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return rules, nil
}

// unreadable is what a command that needs good rules prints with --json where they
// are bad: the problems, as check lists them.
type unreadable struct {
	Problems []rulebook.Finding `json:"problems"`
}

// writeJSON writes one value, indented, with Chinese and brackets as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
