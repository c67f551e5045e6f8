package event

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// Reach is how far an event spread, by public figures only: what the pages and feeds
// themselves publish of their readers, and, apart from that, what the editors estimate
// of the sources. Neither is the number of people who know of the matter.
type Reach struct {
	// Reads and Shares are the sums of what posts publish, ReadsOf and SharesOf of how
	// many posts.
	Reads, Shares     int64
	ReadsOf, SharesOf int
	// Audience is the sum of the estimates of the sources, AudienceOf of how many.
	Audience   int64
	AudienceOf int
}

// String says the reach in Chinese, with how much of it is known; "" where nothing is.
func (r Reach) String() string {
	var parts []string
	if r.ReadsOf > 0 {
		parts = append(parts, fmt.Sprintf("阅读 %s（%d 条公布）", zh.Count(r.Reads), r.ReadsOf))
	}
	if r.SharesOf > 0 {
		parts = append(parts, fmt.Sprintf("转发 %s（%d 条公布）", zh.Count(r.Shares), r.SharesOf))
	}
	if r.AudienceOf > 0 {
		parts = append(parts, fmt.Sprintf("来源受众约 %s（%d 个来源，估计）", zh.Count(r.Audience), r.AudienceOf))
	}
	return strings.Join(parts, "，")
}

// reachRow is what an event's posts published together by an hour.
type reachRow struct {
	bun.BaseModel `bun:"table:reach,alias:reach"`

	EventID string    `bun:"event_id,pk"`
	Hour    time.Time `bun:"hour,pk"`
	Reads   int64     `bun:"reads"`
	Shares  int64     `bun:"shares"`
}

// KeepReach notes what an event's posts publish together as it stands in this hour.
func KeepReach(ctx context.Context, tx store.Conn, eventID string, now time.Time) error {
	r := reachRow{EventID: eventID, Hour: now.UTC().Truncate(time.Hour)}
	var err error
	if r.Reads, r.Shares, err = post.SumReads(ctx, tx, eventID); err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&r).On("CONFLICT (event_id, hour) DO UPDATE").
		Set("reads = EXCLUDED.reads").Set("shares = EXCLUDED.shares").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep how far event %s spread: %w", eventID, err)
	}
	return nil
}

// Hour is how far an event had spread by the end of an hour.
type Hour struct {
	At time.Time
	// New counts the posts of the hour; the rest is all until then.
	New, Posts, Sources, Channels int
	Reads, Shares, Audience       int64
}

// hourly walks an event's posts, oldest first, hour by hour, with what was noted of
// its readers. Hours in which nothing changed are left out.
func hourly(posts []post.Spread, noted []reachRow) []Hour {
	var out []Hour
	sources, channels := map[string]int64{}, map[post.Channel]bool{}
	at := func(hour time.Time) *Hour {
		if n := len(out); n > 0 {
			if out[n-1].At.Equal(hour) {
				return &out[n-1]
			}
			next := out[n-1]
			next.At, next.New = hour, 0
			out = append(out, next)
			return &out[n]
		}
		out = append(out, Hour{At: hour})
		return &out[0]
	}
	note := func() {
		h := at(noted[0].Hour)
		h.Reads, h.Shares = noted[0].Reads, noted[0].Shares
		noted = noted[1:]
	}
	for _, p := range posts {
		hour := p.FirstSeen.UTC().Truncate(time.Hour)
		for len(noted) > 0 && noted[0].Hour.Before(hour) {
			note()
		}
		h := at(hour)
		h.New++
		h.Posts++
		sources[p.Source] = max(sources[p.Source], p.Audience)
		channels[p.Channel] = true
		h.Sources, h.Channels, h.Audience = len(sources), len(channels), sum(sources)
	}
	for len(noted) > 0 {
		note()
	}
	return out
}

func sum(of map[string]int64) int64 {
	var n int64
	for _, v := range of {
		n += v
	}
	return n
}
