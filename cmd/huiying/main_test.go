package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestUsage asks every command for help, and calls commands wrongly. It stays in
// this process: starting the program once for each would take longer than the rest.
func TestUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"demo --help", 0, "--once"},
		{"run --help", 0, "--data"},
		{"check --help", 0, "--offline"},
		{"sources --help", 0, "--data"},
		{"try --help", 0, "--allow-private"},
		{"collect --help", 0, "--source"},
		{"classify --help", 0, "--rules"},
		{"rules check --help", 0, "--json"},
		{"rules fix --help", 0, "--write"},
		{"import --help", 0, "--channel"},
		{"case --help", 0, "answer"},
		{"case list --help", 0, "--all"},
		{"case show --help", 0, "<id>"},
		{"case answer --help", 0, "--url"},
		{"digest --help", 0, "--format"},
		{"case", 2, "还要写清做什么"},
		{"case answer", 2, "还缺 <id>"},
		{"case answer C-1 --url https://gov.example.invalid/ --clock lunch", 2, "--clock 只能是"},
		{"try", 2, "还缺 <target>"},
		{"try --kind xml a.html", 2, "--kind 只能是"},
		{"digest --format pdf", 2, "--format 只能是"},
		{"import --channel portal main_test.go", 2, "--channel 只能是"},
		{"import main_test.go", 2, "写 --channel hotline"},
		{"demo --addr 0.0.0.0:8420", 2, "不是本机地址"},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := run(t.Context(), strings.Fields(c.args), &streams{In: strings.NewReader(""), Out: &out, Err: &errs})
			says, silent := out.String(), errs.String()
			if c.code != 0 {
				says, silent = silent, says
			}
			if code != c.code || !strings.Contains(says, c.says) || silent != "" {
				t.Errorf("exit code %d, want %d and %q\nstdout: %s\nstderr: %s", code, c.code, c.says, out.String(), errs.String())
			}
		})
	}
}
