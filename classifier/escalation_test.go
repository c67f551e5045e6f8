package classifier_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// TestEscalationsAreCarried holds a verdict to what its rules ask for when many
// say the same, with the district to count by.
func TestEscalationsAreCarried(t *testing.T) {
	t.Parallel()
	steps := []verdict.Escalation{
		{By: verdict.PerDistrict, Posts: 10, Within: 6 * time.Hour, To: verdict.Alert},
		{By: verdict.PerEvent, Sources: 3, Within: 24 * time.Hour, To: verdict.Alert},
	}
	outage := classifier.Rule{
		ID: "MS-01", Category: verdict.Interest, Status: classifier.Live, To: verdict.Alert, Deadline: "来文写明的优先", Escalations: steps,
		Groups: []classifier.Group{{Name: "现象", Words: words("停电")}},
	}
	other := classifier.Rule{
		ID: "TF-09", Category: verdict.Emergency, Status: classifier.Shadow, To: verdict.Alert, Escalations: steps[:1],
		Groups: []classifier.Group{{Name: "险情", Words: words("着火")}},
	}
	set := classifier.RuleSet{
		Base: 40, Rules: []classifier.Rule{outage, other},
		Places: classifier.Places{
			Sure:      words("长治", "襄垣", "沁源", "长治县"),
			Districts: []classifier.District{{"上党区", []string{"长治县"}}, {"沁源县", []string{"沁源"}}, {"襄垣县", []string{"襄垣"}}},
		},
	}
	seg, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(seg.Close)
	c, err := classifier.New(set, seg)
	if err != nil {
		t.Fatal(err)
	}
	want := []verdict.Escalation{steps[0], steps[1]}
	want[0].Rule, want[1].Rule = "MS-01", "MS-01"
	for name, tc := range map[string]struct {
		post     post.Post
		district string
	}{
		"one district":            {post.Post{Body: "长治襄垣又停电了"}, "襄垣县"},
		"the first of two":        {post.Post{Body: "沁源和襄垣都停电了"}, "沁源县"},
		"title before body":       {post.Post{Title: "襄垣停电", Body: "沁源也停了"}, "襄垣县"},
		"former name":             {post.Post{Body: "长治县停电"}, "上党区"},
		"only the city":           {post.Post{Body: "长治停电"}, ""},
		"a local source, nowhere": {post.Post{Body: "又停电了", Local: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := c.Classify(tc.post)
			if v.Handling != verdict.Review {
				t.Fatalf("%s: %s", v.Handling, v.Why)
			}
			if diff := cmp.Diff(want, v.Escalations); diff != "" {
				t.Error(diff)
			}
			if v.Region.District != tc.district {
				t.Errorf("district %q, want %q", v.Region.District, tc.district)
			}
			if diff := cmp.Diff([]string{"MS-01 来文写明的优先"}, v.Deadlines); diff != "" {
				t.Error(diff)
			}
		})
	}
	if v := c.Classify(post.Post{Body: "长治着火了"}); len(v.Escalations) > 0 {
		t.Errorf("a rule on trial escalates: %v", v.Escalations)
	}
}
