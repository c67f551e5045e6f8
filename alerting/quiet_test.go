package alerting_test

import (
	"context"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// beijing is a time of 23 November 2026, or of a later day where hour is over 23.
func beijing(hour, minute int) time.Time {
	return time.Date(2026, 11, 23, hour, minute, 0, 0, zh.Beijing())
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		quiet string
		now   time.Time
		end   time.Time // zero for not quiet
	}{
		"before midnight":   {"22:00-07:00", beijing(23, 30), beijing(24+7, 0)},
		"after midnight":    {"22:00-07:00", beijing(24, 0), beijing(24+7, 0)},
		"begins":            {"22:00-07:00", beijing(22, 0), beijing(24+7, 0)},
		"has ended":         {"22:00-07:00", beijing(7, 0), time.Time{}},
		"last minute":       {"22:00-07:00", beijing(6, 59), beijing(7, 0)},
		"day":               {"22:00-07:00", beijing(12, 0), time.Time{}},
		"noon rest":         {"12:00-14:30", beijing(13, 0), beijing(14, 30)},
		"noon rest is over": {"12:00-14:30", beijing(14, 30), time.Time{}},
		"another zone":      {"22:00-07:00", beijing(23, 30).UTC(), beijing(24+7, 0)},
		"clock set back":    {"22:00-07:00", beijing(21, 59), time.Time{}},
	}
	for name, test := range tests {
		q, err := alerting.ParseQuiet(test.quiet)
		if err != nil {
			t.Fatal(err)
		}
		if end, ok := q.Until(test.now); !end.Equal(test.end) || ok == test.end.IsZero() {
			t.Errorf("%s: until %v %v, want %v", name, end, ok, test.end)
		}
	}
	for _, bad := range []string{"", "22-7", "22:00", "24:00-07:00", "22:60-07:00", "7:00-9:00", "22:00-22:00", "22:00-07:00 ", "-1:00-07:00"} {
		if q, err := alerting.ParseQuiet(bad); err == nil {
			t.Errorf("%q is read as %v", bad, q)
		}
	}
}

