// Package zh words times, durations, numbers and casualties in Chinese, as staff and
// the office read them. It is the one place for each wording.
package zh

import (
	"fmt"
	"time"
)

// Beijing is the time that the office lives by: UTC+8 all year, whatever the machine's
// own zone is.
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// Day returns the day of Beijing that holds t: its start and the next day's.
func Day(t time.Time) (from, to time.Time) {
	y, m, d := t.In(Beijing()).Date()
	from = time.Date(y, m, d, 0, 0, 0, 0, Beijing())
	return from, from.AddDate(0, 0, 1)
}

// Stamp writes a moment to the minute: 2026-12-01 08:30; — for the zero time.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(Beijing()).Format("2006-01-02 15:04")
}

// ShortStamp writes a moment of this year to the minute: 12-01 08:30.
func ShortStamp(t time.Time) string { return t.In(Beijing()).Format("01-02 15:04") }

// Moment writes a moment as people say it, by the day's name where it is near now:
// 今天 08:30, 昨天 23:10, 12月1日 08:30; — for the zero time.
func Moment(t, now time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(Beijing())
	today, tomorrow := Day(now)
	clock := t.Format("15:04")
	switch {
	case t.Before(today.AddDate(0, 0, -1)) || !t.Before(tomorrow.AddDate(0, 0, 1)):
		if t.Year() == today.Year() {
			return t.Format("1月2日 ") + clock
		}
		return t.Format("2006年1月2日 ") + clock
	case t.Before(today):
		return "昨天 " + clock
	case t.Before(tomorrow):
		return "今天 " + clock
	}
	return "明天 " + clock
}

// daysFrom is the length from which Span counts days. The statutory clocks run for up to
// 48 hours and are spoken of in hours.
const daysFrom = 72 * time.Hour

// Span words how long something took or still takes, to the minute, and from three days
// on to the hour: 42分钟, 26小时5分钟, 3天2小时. The sign is dropped.
func Span(d time.Duration) string {
	d = d.Abs()
	days, hours, minutes := d/(24*time.Hour), d/time.Hour, d%time.Hour/time.Minute
	switch {
	case d < time.Minute:
		return "不到1分钟"
	case d >= daysFrom:
		return parts(days, "天", hours%24, "小时")
	case hours >= 24:
		return parts(hours, "小时", 0, "")
	}
	return parts(hours, "小时", minutes, "分钟")
}

// Exact words a duration that somebody set, in the largest unit that divides it: 7天,
// 36小时, 90分钟, 10秒.
func Exact(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "天"}, {time.Hour, "小时"}, {time.Minute, "分钟"}} {
		if d >= unit.length && d%unit.length == 0 {
			return parts(d/unit.length, unit.name, 0, "")
		}
	}
	return parts(d.Round(time.Second)/time.Second, "秒", 0, "")
}

// parts joins two counts, leaving out the first or the second where it is zero; not both.
func parts(n time.Duration, unit string, m time.Duration, part string) string {
	switch {
	case m == 0:
		return fmt.Sprintf("%d%s", n, unit)
	case n == 0:
		return fmt.Sprintf("%d%s", m, part)
	}
	return fmt.Sprintf("%d%s%d%s", n, unit, m, part)
}
