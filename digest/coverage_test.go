package digest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/digest"
	"huiying/internal/fixture"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// The digest says in which hours a source was not read, and which sources bring
// nothing though they can be read.
func TestHoursNotCovered(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	from, to := zh.Day(fixture.Now().Add(-24 * time.Hour))
	at := func(h float64) time.Time { return from.Add(time.Duration(h * float64(time.Hour))) }
	round := func(id string, start, due float64, trouble crawler.Trouble) any {
		return &schedule.PastRound{
			Source: id, StartedAt: at(start), EndedAt: at(start).Add(time.Second), DueAt: at(due), Trouble: trouble,
		}
	}
	rows := []any{}
	for _, id := range []string{"always", "night", "stood", "dead", "quiet", "daily", "new", "never"} {
		rows = append(rows, &fixture.Source{
			ID: id, Name: "来源" + id, Channel: post.News, Active: true, NextAt: to, LastGood: to.Add(2 * time.Hour), Rounds: 9,
		})
	}
	for h := -1.0; h < 25; h += 0.5 {
		rows = append(rows, round("always", h, h+0.5, ""), round("quiet", h, h+0.5, ""))
		switch {
		case h >= 2 && h < 5.5:
			rows = append(rows, round("night", h, h+0.5, crawler.Blocked))
		default:
			rows = append(rows, round("night", h, h+0.5, ""))
		}
		if h < 10 || h >= 13 {
			rows = append(rows, round("stood", h, h+0.5, ""))
		}
		rows = append(rows, round("dead", h, h+0.5, crawler.Unreachable))
		if h >= 22 {
			rows = append(rows, round("never", h, h+0.5, crawler.Hostile))
		}
		if h >= 20 {
			rows = append(rows, round("new", h, h+0.5, ""))
		}
	}
	rows = append(rows, round("daily", -4, 20, ""), round("daily", 20.1, 44, ""))
	fixture.Insert(t, db, rows...)
	_, err := db.Writer().ExecContext(t.Context(), "UPDATE sources SET flagged = 'unchanged', last_new = ? WHERE id = 'quiet'", at(3))
	if err != nil {
		t.Fatal(err)
	}
	r, err := digest.Collect(t.Context(), db.Reader(), from, to, fixture.Now())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, s := range r.Coverage.Covered {
		got[s.ID] = []string{"covered"}
	}
	for _, s := range r.Coverage.Missed {
		got[s.ID] = []string{"missed"}
	}
	for _, s := range r.Coverage.Patchy() {
		for _, u := range s.Unread {
			got[s.ID] = append(got[s.ID], u.From.Format("15:04")+" "+u.To.Format("15:04")+" "+u.Reason)
		}
		if !s.Quiet.IsZero() {
			got[s.ID] = append(got[s.ID], "quiet since "+s.Quiet.Format("15:04"))
		}
	}
	want := map[string][]string{
		"always": {"covered"}, "daily": {"covered"}, "new": {"covered"}, "dead": {"missed"}, "never": {"missed"},
		"night": {"covered", "02:00 05:30 验证码或登录页"},
		"stood": {"covered", "10:00 13:00 本机没有在运行"},
		"quiet": {"covered", "quiet since 03:00"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("coverage (-want +got):\n%s", diff)
	}
	if !r.Partial() || !strings.Contains(r.Summary, "其中 3 个有时段未覆盖") {
		t.Errorf("the summary hides it: %s", r.Summary)
	}
	for name, page := range map[string]string{"html": rendered(t, digest.HTML, r), "markdown": rendered(t, digest.Markdown, r)} {
		page = strings.ReplaceAll(page, `\`, "")
		if !strings.Contains(page, "02:00至05:30验证码或登录页") || !strings.Contains(page, "以来没有新内容，久于平常") {
			t.Errorf("%s does not tell the hours:\n%s", name, page)
		}
	}
}
