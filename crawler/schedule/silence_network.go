package schedule

import (
	"strconv"
	"strings"
	"time"

	"huiying/crawler"
)

// networkPrefix begins the id of a message about our own network.
const networkPrefix = "W-net-"

// messagesDue finds what must be told now, and which sources to read at once.
func messagesDue(all []Health, usual map[string]*Habit, now time.Time) (messages []Message, wake []string) {
	net := assessNetwork(all)
	if net.down && !net.told {
		message := Message{ID: networkPrefix + strconv.FormatInt(net.lastGood.Unix(), 10), Network: true}
		for _, h := range net.failing {
			if h.Told == "" {
				message.Sources = append(message.Sources, Affected{Health: h, Trouble: h.Trouble, Since: h.LastGood})
			}
		}
		if len(message.Sources) > 0 {
			messages = append(messages, message)
		}
	}
	if !net.suspect {
		message, waiting := networkRecovery(all, now)
		wake = waiting
		messages = append(messages, message...)
	}
	var silent, well []Affected
	for _, h := range all {
		switch {
		case strings.HasPrefix(h.Told, networkPrefix):
		case h.Told != "":
			if h.recovered() {
				well = append(well, Affected{Health: h, Trouble: h.Flagged, Since: h.FlaggedAt})
			}
		default:
			if s, is := h.affected(usual[h.ID], now); is && (!net.suspect || !transient(s.Trouble)) {
				silent = append(silent, s)
			}
		}
	}
	messages = append(messages, messagesFor(silent, false, now)...)
	return append(messages, messagesFor(well, true, now)...), wake
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

func assessNetwork(all []Health) network {
	var n network
	for _, h := range all {
		if h.LastGood.After(n.lastGood) {
			n.lastGood = h.LastGood
		}
		n.told = n.told || strings.HasPrefix(h.Told, networkPrefix)
	}
	again := 0
	for _, h := range all {
		if h.Failures == 0 || !h.LastTried.After(n.lastGood) {
			continue
		}
		if !transient(h.Trouble) {
			return n // whoever is answered, if badly, has a network
		}
		n.failing = append(n.failing, h)
		if h.Failures > 1 {
			again++
		}
	}
	n.suspect = len(n.failing) >= networkLeast
	n.down = n.suspect && len(n.failing)*100 >= len(all)*networkShare && again*2 >= len(n.failing)
	return n
}

// transient is trouble that our own network could make.
func transient(t crawler.Trouble) bool {
	switch t {
	case crawler.Unreachable, crawler.Limited, crawler.Unfinished, crawler.Ours, crawler.Unknown:
		return true
	default:
		return false
	}
}

// networkRecovery tells that the network is back once nearly all whom it had silenced can
// be read, or a while after the first can; until then it names who should be tried
// now instead of when their failures had them wait.
func networkRecovery(all []Health, now time.Time) (messages []Message, wake []string) {
	message := Message{Recovered: true, Network: true}
	back, first := 0, now
	for _, h := range all {
		if !strings.HasPrefix(h.Told, networkPrefix) {
			continue
		}
		message.ID = "W-ok-" + strings.TrimPrefix(h.Told, "W-")
		message.Sources = append(message.Sources, Affected{Health: h, Trouble: h.Flagged, Since: h.FlaggedAt})
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
	if back*100 >= len(message.Sources)*networkShare || now.Sub(first) >= networkBack {
		return []Message{message}, nil
	}
	for _, s := range message.Sources {
		if s.Failures > 0 && s.LastTried.Before(first) {
			wake = append(wake, s.ID)
		}
	}
	return nil, wake
}
