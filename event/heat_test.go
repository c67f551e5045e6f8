package event_test

import (
	"testing"
	"time"

	"huiying/event"
	"huiying/internal/post"
)

func TestHeat(t *testing.T) {
	t.Parallel()
	now := start.Add(30 * time.Hour)
	spread := func(source string, channel post.Channel, ago time.Duration) post.Spread {
		return post.Spread{Source: source, Channel: channel, FirstSeen: now.Add(-ago)}
	}
	h := event.HeatOf([]post.Spread{
		spread("a", post.Weibo, 30*time.Hour),
		spread("a", post.Weibo, 6*time.Hour+time.Second),
		spread("b", post.News, 6*time.Hour),
		spread("b", post.News, time.Hour+time.Second),
		spread("c", post.Weibo, time.Hour),
		spread("c", post.Weibo, 0),
	}, now)
	if h.Posts != 6 || h.Sources != 3 || h.LastHour != 2 || h.LastSix != 4 {
		t.Errorf("posts %d, sources %d, last hour %d, last six %d; want 6, 3, 2, 4", h.Posts, h.Sources, h.LastHour, h.LastSix)
	}
	total := 0
	for _, n := range h.Hours {
		total += n
	}
	if len(h.Hours) != 31 || h.Hours[0] != 1 || total != 6 {
		t.Errorf("by hours %v", h.Hours)
	}
	if got, want := h.String(), "帖文 6 条，来源 3 个（新闻网站 2、微博 4），近 1 小时新增 2 条"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// A week is counted by hours, whatever is older.
	old := event.HeatOf([]post.Spread{spread("a", post.Weibo, 9*24*time.Hour), spread("a", post.Weibo, 0)}, now)
	if len(old.Hours) != 7*24+1 || old.Posts != 2 {
		t.Errorf("%d hours of %d posts", len(old.Hours), old.Posts)
	}
}
