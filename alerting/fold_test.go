package alerting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
)

// paced is a platform with look-up and a rate.
type paced struct {
	finding

	pace *alerting.Pace
}

func (p paced) Pace() *alerting.Pace { return p.pace }

// crowd is a house whose channel has a line of more than a minute, and what waits
// in it.
type crowd struct {
	*house

	p    *platform
	pace *alerting.Pace
	at   string // where the next call ends as a kill would end it
	mu   sync.Mutex
	jobs []string
	from time.Time
}

// now is the test's clock, which runs: a turn that is near is waited for.
func (c *crowd) now() time.Time { return c.clock.Now().Add(time.Since(c.from)) }

func newCrowd(t *testing.T, o store.Options) *crowd {
	t.Helper()
	c := &crowd{p: &platform{}, pace: alerting.NewPace(time.Second), from: time.Now()}
	c.house = houseOn(t, o, one(c.p))
	c.d = c.worker(t)
	for i := range 80 {
		c.pace.Turn(fmt.Sprint("others", i), alerting.Routine, c.now())
	}
	return c
}

type killed string

func (c *crowd) worker(t *testing.T) *alerting.Deliverer {
	t.Helper()
	d, err := alerting.NewDeliverer(alerting.DelivererOptions{
		DB: c.db, Claims: claims.NewSQL(c.db, c.now), Targets: one(paced{finding{c.p}, c.pace}), Now: c.now,
		Enqueue: func(_ context.Context, _ store.Tx, jobs ...store.Job) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, j := range jobs {
				c.jobs = append(c.jobs, j.ID)
			}
			return nil
		},
		Undelivered: func(_ context.Context, _ store.Tx, n alerting.Notice, d alerting.Delivery) error {
			c.lost = append(c.lost, d.ID)
			return nil
		},
		Reached: func(point string) {
			if point == c.at {
				c.at = ""
				panic(killed(point))
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (c *crowd) alert(t *testing.T, id string, g verdict.Grade, change func(*alerting.Notice, *alerting.Delivery)) {
	t.Helper()
	n := alerting.Notice{
		ID: id, Kind: alerting.KindAlert, Step: 1, Category: verdict.Emergency, Grade: g,
		Content:   alerting.Content{Headline: "【突发事件】" + id + "号事", Page: "http://127.0.0.1/events/" + id},
		CreatedAt: c.now(),
	}
	ds := alerting.Plan(n, []alerting.Receiver{section}, "")
	if change != nil {
		change(&n, &ds[0])
	}
	if _, err := alerting.Save(t.Context(), c.db, n, ds); err != nil {
		t.Fatal(err)
	}
}

// step calls Deliver, and survives the end at a point.
func (c *crowd) step(t *testing.T, id string) (out alerting.Outcome) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(killed); !ok {
				panic(r)
			}
		}
	}()
	out, err := c.d.Deliver(t.Context(), id)
	if err != nil && !errors.Is(err, alerting.ErrNoDelivery) { // a job that was rolled back with its summary
		t.Fatalf("Deliver(%s): %v", id, err)
	}
	return out
}

// finish works every open delivery until all have ended.
func (c *crowd) finish(t *testing.T) {
	t.Helper()
	for range 2000 {
		open, err := c.d.Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(open) == 0 {
			return
		}
		for _, id := range open {
			for range 3 { // a second between two messages
				c.clock.Add(time.Second)
				if out := c.step(t, id); out.Snooze == 0 || out.Snooze > 2*time.Second {
					break
				}
			}
		}
	}
	t.Fatal("never done")
}

// told counts the messages and lines that stand for each delivery.
func (c *crowd) told() map[string]int {
	out := map[string]int{}
	for _, m := range c.p.stands {
		if m.Kind != alerting.KindSummary {
			out[m.DeliveryID]++
		}
		for _, it := range m.Content.Items {
			out[it.Delivery]++
		}
	}
	return out
}

func (c *crowd) once(t *testing.T, ids ...string) {
	t.Helper()
	told := c.told()
	for _, id := range ids {
		if d := c.row(t, id+"/煤炭科"); told[d.ID] != 1 || d.State != alerting.Sent || d.SentAt.IsZero() {
			t.Errorf("%s was told of %d times and is %s", d.ID, told[d.ID], d.State)
		}
	}
}

func (c *crowd) summaries(t *testing.T) []alerting.Notice {
	t.Helper()
	var ns []alerting.Notice
	if err := c.db.NewSelect().Model(&ns).Where("kind = ?", alerting.KindSummary).Order("created_at", "id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return ns
}

func (c *crowd) alerts(t *testing.T, n int, g verdict.Grade) (ids []string) {
	t.Helper()
	for i := range n {
		ids = append(ids, fmt.Sprintf("A-%s-%02d", g, i))
		c.alert(t, ids[i], g, nil)
	}
	return ids
}

func TestALongLineBecomesLists(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, storetest.SQLite(t))
	low := c.alerts(t, 18, verdict.Ordinary)
	large := c.alerts(t, 2, verdict.Large)
	major := c.alerts(t, 1, verdict.Major)
	c.alert(t, "A-held", verdict.Ordinary, func(_ *alerting.Notice, d *alerting.Delivery) { d.HeldUntil = c.now().Add(time.Hour) })
	c.deliver(t, low[0]+"/煤炭科", alerting.Outcome{State: alerting.Pending, Snooze: 2 * time.Second})
	c.clock.Add(2 * time.Second)
	c.deliver(t, low[0]+"/煤炭科", alerting.Outcome{State: alerting.Folded})
	sums := c.summaries(t)
	if len(sums) != 2 || len(sums[0].Content.Items)+len(sums[1].Content.Items) != 20 || len(c.jobs) != 2 {
		t.Fatalf("%d summaries, jobs %q", len(sums), c.jobs)
	}
	if i := slices.IndexFunc(sums, func(n alerting.Notice) bool { return len(n.Content.Items) == 15 }); i < 0 ||
		sums[i].Content.Items[0].Notice != large[0] || sums[i].Content.Items[2].Notice != low[0] ||
		sums[i].Content.Headline != "【汇总】15件事项合并发送（较大2件）" {
		t.Errorf("summaries %+v", sums)
	}
	for id, want := range map[string]alerting.State{major[0]: alerting.Pending, "A-held": alerting.Pending, low[17]: alerting.Folded} {
		if d := c.row(t, id+"/煤炭科"); d.State != want {
			t.Errorf("%s is %s, want %s", id, d.State, want)
		}
	}
	c.clock.Add(time.Hour)
	c.finish(t)
	c.once(t, slices.Concat(low, large, major)...)
	if n := len(c.p.stands); n != 4 {
		t.Errorf("%d messages, want two lists, 重大 and the held one", n)
	}
}

func TestWhatWasListedInVainIsSentByItself(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, storetest.SQLite(t))
	ids := c.alerts(t, 3, verdict.Ordinary)
	c.step(t, ids[0]+"/煤炭科")
	c.clock.Add(2 * time.Second)
	c.step(t, ids[0]+"/煤炭科")
	c.p.behave = func(int) (bool, error) { return false, fail(alerting.Permanent) }
	sum := c.jobs[0]
	c.deliver(t, sum, alerting.Outcome{State: alerting.Failed})
	c.p.behave = nil
	if len(c.jobs) != 4 || len(c.lost) != 0 {
		t.Errorf("jobs %q, copies %q", c.jobs, c.lost)
	}
	c.finish(t)
	c.once(t, ids...)
	if n := len(c.summaries(t)); n != 1 {
		t.Errorf("%d summaries, want the one that failed", n)
	}
}

