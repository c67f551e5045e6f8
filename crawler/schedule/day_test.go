package schedule_test

import (
	"context"
	"flag"
	"log/slog"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiying/crawler"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/crawler/schedule"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/zh"
)

var (
	daySources = flag.Int("day.sources", 25, "sources of the simulated days")
	dayLearn   = flag.Int("day.learn", 2, "days from which habits are learned before the day that is held to the schedule")
)

// A working day, after a few that the scheduler learned from, on a simulated clock
// and network, with everything between real: scheduler, client, engine, database.
// What is expected is worked out from the rates by which the world posts, which the
// scheduler does not know.
func TestDayIsReadByHabit(t *testing.T) {
	if testing.Short() {
		t.Skip("days take minutes under the race detector, and one goroutine reads at a time")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "huiying.db")
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().In(zh.Beijing())
		monday := time.Date(now.Year(), now.Month(), now.Day()+(8-int(now.Weekday()))%7, 0, 0, 0, 0, now.Location())
		time.Sleep(monday.AddDate(0, 0, 7).Sub(now) % (7 * 24 * time.Hour))
		start := time.Now()
		day := start.AddDate(0, 0, *dayLearn)
		if w := day.In(zh.Beijing()).Weekday(); w == time.Saturday || w == time.Sunday {
			t.Fatalf("the day after %d is a %s; learn for longer", *dayLearn, w)
		}
		end := day.AddDate(0, 0, 1)
		w := newWorld(*daySources, start.AddDate(0, 0, -7), end)
		ill := w.fallIll(day)
		house := openHouse(t, w, path)
		house.run(t, end.Sub(start))
		house.check(t, day, end, ill)
	})
}

// fallIll lets four sources fall silent in the course of the day, each in a way of
// its own, and one ask for rest.
func (w *world) fallIll(day time.Time) map[string]time.Time {
	ill := map[string]time.Time{}
	fall := func(id string, hour int, f func(n int) *http.Response) {
		s := w.sites[id]
		s.sick, s.ill = day.Add(time.Duration(hour)*time.Hour), f
		ill[id] = s.sick
	}
	fall("news-1", 9, func(int) *http.Response { return answer(nil, http.StatusBadGateway, "text/html", "down") })
	fall("weibo-2", 10, func(int) *http.Response {
		return answer(nil, 200, "text/html", "<html><title>安全验证</title><form>请输入验证码</form></html>")
	})
	fall("news-11", 8, func(int) *http.Response {
		return answer(nil, 200, "application/rss+xml", `<rss version="2.0"><channel><title>x</title></channel></rss>`)
	})
	// A list that stays as it is, while posts go on without appearing in it.
	frozen := w.sites["weibo-7"]
	ill[frozen.id] = day.Add(12 * time.Hour)
	n := frozen.out(ill[frozen.id])
	frozen.posts = frozen.posts[:n]
	// One that asks for two hours of rest, then is well.
	fall("weibo-17", 15, func(n int) *http.Response {
		if n > 1 {
			return nil
		}
		got := answer(nil, http.StatusTooManyRequests, "text/plain", "later")
		got.Header.Set("Retry-After", "7200")
		return got
	})
	return ill
}

type simulated struct {
	w     *world
	db    *store.DB
	sched *schedule.Scheduler
	watch *schedule.SilenceMonitor
	words []spoken
}

type spoken struct {
	schedule.Message
	at time.Time
}

