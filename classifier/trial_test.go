package classifier_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// TestTrialTakesNothingFromFallback holds a rule on trial to changing nothing but
// tags: here it holds where a live rule lacks one group and 兜底 catches the post.
func TestTrialTakesNothingFromFallback(t *testing.T) {
	t.Parallel()
	post := post.Post{Title: "长治一处透水，停气", Body: "有人死亡"}
	fallback := set()
	fallback.Fallback = classifier.Fallback{Heavy: words("死亡")}
	trial := fallback
	trial.Rules = append(slices.Clone(trial.Rules), classifier.Rule{
		ID: "MS-20", Name: "停气", Category: verdict.Interest, Status: classifier.Shadow, To: verdict.Alert,
		Sections: []string{"油气科"}, Groups: []classifier.Group{{Name: "现象", Words: words("停气")}},
	})
	seg, err := jieba.New(classifier.UserWords(trial))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(seg.Close)
	without, err := classifier.New(fallback, seg)
	if err != nil {
		t.Fatal(err)
	}
	with, err := classifier.New(trial, seg)
	if err != nil {
		t.Fatal(err)
	}
	want, x := without.Classify(post), with.Explain(post)
	got := x.Verdict
	if want.Handling != verdict.Review || !slices.Contains(want.Tags, "差一组") {
		t.Fatalf("without the trial: %+v", want)
	}
	if !slices.Contains(got.Tags, "试运行:MS-20") {
		t.Errorf("tags %q lack the trial's", got.Tags)
	}
	got.Tags, got.Why = want.Tags, want.Why
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if x.OnlyDeformed {
		t.Error("no word was taken apart, and the explanation says so of all")
	}
}
