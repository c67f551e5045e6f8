package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/mmcdole/gofeed"

	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/crawler/schedule"
	"huiying/internal/app"
	"huiying/internal/origintest"
	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/pipeline"
)

// together is how many sources each program reads at once.
const together = 256

// program runs the one that -be names and prints the figures of each round as JSON.
func program() error {
	c, rules, err := rulebook.Load(*config)
	if err != nil {
		return err
	}
	if *profile != "" {
		f, err := os.Create(*profile + "." + *be)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	switch *be {
	case "huiying":
		return huiying(c, rules)
	case "reader":
		return measure(func(count func(items int, err error)) error { return reader(c, count) })
	case "plain":
		return measure(func(count func(items int, err error)) error { return plain(c, count) })
	}
	return errors.New("no such program: " + *be)
}

// measure runs one round and prints what it came to.
func measure(round func(count func(items int, err error)) error) error {
	var items, failed atomic.Int64
	began, before := time.Now(), cpu()
	err := round(func(n int, err error) {
		items.Add(int64(n))
		if err != nil {
			failed.Add(1)
			fmt.Fprintln(os.Stderr, err)
		}
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figures{
		Items: int(items.Load()), Failed: int(failed.Load()), Took: time.Since(began), CPU: cpu() - before, PeakMB: peak(),
	})
}

// cpu is the time that all threads of this process worked.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most memory this process ever held, in MB.
func peak() int {
	status, _ := os.ReadFile("/proc/self/status")
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0
	}
	kb, _ := strconv.Atoi(string(m[1]))
	return kb >> 10
}

// huiying is the daemon: it reads, judges, joins, stores and alerts.
func huiying(c *configs.Config, rules *rulefile.Rules) error {
	ctx := context.Background()
	var (
		mu    sync.Mutex
		count func(items int, err error)
	)
	told := func(items int, err error) {
		mu.Lock()
		defer mu.Unlock()
		count(items, err)
	}
	a, err := app.New(ctx, app.Options{
		Config: c, Rules: rules, Data: *data, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		OnOutcome: func(pipeline.Outcome) { told(1, nil) }, // stored, for it was new
		Round:     func(f schedule.Outcome) { told(0, f.Err) },
	})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	for round := range 3 {
		if round == 2 {
			for _, s := range c.Sources {
				resp, err := http.Get(strings.TrimSuffix(s.URL, "/feed.xml") + "/grow")
				if err != nil {
					return err
				}
				_ = resp.Body.Close()
			}
		}
		err := measure(func(into func(int, error)) error {
			mu.Lock()
			count = into
			mu.Unlock()
			return a.RoundNow(ctx)
		})
		if err != nil {
			return err
		}
	}
	end, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return errors.Join(a.Stop(end), a.Close())
}

// reader is our client and engine without schedule, pipeline and database.
func reader(c *configs.Config, count func(int, error)) error {
	client, err := fetch.New(fetch.Options{Contact: "test@example.invalid", AllowPrivate: origintest.Loopback(), PerHost: 10 * time.Millisecond})
	if err != nil {
		return err
	}
	return each(c, func(s configs.Source) (int, error) {
		f, err := feed.New(feed.Options{Source: crawler.Source{ID: s.ID}, URL: s.URL, Client: client})
		if err != nil {
			return 0, err
		}
		r, err := f.Collect(context.Background(), crawler.Round{}, func(context.Context, []post.Post) error { return nil })
		return r.Items, err
	}, count)
}

// plain is what anyone would write first: colly fetches, obeying robots.txt as we do,
// and gofeed parses.
func plain(c *configs.Config, count func(int, error)) error {
	return each(c, func(s configs.Source) (n int, err error) {
		col := colly.NewCollector(colly.IgnoreRobotsTxt())
		col.IgnoreRobotsTxt = false
		col.OnResponse(func(r *colly.Response) {
			var f *gofeed.Feed
			if f, err = gofeed.NewParser().ParseString(string(r.Body)); err == nil {
				n = len(f.Items)
			}
		})
		return n, errors.Join(col.Visit(s.URL), err)
	}, count)
}

func each(c *configs.Config, read func(configs.Source) (int, error), count func(int, error)) error {
	slots := make(chan struct{}, together)
	var wg sync.WaitGroup
	for _, s := range c.Sources {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			count(read(s))
		})
	}
	wg.Wait()
	return nil
}
