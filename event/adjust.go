package event

import (
	"slices"
	"time"

	"huiying/internal/verdict"
)

// The tags of posts that were sent to 复核 for their age.
const (
	TagFirstRound = "首轮采集"
	TagStale      = "旧帖"
	TagOfficial   = "官方发布"
)

// Adjust returns the verdict that counts for a sighting. The bureau's own posts rest:
// they are answers and not matters. What would open a clock on old news goes to
// 复核: a source's first round, when everything is new to us, and posts published
// more than stale before they were first seen. It stays there when its text
// changes (a page counts its readers) unless it grew graver. Old news that joins
// a matter already alerted opens nothing and is left as it is.
//
// standing is the event the sighting joins, nil for none; before is the verdict
// on the post's former text, nil for a new post.
func Adjust(s Sighting, standing *Event, before *verdict.Verdict, stale time.Duration) verdict.Verdict {
	v := s.Verdict
	if s.Post.Official && v.Handling != verdict.None {
		return lowered(v, verdict.None, TagOfficial, "官方发布，不告警")
	}
	if v.Handling != verdict.Alert || standing != nil && standing.Handling == verdict.Alert {
		return v
	}
	if before != nil {
		for _, tag := range []string{TagFirstRound, TagStale} {
			if slices.Contains(before.Tags, tag) && !graver(v, *before) {
				return lowered(v, verdict.Review, tag, tag+"，转复核")
			}
		}
		return v
	}
	if s.Post.FirstRound {
		return lowered(v, verdict.Review, TagFirstRound, TagFirstRound+"，转复核")
	}
	if at := s.Post.Published; !at.IsZero() && s.Post.FirstSeen.Sub(at) > stale {
		return lowered(v, verdict.Review, TagStale, TagStale+"，转复核")
	}
	return v
}

func lowered(v verdict.Verdict, h verdict.Handling, tag, why string) verdict.Verdict {
	v.Handling = h
	v.Tags = append(slices.Clip(v.Tags), tag)
	v.Why += " · " + why
	return v
}

// graver reports whether v says more than before did: a higher category or grade,
// or a larger toll.
func graver(v, before verdict.Verdict) bool {
	if outranks(v.Category, before.Category) || v.Grade.Rank() > before.Grade.Rank() {
		return true
	}
	var a, b verdict.Toll
	if v.Toll != nil {
		a = *v.Toll
	}
	if before.Toll != nil {
		b = *before.Toll
	}
	return a.Dead > b.Dead || a.Missing > b.Missing || a.Trapped > b.Trapped || a.Serious > b.Serious
}
