package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"huiying/crawler/sitetext"
	"huiying/internal/zh"
)

// stamp is one time read from text.
type stamp struct {
	time time.Time
	// clock is false when the text names only a day.
	clock bool
	// start and end are byte offsets into the text it was read from.
	start, end int
}

func (s stamp) zero() bool { return s.time.IsZero() }

// oldest is the year before which no page can have been published.
const oldest = 1994

var (
	// A day with a year of four digits: 2026年11月20日, 2026-11-20, 2026/11/20,
	// 2026.11.20; then perhaps a clock and a zone.
	dated = regexp.MustCompile(`((?:19|20)\d{2})\s*(年|[-/.–—])\s*(\d{1,2})\s*(月|[-/.–—])\s*(\d{1,2})\s*[日号]?`)
	// Between day and clock stand white space, a T, a weekday or a word for the
	// part of the day.
	clocked = regexp.MustCompile(`^(?:[\s\x{3000}\x{a0},，|/]|T|&nbsp;|[（(]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)*(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间|晚|AM|PM|am|pm)?\s*(\d{1,2})\s*(?:[:：]|时|点)\s*(\d{2})?(?:\s*(?:[:：]|分)\s*(\d{2}))?`)
	zoned   = regexp.MustCompile(`^秒?分?(?:\.\d+)?\s*(Z\b|UTC\b|GMT\b|(?:UTC|GMT)?[+-]\d{2}:?\d{2})`)
	// Digits without separators are believed only in fields made for machines.
	compact = regexp.MustCompile(`^\s*((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?\s*$`)
	yearly  = regexp.MustCompile(`\b(?:19|20)\d{2}\b`)
	epoch   = regexp.MustCompile(`^\s*(1\d{9})(\d{3})?\s*$`)
)

// stamps reads every full date in a text, in order. Dates without a year are
// left alone: guessing the year is how old accidents become news.
func stamps(s string) []stamp {
	var out []stamp
	for _, m := range dated.FindAllStringSubmatchIndex(s, -1) {
		group := func(i int) string { return s[m[2*i]:m[2*i+1]] }
		if m[0] > 0 && isDigit(s[m[0]-1]) {
			continue
		}
		first, second := group(2), group(4)
		if (first == "年") != (second == "月") || (first != "年" && first != second) {
			continue
		}
		rest := s[m[1]:]
		if rest != "" && isDigit(rest[0]) && m[1] > 0 && isDigit(s[m[1]-1]) {
			continue // 2026-11-2012…: a number that only begins like a date
		}
		st := stamp{start: m[0], end: m[1]}
		day := civil(group(1), group(3), group(5), "", "", "", zh.Beijing())
		if day.IsZero() {
			continue
		}
		st.time = day
		if c := clocked.FindStringSubmatchIndex(rest); c != nil && (c[6] >= 0 || c[5] < len(rest) && strings.ContainsAny(rest[c[5]:c[1]], "时点")) {
			part := func(i int) string {
				if c[2*i] < 0 {
					return ""
				}
				return rest[c[2*i]:c[2*i+1]]
			}
			zone := zh.Beijing()
			tail := rest[c[1]:]
			if z := zoned.FindStringSubmatch(tail); z != nil {
				zone = parseZone(z[1])
			}
			hour := halfDay(part(1), part(2))
			if t := civil(group(1), group(3), group(5), hour, part(3), part(4), zone); !t.IsZero() {
				st.time, st.clock, st.end = t.In(zh.Beijing()), true, m[1]+c[1]
			}
		}
		out = append(out, st)
	}
	return out
}

// machine reads a field made for machines: as stamps, and also RFC 1123, bare
// digits and Unix seconds or milliseconds.
func machine(s string) stamp {
	if m := compact.FindStringSubmatch(s); m != nil {
		if t := civil(m[1], m[2], m[3], m[4], m[5], m[6], zh.Beijing()); !t.IsZero() {
			return stamp{time: t, clock: m[4] != ""}
		}
	}
	if m := epoch.FindStringSubmatch(s); m != nil {
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err == nil {
			return stamp{time: time.Unix(n, 0).In(zh.Beijing()), clock: true}
		}
	}
	if all := stamps(s); len(all) > 0 {
		return all[0]
	}
	// What is left are the world's formats, which name their year too.
	if yearly.MatchString(s) {
		if t, ok := sitetext.ParseTime(s, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); ok {
			return stamp{time: t, clock: true}
		}
	}
	return stamp{}
}

// civil makes a time of texts, zero unless every part is possible.
func civil(year, month, day, hour, minute, second string, zone *time.Location) time.Time {
	n := func(s string) int {
		if s == "" {
			return 0
		}
		v, err := strconv.Atoi(s)
		if err != nil {
			return -1
		}
		return v
	}
	y, mo, d, h, mi, se := n(year), n(month), n(day), n(hour), n(minute), n(second)
	if y < oldest || mo < 1 || mo > 12 || h < 0 || h > 24 || mi < 0 || mi > 59 || se < 0 || se > 60 {
		return time.Time{}
	}
	t := time.Date(y, time.Month(mo), d, h, mi, se, 0, zone)
	if h < 24 && (t.Day() != d || d < 1) {
		return time.Time{} // 31 February
	}
	return t
}

func halfDay(word, hour string) string {
	h, err := strconv.Atoi(hour)
	if err != nil || h >= 12 {
		return hour
	}
	switch word {
	case "下午", "傍晚", "晚上", "夜间", "晚", "PM", "pm":
		return strconv.Itoa(h + 12)
	case "中午":
		if h < 3 {
			return strconv.Itoa(h + 12)
		}
	}
	return hour
}

func parseZone(s string) *time.Location {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "UTC"), "GMT")
	if s == "" || s == "Z" {
		return time.UTC
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	h, errH := strconv.Atoi(digits[:2])
	m, errM := strconv.Atoi(digits[2:])
	if errH != nil || errM != nil || h > 14 || m > 59 {
		return zh.Beijing()
	}
	offset := h*3600 + m*60
	if s[0] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset)
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
