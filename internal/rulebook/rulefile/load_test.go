package rulefile

import (
	"os"
	"testing"
)

func TestRulesExample(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../../shared/rules-example.yaml")
	if err != nil {
		t.Skip("no example beside the repository")
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/rules.yaml", data, 0o600); err != nil {
		t.Fatal(err)
	}
	rules, err := Load(dir, []string{"煤炭科", "电力科", "油气科", "编制人事科", "局办公室"})
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Rules) != 8 || len(rules.Marks) != 2 || len(rules.Excludes) != 4 {
		t.Errorf("got %d rules, %d marks, %d excludes", len(rules.Rules), len(rules.Marks), len(rules.Excludes))
	}
	t.Logf("%+v", rules.Rules[0])
}
