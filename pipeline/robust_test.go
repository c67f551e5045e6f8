package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/pipeline"
	"huiying/response"
)

// Another node, or an import beside the daemon, opens events that this one's
// index has not seen.
func TestPostsStoredByAnotherProcessAreJoined(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		one, other := open(), open()
		first := one.process(t, newPost("a", "http://a/1", flood))[0]
		second := other.process(t, newPost("b", "http://b/1", "据上党晚报报道："+flood))[0]
		if second.Event.ID != first.Event.ID {
			t.Error("the other process opened an event of its own")
		}
	})
}

// A node whose clock is behind stores posts that the others, catching up by the
// clock, never see: word for word the same they still join.
func TestExactRepostsJoinThoughClocksDiffer(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]post.Post{
		"same text": newPost("b", "http://b/1", flood),
		"same url":  newPost("b", "http://a/1", flood+"，现场已经封锁，记者被拦在矿区大门以外"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, open func() *fixture) {
				slow, other := open(), open()
				other.pass(10 * time.Minute)
				other.process(t, newPost("c", "http://c/1", "长治某小区停电"))
				first := slow.process(t, newPost("a", "http://a/1", flood))[0]
				second := other.process(t, again)[0]
				if second.Event.ID != first.Event.ID || string(second.Join.How) != name {
					t.Errorf("the other node joined it to %s by %q, want %s by %q", second.Event.ID, second.Join.How, first.Event.ID, name)
				}
			})
		})
	}
}

// An article page without a heading, read again, keeps the title its list gave it.
func TestARereadKeepsTheTitle(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		p := newPost("a", "http://a/1", "救援正在进行")
		p.Title = "沁源县某煤矿透水"
		h.process(t, p)
		p.Title = ""
		if out := h.process(t, p); len(out) != 0 {
			t.Errorf("the lost title made a revision: %+v", out)
		}
	})
}

// A judge that panics on one post keeps the others going.
func TestAPanickingClassifier(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(ctx) }()
	if err := h.Emit(ctx, []post.Post{newPost("a", "http://a/1", "panic"), newPost("b", "http://b/1", flood)}); err != nil {
		t.Errorf("Emit returned %v", err)
	}
	cancel()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	n, err := h.db.Reader().NewSelect().TableExpr("events").Count(t.Context())
	if err != nil || n != 1 {
		t.Errorf("%d events (err %v), want the other post's", n, err)
	}
}

// A batch that fails leaves nothing behind, in the database or in the index, and
// the same posts make their one alert the next time.
func TestAFailedBatchLeavesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Process(ctx, []post.Post{newPost("a", "http://a/1", flood)}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Process returned %v", err)
	}
	o := h.process(t, newPost("a", "http://a/1", flood))[0]
	if o.Join != (event.Join{}) || len(o.Told) == 0 {
		t.Errorf("joined %+v, told %v", o.Join, o.Told)
	}
}

func TestHostileTextIsKept(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		o := h.process(t, newPost("a", "http://a/1", "停电\x00'); DROP TABLE posts; --\xff \u202e ?"))[0]
		if o.Event == nil {
			t.Fatal("no event")
		}
		n, err := h.db.Reader().NewSelect().TableExpr("posts").Where("body LIKE ?", "%DROP TABLE%").Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("%d posts (err %v), want the one, whole", n, err)
		}
	})
}

// One post that the database refuses keeps no other out, and an operator hears
// of it.
func TestAPostThatCannotBeStoredKeepsNoOtherOut(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		_, err := h.db.Writer().ExecContext(t.Context(), "CREATE UNIQUE INDEX poison ON posts (origin) WHERE origin = 'poison'")
		if err != nil {
			t.Fatal(err)
		}
		bad := newPost("a", "http://a/1", flood)
		bad.Origin = "poison"
		h.process(t, bad) // takes the only place
		worse := newPost("b", "http://b/1", "今天天气不错")
		worse.Origin = "poison"
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- h.Run(ctx) }()
		if err := h.Emit(ctx, []post.Post{worse, newPost("c", "http://c/1", "武乡县停电了一整天")}); err != nil {
			t.Errorf("Emit returned %v", err)
		}
		cancel()
		if err := <-ran; err != nil {
			t.Fatal(err)
		}
		n, err := h.db.Reader().NewSelect().TableExpr("posts").Count(t.Context())
		if err != nil || n != 2 {
			t.Errorf("%d posts stored (err %v), want 2", n, err)
		}
		n, err = h.db.Reader().NewSelect().Model((*alerting.Notice)(nil)).Where("id = ?", "W-post-"+worse.ID).Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("operators were told %d times (err %v), want once", n, err)
		}
	})
}

