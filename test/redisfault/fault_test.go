package redisfault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"huiying/internal/redistest"
	"huiying/internal/storetest"
)

func TestFlushed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := redistest.Start(t)
	w.join(t, storetest.SQLite(t), server.URL())
	c := client(t, server.URL())
	flushed := 0
	w.try(t, func(i int) {
		if i*20 / *postCount > flushed || i == *postCount-1 {
			run(t, c, "FLUSHALL")
			flushed++
		}
	})
	if flushed != 20 {
		t.Errorf("flushed %d times", flushed)
	}
	// Emptied is not away. A machine at its limit may answer too late all the same.
	if why := w.nodes[0].why.Load(); why != nil && !errors.Is(*why, context.DeadlineExceeded) && !errors.Is(*why, os.ErrDeadlineExceeded) {
		t.Errorf("the operators were told that redis is away: %v", *why)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proxy := redistest.NewProxy(t, redistest.StartTCP(t))
	w.join(t, storetest.SQLite(t), proxy.URL())
	w.try(t, phases(*postCount, proxy.Cut, proxy.Mend))
	w.told(t)
}

func TestKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := redistest.Start(t)
	w.join(t, storetest.SQLite(t), server.URL())
	w.try(t, phases(*postCount, func() { server.Kill(t) }, func() { server.Restart(t) }))
	w.told(t)
}

func TestHung(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proxy := redistest.NewProxy(t, redistest.StartTCP(t))
	w.join(t, storetest.SQLite(t), proxy.URL())
	w.try(t, phases(*postCount, proxy.Hang, proxy.Mend))
	w.told(t)
}

// Slow, and now and then too slow: about every seventh reply comes after 150 ms.
func TestSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proxy := redistest.NewProxy(t, redistest.StartTCP(t))
	w.join(t, storetest.SQLite(t), proxy.URL())
	w.try(t, phases(*postCount, func() { proxy.Slow(100*time.Millisecond, 70*time.Millisecond) }, proxy.Mend))
}

func TestTooSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proxy := redistest.NewProxy(t, redistest.StartTCP(t))
	w.join(t, storetest.SQLite(t), proxy.URL())
	w.try(t, phases(*postCount, func() { proxy.Slow(400*time.Millisecond, 0) }, proxy.Mend))
	w.told(t)
}

// The server does what it is asked and every 7th answer is lost, all the time.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lossy := redistest.Start(t).Lossy(t, 7)
	w.join(t, storetest.SQLite(t), lossy.URL())
	w.try(t, func(int) {})
	if lossy.Lost() < *postCount/20 {
		t.Errorf("only %d replies were lost", lossy.Lost())
	}
}

// refuses tries a fault of which Redis itself says no to every write.
func refuses(t *testing.T, args []string, begin, end func(server *redistest.Server, run func(words ...any)), code string) {
	t.Helper()
	w := newWorld(t)
	server := redistest.StartTCP(t, args...)
	w.join(t, storetest.SQLite(t), server.URL())
	c := client(t, server.URL())
	do := func(words ...any) { run(t, c, words...) }
	w.try(t, phases(*postCount, func() {
		begin(server, do)
		if err := c.Set(context.WithoutCancel(t.Context()), "x", 1, 0).Err(); err == nil || err.Error()[:len(code)] != code {
			t.Errorf("redis says %v, want %s", err, code)
		}
	}, func() { end(server, do) }))
	w.told(t)
}

func TestFull(t *testing.T) {
	t.Parallel()
	refuses(t, nil, func(_ *redistest.Server, run func(...any)) { run("CONFIG", "SET", "maxmemory", "1") },
		func(_ *redistest.Server, run func(...any)) { run("CONFIG", "SET", "maxmemory", "0") }, "OOM")
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	refuses(t, nil, func(_ *redistest.Server, run func(...any)) { run("REPLICAOF", "127.0.0.1", "1") },
		func(_ *redistest.Server, run func(...any)) { run("REPLICAOF", "NO", "ONE") }, "READONLY")
}

// Redis that cannot save its snapshot takes no writes.
func TestMisconfigured(t *testing.T) {
	t.Parallel()
	refuses(t, nil, func(s *redistest.Server, run func(...any)) {
		if err := os.Mkdir(filepath.Join(s.Dir(), "dump.rdb"), 0o700); err != nil {
			t.Error(err)
		}
		run("CONFIG", "SET", "save", "3600 1")
		run("BGSAVE")
		<-time.After(time.Second)
	}, func(s *redistest.Server, run func(...any)) {
		if err := os.Remove(filepath.Join(s.Dir(), "dump.rdb")); err != nil {
			t.Error(err)
		}
		run("BGSAVE")
	}, "MISCONF")
}

// A Redis that restarts with a large dump answers LOADING for a long time.
func TestLoading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := redistest.Start(t, "--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024")
	w.join(t, storetest.SQLite(t), server.URL())
	c := client(t, server.URL())
	const keys, perKey = 2000, 1000 * time.Microsecond
	run(t, c, "DEBUG", "POPULATE", keys, "ballast", 1000)
	seen := make(chan error, 1)
	var loaded chan struct{}
	w.try(t, phases(*postCount, func() {
		run(t, c, "CONFIG", "SET", "key-load-delay", perKey.Microseconds())
		loaded = make(chan struct{})
		go func() {
			defer close(loaded)
			opt := *c.Options()
			opt.ReadTimeout = time.Minute
			patient := client(t, server.URL())
			*patient.Options() = opt
			_ = patient.Do(context.WithoutCancel(t.Context()), "DEBUG", "RELOAD").Err()
		}()
		<-time.After(200 * time.Millisecond)
		seen <- c.Set(context.WithoutCancel(t.Context()), "x", 1, 0).Err()
	}, func() { <-loaded }))
	if err := <-seen; err == nil || err.Error()[:7] != "LOADING" {
		t.Errorf("redis says %v, want LOADING", err)
	}
	w.told(t)
}

// Somebody turns eviction on under way: what Redis forgets, the database knows, and
// the operators hear of it before it matters.
func TestEvicting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := redistest.Start(t)
	w.join(t, storetest.SQLite(t), server.URL())
	c := client(t, server.URL())
	w.try(t, phases(*postCount, func() {
		run(t, c, "CONFIG", "SET", "maxmemory-policy", "allkeys-random")
		run(t, c, "CONFIG", "SET", "maxmemory", "1")
		<-time.After(2 * rest)
	}, func() {
		run(t, c, "CONFIG", "SET", "maxmemory", "0")
		run(t, c, "CONFIG", "SET", "maxmemory-policy", "noeviction")
	}))
	w.told(t)
}
