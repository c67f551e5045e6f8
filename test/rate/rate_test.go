package rate

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"huiying/alerting"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
)

// How many alerts come in ten seconds. The default is the small form.
var alerts = flag.Int("alerts", 300, "how many alerts come within ten seconds")

// grade of the i-th alert: few are grave.
func gradeOf(i int) verdict.Grade {
	switch {
	case i%100 == 7:
		return verdict.Major
	case i%25 == 3:
		return verdict.Large
	case i%20 == 11:
		return verdict.Pending
	}
	return verdict.Ordinary
}

// TestRate is RELIABILITY rows 4 and 9: thousands of alerts within ten seconds on
// platforms that keep their limits, 特别重大 among them and long after, while the
// backlog lasts.
func TestRate(t *testing.T) {
	t.Parallel()
	p := startPlatforms(t, 6)
	o := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		tw := newTown(t, p, o, nil)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); tw.q.run(ctx) }()
		office := alerting.Receiver{Name: "局办公室", Target: "wecom"}
		extremes := 0
		extreme := func(section alerting.Receiver) {
			tw.alert(fmt.Sprintf("A-extreme-%05d", extremes), verdict.Extreme, section, office)
			extremes++
		}
		for i := range *alerts {
			at := tw.began.Add(time.Duration(i) * 10 * time.Second / time.Duration(*alerts))
			time.Sleep(time.Until(at))
			tw.alert(fmt.Sprintf("A-rate-%05d", i), gradeOf(i), sections[i%len(sections)], office)
			if i == *alerts*3/10 || i == *alerts*9/10 {
				extreme(sections[extremes%len(sections)])
			}
		}
		// Others use the same channels meanwhile, and ours are refused for it.
		for range 10 {
			time.Sleep(3 * time.Second)
			tw.intrude("slack")
			tw.intrude("wecom")
		}
		time.Sleep(90 * time.Second)
		for n := 0; tw.open() > 0 || n < 5; n++ {
			extreme(sections[n%len(sections)])
			time.Sleep(20 * time.Second)
			if time.Since(tw.began) > 3*time.Hour {
				t.Fatalf("%d deliveries open after %v", tw.open(), time.Since(tw.began))
			}
		}
		took := time.Since(tw.began)
		stop()
		<-ended
		told, messages, lists := tw.mentions()
		missing, twice := tw.missing()
		worst, slowest := 0.0, time.Duration(0)
		for i := range extremes {
			id := fmt.Sprintf("A-extreme-%05d", i)
			for _, target := range tw.to[id] {
				for _, m := range told[target][id] {
					waited := m.at.Sub(tw.made[id])
					slowest = max(slowest, waited)
					worst = max(worst, waited.Seconds()/slots[target].Seconds())
					if m.list {
						t.Errorf("%s was put on a list", id)
					}
				}
			}
		}
		for _, id := range append(missing, twice...) {
			t.Error("missing or twice: ", id)
		}
		if n := tw.early(); n > 0 {
			t.Errorf("%d requests before the time a platform asked for", n)
		}
		if worst > 2 {
			t.Errorf("特别重大 waited %.1f slots", worst)
		}
		if slowest > time.Minute {
			t.Errorf("特别重大 waited %v", slowest)
		}
		if err := tw.db.Close(); err != nil {
			t.Error(err)
		}
		if p.slack.Requests("conversations.history") == 0 || tw.refused() == 0 {
			t.Error("nothing was looked up, or nothing refused: the test tries less than it says")
		}
		t.Logf("rate alerts=%d messages=%d summaries=%d early=%d missing=%d twice=%d extremes=%d extreme-slots=%.1f extreme-max=%v drained=%v refused=%d history=%d jobs=%d",
			len(tw.to), messages, lists, tw.early(), len(missing), len(twice), extremes, worst, slowest.Round(10*time.Millisecond),
			took.Round(time.Second), tw.refused(), p.slack.Requests("conversations.history"), tw.q.done)
	})
}
