package configs

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestQuietHours sees that only what can be read is taken, and never for the office.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, put, want string }{
		"section":    {"leader: 分管领导(煤炭)\n", "leader: 分管领导(煤炭)\n    quiet: \"22:00-07:00\"\n", ""},
		"leader":     {"{name: 分管领导(煤炭), ", "{name: 分管领导(煤炭), quiet: \"22:00-07:00\", ", ""},
		"office":     {"name: 局办公室\n", "name: 局办公室\n  quiet: \"22:00-07:00\"\n", "不能设免打扰"},
		"no time":    {"{name: 分管领导(煤炭), ", "{name: 分管领导(煤炭), quiet: 晚上, ", "不是免打扰时段"},
		"no such":    {"{name: 分管领导(煤炭), ", "{name: 分管领导(煤炭), quiet: \"22:00-24:00\", ", "不是免打扰时段"},
		"zero long":  {"{name: 分管领导(煤炭), ", "{name: 分管领导(煤炭), quiet: \"22:00-22:00\", ", "不是免打扰时段"},
		"two of one": {"{name: 系统运行岗, target", "{name: 规则编辑岗, quiet: \"21:00-07:00\", target: 控制台}\n  - {name: 规则编辑岗, quiet: \"22:00-07:00\", target", "两个免打扰时段"},
	} {
		files := shippedFS(t)
		text := string(files[org].Data)
		if !strings.Contains(text, test.old) {
			t.Fatalf("%s: nothing to change", name)
		}
		files[org] = &fstest.MapFile{Data: []byte(strings.Replace(text, test.old, test.put, 1))}
		got := ""
		if _, err := LoadFS(files, main); err != nil {
			got = err.Error()
		}
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
