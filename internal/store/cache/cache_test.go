package cache_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/internal/redistest"
	"huiying/internal/store/cache"
)

func open(t *testing.T, url string, timeout time.Duration) *cache.Client {
	t.Helper()
	c, err := cache.Open(cache.Options{URL: url, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestProbe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args  []string
		unfit bool
		want  string // in the error; "" for none
	}{
		"noeviction":   {nil, false, ""},
		"volatile-lru": {[]string{"--maxmemory-policy", "volatile-lru"}, true, "CONFIG SET maxmemory-policy noeviction"},
		"allkeys-lfu":  {[]string{"--maxmemory-policy", "allkeys-lfu"}, true, "CONFIG SET maxmemory-policy noeviction"},
		"volatile-ttl": {[]string{"--maxmemory-policy", "volatile-ttl"}, true, "CONFIG SET maxmemory-policy noeviction"},
		"full":         {[]string{"--maxmemory", "1"}, false, "OOM"},
		"replica":      {[]string{"--replicaof", "127.0.0.1 1"}, false, "READONLY"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := open(t, redistest.Start(t, test.args...).URL(), 5*time.Second).Probe(t.Context())
			if errors.Is(err, cache.ErrUnfit) != test.unfit {
				t.Errorf("Probe = %v, want unfit %v", err, test.unfit)
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("Probe = %v, want %q in it", err, test.want)
			}
		})
	}
	t.Run("down", func(t *testing.T) {
		t.Parallel()
		err := open(t, "unix://"+filepath.Join(t.TempDir(), "none"), 0).Probe(t.Context())
		if err == nil || errors.Is(err, cache.ErrUnfit) {
			t.Errorf("Probe = %v, want an error that is not ErrUnfit", err)
		}
	})
}

func TestOpenKeepsThePassword(t *testing.T) {
	t.Parallel()
	_, err := cache.Open(cache.Options{URL: "redis://:geheim@host:port:x/y"})
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("Open = %v, want an error without the password", err)
	}
}

// guarded is a Guard on a Redis that does what the test says.
type guarded struct {
	*cache.Guard

	state      atomic.Pointer[error] // nil: works
	calls      atomic.Int32
	away, back atomic.Int32
}

func newGuarded() *guarded {
	g := new(guarded)
	g.Guard = cache.NewGuard(g.ask, cache.GuardOptions{
		Away: func(context.Context, error) { g.away.Add(1) }, Back: func(context.Context) { g.back.Add(1) },
	})
	return g
}

func (g *guarded) is(err error) { g.state.Store(&err) }

func (g *guarded) ask(ctx context.Context) error {
	g.calls.Add(1)
	switch err := g.state.Load(); {
	case err == nil || *err == nil:
		return nil
	case errors.Is(*err, errHung):
		<-ctx.Done()
		return ctx.Err()
	default:
		return *err
	}
}

var (
	errHung    = errors.New("hung")
	errRefused = errors.New("connection refused")
)

type said string

func (s said) Error() string { return string(s) }
func (said) RedisError()     {}

var _ redis.Error = said("")

func (g *guarded) want(t *testing.T, calls, away, back int32) {
	t.Helper()
	if g.calls.Load() != calls || g.away.Load() != away || g.back.Load() != back {
		t.Fatalf("%d calls, away told %d times, back %d times; want %d, %d, %d",
			g.calls.Load(), g.away.Load(), g.back.Load(), calls, away, back)
	}
}

func TestGuardLeavesTroubleAlone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err   error
		calls int32 // before it is left alone
		costs time.Duration
	}{
		"refused": {errRefused, 3, 0},
		"hung":    {errHung, 3, 450 * time.Millisecond},
		"full":    {said("OOM command not allowed"), 1, 0},
		"replica": {said("READONLY You can't write against a read only replica."), 1, 0},
		"loading": {said("LOADING Redis is loading the dataset in memory"), 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGuarded()
				ctx := t.Context()
				began := time.Now()
				g.is(test.err)
				for range 100 {
					if g.Do(ctx, g.ask) == nil {
						t.Fatal("Do = nil")
					}
				}
				if took := time.Since(began); took != test.costs {
					t.Errorf("100 calls cost %v, want %v", took, test.costs)
				}
				g.want(t, test.calls, 1, 0)
				if err := g.Do(ctx, g.ask); !errors.Is(err, cache.ErrAway) {
					t.Errorf("Do = %v, want ErrAway", err)
				}
				time.Sleep(15 * time.Second) // tried again, in vain
				_ = g.Do(ctx, g.ask)
				g.want(t, test.calls+1, 1, 0)
				g.is(nil)
				time.Sleep(15 * time.Second)
				if err := g.Do(ctx, g.ask); err != nil {
					t.Errorf("Do = %v once Redis works", err)
				}
				g.want(t, test.calls+3, 1, 1)
			})
		})
	}
}

func TestGuardTellsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGuarded()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- g.Run(ctx) }()
		for range 5 { // in trouble again and again, nobody asking
			g.is(errRefused)
			time.Sleep(2 * time.Minute)
			g.is(nil)
			time.Sleep(2 * time.Minute)
		}
		if g.away.Load() != 1 || g.back.Load() != 1 {
			t.Errorf("away told %d times, back %d times within the hour, want 1 and 1", g.away.Load(), g.back.Load())
		}
		time.Sleep(time.Hour)
		g.is(errRefused)
		time.Sleep(2 * time.Hour)
		if g.away.Load() != 2 || g.back.Load() != 1 {
			t.Errorf("away told %d times, back %d times, want 2 and 1", g.away.Load(), g.back.Load())
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// A caller that gives up says nothing about Redis.
func TestGuardIgnoresCallersThatLeave(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		_ = g.Do(ctx, func(ctx context.Context) error { return ctx.Err() })
	}
	if err := g.Do(t.Context(), g.ask); err != nil || g.away.Load() != 0 {
		t.Errorf("Do = %v, away told %d times", err, g.away.Load())
	}
}

func TestGuardBegins(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	g.is(errRefused)
	if err := g.Begin(t.Context()); err != nil {
		t.Errorf("Begin = %v: one that is away stops no start", err)
	}
	if err := g.Do(t.Context(), g.ask); !errors.Is(err, cache.ErrAway) || g.away.Load() != 1 {
		t.Errorf("Do = %v, away told %d times", err, g.away.Load())
	}
	g = newGuarded()
	g.is(cache.ErrUnfit)
	if err := g.Begin(t.Context()); !errors.Is(err, cache.ErrUnfit) {
		t.Errorf("Begin = %v, want ErrUnfit", err)
	}
}
