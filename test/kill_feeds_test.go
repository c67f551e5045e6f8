package test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

const (
	killFeeds    = 20
	killAlerting = 10 // every tenth post is a matter of its own to alert
)

// feeds serves feeds that grow as the test releases posts. They are empty at
// first, as a source's first round opens no clocks.
type feeds struct {
	reads    [killFeeds]atomic.Int32
	released atomic.Int32 // of all feeds together
}

// read reports whether every feed has been read.
func (f *feeds) read() bool {
	for i := range f.reads {
		if f.reads[i].Load() == 0 {
			return false
		}
	}
	return true
}

func (f *feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var n int
	if _, err := fmt.Sscanf(r.URL.Path, "/feed/%d.xml", &n); err != nil || n >= killFeeds {
		http.NotFound(w, r)
		return
	}
	f.reads[n].Add(1)
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>源</title>`)
	for i := range f.shown(n) {
		fmt.Fprintf(w, "<item><title>%s</title><link>http://%s/post/%d/%d</link><guid>%d-%d</guid><pubDate>%s</pubDate><description>%s</description></item>",
			killTitle(n, i), r.Host, n, i, n, i, time.Now().Format(time.RFC1123Z), killBody(n, i))
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// shown is how many posts a feed has now.
func (f *feeds) shown(feed int) int {
	return (int(f.released.Load()) + killFeeds - 1 - feed) / killFeeds
}

func killAlerts(feed, i int) bool { return (i+feed)%killAlerting == 0 }

// killTitle and killBody make every post a text of its own, so that none joins
// another.
func killTitle(feed, i int) string {
	if killAlerts(feed, i) {
		// Each at a mine of its own: few are taken for one matter.
		return fmt.Sprintf("长治襄垣县%s煤矿发生透水事故，%d人被困", chars(feed, i, 3), 3+feed%7)
	}
	return "今日" + chars(feed, i, 10)
}

func killBody(feed, i int) string { return chars(feed, i+100000, 60) }

// chars is a text without sense, the same for the same post.
func chars(feed, i, n int) string {
	rng := rand.New(rand.NewPCG(uint64(feed), uint64(i)))
	var b strings.Builder
	for range n {
		b.WriteRune(rune(0x4e00 + rng.IntN(2000)))
	}
	return b.String()
}
