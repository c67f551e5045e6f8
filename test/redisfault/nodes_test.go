package redisfault

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/internal/redistest"
	"huiying/internal/storetest"
)

// Ten times over, the replica that has not heard of the last writes takes the
// primary's place: what Redis had acknowledged is gone.
func TestFailover(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	primary, replica := redistest.StartTCP(t, "--repl-diskless-sync-delay", "0"), redistest.StartTCP(t, "--repl-diskless-sync-delay", "0")
	front, link := redistest.NewProxy(t, primary), redistest.NewProxy(t, primary)
	w.join(t, storetest.SQLite(t), front.URL())
	of := map[*redistest.Server]*redis.Client{primary: client(t, primary.URL()), replica: client(t, replica.URL())}
	follow := func(s *redistest.Server) {
		host, port, _ := strings.Cut(link.Listen, ":")
		run(t, of[s], "REPLICAOF", host, port)
	}
	follow(replica)
	const rounds = 10
	per := *postCount / rounds
	failovers := 0
	w.try(t, func(i int) {
		switch i % per {
		case per / 3: // the replica falls behind
			within(t, "replica in step", func() bool {
				return strings.Contains(of[replica].Info(t.Context(), "replication").Val(), "master_link_status:up")
			})
			link.Hang()
			run(t, of[primary], "SET", fmt.Sprint("acknowledged", i/per), 1)
		case per - 1: // and is promoted
			run(t, of[replica], "REPLICAOF", "NO", "ONE")
			if of[replica].Exists(t.Context(), fmt.Sprint("acknowledged", i/per)).Val() != 0 {
				t.Error("the replica was not stale: nothing was tried")
			}
			primary, replica = replica, primary
			front.Lead(primary)
			link.Lead(primary)
			link.Mend()
			follow(replica)
			failovers++
		}
	})
	if failovers != rounds {
		t.Errorf("%d failovers", failovers)
	}
}

// Copies of the program, started by accident, read the same sources at once, on one
// PostgreSQL and one Redis, which is emptied and goes away as well.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proxy := redistest.NewProxy(t, redistest.StartTCP(t))
	at := storetest.Postgres(t)
	for range 2 {
		w.join(t, at, proxy.URL())
	}
	w.try(t, phases(*postCount, proxy.Cut, proxy.Mend))
	w.told(t)
}

func TestThreeNodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if !*full {
		t.Skip("two nodes do in the small form")
	}
	server := redistest.Start(t)
	at := storetest.Postgres(t)
	for range 3 {
		w.join(t, at, server.URL())
	}
	c := client(t, server.URL())
	w.try(t, func(i int) {
		if i%(*postCount/20) == 0 {
			run(t, c, "FLUSHALL")
		}
	})
}

// One node reaches Redis and the other does not: both may hold a claim at once.
func TestNodesThatDisagree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := redistest.StartTCP(t)
	good, bad := redistest.NewProxy(t, server), redistest.NewProxy(t, server)
	at := storetest.Postgres(t)
	w.join(t, at, good.URL())
	w.join(t, at, bad.URL())
	w.try(t, phases(*postCount, bad.Hang, bad.Mend))
	if n := w.nodes[0].away.Load(); n != 0 {
		t.Errorf("the good node told of trouble %d times", n)
	}
}

func within(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(end) {
			t.Errorf("%s: not within 20s", what)
			return
		}
		<-time.After(5 * time.Millisecond)
	}
}
