package sitetext_test

import (
	"testing"

	"huiying/crawler/sitetext"
)

func TestCounts(t *testing.T) {
	t.Parallel()
	c := sitetext.NewCountReader()
	for s, want := range map[string]int64{
		"345": 345, "12,345": 12345, "1.2万": 12000, "10万+": 100000, "1.5亿": 150_000_000, "3w+": 30000, "阅读 88": 88,
		"": 0, "暂无": 0, "99999999999999999999": 0,
	} {
		if got := c.Read(s); got != want {
			t.Errorf("Read(%q) = %d, want %d", s, got, want)
		}
	}
	for s, want := range map[string]int64{
		"来源：某报 2026-11-23 浏览次数：1,204 次 字体：大 中 小": 1204, "阅读量:1.2万": 12000, "345次浏览": 345, "点击 7": 7,
		"2026年11月23日 10:00": 0, "3人被困": 0, "阅读全文": 0, "浏览器版本 12": 0,
	} {
		if got := c.Labelled(s); got != want {
			t.Errorf("Labelled(%q) = %d, want %d", s, got, want)
		}
	}
}
