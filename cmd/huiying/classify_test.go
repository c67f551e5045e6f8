package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const tinyRules = `版本: 1
地域: {本市: {写到就算: [长治]}}
规则:
  - {编号: MS-01, 名称: 停电, 类别: 切身利益, 必须有: [{组: 现象, 词: [停电]}], 归口: 电力科}
`

// classify runs the command over rules and input.
func classify(t *testing.T, rules, in string) (out, errs string, code int) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "1.yaml"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), []string{"classify", "--rules", dir}, &streams{In: strings.NewReader(in), Out: &stdout, Err: &stderr})
	return stdout.String(), stderr.String(), code
}

func TestClassifyAnswersEveryGoodLine(t *testing.T) {
	t.Parallel()
	out, errs, code := classify(t, tinyRules, `{"id":"a","title":"长治停电","published":"2026-11-23T09:05:00+08:00"}
not json

{"title":"no id"}
{"id":"b","published":"昨天"}
{"id":"c","body":"<今天&天气好>"}`)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{"第 2 行: ", "第 4 行: 缺少 id", "第 5 行: 看不懂 published"} {
		if !strings.Contains(errs, want) {
			t.Errorf("stderr %q lacks %q", errs, want)
		}
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2: %s", len(lines), out)
	}
	var got, want any
	shape := `{"id":"a","handling":"alert","category":"interest","grade":"","sections":["电力科"],
		"region":{"place":"长治","evidence":"写到就算","certain":true},"tags":[],"score":60,
		"matches":[{"rule":"MS-01","group":"现象","word":"停电","field":"title","start":2,"end":4}],
		"why":"地域 长治(写到就算) · MS-01 停电 60分: 现象“停电”(标题)"}`
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(shape), &want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !strings.Contains(lines[1], `"region":null`) || !strings.Contains(lines[1], `"id":"c"`) {
		t.Errorf("second line %s", lines[1])
	}
}

// TestClassifyKeepsToItsKeys holds the output to the keys that other programs rely
// on, in their order, also where a rule counts posts by district.
func TestClassifyKeepsToItsKeys(t *testing.T) {
	t.Parallel()
	rules := strings.Replace(tinyRules, "写到就算: [长治]", "写到就算: [潞州区], 县区: {潞州区: [潞州区]}", 1)
	rules = strings.Replace(rules, "归口: 电力科", "归口: 电力科, 升级: {按: 县区, 时间内: 6小时, 不同帖子达到: 3, 转为: 告警}", 1)
	out, errs, code := classify(t, rules, `{"id":"a","title":"潞州区停电"}`)
	want := `{"id":"a","handling":"alert","category":"interest","grade":"","sections":["电力科"],` +
		`"region":{"place":"潞州区","evidence":"写到就算","certain":true},"tags":[],"score":60,` +
		`"matches":[{"rule":"MS-01","group":"现象","word":"停电","field":"title","start":3,"end":5}],` +
		`"why":"地域 潞州区(写到就算) · MS-01 停电 60分: 现象“停电”(标题)"}` + "\n"
	if code != 0 || errs != "" {
		t.Errorf("code %d, stderr %q", code, errs)
	}
	if d := cmp.Diff(want, out); d != "" {
		t.Error(d)
	}
}

func TestClassifySaysWhatIsWrongWithALine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, line, want string }{
		{"a list", `["a"]`, "第 1 行: 不是一个 JSON 对象; 每行写一个"},
		{"a number", `{"id":5}`, "第 1 行: id 要写成文字, 放在英文双引号里"},
		{"not yes or no", `{"id":"a","local":"yes"}`, "第 1 行: local 要写成 true 或 false"},
		{"cut off", `{"id":"a"`, "第 1 行: 不是 JSON: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := classify(t, tinyRules, tt.line)
			if code != 1 || out != "" || !strings.HasPrefix(errs, tt.want) || strings.Contains(errs, "Go ") {
				t.Errorf("code %d, stdout %q, stderr %q; want stderr %q", code, out, errs, tt.want)
			}
		})
	}
}

func TestClassifyNamesMistakesInRules(t *testing.T) {
	t.Parallel()
	out, errs, code := classify(t, strings.Replace(tinyRules, "必须有", "必需有", 1), `{"id":"a"}`)
	if code == 0 || out != "" || !strings.Contains(errs, "1.yaml:4:") {
		t.Errorf("code %d, stdout %q, stderr %q", code, out, errs)
	}
}
