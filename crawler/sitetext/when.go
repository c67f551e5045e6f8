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
	s = normalize(s)
	if s == "" || len(s) > 200 {
		return time.Time{}, false
	}
	d := parseTime(s, now.In(zh.Beijing()))
	if d.unclear || d.Time.Year() < oldest || d.Time.After(now.Add(maxAhead)) {
		return time.Time{}, false
	}
	return d.Time.In(zh.Beijing()), true
}

// normalize narrows wide characters and joins runs of blanks.
func normalize(s string) string { return strings.Join(strings.Fields(width.Narrow.String(s)), " ") }

func parseTime(s string, now time.Time) Date {
	if d := parseDigits(s); !d.IsZero() {
		return d
	}
	if d := parseNear(s, now); !d.IsZero() {
		return d
	}
	if d := parseEnglish(s); !d.IsZero() {
		return d
	}
	if all := FindDates(s); len(all) > 0 {
		return all[0]
	}
	if m := shortYear.FindStringSubmatch(s); m != nil {
		return dayAndClock(fullYear(m[1]), m[2], m[3], s[len(m[0]):])
	}
	if m := monthDayPattern.FindStringSubmatch(s); m != nil {
		rest := s[len(m[0]):]
		d := dayAndClock(strconv.Itoa(now.Year()), m[1], m[2], rest)
		if d.IsZero() || d.Time.After(now.Add(maxAhead)) {
			return dayAndClock(strconv.Itoa(now.Year()-1), m[1], m[2], rest)
		}
		return d
	}
	return Date{}
}

// parseEnglish reads the formats of mail headers, of Ruby and of books.
func parseEnglish(s string) Date {
	if m := rubyPattern.FindStringSubmatch(s); m != nil {
		return dayAndClock(m[5], monthNumber(m[1]), m[2], " "+m[3]+" "+m[4])
	}
	if m := mailPattern.FindStringSubmatch(s); m != nil {
		return dayAndClock(fullYear(m[3]), monthNumber(m[2]), m[1], s[len(m[0]):])
	}
	if m := bookPattern.FindStringSubmatch(s); m != nil {
		return dayAndClock(m[3], monthNumber(m[1]), m[2], s[len(m[0]):])
	}
	return Date{}
}

// parseNear reads times told from now.
func parseNear(s string, now time.Time) Date {
	if strings.HasPrefix(s, "刚刚") || strings.HasPrefix(s, "刚才") {
		return Date{Time: now, Clock: true}
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
		ago := unit
		switch m[1] {
		case "半":
			ago = unit / 2
		case "一":
		case "两":
			ago = 2 * unit
		case "几":
			ago = 3 * unit
		default:
			n, _ := strconv.Atoi(m[1]) // four digits at most
			ago = time.Duration(n) * unit
		}
		return Date{Time: now.Add(-ago), Clock: true}
	}
	if m := nearDayPattern.FindStringSubmatch(s); m != nil {
		return dateOn(nearDay(now, m[1]), s[len(m[0]):])
	}
	return Date{}
}

// nearDay is the day that a word such as 昨天 or 昨晚 means.
func nearDay(now time.Time, word string) time.Time {
	switch word {
	case "昨天", "昨日", "昨晚", "昨夜":
		return now.AddDate(0, 0, -1)
	case "前天":
		return now.AddDate(0, 0, -2)
	}
	return now
}

// dateOn joins the day of t with the clock that rest begins with, if any.
func dateOn(t time.Time, rest string) Date {
	return dayAndClock(strconv.Itoa(t.Year()), strconv.Itoa(int(t.Month())), strconv.Itoa(t.Day()), rest)
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
