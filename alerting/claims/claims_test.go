package claims_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/internal/redistest"
	"huiying/internal/store/cache"
	"huiying/internal/storetest"
)

// TestClaims is what every kind of claims must keep.
func TestClaims(t *testing.T) {
	t.Parallel()
	kinds := map[string]func(t *testing.T) alerting.Claims{
		"sqlite":   func(t *testing.T) alerting.Claims { t.Helper(); return sqlClaims(t) },
		"postgres": func(t *testing.T) alerting.Claims { t.Helper(); return pgClaims(t) },
		"redis": func(t *testing.T) alerting.Claims {
			t.Helper()
			return redisClaims(t, redistest.Start(t).URL())
		},
		"redis that loses every 7th reply": func(t *testing.T) alerting.Claims {
			t.Helper()
			return stubborn{redisClaims(t, redistest.Start(t).Lossy(t, 7).URL())}
		},
		"fallback": func(t *testing.T) alerting.Claims {
			t.Helper()
			return fallback(t, redistest.Start(t).URL(), cache.GuardOptions{Timeout: 5 * time.Second})
		},
		"fallback without redis": func(t *testing.T) alerting.Claims {
			t.Helper()
			gone := "unix://" + filepath.Join(t.TempDir(), "none")
			return fallback(t, gone, cache.GuardOptions{})
		},
	}
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conform(t, open(t))
		})
	}
}

func conform(t *testing.T, c alerting.Claims) {
	t.Helper()
	ctx := t.Context()
	claim := func(t *testing.T, key, token string, ttl time.Duration, want bool) {
		t.Helper()
		got, err := c.Claim(ctx, key, token, ttl)
		if err != nil {
			t.Fatalf("Claim(%s, %s): %v", key, token, err)
		}
		if got != want {
			t.Fatalf("Claim(%s, %s) = %v, want %v", key, token, got, want)
		}
	}
	release := func(t *testing.T, key, token string) {
		t.Helper()
		if err := c.Release(ctx, key, token); err != nil {
			t.Fatalf("Release(%s, %s): %v", key, token, err)
		}
	}
	t.Run("one holder", func(t *testing.T) {
		claim(t, "one", "a", time.Minute, true)
		claim(t, "one", "b", time.Minute, false)
		claim(t, "other", "b", time.Minute, true)
	})
	t.Run("same token holds on", func(t *testing.T) {
		claim(t, "same", "a", time.Minute, true)
		claim(t, "same", "a", time.Minute, true)
		claim(t, "same", "b", time.Minute, false)
	})
	t.Run("released", func(t *testing.T) {
		claim(t, "rel", "a", time.Minute, true)
		release(t, "rel", "a")
		claim(t, "rel", "b", time.Minute, true)
		release(t, "rel", "a") // late: not a's any more
		claim(t, "rel", "c", time.Minute, false)
	})
	t.Run("releasing nothing", func(t *testing.T) { release(t, "nothing", "a") })
	t.Run("runs out", func(t *testing.T) {
		claim(t, "ttl", "a", 150*time.Millisecond, true)
		claim(t, "ttl", "b", time.Minute, false)
		await(t, func() bool {
			ok, err := c.Claim(ctx, "ttl", "b", time.Minute)
			return err == nil && ok
		})
		claim(t, "ttl", "a", time.Minute, false)
	})
	t.Run("claiming again extends", func(t *testing.T) {
		claim(t, "ext", "a", 300*time.Millisecond, true)
		claim(t, "ext", "a", time.Minute, true)
		pause(t, 400*time.Millisecond)
		claim(t, "ext", "b", time.Minute, false)
	})
	t.Run("many at once", func(t *testing.T) {
		var held atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if ok, err := c.Claim(ctx, "race", fmt.Sprint("t", i), time.Minute); err != nil {
					t.Errorf("Claim: %v", err)
				} else if ok {
					held.Add(1)
				}
			})
		}
		wg.Wait()
		if held.Load() != 1 {
			t.Errorf("%d of 20 hold the claim, want 1", held.Load())
		}
	})
	t.Run("Chinese key", func(t *testing.T) {
		claim(t, "deliver:A-E-1/局办公室", "甲", time.Minute, true)
		claim(t, "deliver:A-E-1/局办公室", "乙", time.Minute, false)
	})
}

// stubborn asks again after an error: with owner tokens that does no harm.
type stubborn struct{ alerting.Claims }

