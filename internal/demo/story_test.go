package demo_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"huiying/internal/demo"
	"huiying/internal/verdict"
)

// TestStoryHoldsWhatItPromises reads the acceptance list of the story: what the
// demo shows is only as good as what it expects.
func TestStoryHoldsWhatItPromises(t *testing.T) {
	t.Parallel()
	story, err := demo.LoadStory()
	if err != nil {
		t.Fatal(err)
	}
	alerts, handled, sites := map[verdict.Category]int{}, map[verdict.Handling]int{}, map[string]int{}
	joins, updates, stale, backlog := 0, 0, 0, 0
	byID := map[string]demo.Post{}
	for _, p := range story.Posts {
		byID[p.ID] = p
	}
	for _, p := range story.Posts {
		e := p.Expect
		sites[p.Site]++
		handled[e.Handling]++
		if e.Why == "" {
			t.Errorf("%s: no reason why", p.ID)
		}
		if e.Handling == verdict.Alert && (e.Category == "" || e.Section == "" && e.Joins == "") {
			t.Errorf("%s: an alert needs its category, and its section or the post it joins", p.ID)
		}
		if e.Joins != "" {
			joins++
			if to := byID[e.Joins]; to.Chapter > p.Chapter || to.Expect.Category != e.Category {
				t.Errorf("%s joins %s, which comes later or is of another category", p.ID, e.Joins)
			}
		} else if e.Handling == verdict.Alert {
			alerts[e.Category]++
		}
		if p.Chapter == 1 && e.Handling == verdict.Alert {
			t.Errorf("%s: what a source's first round brings never alerts", p.ID)
		}
		if e.ByRules() != e.Handling {
			if p.Chapter == 1 {
				backlog++
			} else {
				stale++
			}
		}
		if old := p.MinutesAgo > 72*60; old != (p.Chapter > 1 && e.ByRules() != e.Handling) {
			t.Errorf("%s: %d minutes old, yet expected otherwise", p.ID, p.MinutesAgo)
		}
		for _, c := range p.Changes {
			if c.Expect.Update {
				updates++
				if c.Expect.Grade.Rank() <= e.Grade.Rank() {
					t.Errorf("%s: an update needs a graver grade", p.ID)
				}
			}
		}
	}
	for _, c := range verdict.Categories() {
		if alerts[c] == 0 {
			t.Errorf("no alert of category %s", c.Name())
		}
	}
	if len(story.Posts) < 55 || len(sites) != 5 {
		t.Errorf("%d posts on %d sites, want about 60 on 5", len(story.Posts), len(sites))
	}
	if handled[verdict.None] < 20 || handled[verdict.Review] < 4 || joins < 6 {
		t.Errorf("%d traps, %d reviews, %d reposts: too few", handled[verdict.None], handled[verdict.Review], joins)
	}
	if updates != 1 || stale != 1 || backlog == 0 {
		t.Errorf("%d updates, %d stale posts, %d of the backlog; want 1, 1 and some", updates, stale, backlog)
	}
}

func TestPortalTextsFitGBK(t *testing.T) {
	t.Parallel()
	story, err := demo.LoadStory()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range story.Posts {
		texts := []string{p.Title, p.Body}
		for _, c := range p.Changes {
			texts = append(texts, c.Title, c.Body)
		}
		for _, text := range texts {
			if _, err := simplifiedchinese.GBK.NewEncoder().String(text); p.Site == "portal" && err != nil {
				t.Errorf("%s: %q does not fit GBK: %v", p.ID, text, err)
			}
			if strings.Contains(text, "\t") {
				t.Errorf("%s: a tab in %q", p.ID, text)
			}
		}
	}
}
