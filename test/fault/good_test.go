package fault

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// The good sources: each publishes an item every goodEvery, and must be found to
// have done so within late.
const (
	goodSources = 50
	goodItems   = 7
	goodEvery   = 6 * time.Second
	// late is the longest pause between two rounds of a source read every 10 s,
	// with its jitter of a tenth, and a little for the round itself.
	late = 11*time.Second + 4*time.Second
)

// goodSites serve on addresses of their own from the moment of their first request.
type goodSites struct {
	once  sync.Once
	mu    sync.Mutex
	began time.Time
}

func newGoodSites(t *testing.T) (*goodSites, string) {
	t.Helper()
	g := new(goodSites)
	yaml := ""
	for i := range goodSources {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.1.%d:0", i+1))
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: g.site(i), ReadHeaderTimeout: time.Minute}
		go func() { _ = s.Serve(l) }()
		t.Cleanup(func() { _ = s.Close() })
		kind, more := "feed", ""
		switch i % 5 {
		case 3:
			kind, more = "page", `, page: {links: "li a"}`
		case 4:
			kind, more = "json", `, json: {items: list, body: text, url: link}`
		}
		r := row{id: goodID(i), kind: kind, more: more, url: "http://" + l.Addr().String() + "/" + kind}
		yaml += r.yaml()
	}
	return g, yaml
}

func goodID(i int) string { return fmt.Sprintf("good%02d", i) }

func goodTitle(source, item int) string {
	return fmt.Sprintf("第%d家图书馆公布第%d号读书活动安排", source+1, item+1)
}

// start is when the first item was published.
func (g *goodSites) start() time.Time {
	g.once.Do(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.began = time.Now()
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.began
}

// published is when an item of a source appears.
func (g *goodSites) published(source, item int) time.Time {
	return g.start().Add(time.Duration(item)*goodEvery + time.Duration(source)*100*time.Millisecond)
}

func (g *goodSites) site(i int) http.Handler {
	mux := http.NewServeMux()
	shown := func() []string {
		var titles []string
		for k := range goodItems {
			if time.Now().After(g.published(i, k)) {
				titles = append(titles, goodTitle(i, k))
			}
		}
		return titles
	}
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(rss(shown()...))
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for k, title := range shown() {
			fmt.Fprintf(w, `<li><a href="/a/%d.html">%s</a></li>`, k, title)
		}
	})
	mux.HandleFunc("/a/{item}", func(w http.ResponseWriter, r *http.Request) {
		var k int
		_, _ = fmt.Sscanf(r.PathValue("item"), "%d.html", &k)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<html><head><title>%s</title></head><body><h1>%[1]s</h1><p>%[1]s，欢迎市民到馆参加，详情见现场公告。</p></body></html>`, goodTitle(i, k))
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"list":[`)
		for k, title := range shown() {
			if k > 0 {
				fmt.Fprint(w, ",")
			}
			fmt.Fprintf(w, `{"text":%q,"link":"/a/%d.html"}`, title, k)
		}
		fmt.Fprint(w, `]}`)
	})
	return mux
}

// check holds every good item to have been stored in time.
func (g *goodSites) check(d *daemonRun) {
	d.t.Helper()
	found, slowest := 0, time.Duration(0)
	for i := range goodSources {
		byText := map[string]time.Time{}
		for _, p := range d.posts(goodID(i)) {
			if p.Title != "" {
				byText[p.Title] = p.FirstSeen
			} else {
				byText[p.Body] = p.FirstSeen
			}
		}
		for k := range goodItems {
			seen, ok := byText[goodTitle(i, k)]
			if !ok {
				d.t.Errorf("%s: item %d was not found", goodID(i), k)
				continue
			}
			after := seen.Sub(g.published(i, k))
			slowest = max(slowest, after)
			if after > late && !raceEnabled {
				d.t.Errorf("%s: item %d was found %v after it was published", goodID(i), k, after)
				continue
			}
			found++
		}
	}
	d.t.Logf("good sources: %d of %d items found on time, the slowest after %v", found, goodSources*goodItems, slowest.Round(10*time.Millisecond))
}
