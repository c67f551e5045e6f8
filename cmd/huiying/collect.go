package main

import (
	"context"
	"encoding/json"
	"fmt"

	"huiying/internal/app"
	"huiying/internal/post"
)

// collectCmd reads sources once and prints their posts.
type collectCmd struct {
	Config string `short:"c" default:"configs/huiying.yaml" help:"主配置文件。" placeholder:"FILE"`
	Source string `help:"只读这个来源。" placeholder:"ID"`
}

// Run prints one post a line; a source that fails makes the exit code 1.
func (c *collectCmd) Run(ctx context.Context, std *streams) error {
	config, err := loadConfig(c.Config, std)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(std.Out)
	enc.SetEscapeHTML(false)
	err = app.Collect(ctx, config, c.Source, app.NewLog(config, std.Err), func(_ context.Context, posts []post.Post) error {
		for _, p := range posts {
			if err := enc.Encode(p); err != nil {
				return fmt.Errorf("write posts: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(std.Err, err)
		return exitError{1}
	}
	return nil
}
