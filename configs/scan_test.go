package configs

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// shippedTexts are the shipped files with the struct each is read into.
func shippedTexts(tb testing.TB) map[string]func() any {
	tb.Helper()
	out := map[string]func() any{
		"huiying.yaml":      func() any { return &Settings{} },
		"sources.yaml":      func() any { return &SourceFile{} },
		"organisation.yaml": func() any { return &Organisation{} },
	}
	names, err := rulefile.Yamls(yamlcheck.Tree{FS: FS}, "rules")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range names {
		out[name] = func() any { return &rulefile.File{} }
	}
	return out
}

// TestWrongCharacters changes characters of every shipped file, one at a time and
// at many places, and wants the change named on its line, or on the line of the
// key or bracket it belongs to.
func TestWrongCharacters(t *testing.T) {
	t.Parallel()
	changes := []struct {
		name string
		find *regexp.Regexp
		put  string
	}{
		{"full-width colon", regexp.MustCompile(`^[ -]*[^ "#-][^ :"]*(: )[^ #]`), "："},
		{"no space after colon", regexp.MustCompile(`^[ ]*[^ "#-][^ :"]*(: )[^ #]`), ":"},
		{"full-width comma", regexp.MustCompile(`: \[[^\]",#]+(, )[^\]"]*\]`), "，"},
		{"enumeration comma", regexp.MustCompile(`: \[[^\]",#]+(, )[^\]"]*\]`), "、"},
		{"no closing bracket", regexp.MustCompile(`: \[[^\]"{}]+(\])`), ""},
		{"tab", regexp.MustCompile(`^(  )[^ #]`), "\t"},
		{"misspelt key", regexp.MustCompile(`^[ -]*([^ "#:-])[^ :"]+: `), "囧囧囧"},
		{"zero-width space", regexp.MustCompile(`^[ -]*[^ "#:-]()[^ :"]+: `), "\u200b"},
		{"full-width brace", regexp.MustCompile(`^ +- \{.*(\})$`), "｝"},
	}
	for name, target := range shippedTexts(t) {
		data, err := fs.ReadFile(FS, name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(data), "\n")
		for _, c := range changes {
			tried := 0 // a few places each, to stay quick
			for i, line := range lines {
				at := c.find.FindStringSubmatchIndex(line)
				if at == nil || tried >= 5 {
					continue
				}
				tried++
				changed := append([]string(nil), lines...)
				changed[i] = line[:at[2]] + c.put + line[at[3]:]
				var problems yamlcheck.Problems
				yamlcheck.Parse(name, []byte(strings.Join(changed, "\n")), target(), &problems)
				if named(problems, i+1) || inTable(c.name, lines, i) {
					continue
				}
				t.Errorf("%s:%d: %s: %q is not named; problems:\n%v", name, i+1, c.name, changed[i], problems)
			}
		}
	}
}

// inTable tells keys of the author's own, which can not be misspelt.
func inTable(change string, lines []string, i int) bool {
	for ; i > 0 && strings.HasPrefix(lines[i], " "); i-- {
		if lines[i-1] == "词表:" {
			return change == "misspelt key"
		}
	}
	return false
}

func named(problems yamlcheck.Problems, line int) bool {
	for _, p := range problems {
		if p.Line == line && p.Column > 0 && p.Remedy != "" {
			return true
		}
	}
	return false
}

func TestScanLimits(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, text, want string }{
		{"size", strings.Repeat("#", yamlcheck.MaxBytes+1), "1 MB"},
		{"deep brackets", "版本: " + strings.Repeat("[", 19_000), "嵌套超过"},
		{"deep dashes", strings.Repeat("- ", 9_000), "嵌套超过"},
		{"deep indents", deep(40), "嵌套超过"},
		{"many lines", strings.Repeat("- a\n", yamlcheck.MaxLines+1), "行"},
		{"many keys", strings.Repeat("a: 1\n", yamlcheck.MaxLines-1), "写了两次"},
		{"long line", "a: " + strings.Repeat("停", yamlcheck.MaxLine), "个字"},
		{"many problems", strings.Repeat("词：停电\n", 1000), "问题太多"},
		{"many problems on a line", "a: [" + strings.Repeat(`"x" `, 2000) + "]", "问题太多"},
		{"aliases", "a: &a [x]\nb: [*a, *a]\n", "锚点"},
		{"BOM", "\xef\xbb\xbf版本: 1\n", "BOM"},
		{"UTF-16", "\xff\xfe1\x00", "UTF-16"},
		{"empty", "", "空的"},
		{"comments only", "# nothing\n", "空的"},
		{"scalar", "- 1\n", "键: 值"},
		{"two documents", "版本: 1\n---\n版本: 1\n", "第二份文档"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var problems yamlcheck.Problems
			yamlcheck.Parse("a.yaml", []byte(c.text), &rulefile.File{}, &problems)
			if !strings.Contains(problems.Error(), c.want) {
				t.Errorf("want a problem that says %q, got\n%v", c.want, problems)
			}
		})
	}
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// FuzzParse wants problems on one line with a place in the file, in words that
// name no type of ours, whatever the text.
func FuzzParse(f *testing.F) {
	for name := range shippedTexts(f) {
		data, err := fs.ReadFile(FS, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 3000)])
	}
	for _, s := range []string{"a: [b, {c: d", "版本：1", "规则:\n  - {文: a,b: c, 因为：x}", "- - - a: 'x\n", "词表:\n  a: [\"x\\\"y\", #z]\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, target := range []any{&rulefile.File{}, &Settings{}, &SourceFile{}, &Organisation{}} {
			var problems yamlcheck.Problems
			yamlcheck.Parse("a.yaml", data, target, &problems)
			lines := strings.Count(string(data), "\n") + 1
			for _, p := range problems {
				if p.Line < 1 || p.Line > lines+1 || p.Column < 1 || p.Message == "" || p.Remedy == "" {
					t.Errorf("no place, message or remedy: %+v", p)
				}
				if s := p.String(); strings.Contains(s, "\n") || !utf8.ValidString(s) && utf8.Valid(data) || strings.Contains(s, "configs.") && !strings.Contains(string(data), "configs.") {
					t.Errorf("bad text %q", s)
				}
			}
		}
	})
}
