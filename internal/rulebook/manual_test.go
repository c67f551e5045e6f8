package rulebook

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"huiying/configs"
	"huiying/internal/rulebook/rulefile"
)

// TestManualsFirstRule follows the editors' manual: its first rule, pasted beside
// the shipped pack, is right, passes its own examples, and does so by itself.
func TestManualsFirstRule(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "rules.zh-CN.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(manual)
	if block == nil {
		t.Fatal("the manual holds no rule")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "rules", "60-充电桩.yaml"), block[1], 0o600); err != nil {
		t.Fatal(err)
	}
	at, err := configs.RulesPlace(filepath.Join(dir, "huiying.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := Folder{Dir: at.Dir, Owners: at.Owners}.Check()
	if rules == nil {
		t.Fatal(problems)
	}
	for _, p := range problems {
		if filepath.Base(p.File) == "60-充电桩.yaml" && p.Code != "W023" {
			t.Error(p)
		}
	}
	exam, err := RunExamples(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range exam.Rules {
		if len(r.Failures) > 0 {
			t.Errorf("%s: %+v", r.ID, r.Failures)
		}
		if r.ID == "TF-20" && (r.Hit != Tally{2, 2} || r.Miss != Tally{3, 3} || len(r.Borrowed) > 0) {
			t.Errorf("%+v", r)
		}
	}
}

// TestManualsSharedParts holds the manual's pattern of the parts that all rules
// share to being right as it stands, beside its first rule.
func TestManualsSharedParts(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "rules.zh-CN.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(版本: 1\n.*?)```").FindAllSubmatch(manual, -1)
	if len(blocks) != 2 {
		t.Fatalf("the manual holds %d whole files, want 2", len(blocks))
	}
	dir := t.TempDir()
	for i, name := range []string{"60-充电桩.yaml", "00-公共.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), blocks[i][1], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rules, err := rulefile.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Rules) != 1 || len(rules.Marks) != 1 || len(rules.Excludes) != 1 || len(rules.WordLists) != 2 {
		t.Errorf("%d rules, %d marks, %d exclusions, %d word lists", len(rules.Rules), len(rules.Marks), len(rules.Excludes), len(rules.WordLists))
	}
}
