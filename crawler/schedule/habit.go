package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"

	"huiying/internal/zh"
)

// How a source's habit is learned and used.
const (
	// roundPrice is what one round costs, in posts times the hours they wait unread: one
	// post for five minutes.
	roundPrice = 5.0 / 60
	// watchedPerPause is how many times a pause a source must have been watched before it
	// is left alone that long: in its first hours it is read at its shortest pause.
	watchedPerPause = 12
	// halfLife is how fast old weeks lose weight.
	halfLife = 14 * 24 * time.Hour
	// trustWeek and trustDay are the hours of watching that count as much as what the
	// coarser view says: the same hour of all such days, and all hours.
	trustWeek, trustDay = 3, 0.25
	// unwatchedShare is the part of the mean rate that is expected in an hour never
	// watched, if other hours of such days were: it may be night. If none was, as before a
	// first weekend, nothing is expected.
	unwatchedShare = 0.25
	// fewGaps is the number of gaps under which a source has no habit yet.
	fewGaps = 10
)

// Of a source without a habit the usual gap is a day, or its own longest yet.
const usualAtFirst = 24 * time.Hour

// hours of a week in China, from Monday 00:00.
const weekHours = 7 * 24

// Habit is what a source usually does, learned from its own rounds: how many new
// posts each hour of the week brings and how long it keeps silent at most.
//
// The rate of an hour of the week is what it brought, drawn towards the same hour
// of all working days or of the weekend, and that towards the mean of all hours,
// the less it was watched. Gaps are measured in posts that the rate lets expect
// during them, so that a quiet night is no longer than a quiet minute at noon.
type Habit struct {
	// watched is how long the source was read, in hours, without the fading.
	watched float64
	// rate is for planning, in posts an hour. Sure is for judging silence: what the hour
	// brought on such days, less half a deviation, so that silence means little in an
	// hour little known.
	rate, sure [weekHours]float64
	mean       float64
	gaps       int
	// usual is the longest usual gap, in expected posts.
	usual float64
}

// hourRow is one hour's worth of watching.
type hourRow struct {
	Hour    time.Time `bun:"hour"`
	Covered float64   `bun:"covered"`
	Fresh   float64   `bun:"fresh"`
}

// newHabit learns from hours and from the times at which rounds brought something
// new, oldest first; settled says of each whether the gap before it counts. The
// silence since the last of them is no habit yet: it is what is to be judged.
func newHabit(hours []hourRow, fresh []time.Time, settled []bool, now time.Time) *Habit {
	h := &Habit{}
	for _, r := range hours {
		h.watched += r.Covered / 3600
	}
	h.rate, _, _ = ratesOf(hours, now)
	if len(fresh) > 0 {
		last := fresh[len(fresh)-1]
		hours = slices.DeleteFunc(slices.Clone(hours), func(r hourRow) bool { return r.Hour.Add(time.Hour).After(last) })
	}
	var days [2][24]tally
	_, days, h.mean = ratesOf(hours, now)
	for w := range weekHours {
		if d := days[weekend(w)][w%24]; d.hours > 0 {
			r := d.posts / d.hours
			h.sure[w] = max(0, r-math.Sqrt(r/d.hours)/2)
		} else if anyWatched(days[weekend(w)]) {
			h.sure[w] = h.mean * unwatchedShare
		}
	}
	h.learnGaps(fresh, settled)
	return h
}

// tally is what hours of watching brought, both faded with age.
type tally struct{ posts, hours float64 }

func (t *tally) add(weight float64, r hourRow) {
	t.posts += weight * r.Fresh
	t.hours += weight * r.Covered / 3600
}

// shrinkTo is the rate drawn towards another that counts as much as the given hours.
func (t tally) shrinkTo(rate, hours float64) float64 {
	return (t.posts + hours*rate) / (t.hours + hours)
}

// anyWatched tells whether any hour of such days was watched.
func anyWatched(day [24]tally) bool {
	return slices.ContainsFunc(day[:], func(t tally) bool { return t.hours > 0 })
}

// ratesOf gives the rate of every hour of the week, the tallies of the hours of
// working days and of the weekend, and the mean of all.
func ratesOf(hours []hourRow, now time.Time) (rates [weekHours]float64, days [2][24]tally, mean float64) {
	var week [weekHours]tally
	var all tally
	for _, r := range hours {
		weight := math.Exp2(-max(0, now.Sub(r.Hour).Hours()) / halfLife.Hours())
		w := weekHour(r.Hour)
		week[w].add(weight, r)
		days[weekend(w)][w%24].add(weight, r)
		all.add(weight, r)
	}
	if all.hours > 0 {
		mean = all.posts / all.hours
	}
	for w, t := range week {
		rates[w] = t.shrinkTo(days[weekend(w)][w%24].shrinkTo(mean, trustDay), trustWeek)
	}
	return rates, days, mean
}

