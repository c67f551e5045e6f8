package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/robottest"
	"huiying/internal/slacktest"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// TestFloodBecomesLists lets the program itself, with its own queue of jobs, meet more
// alerts than a robot takes: the office's are listed, each once.
func TestFloodBecomesLists(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a robot's rate")
	}
	t.Parallel()
	const floods = 30
	var read, open atomic.Bool
	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>源</title>`)
		for i := range floods {
			if open.Load() {
				fmt.Fprintf(w, "<item><title>长治潞州区%s小区停电三天，居民投诉无人管</title><link>http://%s/post/%d</link><pubDate>%s</pubDate><description>%s</description></item>",
					chars(7, i, 3), r.Host, i, time.Now().Format(time.RFC1123Z), chars(7, i+100000, 60))
			}
		}
		fmt.Fprint(w, `</channel></rss>`)
		read.Store(true)
	}))
	t.Cleanup(feed.Close)
	robot := robottest.Start(t, robottest.WeCom, robottest.Options{PerMinute: 20})
	slack := slacktest.Start(t, slacktest.Options{})
	config := configure(t, fmt.Sprintf(`
storage: {driver: sqlite, path: huiying.db}
fetch: {contact: test@example.invalid, per_host: 10ms, allow_private: [127.0.0.0/8]}
chat:
  targets:
    - {name: slack, kind: slack, channel: %s, token: {env: SLACK_TOKEN}, api_url: "%s", per_message: 10ms}
    - {name: robot, kind: wecom, webhook: {env: ROBOT}}
web: {addr: "127.0.0.1:0"}
log: {level: warn}
`, slacktest.Channel, slack.URL()), fmt.Sprintf("sources:\n  - {id: feed, name: 源, channel: news, kind: feed, every: 10s, url: \"%s/feed.xml\"}\n", feed.URL))
	organisation := filepath.Join(filepath.Dir(config), "organisation.yaml")
	text, err := os.ReadFile(organisation)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "target: slack", "target: robot", 1)) // the office's
	if err := os.WriteFile(organisation, text, 0o600); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	cmd, log, ended := startIn(t, []string{slackToken, "ROBOT=" + robot.URL()}, "run", "-c", config, "--data", data)
	await(t, time.Minute, func() (bool, string) { return read.Load(), log.String() })
	open.Store(true)
	db := storetest.Open(t, store.Options{Path: filepath.Join(data, "huiying.db")})
	await(t, 3*time.Minute, func() (bool, string) {
		var ds []alerting.Delivery
		if err := db.Reader().NewSelect().Model(&ds).Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
			Where("notice.kind = ?", alerting.KindAlert).Scan(t.Context()); err != nil {
			return false, err.Error()
		}
		sent := 0
		for _, d := range ds {
			if d.State == alerting.Sent {
				sent++
			}
		}
		return sent == 2*floods, fmt.Sprintf("%d of %d alerts sent\n%s", sent, len(ds), log)
	})
	terminate(t, cmd, log, ended)
	told, lists := map[string]int{}, 0
	number := regexp.MustCompile(`A-E-\d{8}-[0-9a-f]{8}-\w+-1`)
	for _, m := range robot.Messages() {
		text, _ := robottest.Shown(m.Body)
		if strings.Contains(text, "【汇总】") {
			lists++
		}
		for _, id := range number.FindAllString(text, -1) {
			told[id]++
		}
	}
	for id, n := range told {
		if n != 1 {
			t.Errorf("%s was told of %d times", id, n)
		}
	}
	if lists == 0 || len(told) != floods {
		t.Errorf("%d alerts in %d messages, %d of them lists", len(told), len(robot.Messages()), lists)
	}
	if n := robot.Early(); n > 0 {
		t.Errorf("%d requests before the time that a platform asked for", n)
	}
}
