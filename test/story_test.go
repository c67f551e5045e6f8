package test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/demo"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// seen is a post as the database holds it.
type seen struct {
	bun.BaseModel `bun:"table:posts,alias:post"`

	ID       string          `bun:"id,pk"`
	Source   string          `bun:"source"`
	URL      string          `bun:"url"`
	EventID  string          `bun:"event_id,nullzero"`
	Revision int             `bun:"revision"`
	Verdict  verdict.Verdict `bun:"verdict,type:json"`
}

// number finds a post's number at the end of its address.
var number = regexp.MustCompile(`(\d\d)(\.html?)?$`)

// compareStory holds the database after a telling to what the story expects of
// every post.
func compareStory(t *testing.T, path string, story *demo.Story, r told) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	posts := readPosts(t, db)
	if len(posts) != len(story.Posts) {
		t.Errorf("%d posts stored, the story has %d", len(posts), len(story.Posts))
	}
	events := map[string]string{} // the story's post that opened each event
	for _, p := range story.Posts {
		got, ok := posts[p.ID]
		if !ok {
			t.Errorf("%s is not stored", p.ID)
			continue
		}
		if got.Revision != 1+len(p.Changes) {
			t.Errorf("%s: revision %d, the story tells of %d changes", p.ID, got.Revision, len(p.Changes))
		}
		versions := append(earlier(t, db, got.ID), got.Verdict)
		expects := []demo.Expect{p.Expect}
		for _, c := range p.Changes {
			expects = append(expects, c.Expect)
		}
		for i := range min(len(versions), len(expects)) {
			if diff := against(expects[i], versions[i]); diff != "" {
				t.Errorf("%s, version %d (%s): %s\n%s", p.ID, i+1, expects[i].Why, diff, versions[i].Why)
			}
		}
		switch joins := p.Expect.Joins; {
		case joins != "":
			if got.EventID == "" || got.EventID != posts[joins].EventID {
				t.Errorf("%s is of event %q, %s of %q: want one", p.ID, got.EventID, joins, posts[joins].EventID)
			}
		case p.Expect.Handling == verdict.None:
			if got.EventID != "" {
				t.Errorf("%s is of event %s, want none", p.ID, got.EventID)
			}
		case events[got.EventID] != "":
			t.Errorf("%s joined %s, want an event of its own", p.ID, events[got.EventID])
		default:
			events[got.EventID] = p.ID
		}
	}
	if len(events) != r.Events {
		t.Errorf("%d events, the story tells of %d", r.Events, len(events))
	}
	compareAlerts(t, db, r, posts, story)
}

func readPosts(t *testing.T, db *store.DB) map[string]seen {
	t.Helper()
	var rows []seen
	if err := db.Reader().NewSelect().Model(&rows).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	posts := map[string]seen{}
	for _, row := range rows {
		n := number.FindStringSubmatch(row.URL)
		if n == nil {
			t.Fatalf("post without a number: %s", row.URL)
		}
		posts[row.Source+"-"+n[1]] = row
	}
	return posts
}

// earlier are the verdicts on the texts that a post had before.
func earlier(t *testing.T, db *store.DB, id string) []verdict.Verdict {
	t.Helper()
	var rows []struct {
		Verdict verdict.Verdict `bun:"verdict,type:json"`
	}
	err := db.Reader().NewSelect().TableExpr("revisions").Column("verdict").Where("post_id = ?", id).
		Order("revision").Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	var all []verdict.Verdict
	for _, r := range rows {
		all = append(all, r.Verdict)
	}
	return all
}

// against says in which way a verdict is not what the story expects.
func against(e demo.Expect, v verdict.Verdict) string {
	switch {
	case v.Handling != e.Handling:
		return fmt.Sprintf("handled as %s, want %s", v.Handling, e.Handling)
	case e.Category != "" && v.Category != e.Category:
		return fmt.Sprintf("category %s, want %s", v.Category, e.Category)
	case e.Grade != "" && v.Grade != e.Grade:
		return fmt.Sprintf("grade %s, want %s", v.Grade, e.Grade)
	case e.Section != "" && e.Section != office && !slices.Contains(v.Sections, e.Section):
		return fmt.Sprintf("sections %v, want %s", v.Sections, e.Section)
	case e.Tag != "" && !slices.Contains(v.Tags, e.Tag):
		return fmt.Sprintf("tags %v, want %s", v.Tags, e.Tag)
	}
	return ""
}

// compareAlerts holds the alerts printed to the events the story alerts, to their
// sections and the office, and every delivery to have been sent.
func compareAlerts(t *testing.T, db *store.DB, r told, posts map[string]seen, story *demo.Story) {
	t.Helper()
	var want, got []string
	for _, p := range story.Posts {
		if p.Expect.Handling == verdict.Alert && p.Expect.Joins == "" {
			want = append(want, posts[p.ID].EventID+" alert")
		}
		for _, c := range p.Changes {
			if c.Expect.Update {
				want = append(want, posts[p.ID].EventID+" update")
			}
		}
	}
	for _, a := range r.Alerts {
		got = append(got, a.Event+" "+a.Kind)
		var e event.Event
		if err := db.Reader().NewSelect().Model(&e).Where("id = ?", a.Event).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(a.Receivers, office) {
			t.Errorf("alert %s leaves the office out: %v", a.ID, a.Receivers)
		}
		for _, s := range e.Sections {
			if !slices.Contains(a.Receivers, s) && a.Kind == string(alerting.KindUpdate) {
				t.Errorf("update %s leaves %s out: %v", a.ID, s, a.Receivers)
			}
		}
		if len(e.Sections) > 0 && len(a.Receivers) < 2 {
			t.Errorf("alert %s reached only %v, the matter is of %v", a.ID, a.Receivers, e.Sections)
		}
		ds, err := alerting.DeliveriesOf(t.Context(), db.Reader(), []string{a.ID})
		if err != nil || len(ds) != len(a.Receivers) {
			t.Fatalf("%d deliveries of %s, want %d (%v)", len(ds), a.ID, len(a.Receivers), err)
		}
		for _, d := range ds {
			if d.State != alerting.Sent {
				t.Errorf("delivery %s is %s: %s", d.ID, d.State, d.LastError)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
}
