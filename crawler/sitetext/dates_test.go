package sitetext_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler/sitetext"
)

func TestFindDates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"2026年11月20日 14:05":        {"2026-11-20T14:05:00+08:00"},
		"2026年11月20日14时05分33秒":     {"2026-11-20T14:05:33+08:00"},
		"2026年11月20日（星期五）下午3点":     {"2026-11-20T15:00:00+08:00"},
		"2026-11-20 14:05:33":      {"2026-11-20T14:05:33+08:00"},
		"2026-11-20T06:05:33Z":     {"2026-11-20T14:05:33+08:00"},
		"2026-11-20T06:05:33.123Z": {"2026-11-20T14:05:33+08:00"},
		"2026-11-20T09:05:33+0300": {"2026-11-20T14:05:33+08:00"},
		"2026-11-20 14:05 GMT+8":   {"2026-11-20T14:05:00+08:00"},
		"2026-11-20 2:05 PM":       {"2026-11-20T14:05:00+08:00"},
		"2026-11-20 14:05 CCTV":    {"2026-11-20T14:05:00+08:00"}, // no zone
		"2026年11月20日14时3人被困":       {"2026-11-20T14:00:00+08:00"}, // no minutes
		"2026年11月20日晚间8点5分":        {"2026-11-20T20:05:00+08:00"},
		"2026/11/20":               {"2026-11-20 day"},
		"2026.1.2":                 {"2026-01-02 day"},
		"2026-11-20 至 2026-12-01":  {"2026-11-20 day", "2026-12-01 day"},
		"2026年11月20日，3人受伤":         {"2026-11-20 day"},
		"2026-11/20":               nil, // one separator or none
		"2026-02-30":               nil,
		"2026-13-01":               nil,
		"12026-11-20":              nil,
		"电话 0355-2026-11":          nil,
		"11月20日 14:05":             nil, // the year is never guessed
		"1826年1月1日":                nil,
		"2026-11-20 25:99":         {"2026-11-20 day"},
		"2026-11-20(14:05)":        {"2026-11-20 day"},
		"发布时间：2026-11-20　14：05　来源：某某网": {"2026-11-20T14:05:00+08:00"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, s := range sitetext.FindDates(text) {
				if s.Clock {
					got = append(got, s.Time.Format(time.RFC3339))
				} else {
					got = append(got, s.Time.Format("2006-01-02")+" day")
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseField(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"20261120":                        "2026-11-20T00:00:00+08:00",
		"20261120140533":                  "2026-11-20T14:05:33+08:00",
		"202611201405":                    "2026-11-20T14:05:00+08:00",
		"1795154733":                      "2026-11-20T14:05:33+08:00",
		"1795154733000":                   "2026-11-20T14:05:33+08:00",
		"Fri, 20 Nov 2026 14:05:33 CST":   "2026-11-20T14:05:33+08:00",
		"Fri, 20 Nov 2026 06:05:33 GMT":   "2026-11-20T14:05:33+08:00",
		"Fri, 20 Nov 2026 14:05:33 +0800": "2026-11-20T14:05:33+08:00",
		"3分钟前":                            "",
		"no time":                         "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got := ""
			if s := sitetext.ParseField(text); !s.IsZero() {
				got = s.Time.Format(time.RFC3339)
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
