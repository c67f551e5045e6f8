package schedule_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"huiying/internal/post"
	"huiying/internal/zh"
)

// world is a simulated web of feeds on a simulated clock: who posts when is drawn
// before anything is read, so that what the scheduler does can be held to it.
type world struct {
	sites map[string]*site // by source
	hosts map[string]*host

	mu     sync.Mutex
	stored map[string]time.Time   // post id → when it was found
	seen   map[string][]time.Time // by source
	found  []find
}

// find is a post that was found: when it was posted and how late it was found.
type find struct {
	source string
	posted time.Time
	late   time.Duration
}

// site is one feed.
type site struct {
	id, host string
	least    time.Duration
	// rate is posts an hour, at an hour of the day in China, weekend or not.
	rate  func(hour int, weekend bool) float64
	posts []time.Time
	// ill answers instead of the feed from sick on; nil for a healthy site.
	sick time.Time
	ill  func(n int) *http.Response

	// What was asked: times, and the answers that repeated what we had.
	asked   []time.Time
	wasted  int
	full    int
	lastTag string
	bad     int
}

// host is what stands under the rate.
type host struct {
	delay  time.Duration // its crawl-delay
	last   time.Time
	pace   time.Duration // the least pause seen
	robots int
	// rest is a time before which it asked not to be asked, early what came all the
	// same.
	rest  time.Time
	early int
}

const latency = 200 * time.Millisecond

// shapes are how kinds of sources post.
func shapes() map[string]func(hour int, weekend bool) float64 {
	office := func(hour int, weekend bool) float64 {
		if weekend || hour < 8 || hour >= 18 {
			return 0
		}
		return 1.5
	}
	return map[string]func(int, bool) float64{
		"office": office,
		"news": func(hour int, _ bool) float64 {
			switch {
			case hour >= 8 && hour < 12, hour >= 18 && hour < 22:
				return 8
			case hour >= 6 && hour < 24:
				return 3
			}
			return 0.1
		},
		"weibo": func(hour int, _ bool) float64 {
			switch {
			case hour >= 19 && hour < 23:
				return 30
			case hour >= 7:
				return 10
			}
			return 1
		},
		"board": func(hour int, _ bool) float64 {
			if hour >= 8 && hour < 22 {
				return 0.3
			}
			return 0.02
		},
		"paper": func(hour int, _ bool) float64 {
			if hour == 6 {
				return 25
			}
			return 0
		},
	}
}

func newWorld(n int, from, to time.Time) *world {
	w := &world{sites: map[string]*site{}, hosts: map[string]*host{}, stored: map[string]time.Time{}, seen: map[string][]time.Time{}}
	// A simulation wants the same draw each time.
	r := rand.New(rand.NewPCG(7, 11))
	all := shapes()
	kinds := []string{"office", "news", "weibo", "board", "paper"}
	for i := range n {
		kind := kinds[i%len(kinds)]
		// Every third site shares its host with others, as columns of a portal do.
		hostName := fmt.Sprintf("h%d.example", i)
		if i%3 == 0 {
			hostName = fmt.Sprintf("shared%d.example", i/30)
		}
		s := &site{id: fmt.Sprintf("%s-%d", kind, i), host: hostName, least: 2 * time.Minute, rate: all[kind]}
		for at := from; at.Before(to); at = at.Add(time.Hour) {
			for range poisson(r, s.at(at)) {
				s.posts = append(s.posts, at.Add(time.Duration(r.Int64N(int64(time.Hour)))))
			}
		}
		slices.SortFunc(s.posts, time.Time.Compare)
		w.sites[s.id] = s
		if w.hosts[hostName] == nil {
			w.hosts[hostName] = &host{pace: time.Hour}
			if i%7 == 0 {
				w.hosts[hostName].delay = 10 * time.Second
			}
		}
	}
	return w
}

func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for sum := r.ExpFloat64(); sum < mean; sum += r.ExpFloat64() {
		n++
	}
	return n
}

// at is the site's rate at a time.
func (s *site) at(t time.Time) float64 {
	t = t.In(zh.Beijing())
	return s.rate(t.Hour(), t.Weekday() == time.Saturday || t.Weekday() == time.Sunday)
}

// out counts the posts that stand in the feed at a time; there are always some
// from before.
func (s *site) out(now time.Time) int {
	n, _ := slices.BinarySearchFunc(s.posts, now, time.Time.Compare)
	return n
}

// RoundTrip is the network: it answers for every host.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	wait := time.NewTimer(latency)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	h := w.hosts[r.URL.Hostname()]
	if !h.last.IsZero() {
		h.pace = min(h.pace, now.Sub(h.last))
	}
	if now.Before(h.rest) {
		h.early++
	}
	h.last = now
	if r.URL.Path == "/robots.txt" {
		h.robots++
		return answer(r, 200, "text/plain", fmt.Sprintf("User-agent: *\nCrawl-delay: %d\nDisallow: /no\n", int(h.delay.Seconds()))), nil
	}
	s := w.sites[strings.Trim(r.URL.Path, "/")]
	s.asked = append(s.asked, now)
	if s.ill != nil && !now.Before(s.sick) {
		s.bad++
		if got := s.ill(s.bad); got != nil {
			if got.StatusCode == http.StatusTooManyRequests {
				after, _ := strconv.Atoi(got.Header.Get("Retry-After"))
				h.rest = now.Add(time.Duration(after) * time.Second)
			}
			got.Request = r
			return got, nil
		}
	}
	n := s.out(now)
	tag := fmt.Sprintf("%q", strconv.Itoa(n))
	if r.Header.Get("If-None-Match") == tag {
		got := answer(r, http.StatusNotModified, "", "")
		got.Header.Set("Etag", tag)
		return got, nil
	}
	if s.lastTag == tag {
		s.wasted++ // it has this already, and a 304 could have said so
	}
	s.lastTag, s.full = tag, s.full+1
	got := answer(r, 200, "application/rss+xml", s.feed(n))
	got.Header.Set("Etag", tag)
	return got, nil
}

func (s *site) feed(n int) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title>`)
	for i := n; i > max(n-40, -3); i-- {
		fmt.Fprintf(&b, "<item><title>第%d条</title><link>http://%s/%s/%d</link><description>正文</description></item>", i, s.host, s.id, i)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func answer(r *http.Request, status int, kind, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, Request: r, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// emit takes posts as the pipeline does, and notes how late they were found.
func (w *world) emit(_ context.Context, posts []post.Post) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, p := range posts {
		if _, ok := w.stored[p.ID]; ok {
			continue
		}
		w.stored[p.ID] = now
		w.seen[p.Source] = append(w.seen[p.Source], now)
		s := w.sites[p.Source]
		n, err := strconv.Atoi(p.URL[strings.LastIndexByte(p.URL, '/')+1:])
		if err == nil && n > 0 && !p.FirstRound {
			w.found = append(w.found, find{s.id, s.posts[n-1], now.Sub(s.posts[n-1])})
		}
	}
	return nil
}

// fresh counts as pipeline.Fresh does.
func (w *world) fresh(_ context.Context, source string, since time.Time) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, at := range w.seen[source] {
		if !at.Before(since) {
			n++
		}
	}
	return n, nil
}
