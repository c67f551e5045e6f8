package configs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

const hush = "xoxb-" + "123-top-secret"

func TestSecretNeverPrints(t *testing.T) {
	t.Parallel()
	s := NewSecret(hush)
	if s.Reveal() != hush || !s.IsSet() {
		t.Fatal("the value is lost")
	}
	target := Target{Name: "a", Token: s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T"} {
		fmt.Fprintf(&out, verb+verb+verb, s, &s, target)
	}
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("a", "secret", s, "target", target)
	slog.New(slog.NewTextHandler(&out, nil)).Info("a", "secret", s, "target", target)
	data, err := json.Marshal(map[string]any{"a": s, "b": target})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(data)
	for _, hidden := range []string{hush, "secret-", fmt.Sprintf("%x", hush)} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("the secret shows as %q in %s", hidden, out.String())
		}
	}
}

// withSlack is the shipped configuration with a Slack target; the office is told
// through it where used is true.
func withSlack(t *testing.T, secret string, used bool) fstest.MapFS {
	t.Helper()
	files := shippedFS(t)
	change := func(file, old, put string) {
		files[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[file].Data), old, put, 1))}
	}
	change(main, "      per_message: 10ms\n", "      per_message: 10ms\n    - name: 值班\n      kind: slack\n      channel: C1\n      token: "+secret+"\n")
	if used {
		change(org, "name: 局办公室\n  target: 控制台", "name: 局办公室\n  target: 值班")
	}
	return files
}

func TestSecretSources(t *testing.T) {
	t.Setenv("HUIYING_TEST_TOKEN", hush)
	t.Setenv("HUIYING_TEST_UNSET", "")
	files := withSlack(t, "{file: token.txt}", true)
	files["token.txt"] = &fstest.MapFile{Data: []byte(hush + "\n")}
	cases := []struct {
		name string
		fs   fstest.MapFS
		want string // in the problem; "" where the hush must be read
	}{
		{"environment", withSlack(t, "{env: HUIYING_TEST_TOKEN}", true), ""},
		{"file", files, ""},
		{"unset", withSlack(t, "{env: HUIYING_TEST_UNSET}", true), "环境变量 HUIYING_TEST_UNSET 没有设置"},
		{"no file", withSlack(t, "{file: none.txt}", true), "none.txt 读不了"},
		{"in the file itself", withSlack(t, hush, true), "密钥不能直接写在文件里"},
		{"quoted in the file itself", withSlack(t, `"`+hush+`"`, false), "密钥不能直接写在文件里"},
		{"as name of a variable", withSlack(t, "{env: "+hush+"}", true), "不是密钥本身"},
		{"as name of a file", withSlack(t, "{file: "+hush+"}", true), "读不了"},
		{"as a list", withSlack(t, "["+hush+"]", true), "密钥的写法不对"},
		{"with an open quote", withSlack(t, `"`+hush, true), "引号没有收住"},
		{"with a wrong start", withSlack(t, `@`+hush, true), "开头的"},
		{"under a wrong key", withSlack(t, "{env: HUIYING_TEST_TOKEN}\n      kind: "+hush, true), "写了两次"},
		{"as a channel", withSlack(t, "{env: HUIYING_TEST_TOKEN}\n      api_url: "+hush, true), "不是网址"},
		{"as a choice", withSlack(t, "{env: HUIYING_TEST_TOKEN}\n    - {name: b, kind: "+hush+"}", true), "这个选项"},
	}
	for _, c := range cases {
		config, err := LoadFS(c.fs, main)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			} else if got := config.Chat.Targets[1].Token.Reveal(); got != hush {
				t.Errorf("%s: the token was not read", c.name)
			}
			continue
		}
		var problems yamlcheck.Problems
		if !errors.As(err, &problems) || !strings.Contains(problems[0].Message, c.want) {
			t.Errorf("%s: want a problem with %q, got %v", c.name, c.want, err)
			continue
		}
		if strings.Contains(err.Error(), "top-secret") {
			t.Errorf("%s: the secret shows in %v", c.name, err)
		}
	}
	if _, err := LoadFS(withSlack(t, "{env: HUIYING_TEST_UNSET}", false), main); err != nil {
		t.Errorf("a target nobody uses may lack its token: %v", err)
	}
}

func TestDatabaseAddress(t *testing.T) {
	t.Setenv("HUIYING_TEST_URL", "postgres://u:top-secret@db/x")
	cases := []struct{ name, url, want string }{
		{"environment", "{env: HUIYING_TEST_URL}", ""},
		{"without password", "postgres://db/x", ""},
		{"with password", "postgres://u:top-secret@db/x", "密钥不能直接写在文件里"},
		{"other scheme", "mysql://db/x", "地址的开头不对"},
	}
	for _, c := range cases {
		files := shippedFS(t)
		text := strings.Replace(string(files[main].Data), "driver: sqlite", "driver: postgres\n  url: "+c.url, 1)
		files[main] = &fstest.MapFile{Data: []byte(text)}
		_, err := LoadFS(files, main)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
		if err != nil && strings.Contains(err.Error(), "top-secret") {
			t.Errorf("%s: the password shows in %v", c.name, err)
		}
	}
}

func TestLoadFromDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := shippedFS(t)
	for name, f := range files {
		if err := os.MkdirAll(dir+"/rules", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/"+name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load(dir + "/" + main); err != nil {
		t.Fatal(err)
	}
	read, err := rulefile.Load(dir+"/rules", nil)
	if err != nil {
		t.Fatal(err)
	}
	if v := read.Version(); len(v) != len("2026-11-23-12345678") {
		t.Errorf("version %q lacks its day", v)
	}
	for _, gone := range []string{src, org} {
		if err := os.Rename(dir+"/"+gone, dir+"/gone"); err != nil {
			t.Fatal(err)
		}
		_, err := Load(dir + "/" + main)
		if err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("without %s: got %v", gone, err)
		}
		if err := os.Rename(dir+"/gone", dir+"/"+gone); err != nil {
			t.Fatal(err)
		}
	}
}
