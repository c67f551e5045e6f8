package alerting

import (
	"sync"
	"time"
)

// forgotten is how long past its turn a delivery that never came back keeps it.
const forgotten = 10 * time.Minute

// grace is how long past its turn the channel is kept free for an urgent delivery.
const grace = 3 * time.Second

// Pace gives deliveries their turns at one channel, so that a platform's rate is
// kept without anybody waiting in line: a delivery whose turn is far off goes
// away and comes back. Urgent ones are next, whoever waits. Safe for use by many
// goroutines.
type Pace struct {
	per time.Duration
	// slack is how far ahead of its rate an idle channel may run: the burst.
	slack time.Duration

	mu    sync.Mutex
	free  time.Time // the earliest the channel may take another message
	next  time.Time // the first turn nobody has
	turns map[string]time.Time
	first map[string]time.Time // the turns of urgent deliveries
}

// NewPace allows one message per the given time.
func NewPace(per time.Duration) *Pace { return NewBurst(per, 1) }

// NewBurst is a bucket of burst messages that fills at one per the given time: in
// any stretch of time t no more than burst + t/per messages leave.
func NewBurst(per time.Duration, burst int) *Pace {
	return &Pace{
		per: per, slack: time.Duration(max(burst, 1)-1) * per,
		turns: make(map[string]time.Time), first: make(map[string]time.Time),
	}
}

// after is when the channel is free again after a message at t, if it was free
// from the given time on.
func (p *Pace) after(t, free time.Time) time.Time {
	return latest(t, free.Add(p.slack)).Add(p.per - p.slack)
}

// Turn returns zero if the delivery may be sent now, which uses up its turn, else
// how long until its turn.
func (p *Pace) Turn(id string, urgent bool, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	turns := p.turns
	if urgent {
		turns = p.first
	}
	turn, ok := turns[id]
	switch {
	case ok:
	case urgent:
		turn = latest(now, p.free)
	default:
		turn = latest(latest(now, p.free), p.next)
		p.next = p.after(turn, p.next)
	}
	// Others may have overtaken: a turn that has come still waits for the channel.
	open := latest(turn, p.free)
	if !urgent && p.urgent(now) {
		open = latest(open, latest(now, p.free).Add(p.per))
	}
	if wait := open.Sub(now); wait > 0 {
		turns[id] = turn
		if urgent {
			turns[id] = open // the others keep clear of the turn it was last promised
		}
		return wait
	}
	delete(turns, id)
	p.free = p.after(now, p.free)
	p.sweep(now)
	if len(p.turns) == 0 {
		p.next = p.free
	}
	p.next = latest(p.next, p.free)
	return 0
}

// urgent reports whether an urgent delivery waits for the channel.
func (p *Pace) urgent(now time.Time) bool {
	for _, turn := range p.first {
		if now.Before(turn.Add(grace)) {
			return true
		}
	}
	return false
}

// Began says when a message really left: between its turn and the wire time may
// pass, and platforms count what arrives.
func (p *Pace) Began(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = latest(p.free, at.Add(p.per-p.slack))
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
	for id, t := range p.first {
		p.first[id] = latest(t, until)
	}
}

func (p *Pace) sweep(now time.Time) {
	for _, turns := range []map[string]time.Time{p.turns, p.first} {
		for id, t := range turns {
			if now.Sub(t) > forgotten {
				delete(turns, id)
			}
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
