package test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/internal/faulttest"
	"huiying/internal/robottest"
	"huiying/internal/seedtest"
	"huiying/internal/slacktest"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// How hard the kill bench is. The defaults are its small form.
var (
	kills      = flag.Int("kills", 6, "how often the program is killed at random")
	killsPoint = flag.Int("kills.point", 1, "how often it is killed at each named point")
	killsPosts = flag.Int("kills.posts", 800, "how many posts there are, every tenth to be alerted")
)

// killPoints are where the program is killed besides at random.
var killPoints = []struct{ name, reached string }{
	{"K1", "fetched"},
	{"K2", "stored"},
	{"K3", "classified"},
	{"K4", "claimed"},
	{"K5", "intended"},
	{"K6", "requested"},
	{"K7", "answered"},
	{"K8", "case opened"},
	{"K9", "clocks armed"},
	{"K12", "rules changed"},
}

// everyBad is how often a platform takes a message and then answers 500.
const everyBad = 20

// killBench is a program that is killed again and again, and what stays: the
// sources, Slack, which can be read back, and a robot, which cannot.
type killBench struct {
	feeds  *feeds
	slack  *slacktest.Server
	robot  *robottest.Server
	bad    atomic.Int32 // the robot's ambiguous answers
	config string
	data   string
	killed int
	chance *rand.Rand
	rules  int
}