// Emitters in parallel each get their answer, and matters are joined across them.
func TestEmitFromManySources(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(ctx) }()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			name := fmt.Sprint("s", i)
			if err := h.Emit(ctx, []post.Post{newPost(name, "http://"+name, flood)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	cancel()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	var es []event.Event
	if err := h.db.Reader().NewSelect().Model(&es).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(es) != 1 || es[0].Posts != 40 || es[0].Sources != 40 || es[0].Step != 1 {
		t.Errorf("events %+v, want one of 40 posts and sources, alerted once", es)
	}
	if err := h.Emit(t.Context(), []post.Post{newPost("x", "http://x", flood)}); !errors.Is(err, pipeline.ErrStopped) {
		t.Errorf("a stopped pipeline answered %v", err)
	}
}

// Wherever a batch is cut off, reading its posts again makes their one alert.
func TestCutOffAnywhereAlertsOnce(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"fetched", "classified", "decided", "stored"} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			o := store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}
			cut := open(t, o, func(at string) {
				if at == point {
					panic("cut off")
				}
			})
			func() {
				defer func() { _ = recover() }()
				_, _ = cut.Process(t.Context(), []post.Post{newPost("a", "http://a/1", flood)})
				t.Error("not cut off")
			}()
			h := open(t, o, nil)
			h.process(t, newPost("a", "http://a/1", flood), newPost("b", "http://b/1", flood))
			n, err := h.db.Reader().NewSelect().Model((*alerting.Notice)(nil)).Count(t.Context())
			if err != nil || n != 1 {
				t.Errorf("%d notices (err %v), want the one alert", n, err)
			}
		})
	}
}

// TestAnEventThatWasNeverStoredLeavesNoGhost: a post that cannot be stored opened an
// event that came to nothing. What is said of the same matter later is one event.
func TestAnEventThatWasNeverStoredLeavesNoGhost(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	if _, err := h.db.Writer().ExecContext(t.Context(), "CREATE UNIQUE INDEX poison ON posts (origin) WHERE origin = 'poison'"); err != nil {
		t.Fatal(err)
	}
	bad := newPost("z", "http://z/1", "今天天气不错")
	bad.Origin = "poison"
	h.process(t, bad)
	lost, worse := newPost("a", "http://a/1", official), newPost("b", "http://b/1", "明天天气不错")
	worse.Origin = "poison"
	if _, err := h.Process(t.Context(), []post.Post{lost, worse}); err == nil {
		t.Fatal("the batch was stored")
	}
	first := h.process(t, newPost("c", "http://c/1", witness))[0]
	second := h.process(t, newPost("d", "http://d/1", strings.Replace(witness, "家属都在井口等着", "井口围满了家属", 1)+"襄垣常庄矿"))[0]
	third := h.process(t, newPost("e", "http://e/1", official))[0]
	if second.Event.ID != first.Event.ID || third.Event.ID != first.Event.ID {
		t.Errorf("one matter is events %s, %s (%+v) and %s (%+v)", first.Event.ID, second.Event.ID, second.Join, third.Event.ID, third.Join)
	}
}

// TestTheClockSetBack: after an hour in a wrong century the indexes know this week's
// posts again, and what another process stored since the clock was set right.
func TestTheClockSetBack(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h, other := open(), open()
		const rumour = "听说长治要给每家每户发放取暖补贴五百块钱，不知道是真是假，有人领到了吗"
		first := h.process(t, newPost("a", "http://a/1", rumour))[0]
		h.now = h.now.AddDate(70, 0, 0)
		h.process(t, newPost("b", "http://b/1", "今天天气不错"))
		h.now = start.Add(time.Hour)
		if again := h.process(t, newPost("c", "http://c/1", rumour+"，求证实"))[0]; again.Event.ID != first.Event.ID {
			t.Error("a repost after the clock was set right opened an event of its own")
		}
		h.now = start.Add(4 * time.Hour) // four hours ahead
		h.process(t, newPost("d", "http://d/1", "后天天气不错"))
		h.now = start.Add(90 * time.Minute)
		other.now = h.now
		power := other.process(t, newPost("e", "http://e/1", "长治潞州区某小区停电两天没有人管，居民很着急"))[0]
		if again := h.process(t, newPost("f", "http://f/1", "长治潞州区某小区停电两天没有人管，居民很着急，盼来电"))[0]; again.Event.ID != power.Event.ID {
			t.Error("what another process stored after the clock was set back was not seen")
		}
	})
}

