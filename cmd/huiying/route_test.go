package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// routeTest runs huiying route test over the shipped configuration.
func routeTest(t *testing.T, in string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"route", "test", "-c", filepath.Join("..", "..", "configs", "huiying.yaml")}, args...)
	code = run(t.Context(), args, &streams{In: strings.NewReader(in), Out: &stdout, Err: &stderr})
	return stdout.String(), stderr.String(), code
}

func TestRouteTestSaysWhoAndWhy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "post.txt")
	if err := os.WriteFile(file, []byte("\uFEFF长治市沁源县某煤矿发生透水事故\r\n今天凌晨，5人被困。\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := routeTest(t, "", file)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{"告警【突发事件 · 较大】", "煤炭科", "归口（规则 TF-01", "局办公室全收", "分管领导：较大以上和待定", "满15分钟", "无人认领", "时限: 答复公众"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	out, _, code = routeTest(t, "今天天气不错", "-")
	if code != 0 || !strings.Contains(out, "不发消息") {
		t.Errorf("code %d: %s", code, out)
	}
}

func TestRouteTestJSON(t *testing.T) {
	t.Parallel()
	out, errs, code := routeTest(t, "{\"id\":\"a\",\"title\":\"沁源县停电两天了没人管\"}\nno\n{\"id\":\"b\",\"title\":\"<b>\"}\n", "--json", "-")
	if code != 1 || !strings.Contains(errs, "第 2 行") {
		t.Errorf("code %d, stderr %q", code, errs)
	}
	var got []struct {
		ID   string
		Told []struct {
			Receiver string
			Because  []string
			Rules    []string
		}
	}
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var one struct {
			ID   string
			Told []struct {
				Receiver string
				Because  []string
				Rules    []string
			}
		}
		if err := dec.Decode(&one); err != nil {
			t.Fatal(err)
		}
		got = append(got, one)
	}
	if len(got) != 2 || got[0].Told[0].Receiver != "电力科" || !slices.Contains(got[0].Told[0].Because, "归口") || len(got[0].Told[0].Rules) == 0 || len(got[1].Told) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestRouteTestRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in, file string
		code     int
	}{
		"empty": {"\n", "-", 1}, "not UTF-8": {"\xb3\xa4\xd6\xce", "-", 1}, "no JSON": {"{\"id\":", "-", 1}, "no file": {"", "nowhere.json", 2},
	} {
		if out, errs, code := routeTest(t, test.in, test.file); code != test.code || out != "" || errs == "" {
			t.Errorf("%s: code %d, out %q, errs %q", name, code, out, errs)
		}
	}
}
