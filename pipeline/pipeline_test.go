package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/pipeline"
	"huiying/pipeline/reposts"
	"huiying/response"
)

// judge reads the verdict off the text, so that a test says in its posts what
// the rules would say: 透水 is an emergency, 停电 the public's own interest,
// 听说 goes to 复核.
type judge struct{}

func (judge) Classify(p post.Post) verdict.Verdict {
	text := p.Title + p.Body
	if text == "panic" {
		panic("a text the judge cannot bear")
	}
	v := verdict.Verdict{Handling: verdict.None, Sections: []string{}, Tags: []string{}, Matches: []verdict.Match{}}
	switch {
	case strings.Contains(text, "透水"):
		v.Handling, v.Category, v.Grade, v.Sections = verdict.Alert, verdict.Emergency, verdict.Pending, []string{"煤炭科"}
		for n, g := range map[string]verdict.Grade{"1人死亡": verdict.Ordinary, "3人被困": verdict.Large, "12人被困": verdict.Major} {
			if strings.Contains(text, n) {
				v.Grade = g
			}
		}
	case strings.Contains(text, "停电"):
		v.Handling, v.Category, v.Sections = verdict.Alert, verdict.Interest, []string{"电力科"}
		if strings.Contains(text, "矿井") {
			v.Sections = []string{"电力科", "煤炭科"}
		}
	case strings.Contains(text, "不热"):
		v.Handling, v.Category, v.Sections = verdict.Review, verdict.Interest, []string{"电力科"}
		v.Region = &verdict.Region{Place: "壶关", District: "壶关县"}
		v.Escalations = []verdict.Escalation{{Rule: "QS-2", By: verdict.PerDistrict, Posts: 3, Within: 6 * time.Hour, To: verdict.Alert}}
	case strings.Contains(text, "跳闸"):
		v.Handling, v.Category, v.Sections = verdict.Alert, verdict.Interest, []string{"电力科"}
		v.Escalations = []verdict.Escalation{{Rule: "QS-1", By: verdict.PerEvent, Posts: 3, Sources: 2, Within: time.Hour, To: verdict.Alert}}
	case strings.Contains(text, "网传"):
		v.Handling, v.Category, v.Sections = verdict.Review, verdict.Misread, []string{"电力科"}
		v.Escalations = []verdict.Escalation{{Rule: "ZC-1", By: verdict.PerEvent, Posts: 3, Sources: 2, Within: time.Hour, To: verdict.Alert}}
	case strings.Contains(text, "听说"):
		v.Handling, v.Category = verdict.Review, verdict.Misread
	}
	return v
}

type fixture struct {
	*pipeline.Pipeline
	db     *store.DB
	outbox *alerting.Outbox
	mu     sync.Mutex
	now    time.Time
}

func (h *fixture) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *fixture) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func engines(t *testing.T, test func(t *testing.T, open func() *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		test(t, func() *fixture { return open(t, o, nil) })
	})
}

