package schedule

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"huiying/crawler"
	"huiying/crawler/sitetext"
)

// manyFailed is how many articles must fail, and none succeed, before a round
// counts as unread though its list was read: a few dead links, or articles for
// members only, are usual.
const manyFailed = 5

// assess judges a round that ended: "" for a good one, else the trouble and what
// the office reads of it. A list that was read proves nothing where it is empty, or
// where none of its articles could be read.
func (f *Outcome) assess() (crawler.Trouble, string) {
	r := f.Report
	all := f.Posts == 0 && (f.First || r.Failed >= min(manyFailed, r.Items))
	switch {
	case f.Err != nil:
		return crawler.TroubleOf(f.Err), reason(f.Err)
	case r.Trouble != "" && (r.Failed == 0 || all):
		return r.Trouble, r.Trouble.Name() + example(r)
	case r.Unchanged:
	case r.Failed > 0 && all: // be the list so long that it is not through yet
		return crawler.Broken, fmt.Sprintf("列出的文章有 %d 篇没读到，一篇也没读成", r.Failed) + example(r)
	case r.More:
	case r.Items == 0:
		return crawler.Empty, "列表里一条也没有。网站可能已改版，或以空列表代替内容，请人工打开核对。"
	}
	return "", ""
}

// maxReason bounds what is stored of a reason, in characters.
const maxReason = 500

// clipReason makes a reason what every database takes: it may hold a page's own
// words, of any length and with any bytes.
func clipReason(reason string) string {
	r := []rune(sitetext.Tidy(reason))
	if len(r) > maxReason {
		r = append(r[:maxReason], '…')
	}
	return string(r)
}

// example is one of what was skipped, to stand behind a reason.
func example(r crawler.Report) string {
	if len(r.Skipped) == 0 {
		return "。"
	}
	return "。例如：" + r.Skipped[0]
}

// Bounds on the pauses of sources in trouble.
const (
	// transientCap is for trouble that passes by itself, stubbornCap for sites that
	// want a person, quarantine and quarantineCap for those that do harm.
	transientCap  = time.Hour
	stubbornCap   = 6 * time.Hour
	quarantine    = time.Hour
	quarantineCap = 24 * time.Hour
	// ownCap is for our own trouble, of which the site knows nothing.
	ownCap = 5 * time.Minute
)

// backoff is how long a source in trouble is left alone: its shortest pause, twice
// as long after each failure, up to a bound. What does harm is left alone for an
// hour at once, and tried again all the same, at least once a day.
func backoff(t crawler.Trouble, failures int, every time.Duration) time.Duration {
	doubled := every << min(failures, 10)
	switch t {
	case crawler.Hostile, crawler.TooLarge:
		return max(every, min(quarantine<<min(failures, 10), quarantineCap))
	case crawler.Blocked, crawler.Refused:
		return max(every, min(doubled, stubbornCap))
	case crawler.Ours:
		return max(every, min(doubled, ownCap))
	default:
		return max(every, min(doubled, transientCap))
	}
}

// jitter spreads rounds by a twentieth to either side, so that sources do not march
// in step.
func jitter(d time.Duration) time.Duration {
	if d < 20 {
		return d
	}
	return d - d/20 + time.Duration(rand.Int64N(int64(d/10))) //nolint:gosec // Jitter needs no secrecy.
}

// retryAt is the earliest time at which the source asked to be read again, by an
// error with a method RetryAt, as fetch.Error has; zero where it did not ask.
func retryAt(err error) time.Time {
	var asks interface{ RetryAt() time.Time }
	if errors.As(err, &asks) {
		return asks.RetryAt()
	}
	return time.Time{}
}