func openHouse(t *testing.T, w *world, path string) *simulated {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	// The disk's patience is not what is tried here.
	if _, err := db.Writer().ExecContext(t.Context(), "PRAGMA synchronous = OFF"); err != nil {
		t.Fatal(err)
	}
	client, err := fetch.New(fetch.Options{
		Contact: "test@example.invalid", Wire: w, Validators: fetch.NewSQLValidators(db.Writer(), nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	var sources []crawler.Source
	for _, s := range w.sites {
		src := crawler.Source{ID: s.id, Name: s.id, Channel: post.News, Every: s.least, Slowest: time.Hour}
		src.Collector, err = feed.New(feed.Options{Source: src, URL: "http://" + s.host + "/" + s.id, Client: client.For(s.id)})
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, src)
	}
	h := &simulated{w: w, db: db}
	h.sched = schedule.NewScheduler(schedule.Options{
		Sources: sources, Read: db.Reader(), Write: db.Writer(), SingleNode: true, Tick: 10 * time.Second,
		Emit: w.emit, CountNew: w.fresh,
		Known:  func(context.Context, string, []string) (map[string]bool, error) { return nil, nil },
		Reread: func(context.Context, string) ([]string, error) { return nil, nil },
		Log:    slog.New(slog.DiscardHandler),
	})
	h.watch = schedule.NewSilenceMonitor(schedule.MonitorOptions{Read: db.Reader(), Write: db.Writer(), Tell: h.tell})
	return h
}

func (h *simulated) tell(ctx context.Context, w schedule.Message) error {
	return h.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		n, err := w.Mark(ctx, tx, time.Now())
		if n > 0 {
			h.words = append(h.words, spoken{w, time.Now()})
		}
		return err
	})
}

func (h *simulated) run(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	watched := make(chan error, 1)
	go func() { watched <- h.watch.Run(ctx) }()
	if err := h.sched.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-watched; err != nil {
		t.Fatal(err)
	}
}

func (h *simulated) check(t *testing.T, day, end time.Time, ill map[string]time.Time) {
	t.Helper()
	requests, fixed, oracle := 0, 0, 0.0
	byKind := map[string][]float64{}
	for id, s := range h.w.sites {
		if s.wasted > 0 {
			t.Errorf("%s: %d answers repeated what a 304 could have said", id, s.wasted)
		}
		if _, sick := ill[id]; sick {
			continue
		}
		n, want := s.count(day, end), s.wanted(day, time.Hour)
		requests += n
		fixed += int(24 * time.Hour / s.least)
		oracle += want
		kind, _, _ := strings.Cut(id, "-")
		byKind[kind] = append(byKind[kind], float64(n)/want)
		if float64(n) < 0.6*want || float64(n) > 1.6*want {
			t.Errorf("%s was asked %d times, want about %.0f", id, n, want)
		}
	}
	t.Logf("%d requests in the day, %.0f by the world's own rates, %d at a fixed pace", requests, oracle, fixed)
	for kind, ratios := range byKind {
		sum := 0.0
		for _, r := range ratios {
			sum += r
		}
		t.Logf("%s: %.2f of what the rates ask for", kind, sum/float64(len(ratios)))
	}
	if requests*3 > fixed {
		t.Errorf("%d requests are over a third of the %d of a fixed pace", requests, fixed)
	}
	h.checkHosts(t)
	h.checkFinds(t, day, ill)
	h.checkWords(t, ill)
}