func TestUpdatesOfAListedAlert(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, storetest.SQLite(t))
	ids := c.alerts(t, 2, verdict.Ordinary)
	c.step(t, ids[0]+"/煤炭科")
	c.clock.Add(2 * time.Second)
	c.step(t, ids[0]+"/煤炭科")
	parent := func(n *alerting.Notice, d *alerting.Delivery) {
		n.Kind, d.Parent = alerting.KindUpdate, ids[0]+"/煤炭科"
	}
	c.alert(t, "A-large", verdict.Large, parent)
	c.alert(t, "A-extreme", verdict.Extreme, parent)
	c.deliver(t, "A-large/煤炭科", alerting.Outcome{State: alerting.Pending, Snooze: 2 * time.Second})
	c.deliver(t, "A-extreme/煤炭科", alerting.Outcome{State: alerting.Sent}) // it does not wait
	c.clock.Add(time.Second)
	c.deliver(t, c.jobs[0], alerting.Outcome{State: alerting.Sent})
	c.clock.Add(time.Second)
	c.deliver(t, "A-large/煤炭科", alerting.Outcome{State: alerting.Sent})
	c.once(t, append(ids, "A-large", "A-extreme")...)
	for _, m := range c.p.stands {
		if m.Thread != (alerting.Ref{}) {
			t.Errorf("%s hangs on a list of other matters", m.NoticeID)
		}
	}
}

// TestKilledWhileListing ends the program at each point of a summary's way and lets
// another go on: nothing is lost and nothing told twice.
func TestKilledWhileListing(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) store.Options{
		store.SQLite:   func(t *testing.T) store.Options { return storetest.SQLite(t) },
		store.Postgres: storetest.Postgres,
	} {
		for _, point := range []string{"folding", "folded", "claimed", "intended", "answered"} {
			t.Run(name+", "+point, func(t *testing.T) {
				t.Parallel()
				c := newCrowd(t, open(t))
				ids := c.alerts(t, 20, verdict.Ordinary)
				c.step(t, ids[0]+"/煤炭科")
				c.clock.Add(2 * time.Second)
				c.at = point
				c.step(t, ids[0]+"/煤炭科")
				for _, id := range c.jobs {
					c.clock.Add(time.Second)
					c.step(t, id)
				}
				if c.at != "" {
					t.Fatalf("never came to %q", point)
				}
				c.clock.Add(time.Minute)
				c.d = c.worker(t)
				c.finish(t)
				c.once(t, ids...)
			})
		}
	}
}

// TestTwoNodesListAndSend lets two nodes list and send the same deliveries at once.
func TestTwoNodesListAndSend(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, storetest.Postgres(t))
	ids := c.alerts(t, 40, verdict.Ordinary)
	other := c.worker(t)
	for range 2 {
		var wg sync.WaitGroup
		for i, id := range ids {
			d := c.d
			if i%2 == 1 {
				d = other
			}
			wg.Go(func() {
				if _, err := d.Deliver(t.Context(), id+"/煤炭科"); err != nil {
					t.Errorf("Deliver: %v", err)
				}
			})
		}
		wg.Wait()
		c.clock.Add(2 * time.Second)
	}
	c.finish(t)
	c.once(t, ids...)
	if n := len(c.summaries(t)); n < 3 {
		t.Errorf("%d summaries of 40", n)
	}
	if strings.Contains(fmt.Sprint(c.jobs), "//") {
		t.Errorf("jobs %q", c.jobs)
	}
}
