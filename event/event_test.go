package event_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func sighting(h verdict.Handling, c verdict.Category, g verdict.Grade, sections ...string) event.Sighting {
	return event.Sighting{
		Post:    post.Post{ID: "P-0123456789abcdef", Title: "题 目"},
		Verdict: verdict.Verdict{Handling: h, Category: c, Grade: g, Sections: sections, Why: string(c) + string(g)},
		Seen:    start,
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	s := sighting(verdict.Alert, verdict.Emergency, verdict.Large, "煤炭科")
	s.Seen = time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC) // the 23rd in +08:00
	e, c := event.Open(s)
	if e.ID != "E-20261123-01234567" || e.Title != "题 目" || e.Posts != 1 || !c.Alerted || c.Raised {
		t.Errorf("opened %+v by %+v", e, c)
	}
}

func TestAbsorb(t *testing.T) {
	t.Parallel()
	alert, review := verdict.Alert, verdict.Review
	for name, x := range map[string]struct {
		first, next     event.Sighting
		alerted, raised bool
		category        verdict.Category
		grade           verdict.Grade
	}{
		"same again": {
			first: sighting(alert, verdict.Emergency, verdict.Large), next: sighting(alert, verdict.Emergency, verdict.Large),
			category: verdict.Emergency, grade: verdict.Large,
		},
		"graver": {
			first: sighting(alert, verdict.Emergency, verdict.Large), next: sighting(alert, verdict.Emergency, verdict.Major),
			raised: true, category: verdict.Emergency, grade: verdict.Major,
		},
		"lighter changes nothing": {
			first: sighting(alert, verdict.Emergency, verdict.Major), next: sighting(alert, verdict.Emergency, verdict.Ordinary),
			category: verdict.Emergency, grade: verdict.Major,
		},
		"first figures replace 待定": {
			first: sighting(alert, verdict.Emergency, verdict.Pending), next: sighting(alert, verdict.Emergency, verdict.Large),
			raised: true, category: verdict.Emergency, grade: verdict.Large,
		},
		"a higher category": {
			first: sighting(alert, verdict.Interest, verdict.NoGrade), next: sighting(alert, verdict.Morality, verdict.NoGrade),
			raised: true, category: verdict.Morality,
		},
		"复核 becomes 告警": {
			first: sighting(review, verdict.Emergency, verdict.Pending), next: sighting(alert, verdict.Interest, verdict.NoGrade),
			alerted: true, category: verdict.Interest,
		},
		"复核 adds nothing to 告警": {
			first: sighting(alert, verdict.Interest, verdict.NoGrade), next: sighting(review, verdict.Emergency, verdict.Major),
			category: verdict.Interest,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := event.Open(x.first)
			c := e.Absorb(x.next)
			if c.Alerted != x.alerted || c.Raised != x.raised || e.Category != x.category || e.Grade != x.grade {
				t.Errorf("alerted %v raised %v %s %s, want %v %v %s %s",
					c.Alerted, c.Raised, e.Category, e.Grade, x.alerted, x.raised, x.category, x.grade)
			}
		})
	}
}

func TestAGuessDoesNotSteerTheAlert(t *testing.T) {
	t.Parallel()
	guess := sighting(verdict.Review, verdict.Emergency, verdict.Major, "油气科")
	guess.Verdict.Toll = &verdict.Toll{Dead: 12}
	e, _ := event.Open(guess)
	fact := sighting(verdict.Alert, verdict.Emergency, verdict.Ordinary, "煤炭科")
	fact.Verdict.Toll = &verdict.Toll{Dead: 1}
	if c := e.Absorb(fact); !c.Alerted || e.Toll.Dead != 1 || e.Grade != verdict.Ordinary {
		t.Errorf("change %+v, event %+v", c, e)
	}
	guess.Post.ID = "P-2"
	e.Absorb(guess)
	if diff := cmp.Diff([]string{"煤炭科"}, e.Sections); diff != "" {
		t.Errorf("sections differ (-want +got):\n%s", diff)
	}
}

func TestOwnersAndTollsAddUp(t *testing.T) {
	t.Parallel()
	a := sighting(verdict.Alert, verdict.Emergency, verdict.Large, "煤炭科")
	a.Verdict.Toll = &verdict.Toll{Dead: 3, Trapped: 5}
	b := sighting(verdict.Alert, verdict.Emergency, verdict.Large, "煤炭科", "安全监督科")
	b.Verdict.Toll = &verdict.Toll{Dead: 4, Trapped: 2}
	e, _ := event.Open(a)
	e.Absorb(b)
	if diff := cmp.Diff([]string{"煤炭科", "安全监督科"}, e.Sections); diff != "" {
		t.Errorf("sections differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(verdict.Toll{Dead: 4, Trapped: 5}, e.Toll); diff != "" {
		t.Errorf("toll differs (-want +got):\n%s", diff)
	}
}