// count is how often the site was asked between two times.
func (s *site) count(from, to time.Time) int {
	n := 0
	for _, at := range s.asked {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}

// wanted is how often the site's own rates, hour by hour, want it asked in a day:
// each pause ends when the posts expected in it have together waited five minutes,
// √(2·5min/rate) at a steady rate, within the bounds.
func (s *site) wanted(day time.Time, most time.Duration) float64 {
	sum := 0.0
	for i := range 24 {
		r := s.at(day.Add(time.Duration(i) * time.Hour))
		pause := most.Hours()
		if r > 0 {
			pause = math.Sqrt(2 * (5.0 / 60) / r)
		}
		sum += 1 / min(most.Hours(), max(s.least.Hours(), pause))
	}
	return sum
}

// checkHosts holds every host to its rate, its crawl-delay and its rest.
func (h *simulated) checkHosts(t *testing.T) {
	t.Helper()
	for name, host := range h.w.hosts {
		if least := max(time.Second, host.delay); host.pace < least {
			t.Errorf("%s was asked twice within %v, want %v", name, host.pace, least)
		}
		if host.early > 0 {
			t.Errorf("%s was asked %d times while it rested", name, host.early)
		}
		if most := 2*(*dayLearn+1) + 2; host.robots > most {
			t.Errorf("%s was asked for its robots.txt %d times, want at most %d", name, host.robots, most)
		}
	}
}

// checkFinds holds the day's posts to being found in time.
func (h *simulated) checkFinds(t *testing.T, day time.Time, ill map[string]time.Time) {
	t.Helper()
	var lates []time.Duration
	posted := 0
	for id, s := range h.w.sites {
		if _, sick := ill[id]; !sick {
			posted += s.out(day.Add(22*time.Hour)) - s.out(day)
		}
	}
	for _, f := range h.w.found {
		if _, sick := ill[f.source]; !sick && !f.posted.Before(day) && f.posted.Before(day.Add(22*time.Hour)) {
			lates = append(lates, f.late)
			if f.late > time.Hour+4*time.Minute {
				t.Errorf("%s: a post was found after %v", f.source, f.late)
			}
		}
	}
	if len(lates) != posted {
		t.Errorf("%d of %d posts were found", len(lates), posted)
	}
	slices.Sort(lates)
	middle, most := lates[len(lates)/2], lates[len(lates)*95/100]
	t.Logf("%d posts found, half of them within %v, 95 %% within %v", len(lates), middle.Round(time.Second), most.Round(time.Second))
	if middle > 6*time.Minute || most > 25*time.Minute {
		t.Errorf("posts were found within %v (half) and %v (95 %%), want 6m and 25m", middle, most)
	}
}

// checkWords holds the watch to telling of each silence once, within twice the usual
// gap, and of hardly anything else.
func (h *simulated) checkWords(t *testing.T, ill map[string]time.Time) {
	t.Helper()
	told := map[string]bool{}
	alarms := 0
	for _, w := range h.words {
		for _, s := range w.Sources {
			t.Logf("%s well=%v %s %s since %s, usually %v", clock(w.at), w.Recovered, s.ID, s.Trouble, clock(s.Since), s.Usual.Round(time.Minute))
			since, sick := ill[s.ID]
			switch {
			case w.Network:
				t.Errorf("%s was taken for our own network", s.ID)
			case w.Recovered:
			case !sick, w.at.Before(since):
				alarms++
			case told[s.ID]:
				t.Errorf("%s was told of twice", s.ID)
			default:
				told[s.ID] = true
				longest := h.w.sites[s.ID].longest(since)
				if s.Usual > 3*longest {
					t.Errorf("%s: %v passes for usual, and its longest gap was %v", s.ID, s.Usual, longest)
				}
				if late := w.at.Sub(s.Since); s.Usual == 0 || late > 2*s.Usual {
					t.Errorf("%s was told of after %v, usual are %v", s.ID, late, s.Usual)
				}
			}
		}
	}
	for id := range ill {
		if !told[id] {
			t.Errorf("%s fell silent and nobody was told", id)
		}
	}
	// A source in a hundred may keep silent for unusually long in a day by chance.
	if most := (*daySources*(*dayLearn+1) + 99) / 100; alarms > most {
		t.Errorf("%d alarms for nothing, want at most %d", alarms, most)
	}
}

func clock(t time.Time) string { return zh.ShortStamp(t) }

// longest is the longest pause between two posts within six hours of the same time
// of earlier days.
func (s *site) longest(since time.Time) time.Duration {
	longest := time.Duration(0)
	for i := 1; i < len(s.posts); i++ {
		apart := since.Sub(s.posts[i]) % (24 * time.Hour)
		if s.posts[i].Before(since) && (apart < 6*time.Hour || apart > 18*time.Hour) {
			longest = max(longest, s.posts[i].Sub(s.posts[i-1]))
		}
	}
	return longest
}
