package sitetext

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"huiying/internal/zh"
)

// oldest is the year before which no source and no page has published.
const oldest = 1990

// Date is a time that was read from a text.
type Date struct {
	// Time is in Beijing time; midnight where the text names only a day.
	Time time.Time
	// Clock is false where the text names only a day.
	Clock bool
	// Start and End are byte offsets of day and clock in the text; both are 0 where a
	// whole field was read.
	Start, End int
	// unclear says that a clock or a zone stands behind the day that cannot be read.
	unclear bool
}

// IsZero reports whether no time was read.
func (d Date) IsZero() bool { return d.Time.IsZero() }

var (
	// A day with a year of four digits: 2026年11月20日, 2026-11-20, 2026/11/20, 2026.11.20.
	datePattern = regexp.MustCompile(`((?:19|20)\d{2})\s*(年|[-/.–—])\s*(\d{1,2})\s*(月|[-/.–—])\s*(\d{1,2})\s*[日号]?`)
	// Between day and clock stand white space, a T, a weekday or a word for the part of
	// the day.
	clockPattern = regexp.MustCompile(`^(?:[\s\x{3000}\x{a0},，|/]|T|&nbsp;|[（(]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)*(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间|晚间|晚|AM|PM|am|pm)?\s*` +
		`(\d{1,2})\s*(?:[:：]\s*(\d{1,2})|[时点]\s*(?:(\d{2})|(\d)\s*分\s*(?:(\d{1,2})\s*秒)?)?)(?:\s*[:：分]\s*(\d{1,2}))?`)
	// Behind the clock stand AM or PM and the zone.
	zonePattern = regexp.MustCompile(`^\s*分?\s*秒?(?:[.,]\d+)?\s*([AaPp][Mm]\b)?\s*(Z\b|[+-]\d{2}:?\d{2}|[A-Z]{2,4}(?:[+-]\d{1,2}(?::?\d{2})?|\b))?`)
	// Digits without separators: 20261120, 202611201405, 20261120T140533.
	compactPattern = regexp.MustCompile(`^((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?$`)
	epochPattern   = regexp.MustCompile(`^(1\d{9})(\d{3})?$`)
)

// FindDates returns every date with its year that stands in a running text, in order.
// Dates without a year are left alone: guessing the year is how old accidents become
// news.
func FindDates(s string) []Date {
	var found []Date
	for _, m := range datePattern.FindAllStringSubmatchIndex(s, -1) {
		group := func(i int) string { return s[m[2*i]:m[2*i+1]] }
		if m[0] > 0 && isDigit(s[m[0]-1]) {
			continue
		}
		first, second := group(2), group(4)
		if (first == "年") != (second == "月") || first != "年" && first != second {
			continue
		}
		rest := s[m[1]:]
		if rest != "" && isDigit(rest[0]) && isDigit(s[m[1]-1]) {
			continue // 2026-11-2012…: a number that only begins like a date
		}
		if d := dayAndClock(group(1), group(3), group(5), rest); !d.IsZero() {
			d.Start, d.End = m[0], m[1]+d.End
			found = append(found, d)
		}
	}
	return found
}

// ParseField reads a time with its year in a field that a page writes for machines:
// a date, RFC 1123 and the like, bare digits, Unix seconds or milliseconds. It is zero
// where there is none.
func ParseField(s string) Date {
	if d := parseDigits(strings.TrimSpace(s)); !d.IsZero() {
		return d
	}
	if all := FindDates(s); len(all) > 0 {
		return all[0]
	}
	if d := parseEnglish(normalize(s)); !d.unclear {
		return d
	}
	return Date{}
}

// Civil makes a Beijing time of the digits of year, month, day and, if any,
// hour, minute and second. It is zero unless every part is possible.
func Civil(year, month, day string, clock ...string) time.Time {
	var parts [6]int
	for i, s := range append([]string{year, month, day}, clock...) {
		n, err := strconv.Atoi(s)
		if err != nil && s != "" {
			return time.Time{}
		}
		parts[i] = n
	}
	return civil(parts, zh.Beijing())
}

func civil(p [6]int, zone *time.Location) time.Time {
	h, mi, sec := p[3], p[4], min(p[5], 59) // a leap second
	if p[0] < oldest || p[1] < 1 || p[1] > 12 || h < 0 || h > 24 || mi < 0 || mi > 59 || sec < 0 || p[5] > 60 || h == 24 && mi+sec > 0 {
		return time.Time{}
	}
	if day := time.Date(p[0], time.Month(p[1]), p[2], 0, 0, 0, 0, zone); day.Day() != p[2] {
		return time.Time{} // 30 February
	}
	return time.Date(p[0], time.Month(p[1]), p[2], h, mi, sec, 0, zone)
}

// dayAndClock joins a day with the clock that rest begins with, if any; End is where in
// rest it ends.
func dayAndClock(year, month, day, rest string) Date {
	d := Date{Time: Civil(year, month, day)}
	m := clockPattern.FindStringSubmatchIndex(rest)
	if d.IsZero() || m == nil {
		return d
	}
	group := func(m []int, s string, i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	tail := rest[m[1]:]
	z := zonePattern.FindStringSubmatchIndex(tail)
	zone := zoneOf(group(z, tail, 2))
	d.unclear = zone == nil
	if zone == nil {
		zone = zh.Beijing()
	}
	number := func(groups ...int) int { // of the first group that is not empty
		for _, g := range groups {
			if n, err := strconv.Atoi(group(m, rest, g)); err == nil {
				return n
			}
		}
		return 0
	}
	hour := hourOf(number(2), group(m, rest, 1)+group(z, tail, 1))
	parts := [6]int{d.Time.Year(), int(d.Time.Month()), d.Time.Day(), hour, number(3, 4, 5), number(6, 7)}
	t := civil(parts, zone)
	if t.IsZero() {
		d.unclear = true
		return d
	}
	d.Time, d.Clock, d.End = t.In(zh.Beijing()), true, m[1]
	return d
}

// hourOf is the hour of 24 that an hour and a word for the part of the day mean.
func hourOf(hour int, part string) int {
	switch strings.ToUpper(part) {
	case "下午", "傍晚", "晚上", "夜间", "晚间", "晚", "PM":
		if hour < 12 {
			return hour + 12
		}
	case "中午":
		if hour < 3 {
			return hour + 12
		}
	case "AM":
		if hour == 12 {
			return 0
		}
	}
	return hour
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

// parseDigits reads bare digits: day and clock without separators, or Unix seconds or
// milliseconds.
func parseDigits(s string) Date {
	if m := compactPattern.FindStringSubmatch(s); m != nil {
		return Date{Time: Civil(m[1], m[2], m[3], m[4:]...), Clock: m[4] != ""}
	}
	if m := epochPattern.FindStringSubmatch(s); m != nil {
		seconds, _ := strconv.ParseInt(m[1], 10, 64) // ten digits
		millis, _ := strconv.ParseInt(m[2], 10, 64)
		return Date{Time: time.Unix(seconds, millis*1e6).In(zh.Beijing()), Clock: true}
	}
	return Date{}
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
