package schedule

import (
	"math"
	"testing"
	"time"

	"huiying/crawler"
	"huiying/internal/zh"
)

// weeks is a habit learned from whole weeks in which every hour brought what rate
// says of it.
func weeks(t *testing.T, n int, rate func(hour int, weekend bool) float64) (*Habit, time.Time) {
	t.Helper()
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, zh.Beijing())
	var hours []hourRow
	var fresh []time.Time
	var settled []bool
	for i := range n * weekHours {
		at := monday.Add(time.Duration(i-n*weekHours) * time.Hour)
		r := rate(at.Hour(), i%weekHours >= 5*24)
		hours = append(hours, hourRow{Hour: at.UTC(), Covered: 3600, Fresh: r})
		for k := range int(r) {
			fresh, settled = append(fresh, at.Add(time.Duration(k)*time.Hour/time.Duration(r))), append(settled, true)
		}
	}
	return newHabit(hours, fresh, settled, monday), monday
}

func TestPause(t *testing.T) {
	t.Parallel()
	steady := func(r float64) func(int, bool) float64 { return func(int, bool) float64 { return r } }
	office := func(hour int, weekend bool) float64 {
		if weekend || hour < 8 || hour >= 18 {
			return 0
		}
		return 6
	}
	for name, tc := range map[string]struct {
		rate        func(int, bool) float64
		day, hour   int
		least, most time.Duration
		want        time.Duration
	}{
		// √(2·5min/rate)
		"six an hour":        {rate: steady(6), least: time.Minute, most: 2 * time.Hour, want: 10 * time.Minute},
		"one an hour":        {rate: steady(1), least: time.Minute, most: 2 * time.Hour, want: 24*time.Minute + 30*time.Second},
		"two a day":          {rate: steady(1.0 / 12), least: time.Minute, most: 2 * time.Hour, want: 85 * time.Minute},
		"nothing":            {rate: steady(0), least: time.Minute, most: 2 * time.Hour, want: 2 * time.Hour},
		"least holds":        {rate: steady(600), least: 5 * time.Minute, most: 2 * time.Hour, want: 5 * time.Minute},
		"most holds":         {rate: steady(0.01), least: 5 * time.Minute, most: 30 * time.Minute, want: 30 * time.Minute},
		"fixed":              {rate: office, least: 5 * time.Minute, most: 5 * time.Minute, want: 5 * time.Minute},
		"busy by day":        {rate: office, hour: 10, least: time.Minute, most: 2 * time.Hour, want: 10 * time.Minute},
		"quiet by night":     {rate: office, hour: 1, least: time.Minute, most: 2 * time.Hour, want: 2 * time.Hour},
		"quiet at weekends":  {rate: office, day: 5, hour: 10, least: time.Minute, most: 2 * time.Hour, want: 2 * time.Hour},
		"ready for the rush": {rate: office, hour: 7, least: time.Minute, most: 2 * time.Hour, want: 70 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, monday := weeks(t, 4, tc.rate)
			at := monday.AddDate(0, 0, tc.day).Add(time.Duration(tc.hour) * time.Hour)
			if got := h.Pause(at, tc.least, tc.most); (got - tc.want).Abs() > tc.want/15 {
				t.Errorf("pause %v, want %v", got, tc.want)
			}
		})
	}
}

// A source just made known is read at its shortest pause, and no pause is longer
// than a twelfth of the time it has been watched.
func TestPauseOfANewSource(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	var hours []hourRow
	for watched, want := range map[int]time.Duration{0: 5 * time.Minute, 1: 5 * time.Minute, 3: 15 * time.Minute, 12: time.Hour, 48: 2 * time.Hour} {
		hours = hours[:0]
		for i := range watched {
			hours = append(hours, hourRow{Hour: now.Add(-time.Duration(i+1) * time.Hour), Covered: 3600})
		}
		if got := newHabit(hours, nil, nil, now).Pause(now, 5*time.Minute, 2*time.Hour); (got - want).Abs() > time.Second {
			t.Errorf("watched for %d hours: pause %v, want %v", watched, got, want)
		}
	}
}

