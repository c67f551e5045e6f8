package schedule_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// conditions gives a source in each condition.
func conditions(now time.Time) map[schedule.Condition]schedule.Health {
	read := schedule.Health{Active: true, NextAt: now, LastGood: now.Add(-time.Hour), LastNew: now.Add(-time.Hour)}
	with := func(change func(h *schedule.Health)) schedule.Health {
		h := read
		change(&h)
		return h
	}
	return map[schedule.Condition]schedule.Health{
		schedule.Well:        read,
		schedule.Off:         with(func(h *schedule.Health) { h.Active, h.Failures = false, 3 }),
		schedule.Waiting:     {Active: true, NextAt: now},
		schedule.Quiet:       with(func(h *schedule.Health) { h.Flagged = crawler.Unchanged }),
		schedule.Failing:     with(func(h *schedule.Health) { h.Failures, h.Trouble, h.Flagged = 1, crawler.Blocked, crawler.Unchanged }),
		schedule.Quarantined: with(func(h *schedule.Health) { h.Failures, h.Trouble = 1, crawler.Hostile }),
	}
}

func TestOneDefinitionOfAHealthySource(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	type answer struct {
		ok, bad bool
		words   string
	}
	want := map[schedule.Condition]answer{
		schedule.Quarantined: {bad: true, words: "已隔离：可能有害，连续失败 1 次"},
		schedule.Failing:     {bad: true, words: "读不到：验证码或登录页，连续失败 1 次"},
		schedule.Quiet:       {bad: true, words: "久无新内容"},
		schedule.Waiting:     {words: "等待首轮"},
		schedule.Well:        {ok: true, words: "正常"},
		schedule.Off:         {words: "停用"},
	}
	all := conditions(now)
	for _, c := range schedule.Conditions() {
		h, known := all[c]
		if !known || h.Condition() != c {
			t.Errorf("%s: taken for %s", c, h.Condition())
		}
		if got := (answer{c.OK(), c.Bad(), h.Words()}); got != want[c] {
			t.Errorf("%s: got %+v, want %+v", c, got, want[c])
		}
		if got, want := !h.QuietSince().IsZero(), h.Flagged == crawler.Unchanged; got != want {
			t.Errorf("%s: quiet %v, want %v", c, got, want)
		}
	}
	if len(want) != len(schedule.Conditions()) {
		t.Errorf("%d conditions, %d expected", len(schedule.Conditions()), len(want))
	}
	engines(t, func(t *testing.T, db *store.DB) {
		var rows []schedule.Health
		for c, h := range all {
			h.ID = string(c)
			rows = append(rows, h)
		}
		insert(t, db, &rows)
		sources, ok, err := schedule.CountOK(t.Context(), db.Reader())
		if err != nil || sources != 5 || ok != 1 {
			t.Errorf("%d of %d sources are OK, want 1 of 5; %v", ok, sources, err)
		}
	})
}

// queries counts the queries that a database is asked.
type queries struct{ n atomic.Int64 }

func (*queries) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (q *queries) AfterQuery(context.Context, *bun.QueryEvent)                      { q.n.Add(1) }

// The page of sources is asked every minute: it must not ask the database once for
// each source.
func TestStatsAskNoQueryPerSource(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	storetest.Each(t, func(t *testing.T, o store.Options) {
		counts := map[int]int64{}
		for _, sources := range []int{2, 40} {
			db := storetest.Open(t, o)
			fillStats(t, db, sources, 12, now)
			var q queries
			db.Reader().AddQueryHook(&q) //nolint:staticcheck // WithQueryHook makes another handle.
			list, err := schedule.ListStats(t.Context(), db.Reader(), false, now)
			if err != nil {
				t.Fatal(err)
			}
			counts[sources] = q.n.Load()
			if len(list) != sources {
				t.Fatalf("%d sources listed, want %d", len(list), sources)
			}
			for i, s := range list {
				want := [schedule.StatsDays]int{}
				want[13] = 12 * (i + 1)
				if diff := cmp.Diff(want, s.Days); diff != "" || s.Usual < 20*time.Minute || s.Usual > 2*time.Hour {
					t.Errorf("source %s: usual gap %v, days (-want +got): %s", s.ID, s.Usual, diff)
				}
			}
		}
		if counts[2] != counts[40] || counts[40] == 0 {
			t.Errorf("%d queries for 2 sources, %d for 40", counts[2], counts[40])
		}
	})
}

// fillStats writes sources of which the n-th brought n posts in each of its rounds, one
// every half hour until now.
func fillStats(t *testing.T, db *store.DB, sources, rounds int, now time.Time) {
	t.Helper()
	var health []schedule.Health
	var past []schedule.PastRound
	for i := range sources {
		id := fmt.Sprintf("s%04d", i)
		health = append(health, schedule.Health{ID: id, Name: id, Active: true, NextAt: now, LastGood: now, LastNew: now})
		for k := range rounds {
			at := now.Add(-time.Duration(rounds-1-k) * 30 * time.Minute)
			past = append(past, schedule.PastRound{Source: id, StartedAt: at, EndedAt: at, DueAt: at, Settled: true, Fresh: i + 1})
			hour := map[string]any{"source": id, "hour": at.Truncate(time.Hour), "covered": 1800, "fresh": float64(i+1) / 2}
			insert(t, db, &hour, "source_hours")
		}
	}
	insert(t, db, &health)
	insert(t, db, &past)
}

func insert(t *testing.T, db *store.DB, rows any, table ...string) {
	t.Helper()
	q := db.Writer().NewInsert().Model(rows).On("CONFLICT DO NOTHING")
	if len(table) > 0 {
		q = q.TableExpr(table[0])
	}
	if _, err := q.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
}
