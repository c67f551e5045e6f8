package rulefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding/simplifiedchinese"

	"huiying/configs/yamlcheck"
)

// good is a small rule file; cases change one part of it.
const good = `版本: 1
规则:
  - 编号: MS-01
    名称: 停电
    类别: 切身利益
    必须有:
      - {组: 现象, 词: [停电, 停气]}
      - 组: 不满
        词:
          - 没人管
        否定不算: 是
    加分:
      - {词: [又], 分: 20}
    归口: 电力科
    示例:
      应命中:
        - {文: 长治停电，没人管}
      不应命中:
        - {文: 太原停电没人管}
`

// TestBadRuleFiles tries the bad inputs of rules and configuration: each is named
// by its code, with place and remedy, and mended where that is sure. after is the
// text that Mend makes of now; "same" says that it mends nothing.
func TestBadRuleFiles(t *testing.T) {
	t.Parallel()
	const same = "same"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(good)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, was, now, code, after string }{
		{"alias bomb", "词: [停电, 停气]", "词: &a [停电, *a, *a]", "E008", ""},
		{"200,000 brackets", good, strings.Repeat("[", 200_000), "E004", same},
		{"tab", "    名称: 停电", "\t\t名称: 停电", "E006", "    名称: 停电"},
		{"one tab for four spaces", "    名称: 停电", "\t名称: 停电", "E006", "    名称: 停电"},
		{"full-width colon", "名称: 停电", "名称：停电", "E009", "名称: 停电"},
		{"full-width colon and a space", "名称: 停电", "名称： 停电", "E009", "名称: 停电"},
		{"full-width colon in braces", "{组: 现象,", "{组：现象,", "E009", "{组: 现象,"},
		{"no space after colon", "名称: 停电", "名称:停电", "E009", "名称: 停电"},
		{"full-width comma", "[停电, 停气]", "[停电，停气]", "E012", "[停电, 停气]"},
		{"enumeration comma", "[停电, 停气]", "[停电、停气]", "E012", "[停电, 停气]"},
		{"list without brackets", "[停电, 停气]", "停电、停气", "E012", "[停电, 停气]"},
		{"list without brackets on a line", "        词:\n          - 没人管", "        词: 没人管、天天", "E012", "        词: [没人管, 天天]"},
		{"words in an item", "          - 没人管", "          - 没人管；天天", "E012", "          - 没人管\n          - 天天"},
		{"full-width brackets", "词: [停电, 停气]", "词: [停电, 停气】", "E013", ""},
		{"words with a space", "[停电, 停气]", "[停电 停气]", "E012", same},
		{"hash word", "          - 没人管", "          - #长治停电#", "E007", `          - "#长治停电#"`},
		{"hash word in a list", "[停电, 停气]", "[停电, #停气#]", "E007", `[停电, "#停气#"]`},
		{"comment cuts a word", "          - 没人管", "          - 3 #矿", "E007", same},
		{"bang", "          - 没人管", "          - !演练", "E008", `          - "!演练"`},
		{"star", "          - 没人管", "          - *停电", "E008", `          - "*停电"`},
		{"at", "          - 没人管", "          - @能源局", "E008", `          - "@能源局"`},
		{"percent", "          - 没人管", "          - %涨价", "E008", `          - "%涨价"`},
		{"octal", "          - 没人管", "          - 0123", "E026", `          - "0123"`},
		{"sexagesimal", "          - 没人管", "          - 1:30", "E026", `          - "1:30"`},
		{"truth value", "          - 没人管", "          - true", "E026", `          - "true"`},
		{"yes in English", "否定不算: 是", "否定不算: yes", "E026", "否定不算: 是"},
		{"true for yes", "否定不算: 是", "否定不算: true", "E026", "否定不算: 是"},
		{"full-width figures", "分: 20", "分: ２０", "E028", "分: 20"},
		{"quoted figures", "分: 20", `分: "20"`, "E028", "分: 20"},
		{"duplicate key", "    名称: 停电", "    名称: 停电\n    名称: 停气", "E023", same},
		{"BOM", "版本: 1\n规则", "\ufeff版本: 1\n规则", "E002", "版本: 1\n规则"},
		{"GBK", good, gbk, "E002", good},
		{"ideographic space", "    名称: 停电", "\u3000\u3000名称: 停电", "E006", "    名称: 停电"},
		{"no-break space", "    名称: 停电", "\u00a0\u00a0\u00a0\u00a0名称: 停电", "E006", "    名称: 停电"},
		{"no-break space after colon", "名称: 停电", "名称:\u00a0停电", "E006", "名称: 停电"},
		{"zero-width space in a key", "名称: 停电", "名\u200b称: 停电", "E005", "名称: 停电"},
		{"second document", "    加分:", "---\n    加分:", "E017", same},
		{"merge marks", "    加分:", "<<<<<<< HEAD\n    加分:", "E018", same},
		{"empty word", "          - 没人管", `          - ""`, "E024", same},
		{"empty list", "[停电, 停气]", "[]", "E024", same},
		{"one-character word", "          - 没人管", "          - 气", "W021", same},
		{"word of every text", "          - 没人管", "          - 我们", "W024", same},
		{"no 必须有", "    必须有:\n      - {组: 现象, 词: [停电, 停气]}\n      - 组: 不满\n        词:\n          - 没人管\n        否定不算: 是\n", "", "E022", same},
		{"2 MB", good, good + strings.Repeat("# 很长\n", 200_000), "E004", same},
		{"regular expression", "          - 没人管", "          - 没.*管", "E030", same},
		{"Chinese quotes", "          - 没人管", "          - “没人管”", "E030", `          - "没人管"`},
		{"same id", "        - {文: 太原停电没人管}\n", "        - {文: 太原停电没人管}\n  - {编号: MS-01, 名称: 甲, 类别: 切身利益, 必须有: [{组: 甲, 词: 甲乙}], 归口: 电力科}\n", "E031", ""},
		{"unknown section", "归口: 电力科", "归口: 电里科", "E015", same},
		{"wide dash", "          - 没人管", "          － 没人管", "E016", "          - 没人管"},
		{"dash without space", "          - 没人管", "          -没人管", "E016", "          - 没人管"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, c.was) {
				t.Fatalf("the file does not hold %q", c.was)
			}
			text := strings.Replace(good, c.was, c.now, 1)
			_, problems := Check(yamlcheck.Tree{FS: fstest.MapFS{"r/a.yaml": {Data: []byte(text)}}}, "r", []string{"电力科", "局办公室"})
			found := false
			for _, p := range problems {
				found = found || p.Code == c.code
				if p.Line < 1 || p.Column < 1 || p.Message == "" || p.Remedy == "" || Explain(p.Code) == "" {
					t.Errorf("no place, remedy or reason: %+v", p)
				}
			}
			if !found {
				t.Errorf("want %s, got\n%v", c.code, problems)
			}
			fixed, _ := Mend("r/a.yaml", []byte(text))
			want := text
			if c.after != same {
				want = strings.Replace(good, c.was, c.after, 1)
			}
			if c.after != "" && string(fixed) != want {
				t.Errorf("mended to\n%s", fixed)
			}
		})
	}
}