// The usual gap spans nights and weekends that are always quiet, and what is not
// settled teaches nothing.
func TestUsualGap(t *testing.T) {
	t.Parallel()
	h, monday := weeks(t, 4, func(hour int, weekend bool) float64 {
		if weekend || hour < 8 || hour >= 18 {
			return 0
		}
		return 6
	})
	noon, evening, friday := monday.Add(12*time.Hour), monday.Add(17*time.Hour+50*time.Minute), monday.Add(4*24*time.Hour+17*time.Hour+50*time.Minute)
	for name, tc := range map[string]struct {
		since  time.Time
		lo, hi time.Duration
	}{
		"at noon":    {noon, 10 * time.Minute, 40 * time.Minute},
		"at night":   {evening, 14 * time.Hour, 15 * time.Hour},
		"on Friday":  {friday, 62 * time.Hour, 63 * time.Hour},
		"long since": {monday.AddDate(0, 0, -60), 0, 72 * time.Hour},
	} {
		if got, _ := h.Usual(tc.since); got < tc.lo || got > tc.hi {
			t.Errorf("usual gap %s is %v, want %v to %v", name, got, tc.lo, tc.hi)
		}
	}
	fresh := []time.Time{noon, noon.Add(10 * time.Minute), noon.AddDate(0, 0, 9), noon.AddDate(0, 0, 9).Add(-time.Hour)}
	before := h.usual
	h.learnGaps(fresh, []bool{true, true, false, true})
	if h.gaps != 1 || h.usual > before {
		t.Errorf("learned %v from %d gaps; an unsettled one and one backwards in time must not count", h.usual, h.gaps)
	}
	empty := newHabit(nil, nil, nil, noon)
	if got, known := empty.Usual(noon); known || got != usualAtFirst {
		t.Errorf("without a habit the usual gap is %v", got)
	}
	if got := h.expect(&h.sure, noon, noon.AddDate(0, 0, 21)); math.Abs(got-3*h.expect(&h.sure, noon, noon.AddDate(0, 0, 7))) > 1e-6 {
		t.Errorf("three weeks let expect %v", got)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trouble  crawler.Trouble
		failures int
		every    time.Duration
		want     time.Duration
	}{
		"first":                  {crawler.Unreachable, 0, 5 * time.Minute, 5 * time.Minute},
		"third":                  {crawler.Unreachable, 2, 5 * time.Minute, 20 * time.Minute},
		"capped":                 {crawler.Unreachable, 9, 5 * time.Minute, time.Hour},
		"rare anyway":            {crawler.Unreachable, 9, 3 * time.Hour, 3 * time.Hour},
		"captcha":                {crawler.Blocked, 9, 5 * time.Minute, 6 * time.Hour},
		"harm, at once":          {crawler.Hostile, 0, 5 * time.Minute, time.Hour},
		"harm, for ever":         {crawler.TooLarge, 99, 5 * time.Minute, 24 * time.Hour},
		"our own":                {crawler.Ours, 9, time.Minute, 5 * time.Minute},
		"so many as to overflow": {crawler.Unreachable, 1 << 30, 5 * time.Minute, time.Hour},
	} {
		if got := backoff(tc.trouble, tc.failures, tc.every); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func TestSparkline(t *testing.T) {
	t.Parallel()
	for want, counts := range map[string][]int{
		"····":     {0, 0, 0, 0},
		"▁▂▃▄▅▆▇█": {1, 2, 3, 4, 5, 6, 7, 8},
		"·▁█":      {0, 1, 1000},
		"█":        {1},
	} {
		if got := Sparkline(counts); got != want {
			t.Errorf("%v is %s, want %s", counts, got, want)
		}
	}
}
