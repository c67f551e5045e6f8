package rulebook

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"huiying/configs"
)

// TestManualsFirstRule follows the editors' manual: its first rule, pasted beside
// the shipped pack, is right, passes its own examples, and does so by itself.
func TestManualsFirstRule(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "docs", "rules.zh-CN.md"))
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
	rulesDir, owners, err := configs.RulesPlace(filepath.Join(dir, "huiying.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := Folder{Dir: rulesDir, Owners: owners}.Check()
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
