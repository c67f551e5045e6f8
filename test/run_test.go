package test

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/internal/origintest"
	"huiying/internal/pgtest"
	"huiying/internal/proctest"
	"huiying/internal/redistest"
	"huiying/internal/slacktest"
)

// item is one entry of the scripted feed. An entry of the same number is the same
// page, so that another text is a change of it.
type item struct {
	number      int
	title, body string
}

// The story of these tests: an accident whose figures rise, and another.
var (
	trapped3  = item{1, "沁源县一煤矿发生透水 3人被困", "沁源县一煤矿掘进工作面今晨发生透水，3人被困井下，救援正在进行。"}
	trapped12 = item{1, "沁源县一煤矿透水被困人数核定为12人", "沁源县一煤矿掘进工作面今晨发生透水，经逐人核对，12人被困井下，救援正在进行。"}
	blast     = item{2, "壶关县一饭店液化气闪爆 2人死亡4人送医", "壶关县城一饭店发生液化气闪爆，造成2人死亡、4人送医，气瓶来源正在追查。"}
)

// duty is the daemon at work on a feed that the test writes, telling a fake Slack.
type duty struct {
	t      *testing.T
	config string
	data   string
	feed   *origintest.Origin
	slack  *slacktest.Server
	cmd    *exec.Cmd
	log    *proctest.Output
	ended  chan error
}

const feedPath = "/feed.xml"

// onDuty starts the daemon with further settings, such as those of the storage,
// and waits until it has read its feed for the first time, empty.
func onDuty(t *testing.T, settings string) *duty {
	t.Helper()
	d := &duty{t: t, data: t.TempDir(), feed: origintest.New(t), slack: slacktest.Start(t, slacktest.Options{})}
	d.publish()
	d.config = configure(t, settings+fmt.Sprintf(`
fetch: {contact: test@example.invalid, per_host: 10ms, allow_private: [127.0.0.0/8]}
chat:
  targets:
    - {name: slack, kind: slack, channel: %s, token: {env: SLACK_TOKEN}, api_url: "%s", per_message: 10ms}
web: {addr: "127.0.0.1:0"}
`, slacktest.Channel, d.slack.URL()), fmt.Sprintf(`
sources:
  - {id: news, name: 新闻网, channel: news, kind: feed, every: 10s, url: "%s"}
`, d.feed.URL(feedPath)))
	d.cmd, d.log, d.ended = start(t, "run", "-c", d.config, "--data", d.data)
	await(t, 30*time.Second, func() (bool, string) {
		if len(d.ended) > 0 {
			t.Fatalf("ended by itself:\n%s", d.log)
		}
		return strings.Contains(d.log.String(), "source read"), d.log.String()
	})
	return d
}

// publish replaces what the feed holds.
func (d *duty) publish(items ...item) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>新闻网</title>`)
	for _, it := range items {
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s</link><pubDate>%s</pubDate><description>%s</description></item>",
			html.EscapeString(it.title), d.feed.URL(fmt.Sprintf("/a/%d.html", it.number)),
			time.Now().Format(time.RFC1123Z), html.EscapeString(it.body))
	}
	b.WriteString(`</channel></rss>`)
	d.feed.On(feedPath, origintest.Answer{Type: "application/rss+xml; charset=utf-8", Body: []byte(b.String())})
}

// told waits until Slack holds a message of a notice for each of the receivers,
// and returns them by receiver. notice is a pattern.
func (d *duty) told(notice string, receivers ...string) map[string]slacktest.Message {
	d.t.Helper()
	re := regexp.MustCompile("^" + notice + "/(.+)$")
	got := map[string]slacktest.Message{}
	await(d.t, 30*time.Second, func() (bool, string) {
		for _, m := range d.slack.Messages() {
			if id := re.FindStringSubmatch(m.Delivery); id != nil {
				got[id[1]] = m
			}
		}
		for _, r := range receivers {
			if _, ok := got[r]; !ok {
				return false, fmt.Sprintf("%s was not told of %s\n%s", r, notice, d.log)
			}
		}
		return true, ""
	})
	if len(got) != len(receivers) {
		d.t.Errorf("%s was told to %d, want %v: %v", notice, len(got), receivers, got)
	}
	return got
}

// end stops the daemon and holds Slack to have every message once.
func (d *duty) end() {
	d.t.Helper()
	terminate(d.t, d.cmd, d.log, d.ended)
	for id, n := range d.slack.Deliveries() {
		if n != 1 {
			d.t.Errorf("%s was sent %d times", id, n)
		}
	}
}

// beside runs a command on the daemon's configuration and data.
func (d *duty) beside(args ...string) string {
	d.t.Helper()
	out, errs, code := huiying(d.t, append(args, "-c", d.config, "--data", d.data)...)
	if code != 0 {
		d.t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
	}
	return out
}

// page is the address of the daemon's pages.
func (d *duty) page() string {
	d.t.Helper()
	page := regexp.MustCompile(`page=(http://\S+)`).FindStringSubmatch(d.log.String())
	if page == nil {
		d.t.Fatalf("the log does not name the page:\n%s", d.log)
	}
	return page[1]
}

