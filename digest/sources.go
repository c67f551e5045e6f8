package digest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/crawler/schedule"
	"huiying/internal/post"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// reasonLength is how much of a machine's error text the office gets to read.
const reasonLength = 80

// grace is how long after the period a good round still counts for it: a list
// read so soon still shows what the period brought. A digest is collected a
// little after its period ends, when rounds have gone on.
const grace = time.Hour

// collectSources sorts the active sources into covered, missed and unproven, by the
// rounds on record. Of a source without any, only its last good round is known: one
// that lies after the period by more than the grace proves nothing of it, unless the
// source brought a post within.
func collectSources(ctx context.Context, db store.Conn, r *Report) error {
	rows, err := schedule.ListHealth(ctx, db)
	if err != nil {
		return err
	}
	posts, err := post.CountBySource(ctx, db, r.From, r.To)
	if err != nil {
		return err
	}
	end := r.To
	if r.At.Before(end) {
		end = r.At
	}
	readings, err := schedule.CoverageBySource(ctx, db, r.From, end, grace)
	if err != nil {
		return err
	}
	channels := make(map[post.Channel]bool)
	for _, row := range rows {
		channels[row.Channel] = true
		s := Source{
			ID: row.ID, Name: row.Name, Channel: row.Channel, LastGood: row.LastGood,
			Failures: row.Failures, Posts: posts[row.ID],
		}
		if row.Failures > 0 {
			s.Reason = safetext.Excerpt(row.LastError, reasonLength)
		}
		if quiet := row.QuietSince(); !quiet.IsZero() {
			s.Quiet = quiet.In(zh.Beijing())
		}
		reading, recorded := readings[row.ID]
		if recorded {
			s.Unread = unreadOf(reading)
		}
		switch {
		case s.Posts > 0,
			recorded && reading.Covered(),
			!recorded && !row.LastGood.Before(r.From) && !row.LastGood.After(r.To.Add(grace)):
			r.Coverage.Covered = append(r.Coverage.Covered, s)
		case !recorded && row.LastGood.After(r.To):
			r.Coverage.Unproven = append(r.Coverage.Unproven, s)
		default:
			switch {
			case s.Reason != "":
			case len(s.Unread) > 0:
				s.Reason = s.Unread[0].Reason
			default:
				s.Reason = "期内没有读取记录"
			}
			r.Coverage.Missed = append(r.Coverage.Missed, s)
		}
	}
	order := post.Channels()
	for _, list := range [][]Source{r.Coverage.Covered, r.Coverage.Missed, r.Coverage.Unproven} {
		slices.SortFunc(list, func(a, b Source) int {
			return cmp.Or(cmp.Compare(slices.Index(order, a.Channel), slices.Index(order, b.Channel)), cmp.Compare(a.ID, b.ID))
		})
	}
	for _, c := range r.Channels {
		if c.Posts == 0 && !channels[c.Channel] {
			r.Coverage.Absent = append(r.Coverage.Absent, c.Channel)
		}
	}
	return nil
}

func unreadOf(reading schedule.Coverage) []Unread {
	var list []Unread
	for _, s := range reading.Unread {
		u := Unread{From: s.From.In(zh.Beijing()), To: s.To.In(zh.Beijing()), Reason: s.Trouble.Name()}
		if s.Trouble == "" {
			u.Reason = "本机没有在运行"
		}
		list = append(list, u)
	}
	return list
}

// unreadMost is how many stretches of one source are named.
const unreadMost = 4

// gaps says in the office's words when a source that was read in the period was not
// read; "" where it always was.
func gaps(s Source) string {
	var parts []string
	for i, u := range s.Unread {
		if i == unreadMost {
			parts = append(parts, fmt.Sprintf("另 %d 段", len(s.Unread)-unreadMost))
			break
		}
		layout := "15:04"
		if u.From.Format(time.DateOnly) != u.To.Format(time.DateOnly) {
			layout = "1月2日15:04"
		}
		parts = append(parts, u.From.Format(layout)+"至"+u.To.Format(layout)+u.Reason)
	}
	if !s.Quiet.IsZero() {
		parts = append(parts, s.Quiet.Format("1月2日15:04")+"以来没有新内容，久于平常")
	}
	return strings.Join(parts, "；")
}
