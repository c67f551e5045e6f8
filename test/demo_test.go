package test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"huiying/internal/demo"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

const office = "局办公室"

// told is the object that `huiying demo --once` prints.
type told struct {
	Posts      map[string]int `json:"posts"`
	Verdicts   map[string]int `json:"verdicts"`
	Categories map[string]int `json:"categories"`
	Events     int            `json:"events"`
	Alerts     []alerted      `json:"alerts"`
	Cases      []clock        `json:"cases"`
	Digest     string         `json:"digest"`
}

type alerted struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind"`
	Event     string   `json:"event"`
	Category  string   `json:"category"`
	Grade     string   `json:"grade"`
	Receivers []string `json:"receivers"`
}

type clock struct {
	ID    string    `json:"id"`
	Clock string    `json:"clock"`
	Due   time.Time `json:"due"`
}

// clocks are the kinds of clock that the case of an event has.
func (r told) clocks(event string) []string {
	var kinds []string
	for _, c := range r.Cases {
		if c.ID == "C-"+strings.TrimPrefix(event, "E-") {
			kinds = append(kinds, c.Clock)
		}
	}
	return kinds
}

// TestDemo tells the story, twice at once and twice at a person's pace. A later
// run on the same data finds its sites on the ports they had, which another demo
// must not take in between: hence the order.
func TestDemo(t *testing.T) {
	t.Parallel()
	t.Run("once", demoOnce)
	t.Run("live to the end", func(t *testing.T) {
		t.Parallel()
		demoLive(t, "尾声")
	})
	t.Run("live, ended in mid-story", func(t *testing.T) {
		t.Parallel()
		demoLive(t, "━━ 告警")
	})
}

// once runs `demo --once` and reads its answer.
func once(t *testing.T, data string) told {
	t.Helper()
	stdout, stderr, code := huiying(t, "demo", "--once", "--data", data)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	dec := json.NewDecoder(strings.NewReader(stdout))
	dec.DisallowUnknownFields()
	var r told
	if err := dec.Decode(&r); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("more than one JSON object: %s", stdout)
	}
	for _, field := range []string{"posts", "verdicts", "categories", "events", "alerts", "cases", "digest"} {
		if !strings.Contains(stdout, `"`+field+`":`) || strings.Contains(stdout, `"`+field+`":null`) {
			t.Errorf("stdout lacks %s: %s", field, stdout)
		}
	}
	return r
}

func demoOnce(t *testing.T) {
	story, err := demo.LoadStory()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	first := once(t, data)

	for _, c := range post.Channels() {
		if n := first.Posts[string(c)]; n == 0 && c != post.Hotline && c != post.WeChat {
			t.Errorf("no post of channel %s", c)
		}
	}
	for _, counts := range []map[string]int{first.Posts, first.Verdicts} {
		sum := 0
		for _, n := range counts {
			sum += n
		}
		if sum != len(story.Posts) {
			t.Errorf("%d posts, the story has %d: %v", sum, len(story.Posts), counts)
		}
	}
	if got, want := slices.Sorted(maps.Keys(first.Categories)), names(verdict.Categories()); !slices.Equal(got, want) {
		t.Errorf("categories %v, want %v", got, want)
	}
	if first.Events < len(first.Alerts)-1 {
		t.Errorf("%d events with %d alerts", first.Events, len(first.Alerts))
	}
	checkAlerts(t, first)
	checkDigest(t, first.Digest)
	compareStory(t, filepath.Join(data, "huiying.db"), story, first)

	second := once(t, data)
	if second.Alerts == nil || len(second.Alerts) > 0 {
		t.Errorf("the second run alerted: %v", second.Alerts)
	}
	checkDigest(t, second.Digest)
	first.Alerts, second.Alerts, first.Digest, second.Digest = nil, nil, "", ""
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second run changed what there is (-first +second):\n%s", diff)
	}
}

func names(cs []verdict.Category) []string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c))
	}
	slices.Sort(out)
	return out
}

