package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/configs"
	"huiying/internal/origintest"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// manual is the operators' manual with its addresses led to an origin.
func manual(t *testing.T, origin string) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "sources.zh-CN.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`https://[a-z.]+\.example\.invalid`).ReplaceAllString(string(raw), origin)
	blocks := map[string][]string{}
	for _, m := range regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```").FindAllStringSubmatch(text, -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
	}
	return blocks
}

// town scripts the fictional sites that the manual names.
func town(t *testing.T) *origintest.Origin {
	t.Helper()
	o := origintest.New(t)
	day := time.Now().In(zh.Beijing())
	article := func(title string) origintest.Answer {
		return origintest.Text(`<html><head><title>` + title + `-某网</title></head><body><div class="nav"><a href="/">首页</a></div><h1>` + title + `</h1>
<table><tr><td class="info">发布时间：2025-11-20 08:00　来源：某报</td></tr></table><div id="zoom">` +
			strings.Repeat(`<p>潞州区花园小区的居民反映，家里暖气三天不热，热力公司正在抢修，预计今晚恢复。</p>`, 4) + `</div></body></html>`)
	}
	list := func(dir, class string) string {
		var b strings.Builder
		for i := range 10 {
			path := fmt.Sprintf("%s/t2026112%d.html", dir, i)
			title := fmt.Sprintf("第%d号小区供热恢复情况的说明", i)
			o.On(path, article(title))
			fmt.Fprintf(&b, `<li><a href="%s">%s</a><span>2025-11-20</span></li>`, path, title)
		}
		return `<html><head><title>列表</title></head><body><ul class="` + class + `">` + b.String() + `</ul></body></html>`
	}
	o.On("/col/nyxx/index.html", origintest.Text(list("/col/nyxx", "newslist")))
	o.On("/col/letters/index.html", origintest.Text(list("/col/letters", "newslist")))
	o.On("/xwdt/index.html", origintest.Text(list("/xwdt", "xw")))
	paper := day.Format("/html/2006-01/02/")
	var titles strings.Builder
	for i := range 10 {
		name := fmt.Sprintf("content_%d.htm", 1000+i)
		title := fmt.Sprintf("第%d号小区供热恢复正常", i)
		o.On(paper+name, article(title))
		fmt.Fprintf(&titles, `<li><a href="%s">%s</a></li>`, name, title)
	}
	o.On(paper+"node_1.htm", origintest.Text(`<html><head><title>晚报</title></head><body><a href="node_1.htm">第A1版</a><ul id="titles">`+titles.String()+`</ul></body></html>`))
	o.On("/feed/rss.xml", origintest.Answer{Type: "application/rss+xml; charset=utf-8", Body: []byte(scriptFeed)})
	answer := func(path, body string) {
		o.On(path, origintest.Answer{Type: "application/json", Body: []byte(body)})
	}
	timeline := "/api/container/getIndex?containerid=100103"
	answer(timeline, `{"data":{"cardlistInfo":{"since_id":42},"cards":[{"mblog":{"id":"1","created_at":"3分钟前","text":"又停电了 //@路人甲:真的"}}]}}`)
	answer(timeline+"&since_id=42", `{"data":{"cardlistInfo":{},"cards":[{"mblog":{"id":"2","created_at":"昨天 08:00","text":"转发微博","retweeted_status":{"id":"3","text":"停...","isLongText":true}}}]}}`)
	answer("/statuses/extend?id=3", `{"data":{"longTextContent":"停暖三天没人管"}}`)
	answer("/api/threads?page=1", `{"data":{"list":[{"tid":7,"subject":"暖气不热","content":"三天了","dateline":"2025-11-20 08:00","author":"某人"}]}}`)
	answer("/api/threads?page=2", `{"data":{"list":[]}}`)
	answer("/api/latest", `{"result":{"postings":[{"no":9,"headline":"停气","words":"停气一天","postedAt":"11月20日 08:00"}],"after":"z"}}`)
	answer("/api/latest?after=z", `{"result":{"postings":[]}}`)
	return o
}

// TestSourcesManual does literally what the operators' manual says: each snippet
// is pasted into an empty sources.yaml, checked, and read.
func TestSourcesManual(t *testing.T) {
	t.Parallel()
	o := town(t)
	blocks := manual(t, o.URL(""))
	want := map[string][]string{ // by id: how many posts, and what the first holds
		"gov-news":    {"10", "供热恢复情况的说明", "抢修"},
		"gov-letters": {"10", "供热恢复情况的说明", "抢修"},
		"local-news":  {"1", "智能化改造", ""},
		"weibo-topic": {"2", "", "又停电了 //真的"},
		"wenzheng":    {"1", "暖气不热", "三天了"},
		"bbs":         {"1", "停气", "停气一天"},
		"epaper":      {"10", "供热恢复正常", "抢修"},
		"hotline":     {"", "", ""},
		"bureau":      {"10", "供热恢复情况的说明", "抢修"},
	}
	seen := map[string]bool{}
	for _, block := range blocks["yaml"] {
		id := regexp.MustCompile(`id: ([a-z-]+)`).FindStringSubmatch(block)
		if id == nil || want[id[1]] == nil {
			t.Fatalf("nothing is said of this snippet:\n%s", block)
		}
		seen[id[1]] = true
		t.Run(id[1], func(t *testing.T) {
			t.Parallel()
			config := paste(t, block)
			if code, out := huiying(t, "check", "--offline", "-c", config); code != 0 {
				t.Fatalf("check: %s", out)
			}
			expect := want[id[1]]
			if expect[0] == "" {
				return // handed in: see TestSourcesManualSheet
			}
			if url := regexp.MustCompile(`(?m)^    url: (\S+)`).FindStringSubmatch(block); !strings.Contains(url[1], "{") {
				kind := regexp.MustCompile(`(?m)^    kind: (\S+)`).FindStringSubmatch(block)[1]
				if got := triedFirst(t, url[1]); string(got.Kind) != kind {
					t.Errorf("try proposes kind %s, the manual %s", got.Kind, kind)
				}
			}
			code, out := huiying(t, "collect", "-c", config, "--source", id[1])
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if code != 0 || fmt.Sprint(len(lines)) != expect[0] {
				t.Fatalf("collect ended with %d, %d lines:\n%s", code, len(lines), out)
			}
			var p post.Post
			if err := json.Unmarshal([]byte(lines[0]), &p); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(p.Title, expect[1]) || !strings.Contains(p.Body, expect[2]) || p.URL == "" || p.Published.IsZero() {
				t.Errorf("%+v", p)
			}
			if p.Official != (id[1] == "bureau") {
				t.Errorf("official is %v", p.Official)
			}
		})
	}
	if len(seen) != len(want) {
		t.Errorf("the manual shows %v", seen)
	}
}

// TestSourcesManualSheet imports the manual's own sheet by the manual's own source.
func TestSourcesManualSheet(t *testing.T) {
	t.Parallel()
	blocks := manual(t, "https://www.example.invalid")
	config := ""
	for _, block := range blocks["yaml"] {
		if strings.Contains(block, "id: hotline") {
			config = paste(t, block)
		}
	}
	sheet := filepath.Join(filepath.Dir(config), "sheet.csv")
	// As the manual says: an older complaint alerts nobody.
	yesterday := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	if err := os.WriteFile(sheet, []byte(strings.ReplaceAll(blocks["csv"][0], "2026-11-23", yesterday)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", sheet, "-c", config, "--data", filepath.Join(filepath.Dir(config), "data"), "--source", "hotline"}
	code, out := huiying(t, args...)
	if code != 0 || !strings.Contains(out, "读到 1 条, 新的或有改动的 1 条: 告警 1") || !strings.Contains(out, "12345 热线（热线）") || strings.Contains(out, "13800138000") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out := huiying(t, args...); code != 0 || !strings.Contains(out, "新的或有改动的 0 条") {
		t.Errorf("again: %d\n%s", code, out)
	}
}

// paste puts a snippet into a sources.yaml of its own beside the shipped rest.
func paste(t *testing.T, snippet string) (config string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(dir, "huiying.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	// The manual's sites are on loopback here, and wait for nobody.
	changed := strings.NewReplacer("allow_private: []", "allow_private: [127.0.0.0/8]", "per_host: 1s", "per_host: 10ms").Replace(string(text))
	if cmp.Equal(changed, string(text)) {
		t.Fatal("huiying.yaml has changed its looks")
	}
	for name, text := range map[string]string{config: changed, filepath.Join(dir, "sources.yaml"): "sources:\n" + snippet} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config
}

// huiying runs a command and returns its exit code and all it printed.
func huiying(t *testing.T, args ...string) (int, string) {
	t.Helper()
	code, out, errs := separately(t, args...)
	if args[0] == "collect" && code == 0 {
		return code, out // what stands beside are warnings
	}
	return code, out + errs
}

func separately(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// triedFirst tries an address as the manual's first step says, pastes what try
// proposes into an empty file, and returns what stands there then.
func triedFirst(t *testing.T, url string) configs.Source {
	t.Helper()
	code, out, errs := separately(t, "try", url, "--allow-private")
	if code != 0 || out == "" {
		t.Fatalf("try %s ended with %d: %s", url, code, errs)
	}
	sources, err := configs.ParseSources("sources.yaml", []byte("sources:\n"+errs))
	if err != nil || len(sources) != 1 {
		t.Fatalf("try %s proposes what cannot be pasted: %v\n%s", url, err, errs)
	}
	return sources[0]
}
