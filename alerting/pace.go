package alerting

import (
	"sync"
	"time"
)

// forgotten is how long past its turn a delivery that never came back keeps it.
const forgotten = 10 * time.Minute

// Pace gives deliveries their turns at one channel, so that a platform's rate is
// kept without anybody waiting in line: a delivery whose turn is far off goes
// away and comes back. Urgent ones are next, whoever waits. Safe for use by many
// goroutines.
type Pace struct {
	per time.Duration

	mu    sync.Mutex
	free  time.Time // the earliest the channel may take another message
	next  time.Time // the first turn nobody has
	turns map[string]time.Time
}

// NewPace allows one message per the given time.
func NewPace(per time.Duration) *Pace {
	return &Pace{per: per, turns: make(map[string]time.Time)}
}

// Turn returns zero if the delivery may be sent now, which uses up its turn, else
// how long until its turn.
func (p *Pace) Turn(id string, urgent bool, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	turn, ok := p.turns[id]
	if !ok || urgent {
		turn = latest(now, p.free)
		if !urgent {
			turn = latest(turn, p.next)
			p.next = turn.Add(p.per)
		}
	}
	// Others may have overtaken: a turn that has come still waits for the channel.
	if wait := latest(turn, p.free).Sub(now); wait > 0 {
		p.turns[id] = turn
		return wait
	}
	delete(p.turns, id)
	p.free = now.Add(p.per)
	p.sweep(now)
	if len(p.turns) == 0 {
		p.next = p.free
	}
	p.next = latest(p.next, p.free)
	return 0
}

// Hold keeps the channel closed until the given time, because the platform asked.
func (p *Pace) Hold(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	shift := until.Sub(p.free)
	if shift <= 0 {
		return
	}
	p.free = until
	p.next = latest(p.next.Add(shift), until)
	for id, t := range p.turns {
		p.turns[id] = t.Add(shift)
	}
}

func (p *Pace) sweep(now time.Time) {
	for id, t := range p.turns {
		if now.Sub(t) > forgotten {
			delete(p.turns, id)
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
