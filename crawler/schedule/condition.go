package schedule

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"huiying/crawler"
	"huiying/internal/store"
)

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

// OK reports whether the source can be read and brings what it usually does. It is
// the one definition of a healthy source, for pages, digests and exit codes alike.
func (c Condition) OK() bool { return c == Well }

// Bad reports whether somebody should look at the source: it cannot be read, or it
// brings nothing new. A source that is neither OK nor Bad was not read yet or is no
// longer to be read.
func (c Condition) Bad() bool { return c == Quarantined || c == Failing || c == Quiet }

// Condition is how the source fares.
func (h *Health) Condition() Condition {
	switch {
	case !h.Active:
		return Off
	case h.Failures > 0 && (h.Trouble == crawler.Hostile || h.Trouble == crawler.TooLarge):
		return Quarantined
	case h.Failures > 0:
		return Failing
	case h.Flagged == crawler.Unchanged:
		return Quiet
	case h.LastGood.IsZero():
		return Waiting
	}
	return Well
}

// QuietSince is when the source last brought something new, where that is unusually
// long ago; zero where it is not. A source may have become unreadable since.
func (h *Health) QuietSince() time.Time {
	if h.Flagged != crawler.Unchanged {
		return time.Time{}
	}
	return h.LastNew
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

// CountOK counts the sources in use, and those of them that are OK.
func CountOK(ctx context.Context, db store.Conn) (all, ok int, err error) {
	var rows []Health
	err = db.NewSelect().Model(&rows).Column("active", "failures", "trouble", "flagged", "last_good", "last_new").
		Where("active").Scan(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("count sources: %w", err)
	}
	for i := range rows {
		if rows[i].Condition().OK() {
			ok++
		}
	}
	return len(rows), ok, nil
}
