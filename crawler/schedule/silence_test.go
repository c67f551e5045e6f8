package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/internal/post"
	"huiying/internal/store"
)

// bench reads sources by scripts on a clock of its own and keeps what people are
// told.
type bench struct {
	t     *testing.T
	db    *store.DB
	now   time.Time
	w     *watch
	watch *schedule.SilenceMonitor
	told  []string
}

func newBench(t *testing.T, db *store.DB, sources ...crawler.Source) *bench {
	t.Helper()
	b := &bench{t: t, db: db, now: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.w = newWatch(db, true, clock, sources...)
	b.watch = schedule.NewSilenceMonitor(schedule.MonitorOptions{Read: db.Reader(), Write: db.Writer(), Now: clock, Tell: b.tell})
	return b
}

func (b *bench) tell(ctx context.Context, w schedule.Message) error {
	return b.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		n, err := w.Mark(ctx, tx, b.now)
		if err != nil {
			return err
		}
		if n != len(w.Sources) {
			b.t.Errorf("%s marked %d of %d sources", w.ID, n, len(w.Sources))
		}
		again, err := w.Mark(ctx, tx, b.now)
		if !w.Recovered && again != 0 {
			b.t.Errorf("%s could be told twice", w.ID)
		}
		var of []string
		for _, s := range w.Sources {
			of = append(of, s.ID+":"+string(s.Trouble))
		}
		kind := map[bool]string{false: "silent", true: "well"}[w.Recovered]
		if w.Network {
			kind = "net " + kind
		}
		b.told = append(b.told, kind+" "+strings.Join(of, " "))
		return err
	})
}

// rounds reads every source n times, d apart, and looks after them each time.
func (b *bench) rounds(n int, d time.Duration) {
	b.t.Helper()
	for range n {
		b.now = b.now.Add(d)
		_ = b.w.s.Once(b.t.Context()) // what fails is meant to
		for len(b.w.posts) > 0 {
			<-b.w.posts
		}
		for len(b.w.done) > 0 {
			<-b.w.done
		}
		if err := b.watch.Check(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) expect(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.told); diff != "" {
		b.t.Errorf("told (-want +got):\n%s", diff)
	}
	b.told = nil
}

// answers is a source that does what the test says at the moment.
type answers struct {
	report crawler.Report
	err    error
	posts  int
}

func (a *answers) Collect(ctx context.Context, _ crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	if a.err != nil {
		return crawler.Report{}, a.err
	}
	posts := make([]post.Post, a.posts)
	return a.report, emit(ctx, posts)
}

func good() answers { return answers{report: crawler.Report{Items: 20}, posts: 1} }

func bad(kind crawler.Trouble) answers {
	return answers{err: &crawler.TroubleError{Trouble: kind, Reason: "因为" + kind.Name()}}
}

func TestTroubleIsToldOnceAndItsEndOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		a, other := good(), good()
		b := newBench(t, db, crawler.Source{ID: "a", Collector: &a}, crawler.Source{ID: "b", Collector: &other})
		b.rounds(4, 10*time.Minute)
		b.expect()
		for _, tc := range []struct {
			name   string
			a      answers
			rounds int
			want   crawler.Trouble
		}{
			{"a captcha", bad(crawler.Blocked), 2, crawler.Blocked},
			{"an empty list", answers{}, 2, crawler.Empty},
			{"gibberish", answers{report: crawler.Report{Items: 9, Trouble: crawler.Garbled}, posts: 9}, 2, crawler.Garbled},
			{"articles that all fail", answers{report: crawler.Report{Items: 20, Failed: 7}}, 2, crawler.Broken},
			{"no answer for long", bad(crawler.Unreachable), 12, crawler.Unreachable},
			{"harm", bad(crawler.Hostile), 1, crawler.Hostile},
		} {
			a = tc.a
			b.rounds(tc.rounds-1, 10*time.Minute)
			b.expect()
			b.rounds(3, 10*time.Minute)
			b.expect("silent a:" + string(tc.want))
			if h := health(t, db, "a"); h.Condition() != schedule.Failing && h.Condition() != schedule.Quarantined {
				t.Errorf("%s passes for %s", tc.name, h.Words())
			}
			a = good()
			b.rounds(2, 10*time.Minute)
			b.expect("well a:" + string(tc.want))
		}
		// A few dead links or walled articles are no silence, and neither is one bad
		// round.
		a = answers{report: crawler.Report{Items: 20, Failed: 4}}
		b.rounds(3, 10*time.Minute)
		a = answers{report: crawler.Report{Items: 20, Failed: 2, Trouble: crawler.Blocked}}
		b.rounds(3, 10*time.Minute)
		a = bad(crawler.Unreachable)
		b.rounds(1, 10*time.Minute)
		a = good()
		b.rounds(1, 10*time.Minute)
		b.expect()
	})
}

