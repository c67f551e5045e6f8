package event_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/crawler"
	"huiying/event"
)

func sighting(h classifier.Handling, c classifier.Category, g classifier.Grade, sections ...string) event.Sighting {
	return event.Sighting{
		Post:    crawler.Post{ID: "P-0123456789abcdef", Title: "题 目"},
		Verdict: classifier.Verdict{Handling: h, Category: c, Grade: g, Sections: sections, Why: string(c) + string(g)},
		Seen:    start,
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	s := sighting(classifier.Alert, classifier.Emergency, classifier.Large, "煤炭科")
	s.Seen = time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC) // the 23rd in +08:00
	e, c := event.Open(s)
	if e.ID != "E-20261123-01234567" || e.Title != "题 目" || e.Posts != 1 || !c.Alerted || c.Raised {
		t.Errorf("opened %+v by %+v", e, c)
	}
}

func TestAbsorb(t *testing.T) {
	t.Parallel()
	alert, review := classifier.Alert, classifier.Review
	for name, x := range map[string]struct {
		first, next     event.Sighting
		alerted, raised bool
		category        classifier.Category
		grade           classifier.Grade
	}{
		"same again": {
			first: sighting(alert, classifier.Emergency, classifier.Large), next: sighting(alert, classifier.Emergency, classifier.Large),
			category: classifier.Emergency, grade: classifier.Large,
		},
		"graver": {
			first: sighting(alert, classifier.Emergency, classifier.Large), next: sighting(alert, classifier.Emergency, classifier.Major),
			raised: true, category: classifier.Emergency, grade: classifier.Major,
		},
		"lighter changes nothing": {
			first: sighting(alert, classifier.Emergency, classifier.Major), next: sighting(alert, classifier.Emergency, classifier.Ordinary),
			category: classifier.Emergency, grade: classifier.Major,
		},
		"first figures replace 待定": {
			first: sighting(alert, classifier.Emergency, classifier.Pending), next: sighting(alert, classifier.Emergency, classifier.Large),
			raised: true, category: classifier.Emergency, grade: classifier.Large,
		},
		"a higher category": {
			first: sighting(alert, classifier.Interest, classifier.NoGrade), next: sighting(alert, classifier.Morality, classifier.NoGrade),
			raised: true, category: classifier.Morality,
		},
		"复核 becomes 告警": {
			first: sighting(review, classifier.Emergency, classifier.Pending), next: sighting(alert, classifier.Interest, classifier.NoGrade),
			alerted: true, category: classifier.Interest,
		},
		"复核 adds nothing to 告警": {
			first: sighting(alert, classifier.Interest, classifier.NoGrade), next: sighting(review, classifier.Emergency, classifier.Major),
			category: classifier.Interest,
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
	guess := sighting(classifier.Review, classifier.Emergency, classifier.Major, "油气科")
	guess.Verdict.Toll = &classifier.Toll{Dead: 12}
	e, _ := event.Open(guess)
	fact := sighting(classifier.Alert, classifier.Emergency, classifier.Ordinary, "煤炭科")
	fact.Verdict.Toll = &classifier.Toll{Dead: 1}
	if c := e.Absorb(fact); !c.Alerted || e.Toll.Dead != 1 || e.Grade != classifier.Ordinary {
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
	a := sighting(classifier.Alert, classifier.Emergency, classifier.Large, "煤炭科")
	a.Verdict.Toll = &classifier.Toll{Dead: 3, Trapped: 5}
	b := sighting(classifier.Alert, classifier.Emergency, classifier.Large, "煤炭科", "安全监督科")
	b.Verdict.Toll = &classifier.Toll{Dead: 4, Trapped: 2}
	e, _ := event.Open(a)
	e.Absorb(b)
	if diff := cmp.Diff([]string{"煤炭科", "安全监督科"}, e.Sections); diff != "" {
		t.Errorf("sections differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(classifier.Toll{Dead: 4, Trapped: 5}, e.Toll); diff != "" {
		t.Errorf("toll differs (-want +got):\n%s", diff)
	}
}
