package configs

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

var update = flag.Bool("update", false, "write golden files and schemas anew")

// mark shows in a mutation where the problem must be reported.
const mark = "‸"

const (
	main  = "huiying.yaml"
	src   = "sources.yaml"
	org   = "organisation.yaml"
	rules = "rules/10-示例.yaml"
)

// shippedFS is the shipped configuration with a small rule file of our own, so
// that the golden answers do not change with the rule pack.
func shippedFS(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{main, src, org} {
		data, err := fs.ReadFile(FS, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: data}
	}
	data, err := os.ReadFile("testdata/" + rules)
	if err != nil {
		t.Fatal(err)
	}
	out[rules] = &fstest.MapFile{Data: data}
	return out
}

func TestMutations(t *testing.T) {
	t.Parallel()
	if err := problemsOf(shippedFS(t)); err != nil {
		t.Fatal(err)
	}
	mutations := []struct{ name, file, old, new string }{
		{"full-width colon after a key", main, "  driver: sqlite", "  driver‸： sqlite"},
		{"no space after a colon", main, "  timeout: 150ms", "  timeout‸:150ms"},
		{"misspelt key", main, "  per_host: 1s", "  ‸per_hots: 1s"},
		{"missing required key", org, "  name: 局办公室\n  target: 控制台", "  ‸name: 局办公室"},
		{"bad duration", main, "  per_host: 1s", "  per_host: ‸1秒"},
		{"duration without unit", main, "  stale_after: 72h", "  stale_after: ‸72"},
		{"clock longer than the mechanism's", main, "  first_release: 1h", "  first_release: ‸2h"},
		{"time of day", main, `at: "08:30"`, `at: ‸"24:30"`},
		{"time of day without quotes", main, `at: "08:30"`, `at: ‸08:30`},
		{"address others could reach", main, "addr: 127.0.0.1:8420", "addr: ‸0.0.0.0:8420"},
		{"unknown choice", main, "kind: console", "kind: ‸consol"},
		{"tab", main, "  level: info", "‸\tlevel: info"},
		{"duplicate key", main, "  level: info", "  level: info\n  ‸level: info"},
		{"unknown receiver", main, "receiver: 局办公室", "receiver: ‸局办公事"},
		{"missing quote", src, "name: 市政府网站", `name: ‸"市政府网站`},
		{"not an address", src, "url: https://news.example.invalid/rss.xml", "url: ‸news.example.invalid/rss.xml"},
		{"more addresses than are read", src, "url: https://news.example.invalid/rss.xml", "urls: [https://a.example.invalid/, ‸https://b.example.invalid/]"},
		{"settings of another kind", src, "      preset: weibo\n", "      preset: weibo\n    page: ‸{title: h1}\n"},
		{"full-width comma in a list", org, "[煤炭生产, 煤矿,", "[煤炭生产‸，煤矿,"},
		{"full-width comma between keys", org, "{name: 规则编辑岗, target", "{name: 规则编辑岗‸， target"},
		{"unknown target", org, "{name: 系统运行岗, target: 控制台}", "{name: 系统运行岗, target: ‸控制合}"},
		{"unknown leader", org, "leader: 分管领导(电力)", "leader: ‸分管领导（电力）"},
		{"unknown legal reviewer", org, "legal_reviewer: 编制人事科", "legal_reviewer: ‸编制人是科"},
		{"empty name", org, "bureau: 长治市能源局", `bureau: ‸""`},
		{"no target at all", main, "  targets:                    # 消息发到哪里; organisation.yaml 用这里的名字\n    - name: 控制台            # 打印在运行 huiying 的终端上\n      kind: console\n      per_message: 10ms", "  targets: ‸[]"},
		{"unknown section", rules, "归口: [煤炭科,", "归口: [‸煤碳科,"},
		{"unknown section in an example", rules, "归口: 煤炭科}}", "归口: ‸媒炭科}}"},
		{"unknown word list", rules, "词表: 煤矿场所", "词表: ‸煤矿厂所"},
		{"misspelt Chinese key", rules, "    必须有:\n      - {组: 场所", "    ‸必需有:\n      - {组: 场所"},
		{"words in one string", rules, "[煤矿, 矿井, 井下]", "[煤矿‸、矿井, 井下]"},
		{"words with spaces", rules, "          - 透水", "          - ‸透水 爆燃"},
		{"regular expression", rules, "          - 透水", "          - ‸透.*水"},
		{"alternatives with a bar", rules, "          - 透水", "          - ‸透水|突水"},
		{"quoted full-width quotes", rules, "          - 透水", "          - ‸“透水”"},
		{"empty word", rules, "          - 透水", `          - ‸""`},
		{"hash word", rules, "          - 透水", "          - ‸#透水"},
		{"bang word", rules, "          - 透水", "          - ‸!透水"},
		{"number word", rules, "          - 透水", "          - ‸0123"},
		{"full-width dash", rules, "          - 透水", "          ‸－ 透水"},
		{"open bracket", rules, "词: [演练, 演习]", "词: ‸[演练, 演习"},
		{"full-width bracket", rules, "词: [演练, 演习]", "词: [演练, 演习‸】"},
		{"missing comma", rules, "{词表: 伤亡, 分: 20}", "{词表: 伤亡‸ 分: 20}"},
		{"misaligned", rules, "    分级: 按伤亡", "   ‸分级: 按伤亡"},
		{"missing required Chinese key", rules, "  - 编号: BJ-01\n    名称: 疑似谣言", "  - ‸编号: BJ-01"},
		{"repeated id", rules, "编号: TF-01", "编号: ‸BJ-01"},
		{"points out of range", rules, "分: 20}", "分: ‸200}"},
		{"yes in other words", rules, "否定不算: 是", "否定不算: ‸true"},
		{"a rule that sets a clock", rules, "时限: 来文写明的时间优先", "时限: ‸72小时以内"},
		{"second document", rules, "\n词表:", "\n‸---\n词表:"},
		{"merge mark", rules, "\n词表:", "\n‸<<<<<<< HEAD\n词表:"},
		{"alias", rules, "处理: 不报", "处理: ‸*不报"},
		{"ideographic space", rules, "    类别: 突发事件", "    类别:‸\u3000突发事件"},
		{"zero-width space", rules, "类别: 突发事件", "类别: 突发‸\u200b事件"},
		{"GBK", rules, "类别: 突发事件", "类别: ‸\xc4\xdc\xd4\xb4"},
	}
	var golden strings.Builder
	for _, m := range mutations {
		files := shippedFS(t)
		text := string(files[m.file].Data)
		if !strings.Contains(text, m.old) {
			t.Errorf("%s: %s does not hold %q", m.name, m.file, m.old)
			continue
		}
		text = strings.Replace(text, m.old, m.new, 1)
		before, _, _ := strings.Cut(text, mark)
		line := strings.Count(before, "\n") + 1
		column := len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
		files[m.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, mark, "", 1))}

		err := problemsOf(files)
		var problems yamlcheck.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: got %v, want problems", m.name, err)
			continue
		}
		if p := problems[0]; len(problems) != 1 || p.File != m.file || p.Line != line || p.Column != column || p.Remedy == "" {
			t.Errorf("%s: want one problem with a remedy at %s:%d:%d, got\n%v", m.name, m.file, line, column, problems)
		}
		fmt.Fprintf(&golden, "%s\n  %s\n", m.name, strings.ReplaceAll(problems.Error(), "\n", "\n  "))
	}
	compare(t, "testdata/mutations.golden", golden.String())
}

