package reposts_test

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/event"
	"huiying/internal/fixture"
	"huiying/internal/post"
	"huiying/internal/redistest"
	"huiying/internal/store"
	"huiying/internal/store/cache"
	"huiying/internal/verdict"
	"huiying/pipeline"
	"huiying/pipeline/reposts"
)

const window = 7 * 24 * time.Hour

// index is a way to find reposts, and the database of the posts it finds.
type index struct {
	pipeline.Reposts

	db *store.DB
}

// TestReposts is what every index of reposts must keep.
func TestReposts(t *testing.T) {
	t.Parallel()
	kinds := map[string]func(t *testing.T) index{
		"sqlite": func(t *testing.T) index {
			t.Helper()
			db := fixture.Open(t)
			return index{reposts.NewSQL(db.Reader()), db}
		},
		"postgres": func(t *testing.T) index {
			t.Helper()
			db := fixture.OpenPostgres(t)
			return index{reposts.NewSQL(db.Reader()), db}
		},
		// SQL has another, empty database in these two: all answers are from Redis.
		"redis": func(t *testing.T) index {
			t.Helper()
			return full(t, redistest.Start(t).URL())
		},
		"redis that loses every 7th reply": func(t *testing.T) index {
			t.Helper()
			return full(t, redistest.Start(t).Lossy(t, 7).URL())
		},
		"without redis": func(t *testing.T) index {
			t.Helper()
			db := fixture.Open(t)
			return index{shared(t, "unix://"+filepath.Join(t.TempDir(), "none"), db), db}
		},
	}
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conform(t, open(t))
		})
	}
}

func conform(t *testing.T, x index) {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	named := func(id, url, text string) post.Print { //nolint:unparam // The asking post is always the same.
		return post.Print{ID: id, URL: url, TextHash: text}
	}
	long := "https://a.example/" + strings.Repeat("长", 600)
	x.add(t, now, true, named("P-1", "https://a.example/1", "t1"), named("P-2", "", "t2"), named("P-3", "https://a.example/3", ""),
		named("P-4", long, "t4"))
	x.add(t, now, false, named("P-none", "https://a.example/none", "tnone"))
	var viral []post.Print
	for i := range 100 {
		viral = append(viral, named(fmt.Sprint("P-v", i), "", "viral"))
	}
	x.add(t, now, true, viral...)

	find := func(t *testing.T, since time.Time, asked ...post.Print) []string {
		t.Helper()
		// A hint may be missing for a moment: what is added is written behind our back,
		// and a lost reply may cost an answer. It must come.
		var got []string
		var err error
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if got, err = x.Find(t.Context(), since, asked); err != nil {
				t.Fatalf("Find: %v", err)
			}
			if len(got) > 0 {
				break
			}
		}
		slices.Sort(got)
		return slices.Compact(got)
	}
	since := now.Add(-window)
	t.Run("found", func(t *testing.T) {
		tests := map[string]struct {
			asked post.Print
			want  []string
		}{
			"by url":         {named("P-9", "https://a.example/1", "other"), []string{"P-1"}},
			"by text":        {named("P-9", "https://b.example/", "t1"), []string{"P-1"}},
			"by text alone":  {named("P-9", "", "t2"), []string{"P-2"}},
			"by url alone":   {named("P-9", "https://a.example/3", ""), []string{"P-3"}},
			"by both of two": {named("P-9", "https://a.example/1", "t2"), []string{"P-1", "P-2"}},
			"by a long url":  {named("P-9", long, ""), []string{"P-4"}},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				if got := find(t, since, test.asked); !slices.Equal(got, test.want) {
					t.Errorf("Find = %v, want %v", got, test.want)
				}
			})
		}
	})
	t.Run("not found", func(t *testing.T) {
		got, err := x.Find(t.Context(), since, []post.Print{
			named("P-9", "https://a.example/none", "tnone"), // of no event
			named("P-9", "https://a.example/9", "t9"), named("P-9", "", ""), named("P-9", "t1", "https://a.example/1"),
			named("P-9", long+"x", "T1"), named("P-9", "", "%"), named("P-9", "https://a.example/*", "t?"),
		})
		if err != nil || len(got) != 0 {
			t.Errorf("Find = %v, %v, want nothing", got, err)
		}
	})
	t.Run("nothing asked", func(t *testing.T) {
		if got, err := x.Find(t.Context(), since, nil); err != nil || len(got) != 0 {
			t.Errorf("Find = %v, %v", got, err)
		}
	})
	t.Run("one of many", func(t *testing.T) {
		if got := find(t, since, named("P-9", "", "viral")); len(got) != 1 || !strings.HasPrefix(got[0], "P-v") {
			t.Errorf("Find = %v, want one", got)
		}
	})
	t.Run("a whole batch", func(t *testing.T) {
		var asked []post.Print
		for i := range 50 {
			asked = append(asked, named("P-9", fmt.Sprint("https://c.example/", i), fmt.Sprint("c", i)))
		}
		asked = append(asked, named("P-9", "", "t2"))
		if got := find(t, since, asked...); !slices.Equal(got, []string{"P-2"}) {
			t.Errorf("Find = %v", got)
		}
	})
}

