package fetch_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/crawler/fetch"
	"huiying/internal/origintest"
	"huiying/internal/zh"
)

func robotsFile(body string) origintest.Answer {
	return origintest.Answer{Type: "text/plain", Body: []byte(body)}
}

func TestRobots(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		robots []origintest.Answer
		path   string
		want   fetch.Kind
	}{
		"missing allows":         {path: "/a"},
		"forbidden allows":       {robots: []origintest.Answer{origintest.Status(403)}, path: "/a"},
		"server error shuts":     {robots: []origintest.Answer{origintest.Status(503)}, path: "/a", want: fetch.RobotsDown},
		"disallowed":             {robots: []origintest.Answer{robotsFile("User-agent: *\nDisallow: /a\n")}, path: "/a/b", want: fetch.Robots},
		"not disallowed":         {robots: []origintest.Answer{robotsFile("User-agent: *\nDisallow: /a\n")}, path: "/b"},
		"query counts":           {robots: []origintest.Answer{robotsFile("User-agent: *\nDisallow: /a?x=\n")}, path: "/a?x=1", want: fetch.Robots},
		"own group wins":         {robots: []origintest.Answer{robotsFile("User-agent: *\nDisallow: /\n\nUser-agent: Huiying\nDisallow: /x\n")}, path: "/a"},
		"others' group":          {robots: []origintest.Answer{robotsFile("User-agent: Baiduspider\nDisallow: /\n")}, path: "/a"},
		"HTML in its place":      {robots: []origintest.Answer{origintest.Text("<html>User-agent: no</html>")}, path: "/a"},
		"bad lines are ignored":  {robots: []origintest.Answer{robotsFile("Disallow: /early\nnonsense\nUser-agent: *\nCrawl-delay: soon\nDisallow: /a\n")}, path: "/a", want: fetch.Robots},
		"byte-order mark":        {robots: []origintest.Answer{robotsFile("\ufeffUser-agent: *\nDisallow: /a\n")}, path: "/a", want: fetch.Robots},
		"redirected":             {robots: []origintest.Answer{origintest.Redirect("/r")}, path: "/a", want: fetch.Robots},
		"redirected for ever":    {robots: []origintest.Answer{origintest.Redirect("/robots.txt")}, path: "/a"},
		"rules within the limit": {robots: []origintest.Answer{robotsFile("User-agent: *\nDisallow: /a\n" + strings.Repeat("# filler\n", 1<<17))}, path: "/a", want: fetch.Robots},
		"half a rule is none":    {robots: []origintest.Answer{robotsFile("User-agent: *\n" + strings.Repeat("#", 512<<10-14-11) + "\nDisallow: /a-secret\n")}, path: "/a"},
		"gzip":                   {robots: []origintest.Answer{{Header: map[string]string{"Content-Encoding": "gzip"}, Body: pack(t, "gzip", []byte("User-agent: *\nDisallow: /a\n"))}}, path: "/a", want: fetch.Robots},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			if tc.robots != nil {
				o.On("/robots.txt", tc.robots...)
			}
			o.On("/r", robotsFile("User-agent: *\nDisallow: /a\n"))
			for _, p := range []string{"/a", "/b", "/a/b", "/a?x=1"} {
				o.On(p, origintest.Text("x"))
			}
			_, err := client(t, nil).Get(t.Context(), o.URL(tc.path))
			if (err == nil) != (tc.want == "") || err != nil && kind(t, err) != tc.want {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if tc.want != "" && len(o.Requests(tc.path)) > 0 {
				t.Error("the page was asked for all the same")
			}
		})
	}
}

