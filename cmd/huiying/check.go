package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"huiying/configs"
	"huiying/internal/app"
	"huiying/internal/rulebook/rulefile"
)

// checkCmd reports every mistake of the configuration at once.
type checkCmd struct {
	Config  string `short:"c" default:"configs/huiying.yaml" help:"主配置文件。" placeholder:"FILE"`
	Offline bool   `help:"不去问聊天平台令牌和 Redis 能不能用。"`
}

// checkTime bounds what chat platforms and Redis are asked.
const checkTime = 15 * time.Second

// Run prints one mistake a line and ends with exit code 1, or says in one line
// what a good configuration holds.
func (c *checkCmd) Run(ctx context.Context, std *streams) error {
	config, rules, err := loadAll(c.Config, std)
	if err != nil {
		return err
	}
	if !c.Offline {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		if err := app.CheckChat(ctx, config); err != nil {
			fmt.Fprintln(std.Err, err)
			fmt.Fprintln(std.Err, "配置文件没有问题, 但聊天平台没有通过; 不联网时加 --offline")
			return exitError{1}
		}
		if err := app.CheckRedis(ctx, config); err != nil {
			fmt.Fprintln(std.Err, err)
			fmt.Fprintln(std.Err, "配置文件没有问题, 但 Redis 没有通过; 不联网时加 --offline")
			return exitError{1}
		}
	}
	return summary(std.Out, config, rules)
}

func summary(w io.Writer, c *configs.Config, rules *rulefile.Rules) error {
	enabled := 0
	for _, s := range c.Sources {
		if s.Enabled {
			enabled++
		}
	}
	_, err := fmt.Fprintf(w, "配置没有问题: 来源 %d 个(启用 %d 个), 规则 %d 条, 标记规则 %d 条, 科室和单位 %d 个, 消息目的地 %d 个, 规则版本 %s\n",
		len(c.Sources), enabled, len(rules.Rules), len(rules.Marks),
		len(c.Organisation.Sections)+len(c.Organisation.Units), len(c.Chat.Targets), rules.Version())
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
}
