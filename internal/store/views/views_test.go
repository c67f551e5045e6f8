package views_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/fixture"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/response"
)

// An archive of five events, named by what they show.
func archive(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, now := storetest.Open(t, o), fixture.Now()
	of := func(name string, h verdict.Handling, seen time.Time) *event.Event {
		e := &event.Event{
			ID: "E-" + name, Title: name, Handling: h, Category: verdict.Interest, FirstSeen: seen, LastSeen: seen,
			Sections: []string{}, Consult: []string{}, Units: []string{}, Tags: []string{},
		}
		if h == verdict.Alert {
			e.AlertedAt = seen
		}
		return e
	}
	var (
		overdue  = of("overdue", verdict.Alert, now.Add(-60*time.Hour))
		urgent   = of("urgent", verdict.Alert, now.Add(-10*time.Minute))
		running  = of("running", verdict.Alert, now.Add(-30*time.Hour))
		answered = of("answered", verdict.Alert, now.Add(-50*time.Hour))
		review   = of("review", verdict.Review, now.Add(-5*time.Minute))
	)
	urgent.Category, urgent.Grade = verdict.Emergency, verdict.Pending
	stopped := fixture.Clock(response.Answer, answered.FirstSeen, 48*time.Hour)
	stopped.StoppedAt = now.Add(-40 * time.Hour)
	portal := &fixture.Source{ID: "portal", Name: "市政府网站", Channel: post.Portal}
	rows := []any{overdue, urgent, running, answered, review}
	rows = append(rows, fixture.NewCase(overdue, fixture.Clock(response.Answer, overdue.FirstSeen, 48*time.Hour))...)
	rows = append(rows, fixture.NewCase(urgent, fixture.Clock(response.FirstRelease, urgent.FirstSeen, time.Hour))...)
	rows = append(rows, fixture.NewCase(running, fixture.Clock(response.Answer, running.FirstSeen, 48*time.Hour))...)
	rows = append(rows, fixture.NewCase(answered, stopped)...)
	rows = append(rows,
		fixture.NewPost(portal, review, 1, review.FirstSeen, "", "暖气不热"),
		fixture.NewPost(portal, overdue, 2, overdue.FirstSeen, "停电", "停电三天"))
	rows = append(rows, fixture.NewNotice(urgent, alerting.KindAlert, 1, now.Add(-9*time.Minute), alerting.Failed, "局办公室", "煤炭科")...)
	rows = append(rows, fixture.NewNotice(running, alerting.KindAlert, 1, now.Add(-30*time.Hour), alerting.Sent, "局办公室")...)
	fixture.Insert(t, db, rows...)
	return db
}

func names(events []event.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, e.Title)
	}
	return strings.Join(all, " ")
}

func TestListsOfEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db, now := archive(t, o).Reader(), fixture.Now()
		pressing := func(d views.Deadlines, limit int) func(context.Context) ([]event.Event, error) {
			return func(ctx context.Context) ([]event.Event, error) {
				return views.Pressing(ctx, db, views.Events{Handling: verdict.Alert}, d, now, limit)
			}
		}
		for name, c := range map[string]struct {
			list func(context.Context) ([]event.Event, error)
			want string
		}{
			"the fast clocks first": {pressing(views.AnyRunning, 9), "urgent overdue running"},
			"no more than asked":    {pressing(views.AnyRunning, 1), "urgent"},
			"overdue":               {pressing(views.SomeOverdue, 9), "overdue"},
			"not overdue":           {pressing(views.NoneOverdue, 9), "urgent running"},
			"of a category": {func(ctx context.Context) ([]event.Event, error) {
				return views.Pressing(ctx, db, views.Events{Category: verdict.Interest}, views.AnyRunning, now, 9)
			}, "overdue running"},
			"quiet": {func(ctx context.Context) ([]event.Event, error) {
				return views.Quiet(ctx, db, views.Events{}, false, 0, 9)
			}, "review answered"},
			"quiet from the second on": {func(ctx context.Context) ([]event.Event, error) {
				return views.Quiet(ctx, db, views.Events{}, false, 1, 9)
			}, "answered"},
			"answered": {func(ctx context.Context) ([]event.Event, error) {
				return views.Quiet(ctx, db, views.Events{}, true, 0, 9)
			}, "answered"},
			"newest": {func(ctx context.Context) ([]event.Event, error) {
				return views.Newest(ctx, db, views.Events{}, 0, 2)
			}, "review urgent"},
			"alerted in two days": {func(ctx context.Context) ([]event.Event, error) {
				return views.AlertedIn(ctx, db, now.Add(-48*time.Hour), now)
			}, "running urgent"},
			"carried over for clocks": {func(ctx context.Context) ([]event.Event, error) {
				return views.CarriedInto(ctx, db, now.Add(-24*time.Hour), now)
			}, "overdue running"},
			"carried over for an answer": {func(ctx context.Context) ([]event.Event, error) {
				return views.CarriedInto(ctx, db, now.Add(-45*time.Hour), now)
			}, "overdue answered"},
		} {
			got, err := c.list(t.Context())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if names(got) != c.want {
				t.Errorf("%s: got %s, want %s", name, names(got), c.want)
			}
		}
		counts, err := views.CountEvents(t.Context(), db, now.Add(-time.Hour), now)
		if want := (views.EventCounts{Overdue: 1, Running: 2, Alerted: 1, Review: 1}); err != nil || counts != want {
			t.Errorf("counts are %+v, %v, want %+v", counts, err, want)
		}
	})
}

func TestNoticesAndWhatRaisedNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db, now := archive(t, o).Reader(), fixture.Now()
		from := now.Add(-24 * time.Hour)
		counts, err := views.CountNotices(t.Context(), db, from, now)
		if err != nil {
			t.Fatal(err)
		}
		if c := counts[alerting.KindAlert]; len(counts) != 1 || c.Notices != 1 || c.Deliveries[alerting.Failed] != 2 {
			t.Errorf("counted %+v, want one alert that two did not get", counts)
		}
		list, total, err := views.Undelivered(t.Context(), db, from, now, 1)
		if err != nil || total != 2 || len(list) != 1 || list[0].EventID != "E-urgent" || list[0].Content.Headline == "" {
			t.Errorf("undelivered are %+v of %d, %v", list, total, err)
		}
		if slices.ContainsFunc(list, func(d views.Told) bool { return d.State == alerting.Sent }) {
			t.Errorf("a delivery that arrived is among those that did not: %+v", list)
		}
		posts, err := views.UnalertedIn(t.Context(), db, from, now)
		if err != nil || len(posts) != 1 || posts[0].EventID != "E-review" || posts[0].Title != "review" {
			t.Errorf("posts that raised no alert are %+v, %v; want the one of the review, by its event's title", posts, err)
		}
	})
}
