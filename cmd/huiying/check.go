package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"huiying/configs"
)

// checkCmd reports every mistake of the configuration at once.
type checkCmd struct {
	Config string `short:"c" default:"configs/huiying.yaml" help:"主配置文件。" placeholder:"FILE"`
}

// Run prints one mistake a line and ends with exit code 1, or says in one line
// what a good configuration holds.
func (c *checkCmd) Run(_ context.Context, std *streams) error {
	config, err := configs.Load(c.Config)
	var problems configs.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(std.Err, p)
		}
		fmt.Fprintf(std.Err, "%d 处问题\n", len(problems))
		return exitError{1}
	case err != nil:
		return fmt.Errorf("check %s: %w", c.Config, err)
	}
	return summary(std.Out, config)
}

func summary(w io.Writer, c *configs.Config) error {
	enabled := 0
	for _, s := range c.Sources {
		if s.Enabled {
			enabled++
		}
	}
	_, err := fmt.Fprintf(w, "配置没有问题: 来源 %d 个(启用 %d 个), 规则 %d 条, 标记规则 %d 条, 科室和单位 %d 个, 消息目的地 %d 个, 规则版本 %s\n",
		len(c.Sources), enabled, len(c.Rules.Rules), len(c.Rules.Marks),
		len(c.Organisation.Sections)+len(c.Organisation.Units), len(c.Chat.Targets), c.Rules.Version())
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
}
