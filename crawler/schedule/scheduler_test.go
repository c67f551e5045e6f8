package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// script is a collector that does what its test says, round by round.
type script struct {
	mu     sync.Mutex
	rounds int
	do     func(round int, r crawler.Round, emit crawler.Emit) (crawler.Report, error)
}

func (s *script) Collect(_ context.Context, r crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	s.mu.Lock()
	s.rounds++
	n := s.rounds
	s.mu.Unlock()
	return s.do(n, r, emit)
}

type told struct{ zh string }

func (told) Error() string     { return "english" }
func (t told) Chinese() string { return t.zh }

func engines(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) { test(t, storetest.Open(t, o)) })
}

type watch struct {
	s     *schedule.Scheduler
	posts chan post.Post
	done  chan schedule.Outcome
	now   func() time.Time
}

func newWatch(db *store.DB, sole bool, now func() time.Time, sources ...crawler.Source) *watch {
	w := &watch{posts: make(chan post.Post, 100), done: make(chan schedule.Outcome, 100), now: now}
	w.s = schedule.NewScheduler(schedule.Options{
		Sources: sources, Read: db.Reader(), Write: db.Writer(), SingleNode: sole, Tick: 10 * time.Millisecond,
		Emit: func(_ context.Context, posts []post.Post) error {
			for _, p := range posts {
				w.posts <- p
			}
			return nil
		},
		Known:     func(context.Context, string, []string) (map[string]bool, error) { return nil, nil },
		Reread:    func(context.Context, string) ([]string, error) { return []string{"http://again"}, nil },
		CountNew:  func(context.Context, string, time.Time) (int, error) { return 1, nil },
		OnOutcome: func(f schedule.Outcome) { w.done <- f },
		Now:       now, Log: slog.New(slog.DiscardHandler),
	})
	return w
}

func health(t *testing.T, db *store.DB, id string) schedule.Health {
	t.Helper()
	all, err := schedule.ListHealth(t.Context(), db.Reader())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all {
		if h.ID == id {
			return h
		}
	}
	t.Fatalf("source %s is not listed", id)
	return schedule.Health{}
}

func TestTheFirstGoodRoundIsTheBacklog(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		s := &script{do: func(n int, r crawler.Round, emit crawler.Emit) (crawler.Report, error) {
			if n == 1 {
				return crawler.Report{}, told{"网站没有应答"}
			}
			if len(r.Reread) != 1 {
				t.Errorf("round told to read %v again", r.Reread)
			}
			return crawler.Report{Items: n}, emit(t.Context(), []post.Post{{ID: "P"}})
		}}
		w := newWatch(db, true, time.Now, crawler.Source{ID: "a", Name: "甲", Channel: post.News, Collector: s})
		if err := w.s.Once(t.Context()); err == nil {
			t.Error("the failed round was not reported")
		}
		if h := health(t, db, "a"); h.Failures != 1 || h.LastError != "网站没有应答" || !h.LastGood.IsZero() {
			t.Errorf("after a failed round: %+v", h)
		}
		for _, first := range []bool{true, false} {
			if err := w.s.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p := <-w.posts; p.FirstRound != first {
				t.Errorf("first round %v, want %v: a failed round is none", p.FirstRound, first)
			}
		}
		if h := health(t, db, "a"); h.Failures != 0 || h.LastError != "" || h.Rounds != 2 || h.Items != 3 {
			t.Errorf("after good rounds: %+v", h)
		}
	})
}

// TestTheFirstPostsOfAnEmptyBoardAreNews: what was published after a board was
// found empty is no backlog; what is older, or says no time, may be.
func TestTheFirstPostsOfAnEmptyBoardAreNews(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		began := time.Now()
		s := &script{do: func(n int, _ crawler.Round, emit crawler.Emit) (crawler.Report, error) {
			if n < 3 {
				return crawler.Report{}, nil
			}
			return crawler.Report{Items: 3}, emit(t.Context(), []post.Post{
				{ID: "new", Published: time.Now()}, {ID: "old", Published: began.Add(-time.Hour)}, {ID: "unsaid"},
			})
		}}
		w := newWatch(db, true, time.Now, crawler.Source{ID: "a", Collector: s})
		for range 3 {
			_ = w.s.Once(t.Context())
		}
		for id, first := range map[string]bool{"new": false, "old": true, "unsaid": true} {
			found := false
			for range 3 {
				p := <-w.posts
				if p.ID == id {
					found = true
					if p.FirstRound != first {
						t.Errorf("%s: first round %v, want %v", id, p.FirstRound, first)
					}
				}
				w.posts <- p
			}
			if !found {
				t.Errorf("%s was not emitted", id)
			}
		}
	})
}

