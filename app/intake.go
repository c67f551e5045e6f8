package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/intake"
)

// drops gives every enabled source with a drop directory its watch. A relative
// directory starts at the data directory.
func (a *App) drops(list []configs.Source) ([]crawler.Source, error) {
	var out []crawler.Source
	for _, c := range list {
		if !c.Enabled || c.Kind != "intake" || c.Intake.Drop == "" {
			continue
		}
		s, columns := Handed(c)
		dir := c.Intake.Drop
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(a.o.Data, dir)
		}
		var err error
		s.Collector, err = intake.NewDrop(intake.DropOptions{
			Options: intake.Options{Source: s, Columns: columns}, Dir: dir, Clock: a.o.Now, Log: a.o.Log,
			Failed: func(ctx context.Context, file, reason string) { a.fileFailed(ctx, s, file, reason) },
		})
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", c.ID, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// Handed is a source whose rows are handed in, with its own reading of headers.
func Handed(c configs.Source) (crawler.Source, map[string]intake.Field) {
	s := source(c)
	s.Pushed = true
	columns := make(map[string]intake.Field, len(c.Intake.Columns))
	for header, field := range c.Intake.Columns {
		columns[header] = intake.Field(field)
		if field == "none" {
			columns[header] = intake.None
		}
	}
	return s, columns
}

// fileFailed tells the operators of a sheet that nobody will have read otherwise.
func (a *App) fileFailed(ctx context.Context, source crawler.Source, file, reason string) {
	now := a.o.Now()
	sum := sha256.Sum256([]byte(source.ID + "\n" + file + "\n" + now.UTC().String()))
	n := alerting.Notice{
		ID: "W-sheet-" + hex.EncodeToString(sum[:6]), Kind: alerting.KindWarning, CreatedAt: now,
		Content: alerting.Content{
			Headline: "【系统】“" + source.Name + "”有一份表格没有导入",
			Summary:  file + " 已挪到投递目录下的 failed。改好后重新放进投递目录。",
			Why:      reason,
		},
	}
	err := a.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := a.outbox.Post(ctx, tx, n, "")
		return err
	})
	if err != nil {
		a.o.Log.ErrorContext(ctx, "cannot tell of a sheet that was not read", "file", file, "error", err)
	}
}
