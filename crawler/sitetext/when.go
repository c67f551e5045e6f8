package sitetext

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"huiying/internal/zh"
)

// maxAhead is how far a source's clock may run ahead of ours before its time is
// taken for nonsense: feeds that mislabel their zone lie by 8 and 14 hours.
const maxAhead = 10 * time.Minute

var (
	dayPattern = regexp.MustCompile(`(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?`)
	// Weekday, part of day and time after a day; the zone is the last group.
	clockPattern = regexp.MustCompile(`^[T\s,]*(?:[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)?\s*(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚)?\s*` +
		`(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?(?:\s*:?\s*(\d{1,2})(?:[.,]\d+)?\s*秒?)?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2}|[A-Z]{2,4}(?:[+-]\d{1,2}(?::?\d{2})?)?)?`)
	// As in Fri, 14 Jun 2019 10:00:00 +0800.
	mailPattern = regexp.MustCompile(`(?i)^(?:[a-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]+([a-z]{3,9})\.?[\s-]+(\d{4}|\d{2})\b`)
	// As in Fri Jun 14 10:00:00 +0800 2019.
	rubyPattern = regexp.MustCompile(`(?i)^[a-z]{3}\s+([a-z]{3})\s+(\d{1,2})\s+(\d{1,2}:\d{2}:\d{2})\s+(?:(\S+)\s+)?(\d{4})$`)
	// As in June 14, 2019 10:00 AM.
	bookPattern     = regexp.MustCompile(`(?i)^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})\b`)
	agoPattern      = regexp.MustCompile(`^(\d{1,4}|半|[一两几])\s*个?\s*(秒钟?|分钟?|小时|钟头|天|日)\s*(?:以|之)?前`)
	nearDayPattern  = regexp.MustCompile(`^(今天|今日|昨天|昨日|前天)\s*`)
	shortYear       = regexp.MustCompile(`^(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?:\s|$)`)
	monthDayPattern = regexp.MustCompile(`^(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*[日号]?(?:\s|$)`)
)

// ParseTime reads the time a source claims, in any of the ways that Chinese
// pages, feeds and timelines write it, relative ones such as 3分钟前 included.
// A time without a zone, and one in "CST", is China's. It reports false when
// there is no time, when it is before 1990, and when it lies more than 10
// minutes after now.
func ParseTime(s string, now time.Time) (time.Time, bool) {
	s = strings.Join(strings.Fields(width.Narrow.String(s)), " ")
	if s == "" || len(s) > 200 {
		return time.Time{}, false
	}
	now = now.In(zh.Beijing())
	t, ok := parseTime(s, now)
	if !ok || t.Year() < 1990 || t.After(now.Add(maxAhead)) {
		return time.Time{}, false
	}
	return t.In(zh.Beijing()), true
}

func parseTime(s string, now time.Time) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return unixTime(s, n)
	}
	if t, ok := nearTime(s, now); ok {
		return t, true
	}
	if m := rubyPattern.FindStringSubmatch(s); m != nil {
		return clock(m[5], monthNumber(m[1]), m[2], m[3]+" "+m[4])
	}
	if m := dayPattern.FindStringSubmatchIndex(s); m != nil {
		return clock(s[m[2]:m[3]], s[m[4]:m[5]], s[m[6]:m[7]], s[m[1]:])
	}
	if m := mailPattern.FindStringSubmatch(s); m != nil {
		return clock(fullYear(m[3]), monthNumber(m[2]), m[1], s[len(m[0]):])
	}
	if m := bookPattern.FindStringSubmatch(s); m != nil {
		return clock(m[3], monthNumber(m[1]), m[2], s[len(m[0]):])
	}
	if m := shortYear.FindStringSubmatch(s); m != nil {
		return clock(fullYear(m[1]), m[2], m[3], s[len(m[0]):])
	}
	if m := monthDayPattern.FindStringSubmatch(s); m != nil {
		rest := s[len(m[0]):]
		t, ok := clock(strconv.Itoa(now.Year()), m[1], m[2], rest)
		if !ok || t.After(now.Add(maxAhead)) {
			return clock(strconv.Itoa(now.Year()-1), m[1], m[2], rest)
		}
		return t, true
	}
	return time.Time{}, false
}