// TestMendLeavesGoodFilesAlone tries the shipped pack and the small file.
func TestMendLeavesGoodFilesAlone(t *testing.T) {
	t.Parallel()
	if fixed, mended := Mend("a.yaml", []byte(good)); string(fixed) != good || len(mended) > 0 {
		t.Errorf("mended %v", mended)
	}
	shipped, err := filepath.Glob("../../../configs/rules/*.yaml")
	if err != nil || len(shipped) == 0 {
		t.Fatalf("no shipped rules: %v", err)
	}
	for _, name := range shipped {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if fixed, mended := Mend(name, data); string(fixed) != string(data) || len(mended) > 0 {
			t.Errorf("%s: mended %v", name, mended)
		}
	}
}

// FuzzMend wants any text mended without a crash, and once for all.
func FuzzMend(f *testing.F) {
	for _, s := range []string{good, "规则：\n\t- 词：【停电、停气】\n", "词表:\n  a: [“x”，#y，0123]\n", "版本: 1\n\u3000规则:\n - !a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		once, _ := Mend("a.yaml", data)
		twice, _ := Mend("a.yaml", once)
		if string(once) != string(twice) {
			t.Errorf("mending again changes it:\n%q\n%q", once, twice)
		}
	})
}

// TestStrayRuleFiles tells of rules that stand where nobody reads them.
func TestStrayRuleFiles(t *testing.T) {
	t.Parallel()
	rules, problems := Check(yamlcheck.Tree{FS: fstest.MapFS{
		"r/a.yaml":          {Data: []byte(good)},
		"r/README.md":       {Data: []byte("规则")},
		"r/60-充电桩.yaml.txt": {Data: []byte(good)},
		"r/rules/b.yaml":    {Data: []byte(good)},
	}}, "r", nil)
	if rules == nil {
		t.Fatal(problems)
	}
	var got []string
	for _, p := range problems {
		if p.Code == "W030" {
			got = append(got, p.File+" "+p.Remedy)
		}
	}
	want := []string{"r/60-充电桩.yaml.txt 改名为 60-充电桩.yaml", "r/rules 把里面的 .yaml 文件挪到上一级目录"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
}

// TestLineEndings: files written on Windows are rules as well.
func TestLineEndings(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(good, "\n", "\r\n")
	if _, err := LoadFrom(yamlcheck.Tree{FS: fstest.MapFS{"r/a.yaml": {Data: []byte(text)}}}, "r", nil); err != nil {
		t.Error(err)
	}
	spoilt := strings.Replace(text, "名称: 停电", "名称：停电", 1)
	if fixed, _ := Mend("a.yaml", []byte("\xef\xbb\xbf"+spoilt)); string(fixed) != text {
		t.Errorf("mended to %q", fixed)
	}
}