// checkAlerts holds every alert to a case with clocks, and finds the accident
// that was graded anew.
func checkAlerts(t *testing.T, r told) {
	t.Helper()
	updates := 0
	categories := map[string]bool{}
	for _, a := range r.Alerts {
		categories[a.Category] = true
		if !strings.HasPrefix(a.ID, "A-"+a.Event+"-"+a.Category+"-") {
			t.Errorf("alert %s is not named after event %s and category %s", a.ID, a.Event, a.Category)
		}
		kinds := r.clocks(a.Event)
		if len(kinds) == 0 {
			t.Errorf("alert %s: no clock runs", a.ID)
		}
		if a.Kind != "update" {
			continue
		}
		updates++
		if a.Category != "emergency" || a.Grade != "major" {
			t.Errorf("the update is %s %s, want emergency major", a.Category, a.Grade)
		}
		if !slices.Contains(kinds, "first_release") || !slices.Contains(kinds, "press_conference") {
			t.Errorf("the accident raised to 重大 has clocks %v", kinds)
		}
	}
	if updates != 1 {
		t.Errorf("%d updates, want that of the accident", updates)
	}
	if len(categories) != len(verdict.Categories()) {
		t.Errorf("alerts of categories %v, want all five", slices.Sorted(maps.Keys(categories)))
	}
	for _, c := range r.Cases {
		if c.Due.Before(time.Now()) {
			t.Errorf("clock %s of %s was due %v", c.Clock, c.ID, c.Due)
		}
	}
}

// checkDigest holds the digest to be a Chinese page that names the accident.
func checkDigest(t *testing.T, path string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, string(page), "日报", "沁源县一煤矿透水被困人数核定为12人", "重大", "首次发布")
	if _, err := os.Stat(strings.TrimSuffix(path, "html") + "md"); err != nil {
		t.Error(err)
	}
}

// checkPage holds a text to be an HTML page in Chinese that says what it should.
func checkPage(t *testing.T, page string, says ...string) {
	t.Helper()
	if _, err := html.Parse(strings.NewReader(page)); err != nil {
		t.Error(err)
	}
	for _, want := range append([]string{"<html lang=\"zh-CN\"", "</html>"}, says...) {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%.2000s", want, page)
		}
	}
}

// at finds the addresses of the opening lines.
var at = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// demoLive starts the demo as a person does, reads its page once it has printed
// until, which must be within 60 s, and ends it with Ctrl-C.
func demoLive(t *testing.T, until string) {
	t.Helper()
	tmp := t.TempDir()
	addr := freeAddr(t)
	cmd, log, ended := startIn(t, []string{"TMPDIR=" + tmp}, "demo", "--addr", addr)
	await(t, time.Minute, func() (bool, string) { return strings.Contains(log.String(), until), log.String() })

	for _, want := range []string{"http://" + addr, "━━ 告警", "致 ", "局办公室", "【切身利益】", "归口", "判定依据", "事件页"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the terminal lacks %q:\n%s", want, log)
		}
	}
	checkPage(t, get(t, "http://"+addr+"/"), "等待答复", "答复公众（48小时）", "剩")
	checkPage(t, get(t, "http://"+addr+"/digests/today"), "日报")
	event := regexp.MustCompile(`事件页 +(http://\S+)`).FindStringSubmatch(log.String())
	if event == nil {
		t.Fatalf("no alert links to its event:\n%s", log)
	}
	checkPage(t, get(t, event[1]), "切身利益")
	if until == "尾声" {
		checkPage(t, get(t, "http://"+addr+"/"), "沁源县一煤矿透水被困人数核定为12人", "重大", "首次发布（1小时）", "新闻发布会（24小时）")
		checkPage(t, get(t, "http://"+addr+"/digests/today"), "沁源县一煤矿透水被困人数核定为12人")
	}

	stop(t, cmd, syscall.SIGINT, log, ended)
	places := at.FindAllString(log.String(), -1)
	if len(places) < 6 {
		t.Errorf("%d addresses in\n%s", len(places), log)
	}
	for _, place := range places {
		if c, err := net.DialTimeout("tcp", strings.TrimPrefix(place, "http://"), time.Second); err == nil {
			_ = c.Close()
			t.Errorf("%s still answers", place)
		}
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("the demo left %v behind (%v)", left, err)
	}
}

// freeAddr is an address of loopback on which nothing listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %s (%v)\n%.500s", url, res.Status, err, body)
	}
	return string(body)
}
