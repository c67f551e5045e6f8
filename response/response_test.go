package response_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/response"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func TestClocksByGrade(t *testing.T) {
	t.Parallel()
	fast, slow := "first_release 1h0m0s, press_conference 24h0m0s", "answer 48h0m0s"
	for name, c := range map[string]struct {
		category verdict.Category
		grade    verdict.Grade
		want     string
	}{
		"特别重大": {verdict.Emergency, verdict.Extreme, fast},
		"重大":   {verdict.Emergency, verdict.Major, fast},
		"待定":   {verdict.Emergency, verdict.Pending, fast},
		"较大":   {verdict.Emergency, verdict.Large, slow},
		"一般":   {verdict.Emergency, verdict.Ordinary, slow},
		"切身利益": {verdict.Interest, verdict.NoGrade, slow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, opened := response.Policy{}.WithDefaults().For(event.Event{ID: "E-1", Category: c.category, Grade: c.grade}, nil, start)
			var got []string
			for _, k := range opened {
				got = append(got, string(k.Kind)+" "+k.DueAt.Sub(start).String())
			}
			if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("clocks differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHowAClockStands(t *testing.T) {
	t.Parallel()
	c := response.Clock{StartedAt: start, DueAt: start.Add(time.Hour)}
	stopped, late, graded := c, c, c
	stopped.StoppedAt = start.Add(50 * time.Minute)
	late.StoppedAt = start.Add(90 * time.Minute)
	graded.StoppedAt, graded.Ended = start.Add(90*time.Minute), response.EndedGraded
	seen := map[response.ClockState]bool{}
	for name, x := range map[string]struct {
		clock response.Clock
		after time.Duration
		state response.ClockState
		words string
	}{
		"running":     {c, 18 * time.Minute, response.ClockRunning, "剩 42分钟"},
		"last minute": {c, 59*time.Minute + 30*time.Second, response.ClockRunning, "剩 不到1分钟"},
		"due":         {c, time.Hour, response.ClockOverdue, "已超时 不到1分钟"},
		"overdue":     {c, 3*time.Hour + 5*time.Minute, response.ClockOverdue, "已超时 2小时5分钟"},
		"long over":   {c, 73 * time.Hour, response.ClockOverdue, "已超时 3天"},
		"in time":     {stopped, 5 * time.Hour, response.ClockInTime, "已按时答复"},
		"too late":    {late, 5 * time.Hour, response.ClockLate, "已答复，超时 30分钟"},
		"ended":       {graded, 5 * time.Hour, response.ClockEnded, "已撤销（重新定级）"},
	} {
		now := start.Add(x.after)
		state, words := x.clock.State(now), x.clock.Words(now)
		if state != x.state || words != x.words {
			t.Errorf("%s: got %s %q, want %s %q", name, state, words, x.state, x.words)
		}
		if state.Waits() != x.clock.Running() {
			t.Errorf("%s: %s waits: %t, but the clock runs: %t", name, state, state.Waits(), x.clock.Running())
		}
		seen[state] = true
	}
	for _, state := range response.ClockStates() {
		if !seen[state] {
			t.Errorf("no case of the table is %s", state)
		}
	}
}

// fixture is a database with one open case, and the reminders over it.
type fixture struct {
	db  *store.DB
	now time.Time
	r   *response.Reminders
}

func newFixture(t *testing.T, o store.Options, e event.Event) *fixture {
	t.Helper()
	db := storetest.Open(t, o)
	none := func(context.Context, string) error { return nil }
	err := db.Prepare(store.JobOptions{}, map[string]store.Handler{
		alerting.JobDeliver: none, alerting.JobClimb: none, response.JobClock: none, response.JobUngraded: none,
	})
	if err != nil {
		t.Fatal(err)
	}
	router, err := alerting.NewRouter(alerting.Organisation{
		Office: alerting.Receiver{Name: "局办公室", Target: "t"},
		Sections: []alerting.Section{
			{Name: "煤炭科", Leader: "分管领导", Receiver: alerting.Receiver{Target: "t"}},
			{Name: "电力科", Leader: "分管领导", Receiver: alerting.Receiver{Target: "t"}},
		},
		Leaders:       []alerting.Receiver{{Name: "分管领导", Target: "t"}},
		Head:          alerting.Receiver{Name: "局主要负责人", Target: "t"},
		LegalReviewer: "电力科",
		Ladder: alerting.Ladder{Grades: map[verdict.Grade][]alerting.Step{
			verdict.Pending: {
				{After: 10 * time.Minute, To: []alerting.Rank{alerting.RankLeaders}}, {After: 20 * time.Minute, To: []alerting.Rank{alerting.RankHead}},
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &fixture{db: db, now: start}
	d.r = &response.Reminders{
		DB: db, Outbox: alerting.NewOutbox(db, router), Policy: response.Policy{}.WithDefaults(),
		Page: func(id string) string { return "http://127.0.0.1:8420/events/" + id },
		Now:  func() time.Time { return d.now },
	}
	e.ID, e.Handling, e.Sections, e.Tags = "E-1", verdict.Alert, []string{"煤炭科"}, []string{}
	if e.Consult == nil {
		e.Consult = []string{}
	}
	if e.Units == nil {
		e.Units = []string{}
	}
	e.Title, e.FirstSeen, e.LastSeen = "某矿透水", start, start
	c, opened := d.r.Policy.For(e, nil, start)
	err = db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
			return err
		}
		return response.Save(ctx, tx, c, opened)
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// told lists the notices so far with whom they went to.
func (d *fixture) told(t *testing.T) []string {
	t.Helper()
	ns, err := alerting.NoticesOf(t.Context(), d.db.Reader(), "E-1")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, n := range ns {
		ds, err := alerting.DeliveriesOf(t.Context(), d.db.Reader(), []string{n.ID})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range ds {
			names = append(names, x.Receiver)
		}
		slices.Sort(names)
		out = append(out, n.Content.Headline+" → "+strings.Join(names, "、"))
	}
	return out
}

func (d *fixture) fire(t *testing.T, id string, at time.Duration) {
	t.Helper()
	d.now = start.Add(at)
	if err := d.r.Clock(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

func TestEachReminderIsSentOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d := newFixture(t, o, event.Event{Category: verdict.Emergency, Grade: verdict.Major})
		for range 2 { // jobs may run twice
			d.fire(t, "C-1/first_release|soon", 45*time.Minute)
		}
		for range 2 {
			d.fire(t, "C-1/first_release|due", 60*time.Minute)
		}
		want := []string{
			"【时限将到】首次发布（1小时）：某矿透水 → 局办公室、煤炭科",
			"【已超时】首次发布（1小时）：某矿透水 → 分管领导、局办公室、煤炭科",
		}
		got := d.told(t)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reminders differ (-want +got):\n%s", diff)
		}
	})
}

func TestDownAcrossTheDeadline(t *testing.T) {
	t.Parallel()
	d := newFixture(t, store.Options{Path: filepath.Join(t.TempDir(), "x.db")}, event.Event{Category: verdict.Emergency, Grade: verdict.Major})
	d.fire(t, "C-1/first_release|soon", 3*time.Hour)
	if got := d.told(t); len(got) != 0 {
		t.Errorf("a reminder that time runs out came after it had: %v", got)
	}
	d.fire(t, "C-1/first_release|due", 3*time.Hour)
	ns, err := alerting.NoticesOf(t.Context(), d.db.Reader(), "E-1")
	if err != nil || len(ns) != 1 {
		t.Fatalf("%d notices (err %v), want 1", len(ns), err)
	}
	if got := ns[0].Content.Fields[0].Value; !strings.Contains(got, "已超时 2小时") {
		t.Errorf("the reminder says %q, want how long it is overdue", got)
	}
}

func TestAnEvidenceStopsTheClock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d := newFixture(t, o, event.Event{Category: verdict.Emergency, Grade: verdict.Major})
		stop := func(e response.Evidence) (c response.Case, err error) {
			err = d.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
				c, err = response.Stop(ctx, tx, "E-1", e, d.now)
				return err
			})
			return c, err
		}
		if _, err := stop(response.Evidence{}); err == nil {
			t.Error("a clock was stopped without evidence")
		}
		d.now = start.Add(40 * time.Minute)
		c, err := stop(response.Evidence{URL: "http://bureau/1"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Status != response.Open {
			t.Error("answered, though no press conference was held")
		}
		d.fire(t, "C-1/first_release|due", time.Hour)
		if got := d.told(t); len(got) != 0 {
			t.Errorf("a stopped clock reminded: %v", got)
		}
		c, err = stop(response.Evidence{Note: "10时召开", Clocks: []response.ClockKind{response.PressConference}})
		if err != nil || c.Status != response.Answered {
			t.Errorf("case is %s (err %v), want answered", c.Status, err)
		}
		c, err = response.Find(t.Context(), d.db.Reader(), "1")
		if err != nil || c.Status != response.Answered || c.Clocks[0].URL != "http://bureau/1" || c.Clocks[1].Note != "10时召开" {
			t.Errorf("stored case %+v (err %v)", c, err)
		}
	})
}

func TestTheHeadHearsOfUngradedEmergencies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grade verdict.Grade
		want  []string
	}{
		"still 待定": {verdict.Pending, []string{"【等级待定 15分钟】某矿透水 → 局主要负责人"}},
		"graded":   {verdict.Large, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newFixture(t, store.Options{Path: filepath.Join(t.TempDir(), "x.db")}, event.Event{Category: verdict.Emergency, Grade: c.grade})
			d.now = start.Add(15 * time.Minute)
			for range 2 {
				if err := d.r.Ungraded(t.Context(), "E-1"); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(c.want, d.told(t)); diff != "" {
				t.Errorf("told differs (-want +got):\n%s", diff)
			}
		})
	}
}

// post puts a notice into the outbox.
func post(t *testing.T, d *fixture, n alerting.Notice) {
	t.Helper()
	err := d.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := d.r.Outbox.Post(ctx, tx, n, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// scheduled reports whether a job stands in the database.
func scheduled(t *testing.T, d *fixture, kind, id string) bool {
	t.Helper()
	n, err := d.db.Reader().NewSelect().Table("river_job").
		Where("CAST(args AS TEXT) LIKE ?", "%"+kind+"%").Where("CAST(args AS TEXT) LIKE ?", "%"+id+"%").Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}
