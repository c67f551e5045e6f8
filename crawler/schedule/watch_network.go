package schedule

import (
	"strconv"
	"strings"
	"time"

	"huiying/crawler"
)

// netWord begins the id of a word about our own network.
const netWord = "W-net-"

// consider finds what must be told now, and which sources to read at once.
func consider(all []Health, usual map[string]*Habit, now time.Time) (words []Word, wake []string) {
	net := lookAtNet(all)
	if net.down && !net.told {
		word := Word{ID: netWord + strconv.FormatInt(net.lastGood.Unix(), 10), Net: true}
		for _, h := range net.failing {
			if h.Told == "" {
				word.Sources = append(word.Sources, Silent{Health: h, Trouble: h.Trouble, Since: h.LastGood})
			}
		}
		if len(word.Sources) > 0 {
			words = append(words, word)
		}
	}
	if !net.suspect {
		word, waiting := netWell(all, now)
		wake = waiting
		words = append(words, word...)
	}
	var silent, well []Silent
	for _, h := range all {
		switch {
		case strings.HasPrefix(h.Told, netWord):
		case h.Told != "":
			if h.recovered() {
				well = append(well, Silent{Health: h, Trouble: h.Flagged, Since: h.FlaggedAt})
			}
		default:
			if s, is := h.silent(usual[h.ID], now); is && (!net.suspect || !passing(s.Trouble)) {
				silent = append(silent, s)
			}
		}
	}
	words = append(words, fold(silent, false, now)...)
	return append(words, fold(well, true, now)...), wake
}

// network is what the sources together say of our own.
type network struct {
	// lastGood is when any source could last be read, failing are those that were
	// tried since.
	lastGood time.Time
	failing  []Health
	// suspect is that nothing but failures came since, down that they are so many
	// that it must be us, told that people know.
	suspect, down, told bool
}

func lookAtNet(all []Health) network {
	var n network
	for _, h := range all {
		if h.LastGood.After(n.lastGood) {
			n.lastGood = h.LastGood
		}
		n.told = n.told || strings.HasPrefix(h.Told, netWord)
	}
	again := 0
	for _, h := range all {
		if h.Failures == 0 || !h.LastTried.After(n.lastGood) {
			continue
		}
		if !passing(h.Trouble) {
			return n // whoever is answered, if badly, has a network
		}
		n.failing = append(n.failing, h)
		if h.Failures > 1 {
			again++
		}
	}
	n.suspect = len(n.failing) >= netLeast
	n.down = n.suspect && len(n.failing)*100 >= len(all)*netShare && again*2 >= len(n.failing)
	return n
}

// passing is trouble that our own network could make.
func passing(t crawler.Trouble) bool {
	switch t {
	case crawler.Unreachable, crawler.Limited, crawler.Unfinished, crawler.Ours, crawler.Unknown:
		return true
	default:
		return false
	}
}

// netWell tells that the network is back once nearly all whom it had silenced can
// be read, or a while after the first can; until then it names who should be tried
// now instead of when their failures had them wait.
func netWell(all []Health, now time.Time) (words []Word, wake []string) {
	word := Word{Well: true, Net: true}
	back, first := 0, now
	for _, h := range all {
		if !strings.HasPrefix(h.Told, netWord) {
			continue
		}
		word.ID = "W-ok-" + strings.TrimPrefix(h.Told, "W-")
		word.Sources = append(word.Sources, Silent{Health: h, Trouble: h.Flagged, Since: h.FlaggedAt})
		if h.recovered() {
			back++
			if h.LastGood.Before(first) {
				first = h.LastGood
			}
		}
	}
	if back == 0 {
		return nil, nil
	}
	if back*100 >= len(word.Sources)*netShare || now.Sub(first) >= netBack {
		return []Word{word}, nil
	}
	for _, s := range word.Sources {
		if s.Failures > 0 && s.LastTried.Before(first) {
			wake = append(wake, s.ID)
		}
	}
	return nil, wake
}
