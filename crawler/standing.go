package crawler

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// StandingDays is how many days a Standing looks back.
const StandingDays = 14

// Standing is a source's health with what it usually does.
type Standing struct {
	Health
	// Days counts what was new on each of the last 14 days in China, today last. The
	// backlog of a first round is not new.
	Days [StandingDays]int
	// Usual is how long it usually keeps silent at most, after what it brought last;
	// zero where it has no habit yet.
	Usual time.Duration
}

// Standings returns the standing of every source in use, or of all, in the order of
// their channels and names.
func Standings(ctx context.Context, db *bun.DB, all bool, now time.Time) ([]Standing, error) {
	var rows []Health
	q := db.NewSelect().Model(&rows).Order("channel", "name")
	if !all {
		q = q.Where("active")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	list := make([]Standing, len(rows))
	at := make(map[string]int, len(rows))
	for i, h := range rows {
		list[i].Health, at[h.ID] = h, i
		habit, err := learn(ctx, db, h.ID, now)
		if err != nil {
			return nil, err
		}
		if gap, known := habit.Usual(h.LastNew); known {
			list[i].Usual = gap
		}
	}
	for d := range StandingDays {
		y, m, day := now.In(China()).AddDate(0, 0, d-StandingDays+1).Date()
		from := time.Date(y, m, day, 0, 0, 0, 0, China())
		var counts []struct {
			Source string `bun:"source"`
			N      int    `bun:"n"`
		}
		err := db.NewSelect().Model((*PastRound)(nil)).Column("source").ColumnExpr("sum(fresh) AS n").
			Where("fresh > 0").Where("started_at >= ?", from).Where("started_at < ?", from.AddDate(0, 0, 1)).
			Group("source").Scan(ctx, &counts)
		if err != nil {
			return nil, fmt.Errorf("count what sources brought: %w", err)
		}
		for _, c := range counts {
			if i, ok := at[c.Source]; ok {
				list[i].Days[d] = c.N
			}
		}
	}
	return list, nil
}

// Condition is a source's state in one word.
type Condition string

// The conditions, worst first.
const (
	// Quarantined sources do harm and are tried again only after hours.
	Quarantined Condition = "quarantined"
	// Failing sources were not read in their last round.
	Failing Condition = "failing"
	// Quiet sources can be read and bring nothing new for unusually long.
	Quiet Condition = "quiet"
	// Waiting sources have not been read yet.
	Waiting Condition = "waiting"
	Well    Condition = "well"
	// Off sources left the configuration.
	Off Condition = "off"
)

// Conditions lists them, worst first.
func Conditions() []Condition {
	return []Condition{Quarantined, Failing, Quiet, Waiting, Well, Off}
}

// Condition is how the source fares.
func (h *Health) Condition() Condition {
	switch {
	case !h.Active:
		return Off
	case h.Failures > 0 && (h.Trouble == Hostile || h.Trouble == TooLarge):
		return Quarantined
	case h.Failures > 0:
		return Failing
	case h.Flagged == Unchanged:
		return Quiet
	case h.LastGood.IsZero():
		return Waiting
	}
	return Well
}

// Words says the condition in Chinese, with the trouble where there is one.
func (h *Health) Words() string {
	trouble := ""
	if h.Failures > 0 {
		trouble = "：" + h.Trouble.Name() + "，连续失败 " + strconv.Itoa(h.Failures) + " 次"
		if h.Trouble == "" {
			trouble = "，连续失败 " + strconv.Itoa(h.Failures) + " 次" // from before troubles were told apart
		}
	}
	switch h.Condition() {
	case Off:
		return "停用"
	case Quarantined:
		return "已隔离" + trouble
	case Failing:
		return "读不到" + trouble
	case Quiet:
		return "久无新内容"
	case Waiting:
		return "等待首轮"
	case Well:
	}
	return "正常"
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
