package web

import (
	"cmp"
	"net/http"
	"slices"

	"huiying/crawler/schedule"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// sourceRow is one source as the page shows it.
type sourceRow struct{ schedule.SourceStats }

// Tone is the colour of the source's state: off, new, bad or good.
func (r sourceRow) Tone() string {
	switch c := r.Condition(); {
	case c.OK():
		return "good"
	case c.Bad():
		return "bad"
	case c == schedule.Waiting:
		return "new"
	}
	return "off"
}

// Reason says more of the trouble, "" where there is none.
func (r sourceRow) Reason() string {
	switch r.Condition() {
	case schedule.Failing, schedule.Quarantined:
		return r.LastError
	case schedule.Quiet:
		return "能读到，但久于平常没有新内容，请人工打开核对"
	default:
		return ""
	}
}

// Spark draws what the last 14 days brought.
func (r sourceRow) Spark() string { return schedule.Sparkline(r.Days[:]) }

// Today counts what today brought.
func (r sourceRow) Today() int { return r.Days[len(r.Days)-1] }

// Sum counts what the 14 days brought.
func (r sourceRow) Sum() int {
	n := 0
	for _, d := range r.Days {
		n += d
	}
	return n
}

// Gap is the usual longest gap in Chinese.
func (r sourceRow) Gap() string {
	if r.Usual == 0 {
		return "还不清楚"
	}
	return zh.Span(r.Usual)
}

// sources answers with the health of every source, the worst first.
func (s *Server) sources(w http.ResponseWriter, r *http.Request) {
	all, err := schedule.ListStats(r.Context(), s.db, true, s.now())
	if err != nil {
		s.fail(w, r, "sources", err)
		return
	}
	order := schedule.Conditions()
	slices.SortStableFunc(all, func(a, b schedule.SourceStats) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Condition()), slices.Index(order, b.Condition())),
			cmp.Compare(b.Failures, a.Failures),
			cmp.Compare(slices.Index(post.Channels(), a.Channel), slices.Index(post.Channels(), b.Channel)),
			cmp.Compare(a.ID, b.ID))
	})
	rows := make([]sourceRow, len(all))
	counts := make(map[string]int, len(order))
	for i, row := range all {
		rows[i] = sourceRow{row}
		counts[string(row.Condition())]++
	}
	body := struct {
		Sources []sourceRow
		Counts  map[string]int
	}{rows, counts}
	s.show(w, r, http.StatusOK, "sources", frame{Title: "来源", Nav: "sources", Refresh: 60, Body: body})
}
