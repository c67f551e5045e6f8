package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/verdict"
)

// TestQualityMeasures counts a handful of verdicts by hand.
func TestQualityMeasures(t *testing.T) {
	t.Parallel()
	var q quality
	for _, tc := range []struct {
		accept, categories, grades string
		verdict                    verdict.Verdict
		right                      bool
	}{
		{"告警", "突发事件", "较大", verdict.Verdict{Handling: verdict.Alert, Category: verdict.Emergency, Grade: verdict.Large}, true},
		{"告警", "突发事件", "较大", verdict.Verdict{Handling: verdict.Alert, Category: verdict.Emergency, Grade: verdict.Major}, false},
		{"告警", "切身利益", "", verdict.Verdict{Handling: verdict.Review, Category: verdict.Interest}, false},
		{"告警,复核", "道德底线", "", verdict.Verdict{Handling: verdict.Alert, Category: verdict.Interest}, false},
		{"复核", "切身利益", "", verdict.Verdict{Handling: verdict.None}, false},
		{"无关", "", "", verdict.Verdict{Handling: verdict.Alert, Category: verdict.Interest}, false},
		{"无关", "", "", verdict.Verdict{Handling: verdict.None}, true},
	} {
		p := judged{Accept: strings.Split(tc.accept, ","), Categories: list(tc.categories), Grades: list(tc.grades)}
		if got := q.add(p, tc.verdict); got != tc.right {
			t.Errorf("%v judged %v: right is %v, want %v", p.Accept, tc.verdict, got, tc.right)
		}
	}
	want := map[string]share{
		"突发事件 该告警的已告警": {2, 2}, "突发事件 该告警的已告警或复核": {2, 2}, "突发事件 告警准确": {2, 2},
		"其他类别 该告警的已告警": {0, 1}, "其他类别 该告警的已告警或复核": {1, 1}, "其他类别 告警准确": {1, 2},
		"无关的误告警": {1, 2}, "无关的进了复核": {0, 2}, "类别正确": {3, 4}, "等级正确": {1, 2},
		"突发事件 已告警": {2, 2}, "突发事件 已告警或复核(含该复核的)": {2, 2},
		"道德底线 已告警": {0, 0}, "道德底线 已告警或复核(含该复核的)": {1, 1},
		"切身利益 已告警": {0, 1}, "切身利益 已告警或复核(含该复核的)": {1, 2},
	}
	got := map[string]share{}
	for _, f := range q.figures() {
		got[f.Name] = share{f.Count, f.Of}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(share{})); diff != "" {
		t.Error(diff)
	}
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// TestOwnPosts holds the pack to its goals on the posts it is tuned on. On those
// kept from tuning it says the figures and demands none, or they would be tuned on.
func TestOwnPosts(t *testing.T) {
	t.Parallel()
	_, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := rulebook.Compile(rulebook.RuleSet(rules))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(compiled.Close)
	paths, err := filepath.Glob(filepath.Join("..", "..", "configs", "testdata", "quality", "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no posts: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			var q quality
			err := eachLine(path, func(j judged) error {
				j.Local = j.Local || j.Channel == post.QA
				q.add(j, compiled.Classify(j.Post))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range q.figures() {
				switch {
				case f.met():
				case filepath.Base(path) == "kept.jsonl":
					t.Logf("%s: %d/%d, goal %s", f.Name, f.Count, f.Of, f.goal())
				default:
					t.Errorf("%s: %d/%d, want %s", f.Name, f.Count, f.Of, f.goal())
				}
			}
		})
	}
}
