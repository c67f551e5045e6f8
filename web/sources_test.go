package web_test

import (
	"testing"

	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/internal/fixture"
	"huiying/internal/post"
)

// A source that can be read and brings nothing for unusually long is healthy on no
// page.
func TestPagesAgreeOnHealthySources(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	now := fixture.Now()
	for _, h := range []schedule.Health{
		{ID: "well"},
		{ID: "quiet", Flagged: crawler.Unchanged},
		{ID: "failing", Failures: 1, Trouble: crawler.Blocked},
	} {
		h.Name, h.Channel, h.Active, h.NextAt, h.LastGood, h.LastNew = h.ID, post.News, true, now, now, now
		fixture.Insert(t, db, &h)
	}
	fixture.Insert(t, db, &schedule.Health{ID: "waiting", Name: "waiting", Channel: post.News, Active: true, NextAt: now})
	srv := serve(t, db)
	inOrder(t, get(t, srv, "/"), "<b>1<small>/4</small></b><span>来源正常</span>")
	inOrder(t, get(t, srv, "/sources"), "正常 1 个", "失败 1 个", "久无新内容 1 个", "等待首轮 1 个")
}
