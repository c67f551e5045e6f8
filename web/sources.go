package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler"
)

// sourceRow is what the page reads of a source.
type sourceRow struct {
	bun.BaseModel `bun:"table:sources,alias:source"`

	ID        string          `bun:"id,pk"`
	Name      string          `bun:"name"`
	Channel   crawler.Channel `bun:"channel"`
	Every     time.Duration   `bun:"every"`
	Active    bool            `bun:"active"`
	NextAt    time.Time       `bun:"next_at"`
	Rounds    int             `bun:"rounds"`
	LastTried time.Time       `bun:"last_tried,nullzero"`
	LastGood  time.Time       `bun:"last_good,nullzero"`
	Failures  int             `bun:"failures"`
	LastError string          `bun:"last_error"`
	Items     int             `bun:"items"`
}

// Health is the source's state: off, new, bad or good.
func (r sourceRow) Health() string {
	switch {
	case !r.Active:
		return "off"
	case r.Failures > 0:
		return "bad"
	case r.LastGood.IsZero():
		return "new"
	}
	return "good"
}

// Words says the state in Chinese.
func (r sourceRow) Words() string {
	switch r.Health() {
	case "off":
		return "停用"
	case "new":
		return "等待首轮"
	case "bad":
		return fmt.Sprintf("连续失败 %d 次", r.Failures)
	}
	return "正常"
}

// every says a pause in Chinese.
func every(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d 小时", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d 分钟", d/time.Minute)
	}
	return fmt.Sprintf("%d 秒", d/time.Second)
}

// sources answers with the health of every source, the worst first.
func (s *Server) sources(w http.ResponseWriter, r *http.Request) {
	var rows []sourceRow
	if err := s.db.NewSelect().Model(&rows).Order("source.id").Scan(r.Context()); err != nil {
		s.fail(w, r, "sources", err)
		return
	}
	order := []string{"bad", "new", "good", "off"}
	slices.SortStableFunc(rows, func(a, b sourceRow) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Health()), slices.Index(order, b.Health())),
			cmp.Compare(b.Failures, a.Failures),
			cmp.Compare(slices.Index(crawler.Channels(), a.Channel), slices.Index(crawler.Channels(), b.Channel)))
	})
	counts := make(map[string]int, len(order))
	for _, row := range rows {
		counts[row.Health()]++
	}
	body := struct {
		Sources []sourceRow
		Counts  map[string]int
	}{rows, counts}
	s.show(w, r, http.StatusOK, "sources", frame{Title: "来源", Nav: "sources", Refresh: 60, Body: body})
}
