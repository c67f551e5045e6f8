package response_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/response"
)

// TestAnActThatWasUndoneCanBeDoneAgain: what a section did once does not keep it
// from doing it again when others, or the matter itself, went on since.
func TestAnActThatWasUndoneCanBeDoneAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d, acts := alerted(t, o, verdict.Ordinary)
		do := func(act alerting.Act, section, to string) response.Case {
			t.Helper()
			d.now = d.now.Add(time.Minute)
			c, err := acts.Do(t.Context(), response.Action{EventID: "E-1", Act: act, Section: section, To: to, Note: "见公告", Via: "link"})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		told := func() int { t.Helper(); return len(d.told(t)) }
		for i, want := range []string{"电力科", "煤炭科", "电力科"} {
			from := "煤炭科"
			if want == from {
				from = "电力科"
			}
			before := told()
			if c := do(alerting.HandOver, from, want); c.Owner != want || told() != before+1 {
				t.Errorf("handover %d: owner %s, want %s; %d told", i+1, c.Owner, want, told()-before)
			}
		}
		for _, section := range []string{"煤炭科", "电力科", "煤炭科"} {
			if c := do(alerting.Take, section, ""); c.Owner != section {
				t.Errorf("%s took it on, the owner is %s", section, c.Owner)
			}
		}
		if c := do(alerting.Answered, "煤炭科", ""); c.Status != response.Answered {
			t.Fatalf("answered: %s", c.Status)
		}
		before := told()
		if do(alerting.Answered, "煤炭科", ""); told() != before {
			t.Error("an answer registered twice was told twice")
		}
		// The matter grows graver: new clocks run.
		e := event.Event{ID: "E-1", Category: verdict.Emergency, Grade: verdict.Major, Sections: []string{"煤炭科"}}
		c, opened := response.Policy{}.WithDefaults().For(e, nil, d.now)
		if err := d.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return response.Save(ctx, tx, c, opened) }); err != nil {
			t.Fatal(err)
		}
		if c = do(alerting.Answered, "煤炭科", ""); told() != before+1 {
			t.Error("the second answer was not told")
		}
		i := slices.IndexFunc(c.Clocks, func(k *response.Clock) bool { return k.Kind == response.FirstRelease })
		if i < 0 || c.Clocks[i].Running() {
			t.Error("the first release still runs though its section registered the answer")
		}
	})
}

// TestAnActOnAMergedEventIsOnWhatItIsPartOf: the message that somebody answers may
// be of the event that was merged into another.
func TestAnActOnAMergedEventIsOnWhatItIsPartOf(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d, acts := alerted(t, o, verdict.Pending)
		other := event.Event{
			ID: "E-2", Title: "同一矿透水", Handling: verdict.None, Category: verdict.Emergency, Grade: verdict.Pending, MergedInto: "E-1",
			Sections: []string{"电力科"}, Consult: []string{}, Tags: []string{}, FirstSeen: start, LastSeen: start,
		}
		c, opened := d.r.Policy.For(other, nil, start)
		err := d.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.NewInsert().Model(&other).Exec(ctx); err != nil {
				return err
			}
			return response.Save(ctx, tx, c, opened)
		})
		if err != nil {
			t.Fatal(err)
		}
		post(t, d, alerting.Notice{
			ID: "A-E-2-emergency-1", Kind: alerting.KindAlert, EventID: "E-2", Step: 1, Category: verdict.Emergency,
			Grade: verdict.Ordinary, Sections: []string{"电力科"}, CreatedAt: start,
		})
		before := len(d.told(t))
		d.now = d.now.Add(time.Minute)
		c, err = acts.Do(t.Context(), response.Action{EventID: "E-2", Act: alerting.Take, Section: "电力科", Via: "slack"})
		if err != nil || c.ID != "C-1" || c.Owner != "电力科" {
			t.Errorf("taking the merged event took case %s, owner %s, err %v", c.ID, c.Owner, err)
		}
		want := "【电力科已认领】某矿透水 → 分管领导、局办公室、煤炭科、电力科"
		if told := d.told(t); len(told) != before+1 || told[before] != want {
			t.Errorf("told %q, want %q", told[before:], want)
		}
	})
}

// TestTheLadderOfWhatGrewGraver: that it was answered, or taken for a mistake, when it
// was less keeps nobody from hearing of it now; that somebody is on it does.
func TestTheLadderOfWhatGrewGraver(t *testing.T) {
	t.Parallel()
	for act, want := range map[alerting.Act]bool{alerting.Mistaken: true, alerting.Answered: true, alerting.Take: false} {
		t.Run(string(act), func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, o store.Options) {
				d, acts := alerted(t, o, verdict.Ordinary)
				d.now = d.now.Add(time.Minute)
				if _, err := acts.Do(t.Context(), response.Action{EventID: "E-1", Act: act, Section: "煤炭科", Note: "是演练", Via: "link"}); err != nil {
					t.Fatal(err)
				}
				d.now = d.now.Add(time.Hour)
				e := event.Event{ID: "E-1", Category: verdict.Emergency, Grade: verdict.Pending, Sections: []string{"煤炭科"}}
				c, opened := d.r.Policy.For(e, nil, d.now)
				if err := d.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return response.Save(ctx, tx, c, opened) }); err != nil {
					t.Fatal(err)
				}
				post(t, d, alerting.Notice{
					ID: "A-E-1-emergency-2", Kind: alerting.KindUpdate, EventID: "E-1", Step: 2, Category: verdict.Emergency, Grade: verdict.Pending,
					Sections: []string{"煤炭科"}, CreatedAt: d.now, Content: alerting.Content{Headline: "【突发事件】某矿透水"},
				})
				before := len(d.told(t))
				d.now = d.now.Add(10 * time.Minute)
				climber := &alerting.Climber{DB: d.db, Outbox: d.r.Outbox, Settled: response.Settled, Now: func() time.Time { return d.now }}
				if err := climber.Climb(t.Context(), "A-E-1-emergency-2|1"); err != nil {
					t.Fatal(err)
				}
				if got := len(d.told(t)) > before; got != want {
					t.Errorf("the next one up was told: %v, want %v", got, want)
				}
			})
		})
	}
}

// TestAnOverdueClockIsToldOfAgain: every day after it was due, and after a long stop
// once, not once for each day.
func TestAnOverdueClockIsToldOfAgain(t *testing.T) {
	t.Parallel()
	d := newFixture(t, storetest.SQLite(t), event.Event{Category: verdict.Emergency, Grade: verdict.Major})
	for _, c := range []struct {
		fire, next string
		after      time.Duration
	}{
		{"due", "1", time.Hour},
		{"1", "2", 25 * time.Hour},
		{"2", "6", 25*time.Hour + 4*24*time.Hour + time.Minute},
	} {
		d.fire(t, "C-1/first_release|"+c.fire, c.after)
		for n := range 8 {
			id := strconv.Itoa(n)
			got := scheduled(t, d, response.JobClock, "C-1/first_release|"+id)
			if id == c.next && !got || id > c.next && got {
				t.Errorf("after %s the reminder %s is scheduled: %v, want %s", c.fire, id, got, c.next)
			}
		}
		if scheduled(t, d, response.JobClock, "C-1/first_release|0") {
			t.Fatal("the reminder that was just sent is scheduled again")
		}
	}
}
