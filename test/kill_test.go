package test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/slacktest"
	"huiying/store"
)

const (
	killFeeds    = 10
	killPosts    = 100 // a feed
	killPerRound = 20
	killAlerting = 5 // every fifth post is a matter of its own to alert
)

// feeds serves ten feeds that grow by twenty posts each time they are read. The
// first reading finds them empty, as a source's first round opens no clocks.
type feeds struct {
	reads [killFeeds]atomic.Int32
}

func (f *feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var n int
	if _, err := fmt.Sscanf(r.URL.Path, "/feed/%d.xml", &n); err != nil || n >= killFeeds {
		http.NotFound(w, r)
		return
	}
	shown := min(int(f.reads[n].Add(1)-1)*killPerRound, killPosts)
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>源</title>`)
	for i := range shown {
		fmt.Fprintf(w, "<item><title>%s</title><link>http://%s/post/%d/%d</link><guid>%d-%d</guid><pubDate>%s</pubDate><description>%s</description></item>",
			killTitle(n, i), r.Host, n, i, n, i, time.Now().Format(time.RFC1123Z), killBody(n, i))
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// killTitle and killBody make every post a text of its own, so that none joins
// another.
func killTitle(feed, i int) string {
	if i%killAlerting == 0 {
		return fmt.Sprintf("长治襄垣县一煤矿发生透水事故 %d人被困 %s", 3+feed%7, chars(feed, i, 12))
	}
	return "今日" + chars(feed, i, 10)
}

func killBody(feed, i int) string { return chars(feed, i+1000, 60) }

// chars is a text without sense, the same for the same post.
func chars(feed, i, n int) string {
	rng := rand.New(rand.NewPCG(uint64(feed), uint64(i)))
	var b strings.Builder
	for range n {
		b.WriteRune(rune(0x4e00 + rng.IntN(2000)))
	}
	return b.String()
}

// A duty officer must be able to pull the plug at any moment: every alert is sent
// all the same. What is sent twice is counted, since Slack gives no key to send
// once: the look-up before a re-send is what keeps the number down.
func TestKilledAtRandomNothingIsLost(t *testing.T) {
	t.Parallel()
	origin := httptest.NewServer(new(feeds))
	t.Cleanup(origin.Close)
	fake := slacktest.Start(t, slacktest.Options{})
	var sources strings.Builder
	sources.WriteString("sources:\n")
	for i := range killFeeds {
		fmt.Fprintf(&sources, "  - {id: feed%d, name: 源%d, channel: news, kind: feed, every: 10s, url: \"%s/feed/%d.xml\"}\n", i, i, origin.URL, i)
	}
	config := configure(t, fmt.Sprintf(`
storage: {driver: sqlite, path: huiying.db}
fetch: {contact: test@example.invalid, per_host: 10ms, allow_private: [127.0.0.0/8]}
chat:
  targets:
    - {name: slack, kind: slack, channel: %s, token: {env: SLACK_TOKEN}, api_url: "%s", per_message: 10ms}
web: {addr: "127.0.0.1:0"}
log: {level: warn}
`, slacktest.Channel, fake.URL()), sources.String())
	data := t.TempDir()

	killed := 0
	for killed < *kills {
		cmd, log, ended := start(t, "run", "-c", config, "--data", data)
		select {
		case err := <-ended:
			t.Fatalf("ended by itself: %v\n%s", err, log)
		case <-time.After(200*time.Millisecond + time.Duration(rand.IntN(3000))*time.Millisecond):
			_ = cmd.Process.Kill()
			<-ended
			killed++
		}
	}
	cmd, log, ended := start(t, "run", "-c", config, "--data", data)
	want := killFeeds * killPosts / killAlerting
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(data, "huiying.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	await(t, 4*time.Minute, func() (done bool, state string) {
		alerts, open := count(t, db)
		return alerts == want && open == 0, fmt.Sprintf("%d of %d alerts decided, %d deliveries open\n%s", alerts, want, open, log)
	})
	terminate(t, cmd, log, ended)

	var ds []alerting.Delivery
	if err := db.Reader().NewSelect().Model(&ds).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := fake.Deliveries()
	lost, twice := 0, 0
	for _, d := range ds {
		switch n := got[d.ID]; {
		case n == 0:
			lost++
			t.Errorf("lost: %s, recorded as %s (%s)", d.ID, d.State, d.LastError)
		case n > 1:
			twice += n - 1
		}
	}
	t.Logf("lost=%d duplicates=%d kills=%d alerts=%d deliveries=%d", lost, twice, killed, want, len(ds))
	if twice > killed {
		t.Errorf("%d messages sent twice over %d kills", twice, killed)
	}
}

func count(t *testing.T, db *store.DB) (alerts, open int) {
	t.Helper()
	ctx := context.Background()
	a, err := db.Reader().NewSelect().Model((*alerting.Notice)(nil)).Where("kind = ?", alerting.KindAlert).Count(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o, err := db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).Where("state NOT IN (?, ?)", alerting.Sent, alerting.Failed).Count(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return int(a), int(o)
}

// await asks until done, and fails with the last state after too long.
func await(t *testing.T, most time.Duration, ask func() (done bool, state string)) {
	t.Helper()
	for end := time.Now().Add(most); ; {
		done, state := ask()
		if done {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not done after %v: %s", most, state)
		}
		time.Sleep(200 * time.Millisecond)
	}
}