// TestNothingStoredIsNotRemembered: while nothing at all can be stored Emit answers with
// an error, so that the sources are read again, and tells nobody of single posts.
func TestNothingStoredIsNotRemembered(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	var panics atomic.Int32
	panics.Store(4) // the batch, each post alone, and the batch once more
	stop := h.runWith(t, func(p post.Post) verdict.Verdict {
		if panics.Add(-1) >= 0 {
			panic("not now")
		}
		return judge{}.Classify(p)
	})
	two := []post.Post{newPost("a", "http://a/1", flood), newPost("b", "http://b/1", "今天天气不错")}
	if err := h.Emit(t.Context(), two); err == nil {
		t.Error("Emit answered nil though nothing was stored")
	}
	if err := h.Emit(t.Context(), two); err != nil {
		t.Errorf("read again: %v", err)
	}
	stop()
	n, err := post.CountSince(t.Context(), h.db.Reader(), time.Time{})
	if err != nil || n != 2 {
		t.Errorf("%d posts stored (err %v), want 2", n, err)
	}
	warnings, err := h.db.Reader().NewSelect().Model((*alerting.Notice)(nil)).Where("id LIKE 'W-post-%'").Count(t.Context())
	if err != nil || warnings != 0 {
		t.Errorf("operators were told of %d posts (err %v), want none", warnings, err)
	}
}

// TestEveryFailedPostIsToldWithItsOwnError: beside a post that is stored.
func TestEveryFailedPostIsToldWithItsOwnError(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	stop := h.runWith(t, func(p post.Post) verdict.Verdict {
		if strings.HasPrefix(p.Body, "fails") {
			panic(p.Body)
		}
		return judge{}.Classify(p)
	})
	bad := []post.Post{newPost("a", "http://a/1", "fails first"), newPost("b", "http://b/1", "fails second")}
	if err := h.Emit(t.Context(), append(bad, newPost("c", "http://c/1", flood))); err != nil {
		t.Errorf("Emit returned %v", err)
	}
	stop()
	for _, p := range bad {
		var n alerting.Notice
		if err := h.db.Reader().NewSelect().Model(&n).Where("id = ?", "W-post-"+p.ID).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(n.Content.Why, p.Body) {
			t.Errorf("post %q was told with %q", p.Body, n.Content.Why)
		}
	}
}

// TestAPostIsGivenUpOnlyWhenTold: a post that is alone and can never be stored is read
// again a few times, and Emit answers nil only once the operators were told of it.
func TestAPostIsGivenUpOnlyWhenTold(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")}, nil)
	defer h.runWith(t, func(p post.Post) verdict.Verdict { panic(p.Body) })()
	bad := newPost("a", "http://a/1", "fails always")
	told := func() []alerting.Notice {
		var notices []alerting.Notice
		if err := h.db.Reader().NewSelect().Model(&notices).Where("id = ?", "W-post-"+bad.ID).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		return notices
	}
	for i := 1; i < 5; i++ {
		if err := h.Emit(t.Context(), []post.Post{bad}); err == nil || len(told()) != 0 {
			t.Fatalf("batch %d: Emit returned %v with %d notices, want an error and none", i, err, len(told()))
		}
	}
	if err := h.Emit(t.Context(), []post.Post{bad}); err != nil {
		t.Errorf("batch 5: Emit returned %v", err)
	}
	if n := told(); len(n) != 1 || !strings.Contains(n[0].Content.Why, bad.Body) {
		t.Errorf("told %+v, want one notice with the post's own error", n)
	}
}

// runWith gives h a pipeline that classifies by judge and runs it until stop is called.
func (h *fixture) runWith(t *testing.T, judge classifierFunc) (stop func()) {
	t.Helper()
	h.Pipeline = pipeline.New(pipeline.Options{
		DB: h.db, Outbox: h.outbox, Policy: response.Policy{Office: "局办公室"}, Now: h.clock, Log: slog.New(slog.DiscardHandler),
		Page:       func(id string) string { return "http://127.0.0.1/" + id },
		Classifier: judge,
	})
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	}
}

// classifierFunc classifies by a function.
type classifierFunc func(post.Post) verdict.Verdict

func (f classifierFunc) Classify(p post.Post) verdict.Verdict { return f(p) }