// unixTime reads a number: seconds, milliseconds by their 13 digits, or a day and
// time written together.
func unixTime(digits string, n int64) (time.Time, bool) {
	switch len(digits) {
	case 10:
		return time.Unix(n, 0), true
	case 13:
		return time.UnixMilli(n), true
	case 8:
		t, err := time.ParseInLocation("20060102", digits, zh.Beijing())
		return t, err == nil
	case 14:
		t, err := time.ParseInLocation("20060102150405", digits, zh.Beijing())
		return t, err == nil
	}
	return time.Time{}, false
}

// nearTime reads times told from now.
func nearTime(s string, now time.Time) (time.Time, bool) {
	if strings.HasPrefix(s, "刚刚") || strings.HasPrefix(s, "刚才") {
		return now, true
	}
	if m := agoPattern.FindStringSubmatch(s); m != nil {
		unit := time.Second
		switch m[2] {
		case "分", "分钟":
			unit = time.Minute
		case "小时", "钟头":
			unit = time.Hour
		case "天", "日":
			unit = 24 * time.Hour
		}
		switch m[1] {
		case "半":
			return now.Add(-unit / 2), true
		case "一":
			return now.Add(-unit), true
		case "两":
			return now.Add(-2 * unit), true
		case "几":
			return now.Add(-3 * unit), true
		}
		n, err := strconv.Atoi(m[1])
		return now.Add(-time.Duration(n) * unit), err == nil
	}
	if m := nearDayPattern.FindStringSubmatch(s); m != nil {
		day := now
		switch m[1] {
		case "昨天", "昨日":
			day = now.AddDate(0, 0, -1)
		case "前天":
			day = now.AddDate(0, 0, -2)
		}
		y, mo, d := day.Date()
		return clock(strconv.Itoa(y), strconv.Itoa(int(mo)), strconv.Itoa(d), s[len(m[0]):])
	}
	return time.Time{}, false
}

// clock joins a day with what stands behind it; a day without a time is its
// midnight.
func clock(year, month, day, rest string) (time.Time, bool) {
	y, err1 := strconv.Atoi(year)
	mo, err2 := strconv.Atoi(month)
	d, err3 := strconv.Atoi(day)
	if err1 != nil || err2 != nil || err3 != nil {
		return time.Time{}, false
	}
	var h, mi, sec int
	zone := zh.Beijing()
	if m := clockPattern.FindStringSubmatch(rest); m != nil {
		h, _ = strconv.Atoi(m[2])
		mi, _ = strconv.Atoi(m[3])
		sec, _ = strconv.Atoi(m[4])
		sec = min(sec, 59) // a leap second
		late := m[1] == "下午" || m[1] == "傍晚" || m[1] == "晚上" || m[1] == "晚" || strings.EqualFold(m[5], "pm")
		if (late || m[1] == "中午" && h < 3) && h < 12 {
			h += 12
		} else if strings.EqualFold(m[5], "am") && h == 12 {
			h = 0
		}
		if zone = zoneOf(m[6]); zone == nil {
			return time.Time{}, false
		}
		if h > 24 || mi > 59 || h == 24 && mi+sec > 0 {
			return time.Time{}, false
		}
	}
	t := time.Date(y, time.Month(mo), d, h, mi, sec, 0, zone)
	if probe := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, zone); probe.Day() != d || int(probe.Month()) != mo {
		return time.Time{}, false // 30 February
	}
	return t, true
}

// zoneOf reads a zone; nil when it is not known. CST is China Standard Time here,
// never the United States' Central Time.
func zoneOf(s string) *time.Location {
	switch s {
	case "", "CST", "HKT", "BJT", "SGT":
		return zh.Beijing()
	case "Z", "UT", "UTC", "GMT":
		return time.UTC
	case "JST", "KST":
		return time.FixedZone(s, 9*60*60)
	}
	sign := strings.IndexAny(s, "+-")
	if sign < 0 {
		return nil
	}
	digits := strings.ReplaceAll(s[sign+1:], ":", "")
	if len(digits) <= 2 {
		digits += "00"
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > 1400 {
		return nil
	}
	offset := (n/100*60 + n%100) * 60
	if s[sign] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset)
}

// monthNumber reads an English month's name; "" when it is none.
func monthNumber(name string) string {
	if len(name) < 3 {
		return ""
	}
	at := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(name[:3]))
	if at < 0 || at%3 != 0 {
		return ""
	}
	return strconv.Itoa(at/3 + 1)
}

func fullYear(year string) string {
	if len(year) == 2 {
		if year >= "70" {
			return "19" + year
		}
		return "20" + year
	}
	return year
}
