package rate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiying/alerting"
	"huiying/internal/robottest"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
)

// TestOutage is RELIABILITY row 6: the office's robot takes nothing for six hours,
// half of them refusing, half of them silent. What cannot wait goes by the second
// channel within minutes; when the robot is back, the gravest and oldest come first
// and the stale ones in lists, and nothing is lost.
func TestOutage(t *testing.T) {
	t.Parallel()
	p := startPlatforms(t, 0)
	o := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		var tw *town
		tw = newTown(t, p, o, func(o *alerting.DelivererOptions) {
			o.Seconds = map[string]string{"wecom": "slack"}
			o.StandIn = func(ctx context.Context, tx store.Tx, n alerting.Notice, to alerting.Receiver) error {
				ds := alerting.Plan(n, []alerting.Receiver{to}, "")
				if created, err := alerting.Save(ctx, tx, n, ds); err != nil || !created {
					return err
				}
				return tw.q.enqueue(ctx, tx, store.Job{ID: ds[0].ID, Urgent: true})
			}
		})
		fell, rose := tw.began.Add(15*time.Minute), tw.began.Add(15*time.Minute+6*time.Hour)
		tw.down = func(target string) trouble {
			switch now := time.Now(); {
			case target != "wecom" || now.Before(fell) || !now.Before(rose):
				return none
			case now.Before(fell.Add(3 * time.Hour)):
				return refusing
			}
			return silent
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); tw.q.run(ctx) }()
		office := alerting.Receiver{Name: "局办公室", Target: "wecom"}
		made := 0
		for time.Now().Before(rose) {
			g := verdict.Ordinary
			switch made % 20 {
			case 4:
				g = verdict.Major
			case 9:
				g = verdict.Extreme
			case 14:
				g = verdict.Pending
			case 17:
				g = verdict.Large
			}
			tw.alert(fmt.Sprintf("A-%s-%05d", g, made), g, office)
			made++
			time.Sleep(4 * time.Minute)
		}
		for tw.open() > 0 {
			time.Sleep(10 * time.Second)
			if time.Since(rose) > time.Hour {
				t.Fatalf("%d open an hour after the robot was back", tw.open())
			}
		}
		caught := time.Since(rose)
		stop()
		<-ended
		missing, twice := tw.missing()
		for _, id := range append(missing, twice...) {
			t.Error("missing or twice: ", id)
		}
		told, _, lists := tw.mentions()
		second, slowest := 0, time.Duration(0)
		for id, at := range tw.made {
			cannotWait := !strings.Contains(id, "ordinary") && !strings.Contains(id, "large")
			during := at.After(fell) && at.Before(rose.Add(-10*time.Minute))
			switch got := told["slack"][id]; {
			case cannotWait && during && len(got) != 1:
				t.Errorf("%s went %d times by the second channel", id, len(got))
			case !cannotWait && len(got) > 0:
				t.Errorf("%s could wait and went by the second channel", id)
			case cannotWait && during:
				second++
				slowest = max(slowest, got[0].at.Sub(at))
			}
		}
		if slowest > 6*time.Minute {
			t.Errorf("the second channel was slow: %v", slowest)
		}
		if most := 3 + made/11; lists > most {
			t.Errorf("%d lists of %d alerts, at most %d would do", lists, made, most)
		}
		order(t, tw, rose)
		if err := tw.db.Close(); err != nil {
			t.Error(err)
		}
		t.Logf("outage hours=6 alerts=%d lost=%d twice=%d second=%d slowest-second=%v summaries=%d caught-up=%v requests=%d",
			made, len(missing), len(twice), second, slowest.Round(time.Second), lists, caught.Round(time.Second), tw.p.wecom.Requests())
	})
}

// order checks what came after the robot was back: but for the one that found it
// back, what is never listed before the lists, and in the lists the oldest first,
// where two that workers took at the same moment may change places.
func order(t *testing.T, tw *town, rose time.Time) {
	t.Helper()
	lists, last, n, swapped := 0, "", 0, 0
	for _, m := range tw.p.wecom.Messages() {
		text, _ := robottest.Shown(m.Body)
		if m.At.Before(rose) {
			continue
		}
		n++
		ids := noticeID.FindAllString(text, -1)
		if strings.Contains(text, "【汇总】") {
			lists++
		} else if tw.made[ids[0]].Before(rose.Add(-10*time.Minute)) && lists > 0 {
			t.Errorf("%s came after a list", ids[0])
		}
		for _, id := range ids {
			grade, number, _ := strings.Cut(strings.TrimPrefix(id, "A-"), "-")
			if grade != "ordinary" || n == 1 {
				continue
			}
			if number < last {
				if swapped++; swapped > 2 {
					t.Errorf("%s came after %s", id, last)
				}
			}
			last = number
		}
	}
}
