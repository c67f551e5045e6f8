package rulebook

import (
	"path/filepath"
	"strings"
	"testing"

	"huiying/classifier"
)

func TestLiveKeepsTheSegmenterWhereNoWordChanged(t *testing.T) {
	t.Parallel()
	set := func(text string) classifier.RuleSet {
		return RuleSet(loaded(t, folder(t, filepath.Join(t.TempDir(), "rules"), map[string]string{"1.yaml": text})))
	}
	first := ruleText("切身利益", "停电")
	l, err := NewLive(set(first))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	version, segment := l.Version(), l.live.Load().segment
	renamed := strings.Replace(first, "名称: ", "名称: 又", 1)
	if err := l.Change(set(renamed)); err != nil {
		t.Fatal(err)
	}
	if l.Version() == version || l.live.Load().segment != segment {
		t.Error("the dictionaries were built again though no word changed")
	}
	if err := l.Change(set(ruleText("切身利益", "停电, 停了电"))); err != nil {
		t.Fatal(err)
	}
	if l.live.Load().segment == segment {
		t.Error("the dictionaries do not know the new word")
	}
}
