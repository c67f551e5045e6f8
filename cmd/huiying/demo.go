package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"huiying/configs"
	"huiying/internal/app"
	"huiying/internal/demo"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/terminal"
	"huiying/web"
)

// chapterTime is the least time a chapter of the story lasts, so that a person
// can read along.
const chapterTime = 6 * time.Second

// demoPort is the first of the five ports on which the bundled sites stand, so
// that a later run on the same data finds them where they were.
const demoPort = 8421

// demoCmd tells the demo's story: a bundled site, the whole pipeline, the page.
type demoCmd struct {
	Once bool   `help:"讲完就结束, 结果以一个 JSON 对象写到标准输出。"`
	Addr string `default:"127.0.0.1:8420" help:"网页地址, 只能是本机。"`
	Data string `help:"数据目录, 再次运行时接着上次; 不写就每次从头开始。" placeholder:"DIR"`
}

// Run tells the story. With --once stdout holds the result and nothing else, and
// the telling goes to stderr.
func (c *demoCmd) Run(ctx context.Context, std *streams) (err error) {
	if err := web.CheckAddr(c.Addr); err != nil {
		return err
	}
	screen := std.Out
	if c.Once {
		screen = std.Err
	}
	dir, cleanup, err := c.dir()
	if err != nil {
		return err
	}
	defer cleanup()
	began := time.Now()
	site, err := demo.New(ctx, demo.Options{Start: began, Port: demoPort, State: filepath.Join(dir, "site.json")})
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(err, site.Close(end))
	}()
	config, rules, err := c.config(site, dir)
	if err != nil {
		return err
	}
	narrator := demo.NewNarrator(screen, time.Now)
	a, err := app.New(ctx, app.Options{
		Config: config, Rules: rules, Data: dir, Out: narrator, Color: terminal.HasColor(screen), Log: app.NewLog(config, std.Err),
		OnOutcome: narrator.Saw, Round: narrator.Round,
		Tick: 200 * time.Millisecond, Poll: 50 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	d := telling{cmd: c, config: config, app: a, site: site, narrator: narrator, dir: dir, began: began, out: std.Out}
	if c.Once {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		return serve(ctx, a, func(ctx context.Context) error {
			defer cancel() // the story told, there is nothing to wait for
			return d.once(ctx)
		})
	}
	return serve(ctx, a, d.live)
}

// dir is where the demo keeps its data, and what to do with it in the end. The
// result of --once names files in it, so they stay.
func (c *demoCmd) dir() (string, func(), error) {
	keep := func() {}
	if c.Data != "" {
		return c.Data, keep, os.MkdirAll(c.Data, 0o750)
	}
	dir, err := os.MkdirTemp("", "huiying-demo-")
	if err != nil || c.Once {
		return dir, keep, err
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

func (c *demoCmd) config(site *demo.Site, dir string) (*configs.Config, *rulefile.Rules, error) {
	path, err := demo.Config(site, filepath.Join(dir, "config"), c.Addr)
	if err != nil {
		return nil, nil, err
	}
	return rulebook.Load(path)
}

// telling is one telling of the story.
type telling struct {
	cmd      *demoCmd
	config   *configs.Config
	app      *app.App
	site     *demo.Site
	narrator *demo.Narrator
	dir      string
	began    time.Time
	out      io.Writer
}

// once tells the story as fast as it goes and prints what came of it.
func (d telling) once(ctx context.Context) error {
	d.narrator.Opening(d.site.Places(), "")
	result, err := d.story(ctx, 0)
	if err != nil {
		return err
	}
	d.narrator.Closing(result.summary(), "")
	enc := json.NewEncoder(d.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(result)
}

// live serves the page, tells the story at a pace, and goes on watching.
func (d telling) live(ctx context.Context) error {
	if err := d.app.Serve(ctx, d.cmd.Addr); err != nil {
		return err
	}
	page := pageURL(d.app.Addr())
	d.narrator.Opening(d.site.Places(), page)
	result, err := d.story(ctx, chapterTime)
	if err != nil {
		return err
	}
	d.narrator.Closing(result.summary(), page)
	d.app.Watch(ctx)
	return nil
}

func pageURL(a net.Addr) string { return "http://" + a.String() }

// story tells all chapters, a round of every site in each, and writes the digest.
func (d telling) story(ctx context.Context, pace time.Duration) (demoResult, error) {
	err := d.site.Tell(ctx, pace, d.narrator.Chapter, func(ctx context.Context) error {
		if err := d.app.RoundNow(ctx); err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		return d.app.Settled(wait)
	})
	if err != nil {
		return demoResult{}, err
	}
	path, err := writeDigest(ctx, d.app.DB(), d.config, d.dir, time.Now())
	if err != nil {
		return demoResult{}, err
	}
	result, err := collectResult(ctx, d.app.DB().Reader(), d.began)
	if err != nil {
		return demoResult{}, fmt.Errorf("sum up the story: %w", err)
	}
	result.Digest = path
	return result, nil
}