func (s stubborn) Claim(ctx context.Context, key, token string, ttl time.Duration) (ok bool, err error) {
	for range 5 {
		if ok, err = s.Claims.Claim(ctx, key, token, ttl); err == nil {
			return ok, nil
		}
	}
	return false, err
}

func (s stubborn) Release(ctx context.Context, key, token string) (err error) {
	for range 5 {
		if err = s.Claims.Release(ctx, key, token); err == nil {
			return nil
		}
	}
	return err
}

func TestLostRepliesLoseNoClaim(t *testing.T) {
	t.Parallel()
	lossy := redistest.Start(t).Lossy(t, 7)
	c := stubborn{redisClaims(t, lossy.URL())}
	for i := range 1000 {
		ok, err := c.Claim(t.Context(), fmt.Sprint("k", i), "me", time.Minute)
		if err != nil || !ok {
			t.Fatalf("claim %d = %v, %v: a key nobody held reads as taken", i, ok, err)
		}
	}
	if lossy.Lost() < 100 {
		t.Errorf("only %d replies were lost: the test tests nothing", lossy.Lost())
	}
}

func TestFallback(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"killed", "frozen", "flushed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			var told atomic.Int32
			f := fallback(t, server.URL(), cache.GuardOptions{
				Rest: 200 * time.Millisecond,
				Away: func(context.Context, error) { told.Add(1) },
			})
			mustClaim(t, f, "before", "a")
			switch how {
			case "killed":
				server.Kill(t)
			case "frozen":
				server.Freeze(t)
				defer server.Thaw(t)
			case "flushed":
				server.Kill(t)
				server.Restart(t)
			}
			var worst time.Duration
			for i := range 10 {
				start := time.Now()
				key := fmt.Sprint("k", i)
				mustClaim(t, f, key, "a")
				if ok, err := f.Claim(t.Context(), key, "b", time.Minute); err != nil || ok {
					t.Fatalf("second claim of %s = %v, %v", key, ok, err)
				}
				if err := f.Release(t.Context(), key, "a"); err != nil {
					t.Fatalf("Release: %v", err)
				}
				mustClaim(t, f, key, "c")
				worst = max(worst, time.Since(start))
			}
			// Four calls; at most three of them, and later a probe, cost the time-out.
			if worst > 2*time.Second {
				t.Errorf("slowest round took %v", worst)
			}
			want := int32(1)
			if how == "flushed" {
				want = 0
			}
			if told.Load() != want {
				t.Errorf("operator told %d times, want %d", told.Load(), want)
			}
			switch how {
			case "killed":
				server.Restart(t)
			case "frozen":
				server.Thaw(t)
			}
			raw := redisClaims(t, server.URL())
			n := 0
			await(t, func() bool { // back in Redis once the rest is over
				n++
				key := fmt.Sprint("back", n)
				mustClaim(t, f, key, "a")
				ok, err := raw.Claim(t.Context(), key, "b", time.Minute)
				return err == nil && !ok
			})
			if told.Load() > 1 {
				t.Errorf("operator told %d times", told.Load())
			}
		})
	}
}

func mustClaim(t *testing.T, c alerting.Claims, key, token string) {
	t.Helper()
	if ok, err := c.Claim(t.Context(), key, token, time.Minute); err != nil || !ok {
		t.Fatalf("Claim(%s, %s) = %v, %v", key, token, ok, err)
	}
}

func fallback(t *testing.T, url string, o cache.GuardOptions) *claims.Fallback {
	t.Helper()
	client := open(t, url, o.Timeout)
	return claims.NewFallback(claims.NewRedis(client), sqlClaims(t), cache.NewGuard(client.Probe, o), nil)
}

func redisClaims(t *testing.T, url string) *claims.Redis {
	t.Helper()
	return claims.NewRedis(open(t, url, 5*time.Second))
}

func open(t *testing.T, url string, timeout time.Duration) *cache.Client {
	t.Helper()
	client, err := cache.Open(cache.Options{URL: url, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func sqlClaims(t *testing.T) *claims.SQL {
	t.Helper()
	return claims.NewSQL(storetest.Open(t, storetest.SQLite(t)).Writer(), nil)
}

func pgClaims(t *testing.T) *claims.SQL {
	t.Helper()
	return claims.NewSQL(storetest.Open(t, storetest.Postgres(t)).Writer(), nil)
}

func await(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("not within 10s")
		}
		pause(t, 20*time.Millisecond)
	}
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}