// learnGaps takes for the longest usual gap the longest that was seen, the
// hundredth part left out as mishaps, or the mean and five deviations, whichever
// is longer: the former fits what comes in bursts, the latter what comes evenly or
// by chance and was not watched for long.
func (h *Habit) learnGaps(fresh []time.Time, settled []bool) {
	var gaps []float64
	for i := 1; i < len(fresh); i++ {
		if settled[i] && fresh[i].After(fresh[i-1]) {
			gaps = append(gaps, h.expect(&h.sure, fresh[i-1], fresh[i]))
		}
	}
	h.gaps = len(gaps)
	if len(gaps) == 0 {
		return
	}
	slices.SortFunc(gaps, cmp.Compare[float64])
	var sum, squares float64
	for _, g := range gaps {
		sum += g
		squares += g * g
	}
	mean := sum / float64(len(gaps))
	spread := math.Sqrt(max(0, squares/float64(len(gaps))-mean*mean))
	h.usual = max(gaps[len(gaps)-1-len(gaps)/100], mean+5*spread)
}

// expect is how many posts the rates let expect between two times.
func (h *Habit) expect(rates *[weekHours]float64, from, to time.Time) float64 {
	if !from.Before(to) {
		return 0
	}
	sum := 0.0
	if weeks := math.Floor(to.Sub(from).Hours() / weekHours); weeks > 0 {
		whole := 0.0
		for _, r := range rates {
			whole += r
		}
		sum = weeks * whole
		from = from.Add(time.Duration(weeks) * weekHours * time.Hour)
	}
	for from.Before(to) {
		end := hourOf(from).Add(time.Hour)
		if end.After(to) {
			end = to
		}
		sum += rates[weekHour(from)] * end.Sub(from).Hours()
		from = end
	}
	return sum
}

// Pause is how long to leave the source alone from now on, between least and most.
//
// The unread posts wait: while they come at r(t), those of a pause p have together
// waited ∫₀ᵖ r(t)·(p−t) dt when it ends. The pause ends when that reaches the price
// of a round, which for a steady rate is p = √(2·patience/r): busy hours are read
// often and quiet ones rarely, neither in proportion, and a busy morning is met
// without waiting out the night's pause. For a source just made known the pause is
// no longer than a twelfth of the time it has been watched.
func (h *Habit) Pause(now time.Time, least, most time.Duration) time.Duration {
	most = max(least, min(most, time.Duration(h.watched/watchedPerPause*float64(time.Hour))))
	var posts, waited, p float64 // p in hours
	for at := now; p < most.Hours(); {
		end := hourOf(at).Add(time.Hour)
		r, span := h.rate[weekHour(at)], end.Sub(at).Hours()
		if next := waited + posts*span + r*span*span/2; next < roundPrice {
			posts, waited, p, at = posts+r*span, next, p+span, end
			continue
		}
		// The price is reached within this hour: r/2·x² + posts·x = rest.
		rest := roundPrice - waited
		if r > 0 {
			p += (math.Sqrt(posts*posts+2*r*rest) - posts) / r
		} else {
			p += rest / posts
		}
		break
	}
	return min(most, max(least, time.Duration(p*float64(time.Hour))))
}

// Usual is how long the source usually keeps silent at most after it brought
// something new at the given time. It is false where too little is known.
func (h *Habit) Usual(since time.Time) (time.Duration, bool) {
	return h.until(since, 1), h.known()
}

// known tells whether there is a habit to judge silence by.
func (h *Habit) known() bool { return h.gaps >= fewGaps && h.mean > 0 }

// until is how long after since the silence has come to the given number of
// usual gaps.
func (h *Habit) until(since time.Time, times float64) time.Duration {
	if !h.known() {
		first := usualAtFirst
		if h.mean > 0 {
			first = max(first, min(30*24*time.Hour, time.Duration(h.usual/h.mean*float64(time.Hour))))
		}
		return time.Duration(times * float64(first))
	}
	left := times * h.usual
	whole := 0.0
	for _, r := range h.sure {
		whole += r
	}
	if whole <= 0 {
		return time.Duration(times * float64(usualAtFirst))
	}
	weeks := math.Floor(left / whole)
	at := since.Add(time.Duration(weeks) * weekHours * time.Hour)
	for left -= weeks * whole; left > 0; {
		end := hourOf(at).Add(time.Hour)
		r, span := h.sure[weekHour(at)], end.Sub(at).Hours()
		if r*span >= left {
			at = at.Add(time.Duration(left / r * float64(time.Hour)))
			break
		}
		left -= r * span
		at = end
	}
	return at.Sub(since)
}

// hourOf is the beginning of t's hour; China's zone is a whole number of hours.
func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

// weekHour numbers the hours of China's week from Monday 00:00.
func weekHour(t time.Time) int {
	t = t.In(zh.Beijing())
	return (int(t.Weekday())+6)%7*24 + t.Hour()
}

// weekend is 1 for an hour of Saturday or Sunday, else 0.
func weekend(w int) int {
	if w >= 5*24 {
		return 1
	}
	return 0
}
