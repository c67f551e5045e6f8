package claims

import (
	"context"
	"sync"
	"time"

	"huiying/alerting"
	"huiying/internal/store/cache"
)

// Fallback asks Redis first and SQL whenever Redis does not answer in time. While
// nodes disagree about whether Redis is there, two may hold one claim: that is why
// a claim never means "done".
type Fallback struct {
	first, second alerting.Claims
	guard         *cache.Guard
	now           func() time.Time

	mu       sync.Mutex
	inSecond map[[2]string]time.Time // claims held in second, until they run out
}

var _ alerting.Claims = (*Fallback)(nil)

// NewFallback returns claims on first, and on second while first is in trouble, as
// its guard sees it. A nil now is time.Now.
func NewFallback(first, second alerting.Claims, guard *cache.Guard, now func() time.Time) *Fallback {
	if now == nil {
		now = time.Now
	}
	return &Fallback{first: first, second: second, guard: guard, now: now, inSecond: make(map[[2]string]time.Time)}
}

// Claim implements alerting.Claims.
func (f *Fallback) Claim(ctx context.Context, key, token string, ttl time.Duration) (ok bool, err error) {
	err = f.guard.Do(ctx, func(ctx context.Context) (err error) {
		ok, err = f.first.Claim(ctx, key, token, ttl)
		return err
	})
	if err == nil {
		return ok, nil
	}
	ok, err = f.second.Claim(ctx, key, token, ttl)
	if ok && err == nil {
		f.note(key, token, ttl)
	}
	return ok, err
}

// Release implements alerting.Claims. A claim that cannot be given up in Redis runs
// out there by itself, which is no error.
func (f *Fallback) Release(ctx context.Context, key, token string) error {
	_ = f.guard.Do(ctx, func(ctx context.Context) error { return f.first.Release(ctx, key, token) })
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
	now := f.now()
	f.inSecond[[2]string{key, token}] = now.Add(ttl)
	if len(f.inSecond)%256 == 0 {
		for k, until := range f.inSecond {
			if until.Before(now) {
				delete(f.inSecond, k)
			}
		}
	}
}
