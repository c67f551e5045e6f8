package pipeline_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/response"
)

var (
	orders     = flag.Int("orders", 2, "in how many orders the posts of TestMattersDoNotDependOnTheOrder come")
	orderPosts = flag.Int("orders.posts", 200, "how many posts they are")
)

// matters makes up posts about matters, five of each: the first, with a head, with a
// tail, edited and cut. of tells whose each is.
func matters(rng *rand.Rand, n int) (posts []post.Post, of []int) {
	for matter := range n / 5 {
		text := make([]rune, 30+rng.IntN(130))
		for i := range text {
			text[i] = rune(0x4e00 + rng.IntN(2500))
		}
		edited := append([]rune{}, text...)
		for range len(text) / 10 {
			edited[rng.IntN(len(text))] = rune(0x4e00 + rng.IntN(2500))
		}
		for k, body := range []string{
			string(text), "据媒体报道" + string(text), string(text) + "大家怎么看", string(edited), string(text[:len(text)*3/4]),
		} {
			id := strconv.Itoa(5*matter + k)
			p := newPost("s"+strconv.Itoa(k), "http://s/"+id, "停电"+body)
			p.ID = post.NewID("s", id)
			posts, of = append(posts, p), append(of, matter)
		}
	}
	return posts, of
}

// TestMattersDoNotDependOnTheOrder sends a thousand posts in fifty orders (in small
// form: fewer) through a pipeline that is restarted all the time and dies in the middle
// of batches, before and after they are stored. Every matter is one event with one
// case, and a repost joins it for seven days and no longer.
func TestMattersDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	orders, posts := *orders, *orderPosts
	if testing.Short() {
		orders, posts = min(orders, 2), min(posts, 60)
	}
	for engine, empty := range map[string]func(t *testing.T) store.Options{
		store.SQLite:   func(t *testing.T) store.Options { t.Helper(); return storetest.SQLite(t) },
		store.Postgres: storetest.Postgres,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(16, 7))
			posts, of := matters(rng, posts)
			for round := range orders {
				rng.Shuffle(len(posts), func(i, j int) {
					posts[i], posts[j], of[i], of[j] = posts[j], posts[i], of[j], of[i]
				})
				t.Run(strconv.Itoa(round), func(t *testing.T) { // not parallel: the next order is this one's shuffled
					events := sendDying(t, empty(t), rng, posts)
					if ari := adjustedRand(of, events); ari < 0.99 {
						t.Errorf("ARI %.4f against the matters", ari)
					}
				})
			}
		})
	}
}

// sendDying sends the posts in batches of any size, restarts now and then, and
// returns each one's event.
func sendDying(t *testing.T, o store.Options, rng *rand.Rand, posts []post.Post) []string {
	t.Helper()
	ctx, die := context.WithCancel(t.Context())
	deadly := "" // the point at which the pipeline dies next
	reached := func(point string) {
		if point == deadly {
			die()
		}
	}
	h := open(t, o, reached)
	var deaths int
	for sent := 0; sent < len(posts); {
		deadly = ""
		if rng.IntN(4) == 0 {
			deadly = []string{"classified", "decided", "stored"}[rng.IntN(3)]
		}
		batch := posts[sent:min(sent+1+rng.IntN(30), len(posts))]
		_, err := h.Process(ctx, batch)
		if deadly == "" {
			if err != nil {
				t.Fatal(err)
			}
			sent += len(batch)
			continue
		}
		// It died: nobody heard whether the batch was stored, so it is sent again.
		deaths++
		ctx, die = context.WithCancel(t.Context())
		h = open(t, o, reached)
	}
	die()
	t.Logf("%d posts, %d deaths", len(posts), deaths)
	events := eventsOf(t, h, posts)
	holdCases(t, h, events)
	holdWindow(t, h, posts[0], events[0])
	return events
}

// eventsOf reads which event each post is of.
func eventsOf(t *testing.T, h *fixture, posts []post.Post) []string {
	t.Helper()
	var rows []struct {
		ID    string
		Event string `bun:"event_id"`
	}
	if err := h.db.Reader().NewSelect().Table("posts").Column("id", "event_id").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, r := range rows {
		of[r.ID] = r.Event
	}
	out := make([]string, len(posts))
	for i, p := range posts {
		if out[i] = of[p.ID]; out[i] == "" {
			t.Fatalf("post %s is of no event", p.ID)
		}
	}
	return out
}

// holdCases demands one case of each event, and none of nothing.
func holdCases(t *testing.T, h *fixture, events []string) {
	t.Helper()
	var ids []string
	if err := h.db.Reader().NewSelect().Table("cases").Column("event_id").Scan(t.Context(), &ids); err != nil {
		t.Fatal(err)
	}
	cases := map[string]int{}
	for _, id := range ids {
		cases[id]++
	}
	for _, id := range events {
		if c, err := response.Find(t.Context(), h.db.Reader(), id); err != nil || cases[id] != 1 {
			t.Fatalf("event %s has %d cases, %+v (err %v)", id, cases[id], c, err)
		}
		cases[id] = 1
	}
	for _, id := range events {
		delete(cases, id)
	}
	if len(cases) > 0 {
		t.Errorf("cases of events without posts: %v", cases)
	}
}

// holdWindow demands that a late repost joins within seven days and not after.
func holdWindow(t *testing.T, h *fixture, of post.Post, event string) {
	t.Helper()
	late := func(id string) string {
		p := newPost("late", "http://late/"+id, "转发微博//@某人:"+of.Body)
		p.ID = post.NewID("late", of.ID+id)
		return h.process(t, p)[0].Event.ID
	}
	h.pass(7*24*time.Hour - time.Minute)
	if got := late("1"); got != event {
		t.Errorf("a repost after seven days less a minute joined %s, want %s", got, event)
	}
	h.pass(7*24*time.Hour + time.Minute)
	if got := late("2"); got == event {
		t.Error("a repost more than seven days after the last joined")
	}
}

// adjustedRand is the adjusted Rand index of two clusterings.
func adjustedRand[A, B comparable](a []A, b []B) float64 {
	type pair struct {
		a A
		b B
	}
	both, na, nb := map[pair]float64{}, map[A]float64{}, map[B]float64{}
	for i := range a {
		both[pair{a[i], b[i]}]++
		na[a[i]]++
		nb[b[i]]++
	}
	var index, sa, sb float64
	for _, n := range both {
		index += n * (n - 1) / 2
	}
	for _, n := range na {
		sa += n * (n - 1) / 2
	}
	for _, n := range nb {
		sb += n * (n - 1) / 2
	}
	expected := sa * sb / (float64(len(a)) * float64(len(a)-1) / 2)
	if most := (sa + sb) / 2; most != expected {
		return (index - expected) / (most - expected)
	}
	return 1
}