func open(t *testing.T, o store.Options, reached func(string)) *fixture {
	t.Helper()
	db := storetest.Open(t, o)
	none := func(context.Context, string) error { return nil }
	err := db.Prepare(store.JobOptions{}, map[string]store.Handler{
		alerting.JobDeliver: none, response.JobClock: none, response.JobUngraded: none,
		alerting.JobSilenceEnd: none,
	})
	if err != nil {
		t.Fatal(err)
	}
	router, err := alerting.NewRouter(alerting.Organisation{
		Office: alerting.Receiver{Name: "局办公室", Target: "t"},
		Sections: []alerting.Section{
			{Name: "煤炭科", Leader: "分管领导", Receiver: alerting.Receiver{Target: "t"}},
			{Name: "电力科", Receiver: alerting.Receiver{Target: "t"}},
			{Name: "黎城中心", Receiver: alerting.Receiver{Target: "t"}, Places: []string{"黎城县"}},
			{Name: "武乡中心", Receiver: alerting.Receiver{Target: "t"}, Places: []string{"武乡县"}},
		},
		Leaders: []alerting.Receiver{{Name: "分管领导", Target: "t"}},
		Head:    alerting.Receiver{Name: "局主要负责人", Target: "t"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &fixture{db: db, now: start, outbox: alerting.NewOutbox(db, router)}
	h.Pipeline = pipeline.New(pipeline.Options{
		DB: db, Classifier: judge{}, Outbox: h.outbox,
		Policy:  response.Policy{Office: "局办公室"},
		Page:    func(id string) string { return "http://127.0.0.1:8420/events/" + id },
		Reposts: reposts.NewSQL(db.Reader()),
		Reached: reached, Now: h.clock, Log: slog.New(slog.DiscardHandler),
	})
	if err := h.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *fixture) process(t *testing.T, posts ...post.Post) []pipeline.Outcome {
	t.Helper()
	out, err := h.Process(t.Context(), posts)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newPost(source, url, body string) post.Post {
	return post.Post{ID: post.NewID(source, url+body[:min(len(body), 3)]), Source: source, SourceName: source, Channel: post.News, URL: url, Body: body}
}

const flood = "长治沁源县某煤矿今晨发生透水，3人被困井下，救援人员已赶到现场，正在组织排水"

func TestOnePostWalksThroughAllRooms(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		out := h.process(t, newPost("a", "http://a/1", "长治沁源县某煤矿今晨发生透水，12人被困井下"), newPost("a", "http://a/2", "今天天气不错"))
		if len(out) != 2 {
			t.Fatalf("%d outcomes, want 2", len(out))
		}
		if out[1].Event != nil {
			t.Error("a post that is 无关 opened an event")
		}
		e := out[0].Event
		var told []string
		for _, r := range out[0].Told {
			told = append(told, r.Name)
		}
		if diff := cmp.Diff([]string{"煤炭科", "局办公室", "分管领导", "局主要负责人"}, told); diff != "" {
			t.Errorf("receivers differ (-want +got):\n%s", diff)
		}
		c, err := response.Find(t.Context(), h.db.Reader(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		var due []string
		for _, k := range c.Clocks {
			due = append(due, fmt.Sprint(k.Kind, " ", k.DueAt.Sub(start)))
		}
		if diff := cmp.Diff([]string{"first_release 1h0m0s", "press_conference 24h0m0s"}, due); diff != "" {
			t.Errorf("clocks differ (-want +got):\n%s", diff)
		}
		ns, err := alerting.NoticesOf(t.Context(), h.db.Reader(), e.ID)
		if err != nil || len(ns) != 1 || ns[0].ID != "A-"+e.ID+"-emergency-1" {
			t.Fatalf("notices %v (err %v), want the one alert", ns, err)
		}
		ds, err := alerting.DeliveriesOf(t.Context(), h.db.Reader(), []string{ns[0].ID})
		if err != nil || len(ds) != 4 {
			t.Errorf("%d deliveries (err %v), want 4", len(ds), err)
		}
		// 4 deliveries are due, by the wall clock; 2 clocks are watched, soon and due, by start's.
		all := time.Now()
		if start.After(all) {
			all = start
		}
		if n, err := h.db.Waiting(t.Context(), all.Add(48*time.Hour)); err != nil || n != 8 {
			t.Errorf("%d jobs (err %v), want 8", n, err)
		}
	})
}

func TestUnchangedPostsDoNothing(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		h.process(t, newPost("a", "http://a/1", flood))
		h.pass(time.Hour)
		if out := h.process(t, newPost("a", "http://a/1", flood)); len(out) != 0 {
			t.Errorf("an unchanged post made %+v", out)
		}
		// Nor after a restart.
		if out := open().process(t, newPost("a", "http://a/1", flood)); len(out) != 0 {
			t.Errorf("an unchanged post made %+v after a restart", out)
		}
	})
}

func TestRepostsJoinOneEvent(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		first := h.process(t, newPost("a", "http://a/1", flood))[0]
		reposts := map[string]post.Post{
			"same url":          newPost("b", "http://a/1", "透水快讯，详见原文"),
			"same text":         newPost("c", "http://c/1", flood),
			"with a head":       newPost("d", "http://d/1", "据上党晚报报道："+flood+"。"),
			"passed on":         newPost("e", "http://e/1", "转发微博//@某人:"+flood+" http://t.cn/x"),
			"cut":               newPost("f", "http://f/1", string([]rune(flood)[:30])),
			"after the restart": newPost("g", "http://g/1", flood+"！"),
		}
		for name, p := range reposts {
			if name == "after the restart" {
				h = open()
			}
			h.pass(time.Minute)
			o := h.process(t, p)[0]
			if o.Event == nil || o.Event.ID != first.Event.ID {
				t.Errorf("%s: not joined: %+v", name, o.Join)
			} else if len(o.Told) > 0 || o.Event.Step != 1 {
				t.Errorf("%s: told %v again", name, o.Told)
			}
		}
		other := h.process(t, newPost("h", "http://h/1", "襄垣县一煤矿昨夜透水，矿方称井下无人，正在核实情况"))[0]
		if other.Event.ID == first.Event.ID {
			t.Error("another matter was joined")
		}
	})
}

