package rulebook

import "time"

// period is the time from the first of some posts to the last.
type period struct{ first, last time.Time }

func (p *period) add(at time.Time) {
	if at.IsZero() {
		return
	}
	if p.first.IsZero() || at.Before(p.first) {
		p.first = at
	}
	if at.After(p.last) {
		p.last = at
	}
}

// days counts the days begun; 0 where no post carries a time.
func (p *period) days() int {
	if p.first.IsZero() {
		return 0
	}
	return int(p.last.Sub(p.first)/(24*time.Hour)) + 1
}
