package claims

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"huiying/alerting"
)

const (
	// trips is how many failures in a row open the breaker.
	trips = 3
	// quiet is how long after a notice of trouble no other is given.
	quiet = time.Hour
)

// FallbackOptions say how a Fallback behaves.
type FallbackOptions struct {
	// Timeout bounds a call to the first claims. Defaults to 150ms.
	Timeout time.Duration
	// Rest is how long the first claims are left alone after three failures in a
	// row. Defaults to 10s.
	Rest time.Duration
	// Trouble is called when the first claims are left alone, at most once an hour,
	// so that an operator hears of it once. It must not block. Nil logs only.
	Trouble func(ctx context.Context, err error)
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// Fallback asks Redis first and SQL whenever Redis does not answer in time. While
// nodes disagree about whether Redis is there, two may hold one claim: that is why
// a claim never means "done".
type Fallback struct {
	first, second alerting.Claims
	o             FallbackOptions

	mu       sync.Mutex
	failures int
	resting  time.Time // until when the first claims are left alone
	told     time.Time
	inSecond map[[2]string]time.Time // claims held in second, until they run out
}

var _ alerting.Claims = (*Fallback)(nil)

// NewFallback returns claims on first, and on second while first is in trouble.
func NewFallback(first, second alerting.Claims, o FallbackOptions) *Fallback {
	if o.Timeout <= 0 {
		o.Timeout = 150 * time.Millisecond
	}
	if o.Rest <= 0 {
		o.Rest = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Fallback{first: first, second: second, o: o, inSecond: make(map[[2]string]time.Time)}
}

// Claim implements alerting.Claims.
func (f *Fallback) Claim(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if f.ready() {
		short, cancel := context.WithTimeout(ctx, f.o.Timeout)
		ok, err := f.first.Claim(short, key, token, ttl)
		cancel()
		f.record(ctx, err)
		if err == nil {
			return ok, nil
		}
	}
	ok, err := f.second.Claim(ctx, key, token, ttl)
	if ok && err == nil {
		f.note(key, token, ttl)
	}
	return ok, err
}

// Release implements alerting.Claims. A claim that cannot be given up in Redis runs
// out there by itself, which is no error.
func (f *Fallback) Release(ctx context.Context, key, token string) error {
	if f.ready() {
		short, cancel := context.WithTimeout(ctx, f.o.Timeout)
		err := f.first.Release(short, key, token)
		cancel()
		f.record(ctx, err)
	}
	f.mu.Lock()
	_, held := f.inSecond[[2]string{key, token}]
	delete(f.inSecond, [2]string{key, token})
	f.mu.Unlock()
	if !held {
		return nil
	}
	return f.second.Release(ctx, key, token)
}

func (f *Fallback) note(key, token string, ttl time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.o.Now()
	f.inSecond[[2]string{key, token}] = now.Add(ttl)
	if len(f.inSecond)%256 == 0 {
		for k, until := range f.inSecond {
			if until.Before(now) {
				delete(f.inSecond, k)
			}
		}
	}
}

// ready reports whether the first claims may be asked. After a rest one call goes
// through to try them, the others stay with the second until it has succeeded.
func (f *Fallback) ready() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failures < trips {
		return true
	}
	now := f.o.Now()
	if now.Before(f.resting) {
		return false
	}
	f.resting = now.Add(f.o.Rest)
	return true
}

func (f *Fallback) record(ctx context.Context, err error) {
	f.mu.Lock()
	now := f.o.Now()
	if err == nil {
		back := f.failures >= trips
		f.failures = 0
		f.mu.Unlock()
		if back {
			f.o.Log.InfoContext(ctx, "redis answers again, claims are kept there")
		}
		return
	}
	if ctx.Err() != nil { // the caller gave up, which says nothing about Redis
		f.mu.Unlock()
		return
	}
	f.failures++
	opened := f.failures == trips
	if opened {
		f.resting = now.Add(f.o.Rest)
	}
	tell := opened && (f.told.IsZero() || now.Sub(f.told) > quiet)
	if tell {
		f.told = now
	}
	f.mu.Unlock()
	if opened {
		f.o.Log.WarnContext(ctx, "redis does not answer, claims are kept in the database", "error", err, "retry_in", f.o.Rest)
	}
	if tell && f.o.Trouble != nil {
		f.o.Trouble(ctx, err)
	}
}
