package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	c := New()
	for name, tc := range map[string]struct{ in, want string }{
		"zero width":              {"停\u200b电", "停电"},
		"bidi":                    {"\u202e停\u2066电", "停电"},
		"combining mark":          {"停\u20e0电", "停电"},
		"NUL":                     {"\x00停电\x00了", "停电了"},
		"control":                 {"停\x1b电\x7f", "停电"},
		"invalid byte":            {"停\xff电", "停电"},
		"lone surrogate as CESU8": {"停\xed\xa0\x80电", "停电"},
		"BOM and soft hyphen":     {"\ufeff停\u00ad电", "停电"},
		"invisible letter":        {"停\u3164电", "停电"},
		"full width":              {"３死２伤 ＬＮＧ", "3死2伤 lng"},
		"Kangxi radical":          {"⽕灾", "火灾"},
		"compatibility ideograph": {"\uf9e9程", "里程"},
		"traditional":             {"長治煤礦今早冒頂", "长治煤矿今早冒顶"},
		"both scripts share":      {"著名", "著名"},
		"clause marks":            {"a,b;c:d!e?f", "a，b；c：d！e？f"},
		"figures keep theirs":     {"1,200人 17:40", "1,200人 17:40"},
		"half-width full stop":    {"停｡电", "停。电"},
		"spaces and line ends":    {"停\u3000电\u00a0了\r\n没\t电\u2028了", "停 电 了\n\n没 电\n了"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.Clean(tc.in).String(); got != tc.want {
				t.Errorf("Clean(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestCompact(t *testing.T) {
	t.Parallel()
	c := New()
	for name, tc := range map[string]struct{ in, want string }{
		"hyphen":         {"停-电", "停电"},
		"emoji":          {"停🔌电", "停电"},
		"emoji sequence": {"停👨\u200d🔧电", "停电"},
		"space":          {"停 电", "停电"},
		"clause marks":   {"停，电。没；电：了！好\n的", ""},
		"latin":          {"停 a 电", ""},
		"long gap":       {"停-----电", ""},
		"nothing to do":  {"停电", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full := c.Clean(tc.in)
			var got Copy
			full.Compact(&got)
			if string(got.Runes) != tc.want {
				t.Fatalf("Compact(%q) = %q, want %q", tc.in, string(got.Runes), tc.want)
			}
			for i, r := range got.Runes {
				if at := got.Index(i); full.Runes[at] != r {
					t.Errorf("index %d of the copy points at %q, want %q", i, full.Runes[at], r)
				}
			}
		})
	}
}

// FuzzClean holds every cleaned rune to the original character it came from.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"長治\u200b煤礦透-水，３死", "a\xff\x00b", "㈠①½", "1,2,三", "停🔌电\r\n"} {
		f.Add(s)
	}
	c := New()
	f.Fuzz(func(t *testing.T, s string) {
		got := c.Clean(s)
		if !utf8.ValidString(got.String()) || strings.ContainsRune(got.String(), 0) {
			t.Fatalf("Clean(%q) = %q holds what it should drop", s, got.String())
		}
		if again := c.Clean(got.String()).String(); again != got.String() {
			t.Fatalf("Clean is not idempotent: %q, then %q", got.String(), again)
		}
		original := []rune(s)
		last := -1
		for i := range got.Runes {
			from, to := got.Original(i, i+1)
			if from < last || to != from+1 || to > len(original) {
				t.Fatalf("rune %d of %q lies at [%d,%d) of %d code points", i, got.String(), from, to, len(original))
			}
			last = from
			if r := got.Runes[i]; r > 0x4E00 && r < 0x9FFF && original[from] == r {
				continue
			}
			if !strings.ContainsRune(c.Clean(string(original[from])).String(), got.Runes[i]) && !strings.ContainsAny(string(original[from]), ",:;") {
				t.Fatalf("rune %q maps to %q, which does not clean to it", got.Runes[i], original[from])
			}
		}
	})
}

func BenchmarkClean(b *testing.B) {
	c := New()
	s := strings.Repeat("長治市上党区又停电了，一天停三回！供电所电话打不通。", 40)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		c.Clean(s)
	}
}
