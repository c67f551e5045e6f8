package schedule

import (
	"context"
	"fmt"
	"time"

	"huiying/internal/store"
	"huiying/internal/zh"
)

// StatsDays is how many days SourceStats look back.
const StatsDays = 14

// SourceStats is a source's health with what it usually does.
type SourceStats struct {
	Health
	// Days counts what was new on each of the last 14 days in China, today last. The
	// backlog of a first round is not new.
	Days [StatsDays]int
	// Usual is how long it usually keeps silent at most, after what it brought last;
	// zero where it has no habit yet.
	Usual time.Duration
}

// ListStats returns the stats of every source in use, or of all, in the order of
// their channels and names. It asks four queries, however many sources there are.
func ListStats(ctx context.Context, db store.Conn, all bool, now time.Time) ([]SourceStats, error) {
	var rows []Health
	q := db.NewSelect().Model(&rows).Order("channel", "name")
	if !all {
		q = q.Where("active")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	habits, err := learnHabits(ctx, db, "", now)
	if err != nil {
		return nil, err
	}
	days, err := countByDay(ctx, db, now)
	if err != nil {
		return nil, err
	}
	list := make([]SourceStats, len(rows))
	for i, h := range rows {
		list[i] = SourceStats{Health: h, Days: days[h.ID]}
		if habit := habits[h.ID]; habit != nil {
			if gap, known := habit.Usual(h.LastNew); known {
				list[i].Usual = gap
			}
		}
	}
	return list, nil
}

// countByDay counts what every source brought that was new on each of the last days
// in China, today last.
func countByDay(ctx context.Context, db store.Conn, now time.Time) (map[string][StatsDays]int, error) {
	y, m, d := now.In(zh.Beijing()).Date()
	midnight := func(day int) time.Time { return time.Date(y, m, d-StatsDays+1+day, 0, 0, 0, 0, zh.Beijing()) }
	q := db.NewSelect().Model((*PastRound)(nil)).Column("source").
		Where("fresh > 0").Where("started_at >= ?", midnight(0)).Where("started_at < ?", midnight(StatsDays)).Group("source")
	for day := range StatsDays {
		q = q.ColumnExpr("sum(CASE WHEN started_at >= ? AND started_at < ? THEN fresh ELSE 0 END)", midnight(day), midnight(day+1))
	}
	rows, err := q.Rows(ctx)
	if err != nil {
		return nil, fmt.Errorf("count what sources brought: %w", err)
	}
	counts := make(map[string][StatsDays]int)
	var source string
	var days [StatsDays]int
	dest := []any{&source}
	for day := range days {
		dest = append(dest, &days[day])
	}
	if err := scanRows(rows, dest, func() { counts[source] = days }); err != nil {
		return nil, fmt.Errorf("count what sources brought: %w", err)
	}
	return counts, nil
}

// Sparkline draws counts as bars, the highest as high as can be; nothing is a dot.
func Sparkline(counts []int) string {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	line := make([]rune, len(counts))
	for i, n := range counts {
		line[i] = '·'
		if n > 0 {
			line[i] = bars[(n*len(bars)-1)/most]
		}
	}
	return string(line)
}