// When every source fails alike it is our own network: one message for all, and one
// when it is back. A source that still fails then is told of by itself.
func TestOurOwnNetworkIsOneWord(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		all := make([]answers, 10)
		var sources []crawler.Source
		for i := range all {
			all[i] = good()
			sources = append(sources, crawler.Source{ID: fmt.Sprintf("s%d", i), Name: fmt.Sprint(i), Collector: &all[i], Every: 5 * time.Minute})
		}
		b := newBench(t, db, sources...)
		b.rounds(3, 5*time.Minute)
		for i := range all {
			all[i] = bad(crawler.Unreachable)
		}
		b.rounds(12, 10*time.Minute)
		if len(b.told) != 1 || !strings.HasPrefix(b.told[0], "net silent s0:unreachable s1:") || strings.Count(b.told[0], ":") != 10 {
			t.Errorf("told %q, want one message for all", b.told)
		}
		b.told = nil
		for i := range all[1:] {
			all[i+1] = good()
		}
		b.rounds(1, 10*time.Minute)
		if len(b.told) != 1 || !strings.HasPrefix(b.told[0], "net well s0:") {
			t.Errorf("told %q, want that the network is back", b.told)
		}
		b.told = nil
		b.rounds(1, 10*time.Minute)
		b.expect("silent s0:unreachable")
		b.rounds(3, 10*time.Minute)
		b.expect()
	})
}

// A source that brings something every half hour and then nothing more is told of
// within twice its usual gap.
func TestSilenceIsToldWithinTwiceTheUsualGap(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		a := good()
		b := newBench(t, db, crawler.Source{ID: "a", Collector: &a})
		b.rounds(60, 30*time.Minute)
		b.expect()
		a = answers{report: crawler.Report{Items: 20}}
		stopped := b.now
		for len(b.told) == 0 && b.now.Before(stopped.Add(24*time.Hour)) {
			b.rounds(1, 5*time.Minute)
		}
		standing, err := schedule.ListStats(t.Context(), db.Reader(), false, b.now)
		if err != nil {
			t.Fatal(err)
		}
		usual := standing[0].Usual
		if silent := b.now.Sub(stopped); silent > 2*usual || usual > time.Hour || usual < 30*time.Minute {
			t.Errorf("told after %v; usual are %v", silent, usual)
		}
		b.expect("silent a:unchanged")
		if c := standing[0].Condition(); c != schedule.Quiet {
			t.Errorf("condition %s", c)
		}
		if standing[0].Days[13] == 0 {
			t.Error("nothing is counted for today")
		}
		b.rounds(5, 30*time.Minute)
		b.expect()
		a = good()
		b.rounds(1, time.Minute)
		b.expect("well a:unchanged")
	})
}

type later struct{ at time.Time }

func (later) Error() string          { return "later" }
func (later) Class() crawler.Trouble { return crawler.Limited }
func (l later) RetryAt() time.Time   { return l.at }
func (b *bench) next(id string) string {
	return health(b.t, b.db, id).NextAt.Sub(b.now).Round(time.Minute).String()
}

// Rest that a site asked for outlives a restart; a plan made by a clock that was
// ahead does not.
func TestRestAndClocks(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		a := good()
		src := crawler.Source{ID: "a", Collector: &a, Every: 5 * time.Minute}
		b := newBench(t, db, src)
		b.rounds(2, 5*time.Minute)
		a = answers{err: later{b.now.Add(5*time.Minute + 3*time.Hour)}}
		b.rounds(1, 5*time.Minute)
		if got := b.next("a"); got != "3h0m0s" {
			t.Errorf("the next round is in %s, the site asked for three hours", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := newWatch(db, true, func() time.Time { return b.now }, src).s.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got := b.next("a"); got != "3h0m0s" {
			t.Errorf("after a restart the next round is in %s, the site asked for three hours", got)
		}
		// The clock runs a year ahead for one round and is set right again.
		a = good()
		b.rounds(1, 365*24*time.Hour)
		b.now = b.now.Add(-365 * 24 * time.Hour)
		ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		w := newWatch(db, true, func() time.Time { return b.now }, src)
		go func() {
			<-w.done
			cancel()
		}()
		if err := w.s.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if h := health(t, db, "a"); h.NextAt.Sub(b.now) > time.Hour || h.NextAt.Before(b.now) || h.LastGood.After(b.now) {
			t.Errorf("after the clock was set right: next %v, last good %v, now %v", h.NextAt, h.LastGood, b.now)
		}
		if err := b.watch.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Readings name the hours that were missed, on both databases.
func TestReadings(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, db *store.DB) {
		a := good()
		b := newBench(t, db, crawler.Source{ID: "a", Collector: &a, Every: 10 * time.Minute, Slowest: 10 * time.Minute})
		b.rounds(6, 10*time.Minute)
		from := b.now
		a = bad(crawler.Garbled)
		b.rounds(12, 10*time.Minute)
		back := b.now.Add(10 * time.Minute)
		a = good()
		b.rounds(6, 10*time.Minute)
		all, err := schedule.CoverageBySource(t.Context(), db.Reader(), from, b.now.Add(time.Minute), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		got := all["a"]
		if got.Good != 7 || len(got.Unread) != 1 || got.Unread[0].Trouble != crawler.Garbled ||
			got.Unread[0].From.Sub(from).Round(2*time.Minute) != 10*time.Minute || !got.Unread[0].To.Equal(back) {
			t.Errorf("got %+v, want one stretch from %v to %v", got, from.Add(10*time.Minute), back)
		}
		rounds, err := schedule.ListRounds(t.Context(), db.Reader(), "a", 20)
		if err != nil {
			t.Fatal(err)
		}
		if len(rounds) != 20 || rounds[0].Fresh != 1 || rounds[0].Items != 20 || rounds[10].Reason != "因为乱码" {
			t.Errorf("%d rounds, the last %+v, the tenth before %+v", len(rounds), rounds[0], rounds[10])
		}
	})
}
