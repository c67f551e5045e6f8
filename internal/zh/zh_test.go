package zh_test

import (
	"testing"
	"time"

	"huiying/internal/verdict"
	"huiying/internal/zh"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0:                               "不到1分钟",
		59 * time.Second:                "不到1分钟",
		-time.Minute:                    "1分钟",
		42*time.Minute + 59*time.Second: "42分钟",
		time.Hour:                       "1小时",
		65 * time.Minute:                "1小时5分钟",
		24*time.Hour + time.Minute:      "24小时",
		48 * time.Hour:                  "48小时",
		72*time.Hour - time.Second:      "71小时",
		72 * time.Hour:                  "3天",
		74*time.Hour + 5*time.Minute:    "3天2小时",
		5869320 * time.Minute:           "4075天22小时",
	} {
		if got := zh.Span(d); got != want {
			t.Errorf("Span(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestExact(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0:                       "0秒",
		10 * time.Second:        "10秒",
		90 * time.Second:        "90秒",
		time.Minute:             "1分钟",
		90 * time.Minute:        "90分钟",
		time.Hour:               "1小时",
		36 * time.Hour:          "36小时",
		168 * time.Hour:         "7天",
		1500 * time.Millisecond: "2秒",
	} {
		if got := zh.Exact(d); got != want {
			t.Errorf("Exact(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	// 2026-01-01 00:30 in Beijing is still 2025 in UTC.
	now := time.Date(2025, 12, 31, 16, 30, 0, 0, time.UTC)
	for offset, want := range map[time.Duration]string{
		0:                              "今天 00:30",
		-31 * time.Minute:              "昨天 23:59",
		-24*time.Hour - time.Minute*31: "2025年12月30日 23:59",
		24 * time.Hour:                 "明天 00:30",
		47*time.Hour + 30*time.Minute:  "1月3日 00:00",
	} {
		if got := zh.Moment(now.Add(offset), now); got != want {
			t.Errorf("Moment(%v) = %s, want %s", offset, got, want)
		}
	}
	if got := zh.Moment(time.Time{}, now) + zh.Stamp(time.Time{}); got != "——" {
		t.Errorf("the zero time reads %s", got)
	}
	if got := zh.Stamp(now) + "|" + zh.ShortStamp(now); got != "2026-01-01 00:30|01-01 00:30" {
		t.Errorf("stamps read %s", got)
	}
	from, to := zh.Day(now)
	if want := time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC); !from.Equal(want) || to.Sub(from) != 24*time.Hour {
		t.Errorf("the day runs from %v to %v", from, to)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 9999: "9999", 12_000: "1.2万", 99_994_999: "9999.5万", 99_995_000: "1亿", 340_000_000: "3.4亿"} {
		if got := zh.Count(n); got != want {
			t.Errorf("Count(%d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{800: "800元", 355_000: "35.5万元", 120_000_000: "1.2亿元"} {
		if got := zh.Yuan(n); got != want {
			t.Errorf("Yuan(%d) = %s, want %s", n, got, want)
		}
	}
	all := verdict.Toll{Dead: 1, Missing: 2, Trapped: 3, Serious: 4, Injured: 5, LossYuan: 10_000}
	if got, want := zh.Toll(all), "死亡1人、失联2人、被困3人、重伤4人、受伤5人、直接损失1万元"; got != want {
		t.Errorf("Toll = %s, want %s", got, want)
	}
	if got := zh.Toll(verdict.Toll{}); got != "" {
		t.Errorf("no casualties read %q", got)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"停电公告", 4, "停电公告"},
		{"停电公告一", 4, "停电公…"},
		{"停电 公告一", 4, "停电…"},
		{"ab\u0301cd", 3, "a…"},
		{"停电", 0, "…"},
		{"", 0, ""},
	} {
		if got := zh.Clip(c.in, c.n); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
