package jsonfeed_test

import (
	"context"
	"errors"
	"fmt"
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

// shelf stands for what is stored.
type shelf struct{ known map[string]bool }

func (s *shelf) round() crawler.Round {
	return crawler.Round{Known: func(_ context.Context, urls []string) (map[string]bool, error) {
		out := map[string]bool{}
		for _, u := range urls {
			out[u] = s.known[u]
		}
		return out, nil
	}}
}

func (s *shelf) emit(_ context.Context, posts []post.Post) error {
	for _, p := range posts {
		s.known[p.URL] = true
	}
	return nil
}

func paged(t *testing.T, o *origintest.Origin, opts jsonfeed.Options) *jsonfeed.Collector {
	t.Helper()
	client, err := fetch.New(fetch.Options{Contact: "mailto:it@example.org", AllowPrivate: origintest.Loopback(), PerHost: time.Millisecond, Validators: new(fetchtest.Validators)})
	if err != nil {
		t.Fatal(err)
	}
	opts.Source, opts.Client, opts.Now = crawler.Source{ID: "s"}, client, now
	opts.URL = o.URL(opts.URL)
	c, err := jsonfeed.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPaging(t *testing.T) {
	t.Parallel()
	list := func(n int, tail string) string {
		return fmt.Sprintf(`{"items":[{"id":%d,"title":"a","url":"/q/%d"}]%s}`, n, n, tail)
	}
	for name, tc := range map[string]struct {
		url   string
		o     jsonfeed.Options
		pages map[string]string
		want  int // posts stored
	}{
		"by number": {
			"/api?page=1",
			jsonfeed.Options{Preset: "wenzheng", Pages: 3},
			map[string]string{"/api?page=1": list(1, ""), "/api?page=2": list(2, ""), "/api?page=3": list(3, ""), "/api?page=4": list(4, "")},
			3,
		},
		"by number from nought": {
			"/api?p=0",
			jsonfeed.Options{Preset: "wenzheng", Param: "p", Pages: 5},
			map[string]string{"/api?p=0": list(1, ""), "/api?p=1": list(2, ""), "/api?p=2": `{"items":[]}`, "/api?p=3": list(9, "")},
			2,
		},
		"by cursor": {
			"/api",
			jsonfeed.Options{Preset: "wenzheng", Next: "after", Param: "after", Pages: 9},
			map[string]string{"/api": list(1, `,"after":98765432109876543210`), "/api?after=98765432109876543210": list(2, `,"after":""`)},
			2,
		},
		"by link": {
			"/api",
			jsonfeed.Options{Preset: "wenzheng", Next: "more", Pages: 9},
			map[string]string{"/api": list(1, `,"more":"/api/older"`), "/api/older": list(2, `,"more":null`)},
			2,
		},
		"link to elsewhere": {
			"/api",
			jsonfeed.Options{Preset: "wenzheng", Next: "more", Pages: 9},
			map[string]string{"/api": list(1, `,"more":"http://elsewhere.example.invalid/api"`)},
			1,
		},
		"link to itself": {
			"/api",
			jsonfeed.Options{Preset: "wenzheng", Next: "more", Pages: 9},
			map[string]string{"/api": list(1, `,"more":"/api"`)},
			1,
		},
		"same page again and again": {
			"/api?page=1",
			jsonfeed.Options{Preset: "wenzheng", Pages: 9},
			map[string]string{"/api?page=1": list(1, ""), "/api?page=2": list(1, ""), "/api?page=3": list(2, "")},
			1,
		},
		"weibo by since_id": {
			"/api",
			jsonfeed.Options{Preset: "weibo", Pages: 2},
			map[string]string{
				"/api":                           `{"data":{"cardlistInfo":{"since_id":5000000000000001},"cards":[{"mblog":{"id":"1","text":"a"}}]}}`,
				"/api?since_id=5000000000000001": `{"data":{"cardlistInfo":{"since_id":4000000000000001},"cards":[{"mblog":{"id":"2","text":"b"}}]}}`,
			},
			2,
		},
		"one page unless asked": {
			"/api",
			jsonfeed.Options{Preset: "weibo"},
			map[string]string{"/api": `{"data":{"cardlistInfo":{"since_id":5},"cards":[{"mblog":{"id":"1","text":"a"}}]}}`},
			1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			for path, text := range tc.pages {
				o.On(path, origintest.Answer{Type: "application/json", Body: []byte(text)})
			}
			tc.o.URL = tc.url
			s := &shelf{map[string]bool{}}
			rep, err := paged(t, o, tc.o).Collect(t.Context(), s.round(), s.emit)
			if err != nil || len(s.known) != tc.want || len(rep.Skipped) > 0 {
				t.Errorf("stored %v, want %d; %+v %v", s.known, tc.want, rep, err)
			}
		})
	}
}

// TestPagingStopsAtWhatIsKnown: the second round reads one page, and the 304 of a
// third none.
func TestPagingStopsAtWhatIsKnown(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/api", origintest.Answer{Type: "application/json", ETag: `"1"`, Body: []byte(`{"items":[{"id":1,"title":"a","url":"/1"}],"next":"/api?b"}`)})
	o.On("/api?b", origintest.Status(503), origintest.Answer{Type: "application/json", Body: []byte(`{"items":[{"id":2,"title":"b","url":"/2"}]}`)})
	c := paged(t, o, jsonfeed.Options{URL: "/api", Preset: "wenzheng", Next: "next", Pages: 3})
	s := &shelf{map[string]bool{}}
	rep, err := c.Collect(t.Context(), s.round(), s.emit)
	if err != nil || len(s.known) != 1 || len(rep.Skipped) != 1 || !strings.Contains(rep.Skipped[0], "第 2 页没有读到。网站出错（503）") {
		t.Fatalf("%+v %v %v", rep, err, s.known)
	}
	// Page one has nothing new by now; page two is still owed.
	if rep, err = c.Collect(t.Context(), s.round(), s.emit); err != nil || rep.Unchanged || len(s.known) != 2 {
		t.Fatalf("%+v %v %v", rep, err, s.known)
	}
	if rep, err = c.Collect(t.Context(), s.round(), s.emit); err != nil || !rep.Unchanged {
		t.Fatalf("%+v %v", rep, err)
	}
}

// TestBoards reads question boards in the shapes they come in.
func TestBoards(t *testing.T) {
	t.Parallel()
	const want = "http://example.com/t/7|暖气不热|三天了|2026-11-20 08:00"
	for name, in := range map[string]string{
		"message board": `{"result":"success","responseData":[{"tid":7,"subject":"暖气不热","content":"三天了","dateline":1795132800,"nickName":"某人"}]}`,
		"forum":         `{"Variables":{"forum_threadlist":[{"tid":"7","subject":"暖气不热","message":"三天了","author":"某人","dateline":"2026-11-20 08:00"}]}}`,
		"spring page":   `{"code":200,"data":{"content":[{"id":7,"title":"暖气不热","content":"<p>三天了</p>","createTime":"2026-11-20T08:00:00+08:00"}],"last":false}}`,
		"mybatis page":  `{"data":{"records":[{"id":7,"title":"暖气不热","content":"三天了","createTime":"2026-11-20 08:00:00"}],"total":1}}`,
		"page helper":   `{"pageInfo":{"list":[{"letterId":7,"letterTitle":"暖气不热","letterContent":"三天了","submitTime":"2026/11/20 08:00"}]}}`,
		"grid":          `{"total":1,"rows":[{"askId":7,"askTitle":"暖气不热","askContent":"三天了","askTime":"2026年11月20日 08时00分"}]}`,
		"milliseconds":  `{"result":{"records":[{"threadId":7,"threadTitle":"暖气不热","threadContent":"三天了","addTime":1795132800000}]}}`,
		"bare":          `[{"id":"7","title":"暖气不热","question":"三天了","publishTime":"20261120080000"}]`,
		"name of asker": `{"list":[{"id":7,"name":"某人","title":"暖气不热","content":"三天了","time":"2026-11-20 08:00"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts, err := jsonfeed.ParseBytes([]byte(in), "", "http://example.com/api", jsonfeed.Options{Preset: "wenzheng", URLTemplate: "/t/{id}"}, now())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{want}, lines(posts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWeiboTimes(t *testing.T) {
	t.Parallel()
	newYear := time.Date(2027, 1, 1, 0, 30, 0, 0, zh.Beijing())
	for text, want := range map[string]string{
		"刚刚": "2027-01-01 00:30", "3分钟前": "2027-01-01 00:27", "45分钟前": "2026-12-31 23:45", "2小时前": "2026-12-31 22:30",
		"昨天 08:00": "2026-12-31 08:00", "今天 00:10": "2027-01-01 00:10", "06-14": "2026-06-14 00:00", "12-31": "2026-12-31 00:00",
		"01-01": "2027-01-01 00:00", "01-02": "2026-01-02 00:00", "2025-12-31": "2025-12-31 00:00", "1月1日 00:20": "2027-01-01 00:20",
		"Thu Dec 31 23:59:00 +0800 2026": "2026-12-31 23:59",
	} {
		in := fmt.Sprintf(`{"data":{"cards":[{"mblog":{"id":"1","text":"停电","created_at":%q}}]}}`, text)
		// The zone that the program happens to run in must not matter.
		posts, err := jsonfeed.ParseBytes([]byte(in), "", "", jsonfeed.Options{Preset: "weibo"}, newYear.UTC())
		if err != nil || len(posts) != 1 {
			t.Fatal(err, posts)
		}
		if got := posts[0].Published.Format("2006-01-02 15:04"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestHandles(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"又停电了 //@路人甲:太黑了//@小_王-2：转发微博": "又停电了 //太黑了//转发微博",
		"回复@路人甲:已经三天了":                 "回复：已经三天了",
		"@长治市能源局 @长治发布 @阿花在长治 管管":      "@长治市能源局 @长治发布 @某人 管管",
		"价格@每吨300元 a@b.com":            "价格@每吨300元 a@b.com",
	} {
		doc := fmt.Sprintf(`{"data":{"cards":[{"mblog":{"id":"1","text":%q,"retweeted_status":{"text":%q}}}]}}`, in, in)
		posts, err := jsonfeed.ParseBytes([]byte(doc), "", "", jsonfeed.Options{Preset: "weibo"}, now())
		if err != nil || len(posts) != 1 {
			t.Fatal(err, posts)
		}
		if diff := cmp.Diff(want+"\n转发原文："+want, posts[0].Body); diff != "" {
			t.Error(diff)
		}
	}
}

// TestLongRepost: what is repeated is read in full as well.
func TestLongRepost(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/api", origintest.Answer{Type: "application/json", Body: []byte(`{"data":{"cards":[{"mblog":{"id":"1","text":"转发微博",` +
		`"retweeted_status":{"id":"2","text":"某矿...全文","isLongText":true}}}]}}`)})
	o.On("/statuses/extend?id=2", origintest.Answer{Type: "application/json", Body: []byte(`{"data":{"longTextContent":"某矿透水，多人被困"}}`)})
	var got []post.Post
	c := paged(t, o, jsonfeed.Options{URL: "/api", Preset: "weibo"})
	s := &shelf{map[string]bool{}}
	_, err := c.Collect(t.Context(), s.round(), func(_ context.Context, posts []post.Post) error { got = posts; return nil })
	if err != nil || len(got) != 1 || got[0].Body != "转发微博\n转发原文：某矿透水，多人被困" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestRobotsForbid: a preset whose site forbids it says what to do instead.
func TestRobotsForbid(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/robots.txt", origintest.Answer{Type: "text/plain", Body: []byte("User-agent: *\nDisallow: /\n")})
	s := &shelf{map[string]bool{}}
	for preset, want := range map[string]string{"weibo": "RSSHub", "wenzheng": "接口授权"} {
		_, err := paged(t, o, jsonfeed.Options{URL: "/api", Preset: preset}).Collect(t.Context(), s.round(), s.emit)
		var told interface{ Chinese() string }
		if !errors.As(err, &told) || !strings.Contains(told.Chinese(), "robots.txt 不允许") || !strings.Contains(told.Chinese(), want) {
			t.Errorf("%s: %v", preset, err)
		}
	}
	if n := len(o.Requests("/api")); n != 0 {
		t.Errorf("%d requests all the same", n)
	}
}

// TestChineseReasons: what operators read of a source in trouble is Chinese.
func TestChineseReasons(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<html>登录</html>":          "接口返回的是网页",
		`{"data":`:                 "不是完整的 JSON",
		`{"ok":-100,"msg":"请先登录"}`: "没有找到帖子列表。请用 huiying try 看回答的样子，再改 json 里的 items。对方说：请先登录",
		strings.Repeat("[", 5000):  "嵌套太深",
	} {
		_, err := jsonfeed.ParseBytes([]byte(in), "", "", jsonfeed.Options{Preset: "weibo"}, now())
		var told interface{ Chinese() string }
		if !errors.As(err, &told) || !strings.Contains(told.Chinese(), want) {
			t.Errorf("%.20s: %v", in, err)
		}
	}
}

// TestPagesOwedAreAskedForAFewTimesOnly: a page that never answers does not keep the
// first from being answered by a 304 for ever.
func TestPagesOwedAreAskedForAFewTimesOnly(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/api", origintest.Answer{Type: "application/json", ETag: `"1"`, Body: []byte(`{"items":[{"id":1,"title":"a","url":"/1"}],"next":"/api?b"}`)})
	o.On("/api?b", origintest.Status(500))
	c := paged(t, o, jsonfeed.Options{URL: "/api", Preset: "wenzheng", Next: "next", Pages: 3})
	s := &shelf{map[string]bool{}}
	for range 12 {
		if _, err := c.Collect(t.Context(), s.round(), s.emit); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(o.Requests("/api?b")); n < 2 || n > 8 {
		t.Errorf("the page that never answers was asked for %d times", n)
	}
	if rep, err := c.Collect(t.Context(), s.round(), s.emit); err != nil || !rep.Unchanged {
		t.Errorf("%+v %v", rep, err)
	}
}
