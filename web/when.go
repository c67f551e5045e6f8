package web

import (
	"time"

	"huiying/digest"
)

// when says a moment as people do, near the present by the day's name; zero is —.
func when(t, now time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(digest.Zone())
	today, tomorrow := digest.DayOf(now)
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
