package rulefile

import (
	"errors"
	"strings"
	"testing"
)

// TestAddExample holds adding an example to the one line it adds, in every shape
// that rules are written in.
func TestAddExample(t *testing.T) {
	t.Parallel()
	const head = "版本: 1   # 说明\n规则:\n  - 编号: A-1\n    名称: 甲 # 留着\n    类别: 切身利益\n    必须有: [{组: 现象, 词: [停电]}]\n    归口: 电力科\n"
	const next = "\n  # 下一条\n  - {编号: A-2, 名称: 乙, 类别: 切身利益, 必须有: [{组: 现象, 词: [停气]}], 归口: 油气科}\n"
	const added = `{文: "长治 \"停\" 电了", 因为: "演练"}`
	for name, tc := range map[string]struct{ before, after, rule string }{
		"no examples": {"", "    示例:\n      不应命中:\n        - " + added + "\n", "A-1"},
		"another kind": {
			"    示例:\n      应命中:\n      - {文: 停电}\n",
			"    示例:\n      不应命中:\n        - " + added + "\n      应命中:\n      - {文: 停电}\n", "A-1",
		},
		"a list": {
			"    示例:\n      不应命中:   # 容易误报的\n        # 一\n        - 文: 停\n",
			"    示例:\n      不应命中:   # 容易误报的\n        # 一\n        - " + added + "\n        - 文: 停\n", "A-1",
		},
		"brackets": {
			"    示例: {不应命中: [{文: 停}], 应命中: [{文: 电}]}\n",
			"    示例: {不应命中: [" + added + ", {文: 停}], 应命中: [{文: 电}]}\n", "A-1",
		},
		"a rule in braces": {"", "", "A-2"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				crlf := func(s string) string { return strings.ReplaceAll(s, "\n", end) }
				got, err := AddExample("10.yaml", []byte(crlf(head+tc.before+next)), tc.rule, NewExample{
					Kind: "不应命中", Body: "长治\n\"停\"\u200b 电了", Because: "演练",
				})
				if tc.after == "" {
					if !errors.Is(err, ErrExampleShape) {
						t.Errorf("%v:\n%s", err, got)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if want := crlf(head + tc.after + next); string(got) != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
	if _, err := AddExample("10.yaml", []byte(head), "B-9", NewExample{Kind: "应命中", Body: "x"}); !errors.Is(err, ErrNoRule) {
		t.Errorf("unknown rule: %v", err)
	}
	if _, err := AddExample("10.yaml", []byte(head), "A-1", NewExample{Kind: "应命中", Body: strings.Repeat("长", 2000)}); !errors.Is(err, ErrExampleTooLong) {
		t.Errorf("long text: %v", err)
	}
}
