package schedule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler/schedule"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

func TestLateSources(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	rows := []schedule.Health{
		{ID: "a", Name: "刚读过", Active: true, NextAt: now.Add(time.Minute), LastTried: ago(time.Second)},
		{ID: "b", Name: "刚到点", Active: true, NextAt: ago(time.Minute), LastTried: ago(time.Hour)},
		{ID: "c", Name: "没人读", Active: true, NextAt: ago(6 * time.Minute), LastTried: ago(time.Hour)},
		{ID: "d", Name: "节点死了", Active: true, NextAt: ago(6 * time.Minute), LastTried: ago(time.Hour), LeasedUntil: ago(time.Minute)},
		{ID: "e", Name: "正在读", Active: true, NextAt: ago(6 * time.Minute), LastTried: ago(time.Minute), LeasedUntil: now.Add(time.Minute)},
		{ID: "f", Name: "读不完", Active: true, NextAt: ago(time.Hour), LastTried: ago(16 * time.Minute), LeasedUntil: now.Add(time.Minute)},
		{ID: "g", Name: "停用的", NextAt: ago(time.Hour), LastTried: ago(time.Hour)},
	}
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		if _, err := db.Writer().NewInsert().Model(&rows).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := schedule.LateSources(t.Context(), db.Reader(), now, 5*time.Minute, 15*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(schedule.Late{Due: []string{"没人读", "节点死了"}, Long: []string{"读不完"}}, got); diff != "" {
			t.Error(diff)
		}
	})
}