func TestWhatMayWait(t *testing.T) {
	t.Parallel()
	const emergency = verdict.Emergency
	for name, test := range map[string]struct {
		n    alerting.Notice
		want bool
	}{
		"一般":               {alerting.Notice{Kind: alerting.KindAlert, Category: emergency, Grade: verdict.Ordinary}, true},
		"no emergency":     {alerting.Notice{Kind: alerting.KindAlert, Category: verdict.Interest}, true},
		"reminder":         {alerting.Notice{Kind: alerting.KindReminder, Category: verdict.Interest}, true},
		"warning":          {alerting.Notice{Kind: alerting.KindWarning}, true},
		"较大":               {alerting.Notice{Kind: alerting.KindAlert, Category: emergency, Grade: verdict.Large}, false},
		"待定":               {alerting.Notice{Kind: alerting.KindAlert, Category: emergency, Grade: verdict.Pending}, false},
		"特别重大, reminder":   {alerting.Notice{Kind: alerting.KindReminder, Category: emergency, Grade: verdict.Extreme}, false},
		"copy of 重大":       {alerting.Notice{Kind: alerting.KindWarning, Category: emergency, Grade: verdict.Major}, false},
		"ungraded":         {alerting.Notice{Kind: alerting.KindAlert, Category: emergency}, false},
		"overdue reminder": {alerting.Notice{Kind: alerting.KindReminder, Category: verdict.Interest, Overdue: true}, false},
		"digest":           {alerting.Notice{Kind: alerting.KindDigest}, false},
	} {
		if got := alerting.MayWait(test.n); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestQuietDeliveriesAreRecordedAtOnceAndSentLater holds the jobs: what waits has
// its time in the database, where no restart forgets it.
func TestQuietDeliveriesAreRecordedAtOnceAndSentLater(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	none := func(context.Context, string) error { return nil }
	if err := db.Prepare(store.JobOptions{}, map[string]store.Handler{alerting.JobDeliver: none, alerting.JobClimb: none}); err != nil {
		t.Fatal(err)
	}
	// The job queue asks the real clock whether a job is due: the night is tomorrow's.
	day := time.Now().In(zh.Beijing()).AddDate(0, 0, 1)
	night := time.Date(day.Year(), day.Month(), day.Day(), 23, 0, 0, 0, day.Location())
	o := organisation()
	o.Quiet = map[string]alerting.Quiet{
		"煤炭科": {From: 22 * time.Hour, To: 7 * time.Hour}, "局办公室": {From: 22 * time.Hour, To: 7 * time.Hour},
	}
	o.Ladder.Grades = map[verdict.Grade][]alerting.Step{verdict.Ordinary: {
		{After: time.Hour, To: []alerting.Rank{alerting.RankLeaders}}, {After: 2 * time.Hour, To: []alerting.Rank{alerting.RankHead}},
	}}
	router, err := alerting.NewRouter(o)
	if err != nil {
		t.Fatal(err)
	}
	outbox := alerting.NewOutbox(db, router)
	post := func(n alerting.Notice, parent string) {
		t.Helper()
		if err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := outbox.Post(ctx, tx, n, parent)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	due := func(at time.Time, want int) {
		t.Helper()
		if n, err := db.Waiting(t.Context(), at); err != nil || n != want {
			t.Errorf("%d jobs due at %v (err %v), want %d", n, at, err, want)
		}
	}
	alert := alerting.Notice{
		ID: "A-1", Kind: alerting.KindAlert, Step: 1, Category: verdict.Emergency, Grade: verdict.Ordinary,
		Sections: []string{"煤炭科"}, CreatedAt: night,
	}
	if got := router.ExplainLadder(alert)[0].After; got != 9*time.Hour {
		t.Errorf("the ladder is said to begin after %v", got)
	}
	post(alert, "")
	if ds, err := alerting.DeliveriesOf(t.Context(), db.Reader(), []string{"A-1"}); err != nil || len(ds) != 2 {
		t.Fatalf("%d deliveries, %v", len(ds), err)
	}
	due(night.Add(time.Minute), 1)                                       // the office
	due(night.Add(8*time.Hour-time.Second), 1)                           // and nobody climbs: the section was not told
	due(night.Add(8*time.Hour+time.Second), 2)                           // the section, once
	due(night.Add(9*time.Hour+2*time.Second), 3)                         // the ladder, counted from there
	post(alert, "")                                                      // decided twice
	due(night.Add(9*time.Hour+2*time.Second), 3)                         //
	update := alert                                                      // it grows graver in the night:
	update.ID, update.Kind, update.Step = "A-2", alerting.KindUpdate, 2  // section, office and leader at once,
	update.Grade, update.CreatedAt = verdict.Large, night.Add(time.Hour) // and the alert that waits is woken
	post(update, "A-1")
	due(night.Add(time.Hour+time.Minute), 1+3+1)
}

// TestTheLadderWaitsForTheFirstWhoIsTold: of two sections in charge the one that is
// told first can take the matter on, and the ladder is counted from there.
func TestTheLadderWaitsForTheFirstWhoIsTold(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 11, 24, 23, 0, 0, 0, zh.Beijing())
	for name, c := range map[string]struct {
		coal, power alerting.Quiet
		want        time.Duration
	}{
		"both sleep":        {alerting.Quiet{From: 22 * time.Hour, To: 7 * time.Hour}, alerting.Quiet{From: 22 * time.Hour, To: 9 * time.Hour}, 9 * time.Hour},
		"both, other order": {alerting.Quiet{From: 22 * time.Hour, To: 9 * time.Hour}, alerting.Quiet{From: 22 * time.Hour, To: 7 * time.Hour}, 9 * time.Hour},
		"one is awake":      {alerting.Quiet{From: 22 * time.Hour, To: 7 * time.Hour}, alerting.Quiet{}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := organisation()
			o.Quiet = map[string]alerting.Quiet{"煤炭科": c.coal, "电力科": c.power}
			o.Ladder.Grades = map[verdict.Grade][]alerting.Step{verdict.Ordinary: {{After: time.Hour, To: []alerting.Rank{alerting.RankHead}}}}
			router, err := alerting.NewRouter(o)
			if err != nil {
				t.Fatal(err)
			}
			got := router.ExplainLadder(alerting.Notice{
				Kind: alerting.KindAlert, Step: 1, Category: verdict.Emergency, Grade: verdict.Ordinary,
				Sections: []string{"煤炭科", "电力科"}, CreatedAt: night,
			})
			if len(got) != 1 || got[0].After != c.want {
				t.Errorf("the ladder is %+v, want it to begin after %v", got, c.want)
			}
		})
	}
}
