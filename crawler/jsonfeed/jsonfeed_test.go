package jsonfeed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/crawler/jsonfeed"
	"huiying/internal/fetchtest"
	"huiying/internal/origintest"
	"huiying/internal/post"
	"huiying/internal/zh"
)

func now() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing()) }

func lines(posts []post.Post) []string {
	var out []string
	for _, p := range posts {
		at := "-"
		if !p.Published.IsZero() {
			at = p.Published.Format("2006-01-02 15:04")
		}
		out = append(out, strings.Join([]string{p.URL, p.Title, p.Body, at}, "|"))
	}
	return out
}

const weibo = `{"ok":1,"data":{"cards":[
 {"card_type":9,"mblog":{"id":"5100000000000001","idstr":"5100000000000001","created_at":"3分钟前","text":"停电了<br />没人管<span class=\"url-icon\"><img alt=[泪] src=\"x\"></span>","isLongText":false,"user":{"screen_name":"某人","id":7}}},
 {"card_type":11,"card_group":[
   {"card_type":9,"mblog":{"id":5100000000000002,"created_at":"昨天 08:00","text":"转发微博","retweeted_status":{"id":"1","text":"<a href=\"/n/x\">某矿</a>透水","user":{"screen_name":"别人"}}}},
   {"card_type":4,"desc":"广告"}]},
 {"card_type":9,"mblog":{"id":"5100000000000003","created_at":"Fri Nov 20 08:00:00 +0800 2026","text":"短 ...<a href=\"/status/1\">全文</a>","isLongText":true,"longText":{"longTextContent":"很长的全文"}}},
 {"card_type":9,"mblog":{"id":"5100000000000004","created_at":"06-14","text":""}},
 {"card_type":9,"mblog":null}, null, 7]}}`

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, in string
		o        jsonfeed.Options
		want     []string
	}{
		{"weibo", weibo, jsonfeed.Options{Preset: "weibo"}, []string{
			"https://m.weibo.cn/detail/5100000000000001||停电了\n没人管|2026-11-23 08:57",
			"https://m.weibo.cn/detail/5100000000000002||转发微博\n转发原文：某矿透水|2026-11-22 08:00",
			"https://m.weibo.cn/detail/5100000000000003||很长的全文|2026-11-20 08:00",
		}},
		{"weibo elsewhere", weibo, jsonfeed.Options{Preset: "weibo", Fields: jsonfeed.Fields{URL: "http://127.0.0.1:1/detail/{id}"}}, []string{
			"http://127.0.0.1:1/detail/5100000000000001||停电了\n没人管|2026-11-23 08:57",
			"http://127.0.0.1:1/detail/5100000000000002||转发微博\n转发原文：某矿透水|2026-11-22 08:00",
			"http://127.0.0.1:1/detail/5100000000000003||很长的全文|2026-11-20 08:00",
		}},
		{
			"wenzheng", `{"items":[{"id":"3","title":"暖气不热","content":"<p>三天了</p>","time":"2026-11-20 08:00:00","url":"/q/3","user":"某人"}]}`,
			jsonfeed.Options{Preset: "wenzheng"},
			[]string{"http://example.com/q/3|暖气不热|三天了|2026-11-20 08:00"},
		},
		{
			"wenzheng in data.list, seconds", `{"data":{"list":[{"id":3,"title":"t","content":"c","time":1795132800}]}}`,
			jsonfeed.Options{Preset: "wenzheng", URLTemplate: "thread?tid={id}"},
			[]string{"http://example.com/api/thread?tid=3|t|c|2026-11-20 08:00"},
		},
		{
			"bare list, guessed", `[{"subject":"t","text":"c","createTime":1795132800000,"link":"javascript:alert(1)"}]`,
			jsonfeed.Options{},
			[]string{"|t|c|2026-11-20 08:00"},
		},
		{
			"own paths", `{"r":{"rows":[{"a":{"b":"t"},"n":12345678901234567890,"when":"2026年11月20日"}]}}`,
			jsonfeed.Options{Items: "r.rows", Fields: jsonfeed.Fields{ID: "n", Title: "x,a.b", Published: "when"}, URLTemplate: "/t/{id}"},
			[]string{"http://example.com/t/12345678901234567890|t||2026-11-20 00:00"},
		},
		{"same id twice", `[{"id":1,"title":"a"},{"id":1,"title":"a"}]`, jsonfeed.Options{Preset: "wenzheng"}, []string{"|a||-"}},
		{"no ids", `[{"title":"a"},{"title":"b"},{"title":"a"}]`, jsonfeed.Options{Preset: "wenzheng"}, []string{"|a||-", "|b||-"}},
		{"odd types", `[{"title":{"x":1},"content":["a"],"id":true},[],null,"x",{"title":"a","time":false}]`, jsonfeed.Options{Preset: "wenzheng"}, []string{"|a||-"}},
		{"future", `[{"title":"a","time":"2099-01-01 00:00"}]`, jsonfeed.Options{Preset: "wenzheng"}, []string{"|a||-"}},
		{"empty", `{"data":{"list":[]}}`, jsonfeed.Options{Preset: "wenzheng"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			posts, err := jsonfeed.ParseBytes([]byte(tc.in), "application/json", "http://example.com/api/list", tc.o, now())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, lines(posts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		o        jsonfeed.Options
	}{
		"HTML":           {"<html>请登录</html>", "web page", jsonfeed.Options{}},
		"cut off":        {`{"data":{"list":[{"title":"a"`, "not valid", jsonfeed.Options{}},
		"deep":           {strings.Repeat("[", 1_000_000), "inside each other", jsonfeed.Options{}},
		"large":          {`["` + strings.Repeat("x", 6<<20) + `"]`, "more than", jsonfeed.Options{}},
		"refused":        {`{"ok":-100,"msg":"请先登录"}`, "请先登录", jsonfeed.Options{Preset: "weibo"}},
		"unknown preset": {`[]`, "preset", jsonfeed.Options{Preset: "x"}},
		"no text":        {`[]`, "title", jsonfeed.Options{Items: "a"}},
		"who wrote it":   {`[]`, "user", jsonfeed.Options{Items: "a", Fields: jsonfeed.Fields{Title: "user.screen_name"}}},
	} {
		if _, err := jsonfeed.ParseBytes([]byte(tc.in), "", "", tc.o, now()); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func collector(t *testing.T, o *origintest.Origin, preset string) *jsonfeed.Collector {
	t.Helper()
	client, err := fetch.New(fetch.Options{Contact: "mailto:it@example.org", AllowPrivate: origintest.Loopback(), PerHost: time.Millisecond, Validators: new(fetchtest.Validators)})
	if err != nil {
		t.Fatal(err)
	}
	c, err := jsonfeed.New(jsonfeed.Options{
		Source: crawler.Source{ID: "s", Channel: post.Weibo}, URL: o.URL("/api"), Preset: preset, Client: client, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCollectRemembersOnlyWhatIsStored(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/api", origintest.Answer{Type: "application/json", ETag: `"1"`, Body: []byte(`{"items":[{"id":1,"title":"暖气不热"}]}`)})
	c := collector(t, o, "wenzheng")
	full := errors.New("disk full")
	if _, err := c.Collect(t.Context(), crawler.Round{}, func(context.Context, []post.Post) error { return full }); !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	var got []post.Post
	emit := func(_ context.Context, p []post.Post) error { got = append(got, p...); return nil }
	for i, unchanged := range []bool{false, true} {
		rep, err := c.Collect(t.Context(), crawler.Round{}, emit)
		if err != nil || rep.Unchanged != unchanged || len(got) != 1 {
			t.Errorf("round %d: %+v %v, %d posts", i, rep, err, len(got))
		}
	}
	if got[0].Source != "s" || got[0].ID != post.NewID("s", "id:1") {
		t.Errorf("%+v", got[0])
	}
}

func TestLongTexts(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	var cards []string
	for i := range 25 {
		cards = append(cards, fmt.Sprintf(`{"mblog":{"id":"%d","created_at":"刚刚","text":"开头...<a>全文</a>","isLongText":true}}`, 100+i))
		o.On(fmt.Sprintf("/statuses/extend?id=%d", 100+i), origintest.Answer{Type: "application/json", Body: fmt.Appendf(nil, `{"ok":1,"data":{"longTextContent":"全文%d<br/>完"}}`, i)})
	}
	o.On("/statuses/extend?id=101", origintest.Status(404))
	cards = append(cards, `{"mblog":{"id":"99","created_at":"刚刚","text":"短的"}}`)
	o.On("/api", origintest.Answer{Type: "application/json", ETag: `"1"`, Body: []byte(`{"data":{"cards":[` + strings.Join(cards, ",") + `]}}`)})
	c := collector(t, o, "weibo")
	known := map[string]bool{}
	round := crawler.Round{Known: func(_ context.Context, urls []string) (map[string]bool, error) {
		out := map[string]bool{}
		for _, u := range urls {
			out[u] = known[u]
		}
		return out, nil
	}}
	bodies := map[string]string{}
	emit := func(_ context.Context, posts []post.Post) error {
		for _, p := range posts {
			bodies[p.URL], known[p.URL] = p.Body, true
		}
		return nil
	}
	rep, err := c.Collect(t.Context(), round, emit)
	if err != nil || len(bodies) != 21 || len(rep.Skipped) != 1 {
		t.Fatalf("%d posts, %+v, %v", len(bodies), rep, err)
	}
	if got := bodies["https://m.weibo.cn/detail/100"]; got != "全文0\n完" {
		t.Errorf("long text %q", got)
	}
	if got := bodies["https://m.weibo.cn/detail/101"]; got != "开头...全文" {
		t.Errorf("unreadable long text %q", got)
	}
	// The next round must not be a 304, for five texts are still to be read.
	rep, err = c.Collect(t.Context(), round, emit)
	if err != nil || rep.Unchanged || len(bodies) != 26 {
		t.Errorf("second round: %d posts, %+v, %v", len(bodies), rep, err)
	}
	if n := len(o.Requests("/statuses/extend?id=100")); n != 1 {
		t.Errorf("a known long text was read %d times", n)
	}
	if rep, err = c.Collect(t.Context(), round, emit); err != nil || !rep.Unchanged {
		t.Errorf("third round: %+v, %v", rep, err)
	}
}

// TestSavedTimeline reads a real answer of m.weibo.cn.
func TestSavedTimeline(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "weibo_api", "getIndex.json"))
	if err != nil {
		t.Skip("no saved timeline here")
	}
	posts, err := jsonfeed.ParseBytes(raw, "", "", jsonfeed.Options{Preset: "weibo"}, now())
	if err != nil || len(posts) != 10 {
		t.Fatalf("%d posts, %v", len(posts), err)
	}
	for _, p := range posts {
		if p.Body == "" || p.URL == "" || p.Published.IsZero() || strings.ContainsAny(p.Body, "<>") || strings.Contains(p.Body, "(removed)") {
			t.Errorf("%+v", p)
		}
	}
	if !strings.Contains(posts[1].Body, "转发原文：写在《秦明·生死语者》上映这一天") {
		t.Errorf("repost %q", posts[1].Body)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(weibo, "weibo")
	f.Add(`[{"id":1}]`, "wenzheng")
	f.Fuzz(func(_ *testing.T, s, preset string) {
		_, _ = jsonfeed.ParseBytes([]byte(s), "", "http://example.com/", jsonfeed.Options{Preset: preset}, now())
	})
}