// problemsOf are the mistakes of a configuration and of its rules.
func problemsOf(files fs.FS) error {
	_, at, err := Read(yamlcheck.Tree{FS: files}, main)
	_, rulesErr := rulefile.LoadFrom(yamlcheck.Tree{FS: files}, at.Dir, at.Owners)
	var all, more yamlcheck.Problems
	errors.As(err, &all)
	errors.As(rulesErr, &more)
	return append(all, more...).Err()
}

// compare holds a text to a golden file.
func compare(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; go test -update writes it anew:\n%s", name, diff)
	}
}

// TestEveryProblemAtOnce spoils every file, one of them beyond parsing.
func TestEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	files := shippedFS(t)
	for _, c := range [][3]string{
		{main, "per_host: 1s", "per_hots: 1秒"},
		{main, `at: "08:30"`, "at： 8点"},
		{src, "kind: feed", "kind: rss"},
		{src, "every: 2m", "every: 2s"},
		{org, "[节能, 能耗, 清洁取暖]", "[节能, 能耗, 清洁取暖"},
		{org, "legal_reviewer: 编制人事科", "legal_reviewer: 法制科"},
		{rules, "类别: 突发事件", "类别: \xc4\xdc\xd4\xb4"},
	} {
		text := string(files[c[0]].Data)
		if !strings.Contains(text, c[1]) {
			t.Fatalf("%s does not hold %q", c[0], c[1])
		}
		files[c[0]] = &fstest.MapFile{Data: []byte(strings.Replace(text, c[1], c[2], 1))}
	}
	err := problemsOf(files)
	if err == nil {
		t.Fatal("no error")
	}
	compare(t, "testdata/at-once.golden", err.Error()+"\n")
}
