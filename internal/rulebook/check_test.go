package rulebook

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

var update = flag.Bool("update", false, "write golden files anew")

// spoilt is a rule file with a mistake of every look.
const spoilt = `版本: 1
地域: {本市: {写到就算: [长治]}}
规则:
  - 编号: MS-01
    名称：停电
    类别: 切身利益
    必须有:
      - {组: 现象, 词: [停电，停气，停暖]}
      - 组: 不满
        词:
          - 没人管
          - #长治停电#
    必需有: 1
    归口: 电里科
    示例:
      应命中:
	    - {文: 长治停电没人管}
`

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; go test -update writes it anew:\n%s", path, diff)
	}
}

func deskOf(t *testing.T, text string) Folder {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "40-切身利益.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Folder{Dir: dir, Owners: []string{"煤炭科", "电力科", "局办公室"}}
}

// TestFindingsAsEditorsReadThem holds the output to its shape, and the underline to
// East-Asian widths.
func TestFindingsAsEditorsReadThem(t *testing.T) {
	t.Parallel()
	f := deskOf(t, spoilt)
	rules, problems := f.Check()
	if rules != nil {
		t.Error("spoilt rules are no rules")
	}
	var out bytes.Buffer
	for _, x := range f.Findings(problems) {
		if err := x.Show(&out); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "findings.golden", strings.ReplaceAll(out.String(), f.Dir, "rules"))
}

// TestRepairs mends what can be mended and keeps the rest, permissions included.
func TestRepairs(t *testing.T) {
	t.Parallel()
	f := deskOf(t, spoilt)
	name := filepath.Join(f.Dir, "40-切身利益.yaml")
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	repairs, err := f.Repairs()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, r := range repairs {
		if err := r.Diff(&out); err != nil {
			t.Fatal(err)
		}
		if err := r.Write(); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "repairs.golden", strings.ReplaceAll(out.String(), f.Dir, "rules"))
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("permissions %v, %v", info.Mode(), err)
	}
	if again, err := f.Repairs(); err != nil || len(again) > 0 {
		t.Errorf("something is left to mend: %v, %v", again, err)
	}
	entries, err := os.ReadDir(f.Dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("files were left behind: %v, %v", entries, err)
	}
}

// TestLost tells every kind of thing that a draft took away.
func TestLost(t *testing.T) {
	t.Parallel()
	live, err := rulefile.LoadFrom(yamlcheck.Tree{FS: configs.FS}, "rules", nil)
	if err != nil {
		t.Fatal(err)
	}
	load := func() *rulefile.Rules {
		draft, err := rulefile.LoadFrom(yamlcheck.Tree{FS: configs.FS}, "rules", nil)
		if err != nil {
			t.Fatal(err)
		}
		return draft
	}
	if lost := Lost(live, load()); len(lost) > 0 {
		t.Errorf("nothing was taken away: %v", lost)
	}
	for name, c := range map[string]struct {
		take func(*rulefile.Rules)
		want string
	}{
		"rule":       {func(r *rulefile.Rules) { r.Rules = r.Rules[1:] }, live.Rules[0].ID},
		"mark":       {func(r *rulefile.Rules) { r.Marks = nil }, "不见了"},
		"group":      {func(r *rulefile.Rules) { r.Rules[0].Groups = r.Rules[0].Groups[:1] }, "的组"},
		"exclusion":  {func(r *rulefile.Rules) { r.Excludes = r.Excludes[1:] }, "通用排除"},
		"fallback":   {func(r *rulefile.Rules) { r.Fallback.Heavy = nil }, "兜底"},
		"owner":      {func(r *rulefile.Rules) { r.Rules[0].Owners = []string{"局办公室"} }, "不再归口"},
		"status":     {func(r *rulefile.Rules) { r.Rules[0].Status = "草稿" }, "草稿"},
		"handling":   {func(r *rulefile.Rules) { r.Rules[0].To = "转复核" }, "处理"},
		"thresholds": {func(r *rulefile.Rules) { r.Defaults.AlertAt++ }, "默认"},
		"examples":   {func(r *rulefile.Rules) { r.Rules[0].Examples.Hit = nil }, "示例"},
		"places":     {func(r *rulefile.Rules) { r.Places.City.Sure = nil }, "写到就算"},
		"word list": {func(r *rulefile.Rules) {
			for name := range r.WordLists {
				delete(r.WordLists, name)
				return
			}
		}, "词表"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draft := load()
			c.take(draft)
			lost := Lost(live, draft)
			if !strings.Contains(lost.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, lost)
			}
			for _, p := range lost {
				if p.Code != "W040" || p.File == "" || p.Line < 1 || p.Column < 1 {
					t.Errorf("no place: %+v", p)
				}
			}
		})
	}
}