// holds fails the test where text lacks one of the words.
func holds(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}

// secret keeps a value in a file and returns how a configuration names it.
func secret(t *testing.T, value string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(value), 0o600); err != nil {
		t.Fatal(err)
	}
	return "{file: " + file + "}"
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, storage := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "storage: {driver: sqlite, path: huiying.db}" },
		"postgres": func(t *testing.T) string {
			t.Helper()
			return "storage: {driver: postgres, url: " + secret(t, pgtest.Start(t).Database(t)) + "}"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := onDuty(t, storage(t))
			alertAndUpdate(t, d)
			answer(t, d)
			d.end()
		})
	}
}

// alertAndUpdate lets the figures of an accident rise.
func alertAndUpdate(t *testing.T, d *duty) {
	t.Helper()
	d.publish(trapped3)
	sections := []string{"煤炭科", "安全监督科", "局办公室", "分管领导(煤炭)"}
	alerts := d.told(`A-E-\d{8}-\w{8}-emergency-1`, sections...)
	for r, m := range alerts {
		holds(t, "the alert's blocks", string(m.Blocks), `"type":"header"`, trapped3.title, "较大", "致："+r, "答复公众（48小时）",
			"原文摘录", "煤矿掘进工作面", "判定依据", d.feed.URL("/a/1.html"), "/events/E-")
		holds(t, "the alert's text", m.Text, trapped3.title, r)
		if m.ThreadTS != "" {
			t.Errorf("the alert to %s stands in a thread", r)
		}
	}
	d.publish(trapped12)
	for r, m := range d.told(`A-E-\d{8}-\w{8}-emergency-2`, append(sections, "局主要负责人")...) {
		holds(t, "the update's blocks", string(m.Blocks), trapped12.title, "重大", "首次发布（1小时）", "新闻发布会（24小时）")
		if m.ThreadTS != alerts[r].TS {
			t.Errorf("the update to %s answers %q, the alert is %q", r, m.ThreadTS, alerts[r].TS)
		}
	}
}

// caseID finds a case at the beginning of a line.
var caseID = regexp.MustCompile(`(?m)^ *(C-\d{8}-\w{8}) `)

// answer stops the clocks of the one case from the command line, beside the daemon.
func answer(t *testing.T, d *duty) {
	t.Helper()
	list := d.beside("case", "list")
	holds(t, "case list", list, "突发事件 · 重大", trapped12.title, "煤炭科", "首次发布（1小时） 剩 ", "答复公众（48小时） 剩 ")
	found := caseID.FindAllStringSubmatch(list, -1)
	if len(found) != 1 {
		t.Fatalf("want one case:\n%s", list)
	}
	id := found[0][1]
	const release = "https://gov.example.invalid/release/1.html"
	first := d.beside("case", "answer", id, "--url", release)
	holds(t, "case answer", first, "首次发布（1小时）", "已按时答复  "+release, "新闻发布会（24小时）", "剩 ", "还有时限在走。")
	second := d.beside("case", "answer", id, "--clock", "press_conference", "--note", "发布会已举行")
	holds(t, "case answer", second, "发布会已举行", "已答复。")
	if strings.Contains(second, "剩 ") {
		t.Errorf("a clock still runs:\n%s", second)
	}
	holds(t, "case list", d.beside("case", "list"), "没有待答复的事项。")
	holds(t, "case show", d.beside("case", "show", id), release, "发布会已举行")
	checkPage(t, get(t, d.page()+"/events/"+strings.Replace(id, "C-", "E-", 1)), trapped12.title, release, "发布会已举行")

	holds(t, "the digest", d.beside("digest"), "日报", trapped12.title, "重大")
	checkPage(t, d.beside("digest", "--format", "html"), trapped12.title)
	if report := d.beside("digest", "--format", "json"); !json.Valid([]byte(report)) || !strings.Contains(report, trapped12.title) {
		t.Errorf("no JSON, or no accident in it: %s", report)
	}
}