// add stores posts as a transaction would, and then makes them known.
func (x index) add(t *testing.T, seen time.Time, inEvent bool, prints ...post.Print) {
	t.Helper()
	insert(t, x.db, seen, inEvent, prints...)
	if inEvent {
		x.Add(t.Context(), prints)
	}
}

func insert(t *testing.T, db *store.DB, seen time.Time, inEvent bool, prints ...post.Print) {
	t.Helper()
	posts := make([]fixture.Post, len(prints))
	for i, f := range prints {
		posts[i] = fixture.Post{
			ID: f.ID, Source: "s", URL: f.URL, TextHash: f.TextHash, FirstSeen: seen, LastSeen: seen, Revision: 1,
			Handling: verdict.Review, Verdict: verdict.Verdict{Handling: verdict.Review},
		}
		if inEvent {
			posts[i].EventID = "E-1"
		}
	}
	err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		e := event.Event{ID: "E-1", Handling: verdict.Review, FirstSeen: seen, LastSeen: seen}
		if _, err := tx.NewInsert().Model(&e).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		for some := range slices.Chunk(posts, 500) {
			if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shared is an index in Redis with a database to stand in.
func shared(t *testing.T, url string, db *store.DB) *reposts.Shared {
	t.Helper()
	client, err := cache.Open(cache.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	s := reposts.NewShared(reposts.SharedOptions{
		Redis: reposts.NewRedis(client, window), SQL: reposts.NewSQL(db.Reader()), Window: window, Pause: 200 * time.Millisecond,
		Guard: cache.NewGuard(client.Probe, cache.GuardOptions{Rest: 200 * time.Millisecond}),
	})
	t.Cleanup(s.Close)
	return s
}

// full is an index in Redis that has been filled from an empty database.
func full(t *testing.T, url string) index {
	t.Helper()
	s := shared(t, url, fixture.Open(t))
	s.Refill()
	return index{s, fixture.Open(t)}
}

// raw is a client of the test's own.
func raw(t *testing.T, server *redistest.Server) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opt)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func within(t *testing.T, most time.Duration, what string, done func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !done() {
		if time.Since(began) > most {
			t.Fatalf("%s: not within %v", what, most)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

var posts = flag.Int("posts", 5000, "how many posts TestFilledFromTheDatabase fills the index with")

// A flushed Redis is filled again from the database, at the pace that RELIABILITY
// row 10 asks: 100,000 posts within 30 s.
func TestFilledFromTheDatabase(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := raw(t, server)
	db := fixture.Open(t)
	now := time.Now().UTC()
	prints := make([]post.Print, *posts)
	for i := range prints {
		prints[i] = post.Print{ID: fmt.Sprint("P-", i), URL: fmt.Sprint("https://a.example/", i), TextHash: fmt.Sprint("t", i)}
	}
	n := 0
	for some := range slices.Chunk(prints, 50) { // as batches come in
		n++
		insert(t, db, now.Add(-time.Duration(n)*time.Minute), true, some...)
	}
	insert(t, db, now.Add(-window-time.Hour), true, post.Print{ID: "P-old", TextHash: "old"})
	s := shared(t, server.URL(), db)

	complete := func() bool { return client.Exists(t.Context(), "huiying:repost:complete").Val() == 1 }
	ask := prints[len(prints)-1:]
	if got, err := s.Find(t.Context(), now.Add(-window), ask); err != nil || len(got) == 0 {
		t.Fatalf("Find = %v, %v before Redis is filled: SQL must stand in", got, err)
	}
	took := within(t, time.Minute, "filled", complete)
	if n := client.DBSize(t.Context()).Val(); int(n) != 2*len(prints)+1 {
		t.Errorf("%d keys for %d posts", n, len(prints))
	}
	if most := 30 * time.Second * time.Duration(*posts) / 100000; took > max(most, 5*time.Second) {
		t.Errorf("%d posts took %v, want %v", *posts, took, most)
	}
	memory := client.Info(t.Context(), "memory").Val()
	_, used, _ := strings.Cut(memory, "used_memory_human:")
	used, _, _ = strings.Cut(used, "\r")
	t.Logf("redis-index posts=%d filled in %.1fs, redis uses %s", *posts, took.Seconds(), used)
}

func TestFlushedInTheMiddleOfFilling(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := raw(t, server)
	db := fixture.Open(t)
	now := time.Now().UTC()
	prints := make([]post.Print, 3000)
	for i := range prints {
		prints[i] = post.Print{ID: fmt.Sprint("P-", i), TextHash: fmt.Sprint("t", i)}
	}
	insert(t, db, now, true, prints...)
	s := shared(t, server.URL(), db)
	s.Refill()
	within(t, 10*time.Second, "begun", func() bool { return client.DBSize(t.Context()).Val() > 300 })
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	asked := []post.Print{{ID: "P-x", TextHash: "t0"}}
	within(t, time.Minute, "filled again", func() bool {
		if got, err := s.Find(t.Context(), now.Add(-window), asked); err != nil || len(got) == 0 {
			t.Fatalf("Find = %v, %v", got, err)
		}
		return client.Exists(t.Context(), "huiying:repost:complete").Val() == 1
	})
	if n := client.DBSize(t.Context()).Val(); int(n) != len(prints)+1 {
		t.Errorf("marked complete with %d keys for %d posts", n, len(prints))
	}
}

// What could not be written while Redis was away is there when it is back.
func TestGapIsFilled(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := raw(t, server)
	db := fixture.Open(t)
	x := index{shared(t, server.URL(), db), db}
	x.Reposts.(*reposts.Shared).Refill()
	within(t, 10*time.Second, "filled", func() bool { return client.Exists(t.Context(), "huiying:repost:complete").Val() == 1 })
	now := time.Now().UTC()
	server.Freeze(t)
	for i := range 5 {
		x.add(t, now, true, post.Print{ID: fmt.Sprint("P-", i), TextHash: fmt.Sprint("t", i)})
	}
	time.Sleep(time.Second)
	server.Thaw(t)
	n := 5
	within(t, 30*time.Second, "the gap is filled", func() bool {
		x.add(t, now, true, post.Print{ID: fmt.Sprint("P-", n), TextHash: fmt.Sprint("t", n)})
		n++
		time.Sleep(50 * time.Millisecond)
		keys := []string{"huiying:repost:complete"}
		for i := range 5 {
			keys = append(keys, fmt.Sprint("huiying:repost:t:t", i))
		}
		return client.Exists(t.Context(), keys...).Val() == 6
	})
}