func TestRobotsIsReadAgainWhenItExpires(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/robots.txt", origintest.Status(500), robotsFile("User-agent: *\nDisallow:\n"), robotsFile("User-agent: *\nDisallow: /\n"))
	o.On("/", origintest.Text("x"))
	clock := newClock()
	c := client(t, func(o *fetch.Options) { o.Now = clock.now })
	for _, step := range []struct {
		after time.Duration
		want  fetch.Kind
		reads int
	}{{0, fetch.RobotsDown, 1}, {time.Minute, fetch.RobotsDown, 1}, {10 * time.Minute, "", 2}, {11 * time.Hour, "", 2}, {2 * time.Hour, fetch.Robots, 3}} {
		clock.add(step.after)
		_, err := c.Get(t.Context(), o.URL("/"))
		if (err == nil) != (step.want == "") || err != nil && kind(t, err) != step.want {
			t.Errorf("after %s: %v, want %q", step.after, err, step.want)
		}
		if n := len(o.Requests("/robots.txt")); n != step.reads {
			t.Errorf("after %s: read %d times, want %d", step.after, n, step.reads)
		}
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	const pause = 60 * time.Millisecond
	o := origintest.New(t)
	o.On("/", origintest.Text("x"))
	o.On("/r", origintest.Redirect("/"))
	c := client(t, func(o *fetch.Options) { o.PerHost = pause })
	began := time.Now()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := c.Get(t.Context(), o.URL("/r")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all := o.Requests("")
	if len(all) != 9 {
		t.Fatalf("%d requests, want robots.txt and 4 × 2", len(all))
	}
	// A busy machine may deliver one request late, and the next soon after it; but
	// none comes before its turn.
	for i, r := range all {
		if d := r.At.Sub(began); d < time.Duration(i)*pause {
			t.Errorf("request %d came after %s", i, d)
		}
	}
}

// Unless an operator says otherwise a host is asked once a second, by whatever name
// a source calls it, and every request says who asks and how to reach them.
func TestDefaultPace(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/a", origintest.Text("x"))
	o.On("/b", origintest.Text("x"))
	c := client(t, func(o *fetch.Options) { o.PerHost = 0 })
	for source, path := range map[string]string{"one": "/a", "two": "/b"} {
		if _, err := c.For(source).Get(t.Context(), o.URL(path)); err != nil {
			t.Fatal(err)
		}
	}
	all := o.Requests("")
	if len(all) != 3 {
		t.Fatalf("%d requests, want robots.txt and two pages", len(all))
	}
	for i, r := range all {
		if i > 0 && r.At.Sub(all[0].At) < time.Duration(i)*time.Second-50*time.Millisecond {
			t.Errorf("%s was asked for after %v", r.Path, r.At.Sub(all[0].At))
		}
		if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "huiying/") || !strings.Contains(agent, "mailto:it@example.org") {
			t.Errorf("%s: User-Agent %q", r.Path, agent)
		}
	}
}

func TestCrawlDelay(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/robots.txt", robotsFile("User-agent: *\nCrawl-delay: 0.15\n"))
	o.On("/", origintest.Text("x"))
	c := client(t, nil)
	began := time.Now()
	for range 3 {
		if _, err := c.Get(t.Context(), o.URL("/")); err != nil {
			t.Fatal(err)
		}
	}
	if d := o.Requests("/")[2].At.Sub(began); d < 300*time.Millisecond {
		t.Errorf("three requests within %s", d)
	}
}

// Some sites ask for a pause of a day, or of less than nothing; a robots.txt does not
// blind us to a site.
func TestCrawlDelayIsBounded(t *testing.T) {
	t.Parallel()
	for _, delay := range []string{"86400", "99999999999999999999", "-5", "nonsense"} {
		o := origintest.New(t)
		o.On("/robots.txt", robotsFile("User-agent: *\nCrawl-delay: "+delay+"\n"))
		o.On("/", origintest.Text("x"))
		clock := newClock()
		c := client(t, func(o *fetch.Options) { o.Now = clock.now })
		for _, path := range []string{"/robots.txt", "/", "/"} {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			if _, err := c.Get(ctx, o.URL(path)); err != nil {
				t.Errorf("%s: half a minute later: %v", delay, err)
			}
			cancel()
			clock.add(31 * time.Second)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	start := newClock().now()
	for name, tc := range map[string]struct {
		status int
		after  string
		hold   time.Duration
	}{
		"seconds":          {429, "120", 2 * time.Minute},
		"unavailable":      {503, "30", 30 * time.Second},
		"date":             {429, start.Add(time.Hour).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), time.Hour},
		"none given":       {429, "", time.Minute},
		"too long":         {429, "99999999", 24 * time.Hour},
		"longer than ints": {429, "99999999999999999999999", 24 * time.Hour},
		"negative":         {429, "-5", time.Minute},
		"date in 1970":     {429, "Thu, 01 Jan 1970 00:00:00 GMT", time.Minute},
		"nonsense":         {429, "soon", time.Minute},
		"plain 503":        {503, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			a := origintest.Answer{Status: tc.status}
			if tc.after != "" {
				a.Header = map[string]string{"Retry-After": tc.after}
			}
			o.On("/", a, origintest.Text("x"))
			clock := newClock()
			c := client(t, func(o *fetch.Options) { o.Now = clock.now })
			if _, err := c.Get(t.Context(), o.URL("/")); err == nil {
				t.Fatal("no error")
			}
			_, err := c.Get(t.Context(), o.URL("/"))
			if tc.hold == 0 {
				if err != nil {
					t.Errorf("held: %v", err)
				}
				return
			}
			var fe *fetch.Error
			if !errors.As(err, &fe) || fe.Kind != fetch.RateLimited || fe.Until.Sub(start).Round(time.Second) != tc.hold {
				t.Fatalf("got %v, want a hold of %s", err, tc.hold)
			}
			if !strings.Contains(fe.Chinese(), "自动再试") {
				t.Error(fe.Chinese())
			}
			clock.add(tc.hold + 2*time.Second)
			if _, err := c.Get(t.Context(), o.URL("/")); err != nil {
				t.Errorf("after the hold: %v", err)
			}
			if n := len(o.Requests("/")); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
		})
	}
}

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock {
	return &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing())}
}

// now ticks a little, so that pauses of a millisecond pass.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
