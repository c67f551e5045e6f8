package schedule_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"huiying/crawler"
	"huiying/internal/store"
)

// A list too long for one round, none of whose articles can be read, is trouble
// like a short one: it must not stay in its first round unnoticed.
func TestALongListOfDeadArticlesIsTrouble(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		a := answers{report: crawler.Report{Items: 40, Failed: 30, More: true, Skipped: []string{"文章《甲》 http://a: 网站出错（500）"}}}
		b := newBench(t, db, crawler.Source{ID: "a", Collector: &a, Every: 5 * time.Minute})
		b.rounds(3, 5*time.Minute)
		if h := health(t, db, "a"); h.Trouble != crawler.Broken || h.Failures != 3 {
			t.Errorf("trouble %q, %d failures", h.Trouble, h.Failures)
		}
		b.expect("silent a:broken")
	})
}

// What a page brings into a reason neither hinders its being stored nor grows
// without bound.
func TestReasonsAreStoredWhateverTheyHold(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		a := answers{report: crawler.Report{Items: 1, Failed: 1, Skipped: []string{"文章《a\x00b\xff\n" + strings.Repeat("长", 100_000)}}}
		b := newBench(t, db, crawler.Source{ID: "a", Collector: &a})
		b.rounds(1, time.Minute)
		if h := health(t, db, "a"); h.Failures != 1 || !strings.Contains(h.LastError, "文章《a") || len(h.LastError) > 4096 {
			t.Errorf("%d failures, %d bytes: %.80q", h.Failures, len(h.LastError), h.LastError)
		}
	})
}

// A clock that ran ahead only while a round was under way leaves a plan far ahead,
// begun under the right time.
func TestAPlanBeyondAnyPauseIsDue(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		var ahead atomic.Bool
		right := time.Now()
		clock := func() time.Time {
			if ahead.Load() {
				return right.Add(365 * 24 * time.Hour)
			}
			return right.Add(time.Minute)
		}
		s := &script{do: func(n int, _ crawler.Round, _ crawler.Emit) (crawler.Report, error) {
			ahead.Store(n == 1)
			return crawler.Report{Items: 1}, nil
		}}
		w := newWatch(db, true, clock, crawler.Source{ID: "a", Collector: s})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		ran := make(chan error, 1)
		go func() { ran <- w.s.Run(ctx) }()
		<-w.done
		ahead.Store(false)
		select {
		case <-w.done:
		case <-ctx.Done():
			t.Error("not read again once the clock was right")
		}
		cancel()
		if err := <-ran; err != nil {
			t.Fatal(err)
		}
	})
}
