package alerting

import (
	"sync"
	"time"
)

// forgotten is how long past its turn a delivery that never came back keeps it.
const forgotten = 10 * time.Minute

// grace is how long past its turn the channel is kept free for a delivery that
// overtakes.
const grace = 3 * time.Second

// Pace gives deliveries their turns at one channel, so that a platform's rate is
// kept without anybody waiting in line: a delivery whose turn is far off goes
// away and comes back. There is a line for each urgency, and nobody of a lower one
// goes while somebody of a higher waits. Safe for use by many goroutines.
type Pace struct {
	per time.Duration
	// slack is how far ahead of its rate an idle channel may run: the burst.
	slack time.Duration

	mu    sync.Mutex
	free  time.Time // the earliest the channel may take another message
	lines [Gravest + 1]line
}

// line are those of one urgency who wait.
type line struct {
	next  time.Time // the first turn nobody has; zero where nobody waits
	turns map[string]time.Time
}

// NewPace allows one message per the given time.
func NewPace(per time.Duration) *Pace { return NewBurst(per, 1) }

// NewBurst is a bucket of burst messages that fills at one per the given time: in
// any stretch of time t no more than burst + t/per messages leave.
func NewBurst(per time.Duration, burst int) *Pace {
	p := &Pace{per: per, slack: time.Duration(max(burst, 1)-1) * per}
	for u := range p.lines {
		p.lines[u].turns = make(map[string]time.Time)
	}
	return p
}

// after is when the channel is free again after a message at t, if it was free
// from the given time on.
func (p *Pace) after(t, free time.Time) time.Time {
	return latest(t, free.Add(p.slack)).Add(p.per - p.slack)
}

// Turn returns zero if the delivery may be sent now, which uses up its turn, else
// how long until its turn.
func (p *Pace) Turn(id string, u Urgency, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := &p.lines[u]
	free := p.clear(u, now)
	l.push(free, now)
	turn, open := p.look(id, u, now)
	if _, has := l.turns[id]; !has {
		l.next = p.after(turn, latest(l.next, free))
	}
	if wait := open.Sub(now); wait > 0 {
		l.turns[id] = open // those of lower urgency keep clear of the turn it was last promised
		return wait
	}
	delete(l.turns, id)
	p.free = p.after(now, p.free)
	p.sweep(now)
	return 0
}

// Wait is what Turn would say, without giving or using up a turn.
func (p *Pace) Wait(id string, u Urgency, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, open := p.look(id, u, now)
	return max(open.Sub(now), 0)
}

// Leave gives up the turns of deliveries that will not come for them.
func (p *Pace) Leave(ids ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for u := range p.lines {
		l := &p.lines[u]
		before := len(l.turns)
		for _, id := range ids {
			delete(l.turns, id)
		}
		if len(l.turns) < before {
			l.close(p.per)
		}
	}
}

// look finds a delivery's turn, and when the channel will be open for it: others
// may have overtaken since the turn was given.
func (p *Pace) look(id string, u Urgency, now time.Time) (turn, open time.Time) {
	free := p.clear(u, now)
	turn, has := p.lines[u].turns[id]
	if !has {
		turn = latest(latest(now, free), p.lines[u].next)
	}
	return turn, latest(turn, free)
}

// clear is when the channel is free of those who are more urgent.
func (p *Pace) clear(u Urgency, now time.Time) time.Time {
	free := p.free
	for h := u + 1; h <= Gravest; h++ {
		for _, t := range p.lines[h].turns {
			if now.Before(t.Add(grace)) {
				free = latest(free, latest(t, now).Add(p.per))
			}
		}
	}
	return free
}

// push moves the line back where others have overtaken its first, so that those in
// it keep their order. Who did not come for the turn is in nobody's way.
func (l *line) push(free, now time.Time) {
	var first time.Time
	for _, t := range l.turns {
		if now.Before(t.Add(grace)) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	by := free.Sub(first)
	if first.IsZero() || by <= 0 {
		return
	}
	for id, t := range l.turns {
		if now.Before(t.Add(grace)) {
			l.turns[id] = t.Add(by)
		}
	}
	l.next = l.next.Add(by)
}

// Began says when a message really left: between its turn and the wire time may
// pass, and platforms count what arrives.
func (p *Pace) Began(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = latest(p.free, at.Add(p.per-p.slack))
}

// Hold keeps the channel closed until the given time, because the platform asked.
// Who waits keeps the place.
func (p *Pace) Hold(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !until.After(p.free) {
		return
	}
	p.free = until
	for u := range p.lines {
		p.lines[u].push(until, time.Time{})
	}
}

func (p *Pace) sweep(now time.Time) {
	for u := range p.lines {
		l := &p.lines[u]
		for id, t := range l.turns {
			if now.Sub(t) > forgotten {
				delete(l.turns, id)
			}
		}
		if len(l.turns) == 0 {
			l.next = time.Time{}
		}
	}
}

// close makes the line no longer than those who wait in it.
func (l *line) close(per time.Duration) {
	l.next = time.Time{}
	for _, t := range l.turns {
		l.next = latest(l.next, t.Add(per))
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
