package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"huiying/internal/app"
	"huiying/internal/rulebook"
	"huiying/internal/store"
)

// archiveFlags say which posts of the past a command goes through.
type archiveFlags struct {
	Days  int    `default:"90" help:"最近多少天的帖子。"`
	Data  string `help:"数据目录, 和 run 的一样。" placeholder:"DIR"`
	Posts string `help:"不看数据库, 看这个文件: 每行一条帖子 (JSON)。" placeholder:"FILE"`
}

// with opens the archive for fn.
func (a archiveFlags) with(ctx context.Context, std *streams, config string, now time.Time, fn func(rulebook.Archive) error) error {
	if a.Days < 1 {
		return fmt.Errorf("--days %d: 写成 1 以上的天数", a.Days)
	}
	if a.Posts != "" {
		return fn(postLines(a.Posts))
	}
	c, err := loadConfig(config, std)
	if err != nil {
		return err
	}
	o := app.Storage(c.Storage, a.Data, app.NewLog(c, std.Err))
	if err := made(o); err != nil {
		return fmt.Errorf("%w; 或用 --posts 给一个帖子文件", err)
	}
	db, err := store.Open(ctx, o)
	if err != nil {
		return fmt.Errorf("open the archive: %w", err)
	}
	official := map[string]bool{}
	for _, s := range c.Sources {
		official[s.ID] = s.Official
	}
	return errors.Join(fn(rulebook.Stored(db.Reader(), a.Days, now, official)), db.Close())
}

// postLines reads posts of a file, a line each, as classify does; more than that
// a line may hold first_seen, event and judged.
func postLines(name string) rulebook.Archive {
	return rulebook.Lines(
		func() (io.ReadCloser, error) { return os.Open(filepath.Clean(name)) },
		func(line []byte) (rulebook.Archived, error) {
			p, err := readPost(line)
			if err != nil {
				return rulebook.Archived{}, err
			}
			var more struct {
				FirstSeen string             `json:"first_seen"`
				Event     string             `json:"event"`
				Judged    rulebook.Judgement `json:"judged"`
			}
			if err := json.Unmarshal(line, &more); err != nil {
				return rulebook.Archived{}, fmt.Errorf("first_seen、event 和 judged 要写成文字: %w", err)
			}
			if more.Judged != "" && more.Judged != rulebook.True && more.Judged != rulebook.False {
				return rulebook.Archived{}, fmt.Errorf("judged 写成 真 或 误, 不是 %q", more.Judged)
			}
			if p.FirstSeen, err = readTime(more.FirstSeen); err != nil {
				return rulebook.Archived{}, err
			}
			return rulebook.Archived{Post: p, Event: more.Event, Judged: more.Judged}, nil
		})
}

// progress shows on a terminal how far a command has come, rounds times through
// the archive; elsewhere it shows nothing. end clears it.
func progress(ctx context.Context, std *streams, a rulebook.Archive, rounds int) (done func(int), end func(), err error) {
	if f, ok := std.Err.(*os.File); !ok || !isatty.IsTerminal(f.Fd()) {
		return nil, func() {}, nil
	}
	total, err := a.Count(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("count the archive: %w", err)
	}
	p := mpb.NewWithContext(ctx, mpb.WithOutput(std.Err), mpb.WithWidth(40))
	bar := p.New(int64(total*rounds), mpb.BarStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("档案 "), decor.CountersNoUnit("%d / %d 帖 ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name(" 还要 "), decor.AverageETA(decor.ET_STYLE_GO)))
	return func(n int) { bar.SetCurrent(int64(n)) }, func() { bar.Abort(true); p.Wait() }, nil
}