func newKillBench(t *testing.T) *killBench {
	t.Helper()
	b := &killBench{feeds: new(feeds), data: t.TempDir(), chance: seedtest.New(t)}
	origin := httptest.NewServer(b.feeds)
	t.Cleanup(origin.Close)
	b.slack = slacktest.Start(t, slacktest.Options{Fault: func(method string, n int) *slacktest.Fault {
		if method != "chat.postMessage" || n%everyBad != 0 {
			return nil
		}
		return &slacktest.Fault{Accept: true, Status: 500}
	}})
	b.robot = robottest.Start(t, robottest.WeCom, robottest.Options{Fault: func(n int) *faulttest.Fault {
		if n%everyBad != 0 {
			return nil
		}
		b.bad.Add(1)
		return &faulttest.Fault{Accept: true, Status: 500}
	}})
	var sources strings.Builder
	sources.WriteString("sources:\n")
	for i := range killFeeds {
		fmt.Fprintf(&sources, "  - {id: feed%d, name: 源%d, channel: news, kind: feed, every: 10s, url: \"%s/feed/%d.xml\"}\n", i, i, origin.URL, i)
	}
	b.config = configure(t, fmt.Sprintf(`
storage: {driver: sqlite, path: huiying.db}
fetch: {contact: test@example.invalid, per_host: 10ms, allow_private: [127.0.0.0/8]}
chat:
  targets:
    - {name: slack, kind: slack, channel: %s, token: {env: SLACK_TOKEN}, api_url: "%s", per_message: 10ms}
    - {name: robot, kind: wecom, webhook: {env: ROBOT}, per_message: 10ms}
web: {addr: "127.0.0.1:0"}
log: {level: warn}
`, slacktest.Channel, b.slack.URL()), sources.String())
	// The office hears everything, by the robot; all others by Slack.
	name := filepath.Join(filepath.Dir(b.config), "organisation.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "target: slack", "target: robot", 1))
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *killBench) env() []string { return []string{slackToken, "ROBOT=" + b.robot.URL()} }

// begin reads the empty feeds once, undisturbed.
func (b *killBench) begin(t *testing.T) {
	t.Helper()
	cmd, log, ended := startIn(t, b.env(), "run", "-c", b.config, "--data", b.data)
	await(t, time.Minute, func() (bool, string) { return b.feeds.read(), log.String() })
	<-time.After(time.Second)
	terminate(t, cmd, log, ended)
}

// random runs the program and kills it after a while.
func (b *killBench) random(t *testing.T) {
	t.Helper()
	cmd, log, ended := startIn(t, b.env(), "run", "-c", b.config, "--data", b.data)
	select {
	case err := <-ended:
		t.Fatalf("ended by itself: %v\n%s", err, log)
	case <-time.After(200*time.Millisecond + time.Duration(b.chance.IntN(2800))*time.Millisecond):
		_ = cmd.Process.Kill()
		<-ended
		b.killed++
	}
}

// at runs the program until it kills itself at a point, and reports false where it
// never came there.
func (b *killBench) at(t *testing.T, point string) bool {
	t.Helper()
	times := 1 + b.chance.IntN(3)
	if point == "rules changed" {
		times = 1
	}
	cmd, log, ended := startBinary(t, os.Args[0], b.env(),
		"-daemon", b.config, "-daemon.data", b.data, "-daemon.point", point, "-daemon.time", fmt.Sprint(times))
	if point == "rules changed" {
		<-time.After(1500 * time.Millisecond)
		b.changeRules(t)
	}
	select {
	case <-ended:
		if status := cmd.ProcessState.String(); status != "signal: killed" {
			t.Fatalf("at %s it ended by %s\n%s", point, status, log)
		}
		b.killed++
		return true
	case <-time.After(25 * time.Second):
		_ = cmd.Process.Kill()
		<-ended
		b.killed++
		return false
	}
}

// changeRules gives the editors' rules one more, never the same.
func (b *killBench) changeRules(t *testing.T) {
	t.Helper()
	b.rules++
	word := fmt.Sprintf("停电试验%d", b.rules)
	text := "版本: 1\n规则:\n  - 编号: QY-91\n    名称: 试验\n    类别: 切身利益\n" +
		"    必须有:\n      - {组: 现象, 词: [" + word + "]}\n    归口: 电力科\n    示例:\n      应命中: [{文: 长治" + word + "}]\n      不应命中: [{文: 长治晴}]\n"
	if err := os.WriteFile(filepath.Join(filepath.Dir(b.config), "rules", "91-试验.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A duty officer must be able to pull the plug at any moment, at the worst of them
// too: every alert is sent all the same, on Slack exactly once, and by a robot,
// which cannot be asked what stands, again only with a mark.
func TestKilledNothingIsLost(t *testing.T) {
	t.Parallel()
	b := newKillBench(t)
	b.begin(t)
	var plan []string // points; "" is at random
	for range *kills {
		plan = append(plan, "")
	}
	for _, p := range killPoints {
		plan = append(plan, slices.Repeat([]string{p.reached}, *killsPoint)...)
	}
	b.chance.Shuffle(len(plan), func(i, j int) { plan[i], plan[j] = plan[j], plan[i] })
	missed := 0
	for i := 0; i < len(plan); i++ {
		b.feeds.released.Store(max(b.feeds.released.Load(), int32(*killsPosts*(i+1)/len(plan))))
		if plan[i] == "" {
			b.random(t)
		} else if !b.at(t, plan[i]) {
			missed++
			plan = append(plan, plan[i]) // later, when there is more to do
		}
		if missed > 3+len(plan)/10 {
			t.Fatalf("%d points never came, the last is %q", missed, plan[i])
		}
	}

	cmd, log, ended := startIn(t, b.env(), "run", "-c", b.config, "--data", b.data)
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(b.data, "huiying.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	await(t, 40*time.Minute, func() (done bool, state string) { // a busy machine sends five a second
		posts, undecided, open := b.count(t, db)
		return posts == *killsPosts && undecided == 0 && open == 0,
			fmt.Sprintf("%d of %d posts stored, %d not alerted, %d deliveries open\n%s", posts, *killsPosts, undecided, open, log)
	})
	terminate(t, cmd, log, ended)
	b.judge(t, db)
}

// judge counts what reached people.
func (b *killBench) judge(t *testing.T, db *store.DB) {
	t.Helper()
	var ds []alerting.Delivery
	if err := db.Reader().NewSelect().Model(&ds).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	alerts, err := db.Reader().NewSelect().Model((*alerting.Notice)(nil)).Where("kind = ?", alerting.KindAlert).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slack := b.slack.Deliveries()
	robot, unmarked := robotDeliveries(b.robot.Messages())
	lost, twice := map[string]int{}, map[string]int{}
	for _, d := range ds {
		sent := slack
		if d.Target == "robot" {
			sent = robot
		}
		n := sent[d.ID]
		if n == 0 && d.Summary != "" { // told in a list
			n = min(sent[d.Summary], 1)
		}
		switch {
		case n == 0:
			lost[d.Target]++
			t.Errorf("lost: %s to %s, recorded as %s (%s)", d.ID, d.Target, d.State, d.LastError)
		case n > 1:
			twice[d.Target] += n - 1
		}
	}
	bad := int(b.bad.Load())
	if most := b.killed + bad; twice["robot"] > most {
		t.Errorf("the robot said %d things twice, at most %d kills and ambiguous answers explain", twice["robot"], most)
	}
	if twice["slack"] > 0 {
		t.Errorf("%d messages stand twice on Slack", twice["slack"])
	}
	if unmarked > 0 {
		t.Errorf("%d repeats by the robot are not marked", unmarked)
	}
	t.Logf("robot: lost=%d duplicates=%d unmarked=%d kills=%d ambiguous=%d", lost["robot"], twice["robot"], unmarked, b.killed, bad)
	t.Logf("lost=%d duplicates=%d kills=%d alerts=%d deliveries=%d", lost["slack"], twice["slack"], b.killed, alerts, len(ds))
}

var robotUnder = regexp.MustCompile(`致：(\S+) · (\S+)`)

// robotDeliveries counts what a robot said by the ids of deliveries, and the
// repeats that are not marked as such.
func robotDeliveries(messages []robottest.Message) (got map[string]int, unmarked int) {
	got = make(map[string]int)
	for _, m := range messages {
		text, _ := robottest.Shown(m.Body)
		found := robotUnder.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		id := found[2] + "/" + found[1]
		if got[id]++; got[id] > 1 && !strings.Contains(text, "（可能重复）") {
			unmarked++
		}
	}
	return got, unmarked
}

// count is how many posts are stored, how many that call for an alert have none,
// and how many deliveries are open.
func (b *killBench) count(t *testing.T, db *store.DB) (posts, undecided, open int) {
	t.Helper()
	ctx := context.Background()
	for _, c := range []struct {
		n     *int
		query *bun.SelectQuery
	}{
		{&posts, db.Reader().NewSelect().TableExpr("posts")},
		{&undecided, db.Reader().NewSelect().TableExpr("posts").Where("handling = ?", verdict.Alert).
			Where("coalesce(event_id, '') NOT IN (SELECT event_id FROM notices WHERE kind = ?)", alerting.KindAlert)},
		{&open, db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).Where("state NOT IN (?, ?)", alerting.Sent, alerting.Failed)},
	} {
		n, err := c.query.Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		*c.n = int(n)
	}
	return posts, undecided, open
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
