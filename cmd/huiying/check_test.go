package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	shipped := filepath.Join("..", "..", "configs")
	spoiled := filepath.Join(t.TempDir(), "configs")
	if err := os.CopyFS(spoiled, os.DirFS(shipped)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"huiying.yaml":      {"per_host: 1s", "per_hots: 1s"},
		"organisation.yaml": {"bureau: ", "bureau："},
	} {
		path := filepath.Join(spoiled, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(data), change[0], change[1], 1)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		name, dir string
		code      int
		out, err  []string
	}{
		{"shipped", shipped, 0, []string{"配置没有问题: 来源 "}, nil},
		{"spoiled", spoiled, 1, nil, []string{
			"huiying.yaml:22:3: fetch: 不认识“per_hots”; 您是不是想写: per_host\n",
			"organisation.yaml:5:7: “bureau”后面是中文冒号; 改成英文冒号加空格: bureau: …\n",
			"2 处问题\n",
		}},
		{"missing", filepath.Join(spoiled, "none"), 1, nil, []string{"huiying.yaml: 没有这个文件; "}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			args := []string{"check", "-c", filepath.Join(c.dir, "huiying.yaml")}
			if code := run(t.Context(), args, &streams{In: strings.NewReader(""), Out: &out, Err: &errs}); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.out {
				if !strings.Contains(out.String(), want) {
					t.Errorf("stdout lacks %q:\n%s", want, out.String())
				}
			}
			for _, want := range c.err {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("stderr lacks %q:\n%s", want, errs.String())
				}
			}
			if len(c.out) == 0 && out.Len() > 0 || len(c.err) == 0 && errs.Len() > 0 {
				t.Errorf("unexpected output: stdout %q, stderr %q", out.String(), errs.String())
			}
		})
	}
}