func TestRepostsWithinOneBatchJoin(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		out := open().process(t, newPost("a", "http://a/1", flood), newPost("b", "http://b/1", flood))
		if out[0].Event.ID != out[1].Event.ID || len(out[1].Told) != 0 {
			t.Errorf("two events: %s, %s", out[0].Event.ID, out[1].Event.ID)
		}
		if out[1].Event.Posts != 2 || out[1].Event.Sources != 2 {
			t.Errorf("%d posts of %d sources, want 2 of 2", out[1].Event.Posts, out[1].Event.Sources)
		}
	})
}

func TestKnownURLsAndArticlesWaiting(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		h.process(t, newPost("a", "http://a/1", flood), newPost("a", "http://a/2", "今天天气不错"), newPost("b", "http://b/1", flood))
		known, err := post.KnownURLs(t.Context(), h.db.Reader(), "a", []string{"http://a/1", "http://a/2", "http://a/3"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]bool{"http://a/1": true, "http://a/2": true}, known); diff != "" {
			t.Errorf("known differs (-want +got):\n%s", diff)
		}
		// What has been answered is left alone.
		o := h.process(t, newPost("a", "http://a/4", "武乡县停电了一整天"))[0]
		err = h.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := response.Stop(ctx, tx, o.Event.ID, response.Evidence{URL: "http://bureau/1"}, start)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again, err := views.ArticlesWaiting(t.Context(), h.db.Reader(), "a", string(response.Open), start.Add(-time.Hour), 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"http://a/1"}, again); diff != "" {
			t.Errorf("to read again differs (-want +got):\n%s", diff)
		}
	})
}

// TestHiddenAddress holds that an article is known by the address it was read at,
// though that address is not stored.
func TestHiddenAddress(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		url := "https://bbs.example.cn/u/13800138000/t/1"
		p := post.Post{ID: post.NewID("a", url), Source: "a", SourceName: "论坛", Channel: post.News, URL: url, Title: "停电，找13800138000", Body: "停电"}
		out := h.process(t, p)
		if len(out) != 1 || out[0].Post.URL != "" || out[0].Post.SourceName != "论坛（原文地址含个人信息）" || out[0].Post.Title != "停电，找138********" {
			t.Fatalf("%+v", out)
		}
		known, err := post.KnownURLs(t.Context(), h.db.Reader(), "a", []string{url, "https://bbs.example.cn/u/2/t/1"})
		if err != nil || len(known) != 1 || !known[url] {
			t.Errorf("known %v, err %v", known, err)
		}
		if again := h.process(t, p); len(again) != 0 {
			t.Errorf("the same post again made %+v", again)
		}
	})
}
