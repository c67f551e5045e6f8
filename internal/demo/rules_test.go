package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/zh"
)

// TestShippedRulesJudgeTheStory holds every post to what the story expects of the
// rules alone; what the pipeline makes of it is the acceptance test's matter.
func TestShippedRulesJudgeTheStory(t *testing.T) {
	t.Parallel()
	_, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	set := rulebook.RuleSet(rules)
	compiled, err := rulebook.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(compiled.Close)
	story, err := LoadStory()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 23, 20, 30, 0, 0, zh.Beijing())
	for _, p := range story.Posts {
		chapters := []int{p.Chapter}
		for _, c := range p.Changes {
			chapters = append(chapters, c.Chapter)
		}
		for _, n := range chapters {
			pg, err := p.at(n, start)
			if err != nil {
				t.Fatal(err)
			}
			v := compiled.Classify(collected(pg))
			e := pg.Expect
			wrong := v.Handling != e.ByRules() ||
				e.Category != "" && v.Category != e.Category ||
				e.Grade != "" && v.Grade != e.Grade ||
				e.Section != "" && e.Section != "局办公室" && !slices.Contains(v.Sections, e.Section) ||
				e.Tag != "" && !slices.Contains(v.Tags, e.Tag)
			if wrong {
				t.Errorf("%s in chapter %d: %s\n  want %s %s %s %s %s\n  got  %s %s %s %v %v, score %d\n  %s",
					p.ID, n, pg.Title+" "+pg.Text,
					e.ByRules(), e.Category, e.Grade, e.Section, e.Tag,
					v.Handling, v.Category, v.Grade, v.Sections, v.Tags, v.Score, v.Why)
			}
		}
	}
}

// collected is the post as its source's engine hands it on.
func collected(p version) post.Post {
	channel := map[string]post.Channel{
		"portal": post.Portal, "news": post.News, "board": post.QA, "weibo": post.Weibo, "paper": post.Press,
	}
	names := map[string]string{}
	for _, place := range newPlaces() {
		names[place.ID] = place.Name
	}
	return post.Post{
		ID: p.ID, Source: p.Site, SourceName: names[p.Site], Channel: channel[p.Site],
		Local: p.Site == "portal" || p.Site == "board" || p.Site == "paper",
		Title: p.Title, Body: strings.Join(p.Paragraphs, "\n"), Published: p.At,
	}
}
