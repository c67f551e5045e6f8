package main

import (
	"context"
	"fmt"
	"time"

	"huiying/configs"
	"huiying/digest"
	"huiying/internal/app"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// digestCmd prints the digest of a day.
type digestCmd struct {
	database
	Date   string `help:"哪一天, 如 2026-11-23; 不写就是今天到现在为止。" placeholder:"DATE"`
	Format string `enum:"html,md,json" default:"md" help:"格式: html、md 或 json。"`
}

// Run prints the digest that was sent on that day, or else what the day holds.
func (c *digestCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		now := time.Now()
		day := c.Date
		if day == "" {
			day = now.In(zh.Beijing()).Format(time.DateOnly)
		}
		r, err := app.DigestOf(ctx, db, config, day, now)
		if err != nil {
			return err
		}
		switch c.Format {
		case "html":
			return digest.HTML(std.Out, r)
		case "md":
			return digest.Markdown(std.Out, r)
		case "json":
			return digest.JSON(std.Out, r)
		}
		return fmt.Errorf("unknown format %q", c.Format)
	})
}