// Redis may die under the daemon, and come back having forgotten everything:
// every alert is sent all the same, and once.
func TestRunThroughTheLossOfRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	d := onDuty(t, "storage: {driver: sqlite, path: huiying.db}\nredis: {url: "+secret(t, server.URL())+"}")
	d.publish(trapped3)
	alerts := d.told(`A-E-\d{8}-\w{8}-emergency-1`, "煤炭科", "安全监督科", "局办公室", "分管领导(煤炭)")
	claimed(t, server)

	server.Kill(t)
	d.publish(trapped12)
	updates := d.told(`A-E-\d{8}-\w{8}-emergency-2`, "煤炭科", "安全监督科", "局办公室", "分管领导(煤炭)", "局主要负责人")
	if updates[office].ThreadTS != alerts[office].TS {
		t.Error("the update does not stand in the alert's thread")
	}
	warning := d.told(`W-redis-\d{8}T\d{6}Z`, "系统运行岗", office)
	holds(t, "the warning", warning["系统运行岗"].Text, "Redis 出了问题，已改用数据库去重")

	server.Restart(t)
	d.told(`W-redis-\d{8}T\d{6}Z-back`, "系统运行岗", office)
	d.publish(trapped12, blast)
	d.told(`A-E-\d{8}-\w{8}-emergency-1`, "煤炭科", "安全监督科", "局办公室", "分管领导(煤炭)", "油气科")
	d.end()
}

// claimed holds the server to have been asked for claims.
func claimed(t *testing.T, server *redistest.Server) {
	t.Helper()
	o, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	defer c.Close()
	stats, err := c.InfoMap(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	got := false
	for key := range stats["Commandstats"] {
		got = got || slices.Contains([]string{"cmdstat_set", "cmdstat_eval", "cmdstat_evalsha"}, key)
	}
	if !got {
		t.Errorf("no claims were taken in Redis: %v", stats)
	}
}

func TestRunRefusesAMistake(t *testing.T) {
	t.Parallel()
	config := configure(t, "storage: {driver: sqlite, path: huiying.db}\nfetch: {contact: test@example.invalid}\nweb:\n  adr: 127.0.0.1:0\n",
		"sources:\n  - {id: news, name: 新闻网, channel: news, kind: fed, every: 1s, url: \"https://news.example.invalid/\"}\n")
	data := t.TempDir()
	out, errs, code := huiying(t, "run", "-c", config, "--data", data)
	if code != 1 || out != "" {
		t.Errorf("exit code %d, stdout %q", code, out)
	}
	for _, want := range []string{
		`(?m)^\S*huiying\.yaml:4:3: web: .*“adr”.*addr$`,
		`(?m)^\S*sources\.yaml:2:\d+: sources\[news\]\.kind: .*; .*feed`,
		`(?m)^\S*sources\.yaml:2:\d+: sources\[news\]\.every: .*10s`,
		`(?m)^\d 处问题$`,
	} {
		if !regexp.MustCompile(want).MatchString(errs) {
			t.Errorf("stderr does not match %s:\n%s", want, errs)
		}
	}
	left, err := os.ReadDir(data)
	if err != nil || len(left) > 0 {
		t.Errorf("began nevertheless: %v (%v)", left, err)
	}
}
