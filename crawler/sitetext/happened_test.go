package sitetext_test

import (
	"testing"
	"time"

	"huiying/crawler/sitetext"
	"huiying/internal/zh"
)

func TestHappened(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing())
	published := time.Date(2026, 11, 21, 8, 0, 0, 0, zh.Beijing())
	for name, tt := range map[string]struct {
		title, body string
		published   time.Time
		want        string
	}{
		"month and day":               {body: "11月20日15时许，某某煤业井下发生顶板事故，2人被困。", published: published, want: "2026-11-20 15:00"},
		"with its year":               {body: "2026年11月20日下午3点20分，一处管线泄漏。", published: published, want: "2026-11-20 15:20"},
		"full width":                  {body: "１１月２０日１５：４０，变电站起火。", want: "2026-11-20 15:40"},
		"in the headline":             {title: "11月20日22时40分一货车与火车相撞", want: "2026-11-20 22:40"},
		"a day alone":                 {body: "30日22时40分许，运煤货车与空车相撞。", published: time.Date(2026, 11, 2, 8, 0, 0, 0, zh.Beijing()), want: "2026-10-30 22:40"},
		"yesterday evening":           {body: "昨晚8点多，半个城区突然停电。", published: published, want: "2026-11-20 20:00"},
		"yesterday, seen only":        {body: "昨天凌晨2时，锅炉房发生爆炸。", want: "2026-11-22 02:00"},
		"a dateline is not the event": {body: "新华社太原11月20日电 记者获悉，某矿发生事故。"},
		"a meeting is not an event":   {body: "11月20日15时，市能源局召开会议。会议指出，要防范事故。"},
		"a notice of what will be":    {body: "11月25日8时至18时，桃园小区停电。", published: published},
		"an old accident":             {body: "2009年11月21日2时30分，某矿发生瓦斯爆炸事故。", published: published},
		"no time of day":              {body: "11月20日，某矿发生事故。", published: published},
		"not a time":                  {body: "11月20日25时，某矿发生事故。", published: published},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if at := sitetext.Happened(tt.title, tt.body, tt.published, seen); !at.IsZero() {
				got = at.Format("2006-01-02 15:04")
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