func TestABacklogOfSeveralRoundsIsOneFirstRound(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		s := &script{do: func(n int, _ crawler.Round, emit crawler.Emit) (crawler.Report, error) {
			return crawler.Report{Items: 40, More: n < 3}, emit(t.Context(), []post.Post{{ID: "P"}})
		}}
		w := newWatch(db, true, time.Now, crawler.Source{ID: "a", Collector: s})
		for n, first := range []bool{true, true, true, false} {
			if err := w.s.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p := <-w.posts; p.FirstRound != first {
				t.Errorf("round %d: first round %v, want %v", n+1, p.FirstRound, first)
			}
		}
	})
}

func TestAPanicIsTheSourcesOwn(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		bad := &script{do: func(int, crawler.Round, crawler.Emit) (crawler.Report, error) { panic("broken page") }}
		good := &script{do: func(int, crawler.Round, crawler.Emit) (crawler.Report, error) { return crawler.Report{Items: 1}, nil }}
		w := newWatch(db, true, time.Now, crawler.Source{ID: "bad", Collector: bad}, crawler.Source{ID: "good", Collector: good})
		err := w.s.Once(t.Context())
		if err == nil || !strings.Contains(err.Error(), "broken page") {
			t.Errorf("the panic was reported as %v", err)
		}
		if h := health(t, db, "good"); h.Rounds != 1 {
			t.Errorf("the good source: %+v", h)
		}
	})
}

func TestRunReadsWhatIsDueAndSlowsDownForTrouble(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		now := time.Now()
		clock := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
		pass := func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(d)
		}
		s := &script{do: func(int, crawler.Round, crawler.Emit) (crawler.Report, error) {
			return crawler.Report{}, errors.New("down")
		}}
		w := newWatch(db, true, clock, crawler.Source{ID: "a", Every: time.Minute, Collector: s})
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- w.s.Run(ctx) }()
		var waits []time.Duration
		for range 8 {
			f := <-w.done
			if f.Err == nil {
				t.Error("a failed round was told as good")
			}
			var wait time.Duration
			for end := time.Now().Add(5 * time.Second); wait <= 0 && time.Now().Before(end); {
				wait = health(t, db, "a").NextAt.Sub(clock())
			}
			waits = append(waits, wait)
			pass(wait)
		}
		cancel()
		if err := <-ran; err != nil {
			t.Fatal(err)
		}
		if waits[0] > 2*time.Minute || waits[7] < 50*time.Minute || waits[7] > 70*time.Minute {
			t.Errorf("waits after failures %v, want a minute growing to an hour", waits)
		}
	})
}

// A source that another node reads is left alone until its lease has run out;
// a node that knows itself alone takes it at once.
func TestLeases(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		idle := &script{do: func(int, crawler.Round, crawler.Emit) (crawler.Report, error) { return crawler.Report{}, nil }}
		src := crawler.Source{ID: "a", Collector: idle}
		began, release := make(chan struct{}), make(chan struct{})
		slow := &script{do: func(int, crawler.Round, crawler.Emit) (crawler.Report, error) {
			close(began)
			<-release
			return crawler.Report{}, nil
		}}
		first := newWatch(db, false, time.Now, crawler.Source{ID: "a", Collector: slow})
		ended := make(chan error, 1)
		go func() { ended <- first.s.Once(t.Context()) }()
		<-began
		if err := newWatch(db, false, time.Now, src).s.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if idle.rounds != 0 {
			t.Error("two nodes read one source at once")
		}
		later := func() time.Time { return time.Now().Add(2 * time.Minute) }
		if err := newWatch(db, false, later, src).s.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if idle.rounds != 1 {
			t.Error("a lease that ran out still holds")
		}
		if err := newWatch(db, true, time.Now, src).s.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if idle.rounds != 2 {
			t.Error("a sole node waits for a dead process's lease")
		}
		close(release)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
}
