package digest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"huiying/crawler"

	"github.com/uptrace/bun"
)

// reasonLength is how much of a machine's error text the office gets to read.
const reasonLength = 80

// grace is how long after the period a good round still counts for it: a list
// read so soon still shows what the period brought. A digest is collected a
// little after its period ends, when rounds have gone on.
const grace = time.Hour

// sourceRow is what the digest reads of table sources.
type sourceRow struct {
	bun.BaseModel `bun:"table:sources,alias:source"`

	ID        string          `bun:"id,pk"`
	Name      string          `bun:"name"`
	Channel   crawler.Channel `bun:"channel"`
	LastGood  time.Time       `bun:"last_good,nullzero"`
	Failures  int             `bun:"failures"`
	LastError string          `bun:"last_error"`
}

// collectSources sorts the active sources into covered, missed and unproven. The
// table keeps only each source's last good round: one that lies after the period
// by more than the grace proves nothing of it, unless the source brought a post
// within.
func collectSources(ctx context.Context, db bun.IDB, r *Report) error {
	var rows []sourceRow
	if err := db.NewSelect().Model(&rows).Where("source.active = ?", true).Order("id").Scan(ctx); err != nil {
		return err
	}
	var counts []struct {
		Source string `bun:"source"`
		N      int    `bun:"n"`
	}
	err := db.NewSelect().TableExpr("posts AS post").
		Column("source").ColumnExpr("COUNT(*) AS n").
		Where("post.first_seen >= ?", r.From).Where("post.first_seen < ?", r.To).
		Group("source").Scan(ctx, &counts)
	if err != nil {
		return err
	}
	posts := make(map[string]int, len(counts))
	for _, c := range counts {
		posts[c.Source] = c.N
	}
	channels := make(map[crawler.Channel]bool)
	for _, row := range rows {
		channels[row.Channel] = true
		s := Source{
			ID: row.ID, Name: row.Name, Channel: row.Channel, LastGood: row.LastGood,
			Failures: row.Failures, Posts: posts[row.ID],
		}
		if row.Failures > 0 {
			s.Reason = Short(row.LastError, reasonLength)
		}
		switch {
		case s.Posts > 0, !row.LastGood.Before(r.From) && !row.LastGood.After(r.To.Add(grace)):
			r.Coverage.Covered = append(r.Coverage.Covered, s)
		case row.LastGood.After(r.To):
			r.Coverage.Unproven = append(r.Coverage.Unproven, s)
		default:
			if s.Reason == "" {
				s.Reason = "期内没有读取记录"
			}
			r.Coverage.Missed = append(r.Coverage.Missed, s)
		}
	}
	order := crawler.Channels()
	for _, list := range [][]Source{r.Coverage.Covered, r.Coverage.Missed, r.Coverage.Unproven} {
		slices.SortStableFunc(list, func(a, b Source) int {
			return cmp.Compare(slices.Index(order, a.Channel), slices.Index(order, b.Channel))
		})
	}
	for _, c := range r.Channels {
		if c.Posts == 0 && !channels[c.Channel] {
			r.Coverage.Absent = append(r.Coverage.Absent, c.Channel)
		}
	}
	return nil
}
