package event

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
)

// Heat is how an event spread.
type Heat struct {
	Posts, Sources int
	// Channels are where it is spoken of, by the number of posts.
	Channels map[post.Channel]int
	// From is the hour of the first post; Hours counts the new posts of each hour
	// since, at most a week of them.
	From  time.Time
	Hours []int
	// Reach is by public figures and estimates.
	Reach Reach
	// Course is how the event spread, hour by hour, where anything changed.
	Course []Hour
	// LastHours counts the new posts of the last hour and the last six.
	LastHour, LastSix int
}

// mostHours bounds what is counted by hours.
const mostHours = 7 * 24

// ReadHeat counts an event's posts up to now.
func ReadHeat(ctx context.Context, db store.Conn, id string, now time.Time) (Heat, error) {
	posts, err := post.SpreadOf(ctx, db, id)
	if err != nil {
		return Heat{}, err
	}
	var noted []reachRow
	if err := db.NewSelect().Model(&noted).Where("event_id = ?", id).Order("hour").Scan(ctx); err != nil {
		return Heat{}, fmt.Errorf("read how far event %s spread: %w", id, err)
	}
	h := HeatOf(posts, now)
	h.Course = hourly(posts, noted)
	return h, nil
}

// HeatOf counts posts, oldest first, up to now.
func HeatOf(posts []post.Spread, now time.Time) Heat {
	h := Heat{Posts: len(posts), Channels: map[post.Channel]int{}}
	sources := map[string]int64{}
	if len(posts) > 0 {
		h.From = posts[0].FirstSeen.Truncate(time.Hour)
		if earliest := now.Add(-mostHours * time.Hour).Truncate(time.Hour); h.From.Before(earliest) {
			h.From = earliest
		}
		h.Hours = make([]int, min(max(int(now.Sub(h.From)/time.Hour)+1, 1), mostHours+1))
	}
	for _, p := range posts {
		sources[p.Source] = max(sources[p.Source], p.Audience)
		if p.Reads > 0 {
			h.Reach.Reads += p.Reads
			h.Reach.ReadsOf++
		}
		if p.Shares > 0 {
			h.Reach.Shares += p.Shares
			h.Reach.SharesOf++
		}
		h.Channels[p.Channel]++
		if i := int(p.FirstSeen.Sub(h.From) / time.Hour); i >= 0 && i < len(h.Hours) {
			h.Hours[i]++
		}
		if now.Sub(p.FirstSeen) <= time.Hour {
			h.LastHour++
		}
		if now.Sub(p.FirstSeen) <= 6*time.Hour {
			h.LastSix++
		}
	}
	h.Sources = len(sources)
	for _, n := range sources {
		if n > 0 {
			h.Reach.Audience += n
			h.Reach.AudienceOf++
		}
	}
	return h
}

// String says the heat in Chinese: 帖文 12 条，来源 5 个（微博 8、新闻网站 4），近 1 小时新增 3 条.
func (h Heat) String() string {
	s := fmt.Sprintf("帖文 %d 条，来源 %d 个", h.Posts, h.Sources)
	var where []string
	for _, c := range post.Channels() {
		if n := h.Channels[c]; n > 0 {
			where = append(where, fmt.Sprintf("%s %d", c.Name(), n))
		}
	}
	if len(where) > 0 {
		s += "（" + strings.Join(where, "、") + "）"
	}
	if h.LastHour > 0 && h.Posts > 1 {
		s += fmt.Sprintf("，近 1 小时新增 %d 条", h.LastHour)
	}
	if far := h.Reach.String(); far != "" {
		s += "；" + far
	}
	return s
}
