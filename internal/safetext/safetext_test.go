package safetext_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"huiying/internal/fixture"
	"huiying/internal/safetext"
)

func TestText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"as it is":            {"停电了， 3 人。", "停电了， 3 人。"},
		"breaks":              {"一\r\n二\r三\u2028四\u2029五\u0085六\n七", "一\n二\n三\n四\n五\n六\n七"},
		"tab":                 {"一\t二\v三\f四", "一 二 三 四"},
		"terminal":            {"\x1b[31m红\x00\x07\u009b1m", "[31m红1m"},
		"bidirectional":       {"\u202e电停\u2066\u2069\u200f", "电停"},
		"tags":                {"停\U000e0001\U000e0041电", "停电"},
		"joiners":             {"停\u200b\u200c\u200d\u2060\ufeff\u00ad电", "停电"},
		"fillers":             {"\u3164\u115f\u1160\uffa0\u034f\u17b4\u2065", ""},
		"variation selectors": {"停\ufe00\U000e0100\u180b电", "停电"},
		"emoji":               {"❤\ufe0f", "❤\ufe0f"},
		"braille blank":       {"停\u2800电", "停 电"},
		"three marks":         {"e\u0301\u0302\u0303", "e\u0301\u0302\u0303"},
		"eight marks":         {"停" + strings.Repeat("\u0336", 8) + "电", "停\u0336\u0336\u0336电"},
		"marks on nothing":    {"\u0336\u0336停 \u0301电\n\u0301\ufe0f了", "停 电\n了"},
		"not UTF-8":           {"停\xff电", "停\ufffd电"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := safetext.Text(c.in); got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// TestInvisibleTitle holds that a title of which nobody sees anything is none.
func TestInvisibleTitle(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "\u200b\u2060", "\u3164", "\u2800\u3000\u00a0", "\U000e0041", "\u0336\u0336", "\ufe0f", "\u202e\x1b\x00", "\n\t ",
	} {
		if got := safetext.Title(s); got != safetext.NoTitle {
			t.Errorf("Title(%q) = %q", s, got)
		}
	}
	if got, want := safetext.Title(" 停电\n三天 "), "停电 三天"; got != want {
		t.Errorf("Title = %q, want %q", got, want)
	}
	if got := safetext.Title(strings.Repeat("长", 90)); got != strings.Repeat("长", 79)+"…" {
		t.Errorf("Title of 90 characters = %q", got)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"停电停气", 4, "停电停气"},
		{"停电停气停暖", 4, "停电停…"},
		{"🔌🔌🔌", 4, "🔌…"},
		{"e\u0301e\u0301", 3, "e\u0301e\u0301"[:3] + "…"},
		{"ae\u0301", 2, "a…"},
		{"停电", 0, ""},
		{"停 电停", 3, "停…"},
	} {
		if got := safetext.Cut(c.in, c.n); got != c.want || safetext.Length(got) > max(c.n, 0) {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, href, host string }{
		"plain":           {"https://a.example/x?y=1&z#f", "https://a.example/x?y=1&z#f", "a.example"},
		"space around":    {" http://a.example\n", "http://a.example", "a.example"},
		"port":            {"http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x", "127.0.0.1:8080"},
		"IPv6":            {"http://[::1]:80/", "http://[::1]:80/", "[::1]:80"},
		"full-width":      {"http://ｇｏｖ.example/", "http://gov.example/", "gov.example"},
		"underscore":      {"http://A_b.example/", "http://a_b.example/", "a_b.example"},
		"Chinese name":    {"http://长治.example/", "http://xn--wvwp38f.example/", "xn--wvwp38f.example，即 长治［.］example"},
		"written in ACE":  {"http://xn--wvwp38f.example/", "http://xn--wvwp38f.example/", "xn--wvwp38f.example，即 长治［.］example"},
		"quotes in path":  {`http://a.example/"><script>`, "http://a.example/%22%3E%3Cscript%3E", "a.example"},
		"Markdown closer": {"http://a.example/)>|x", "http://a.example/%29%3E%7Cx", "a.example"},
		"at in the path":  {"https://a.example/@name", "https://a.example/@name", "a.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if l := safetext.ParseLink(c.raw); l == nil || *l != (safetext.Link{Href: c.href, Host: c.host}) {
				t.Errorf("got %+v, want %q shown as %q", l, c.href, c.host)
			}
		})
	}
}

// TestNoLink holds what must never be clicked, and how it is shown instead.
func TestNoLink(t *testing.T) {
	t.Parallel()
	for raw, shown := range map[string]string{
		"":                                              "",
		"javascript:alert(1)":                           "javascript:alert(1)",
		"JaVaScRiPt:alert(1)":                           "JaVaScRiPt:alert(1)",
		"java\tscript:alert(1)":                         "java script:alert(1)",
		"data:text/html,x":                              "data:text/html,x",
		"ftp://a.example/":                              "ftp://a.example/",
		"/etc/passwd":                                   "/etc/passwd",
		"//a.example/x":                                 "//a.example/x",
		"http:///x":                                     "http:///x",
		"http://a b/":                                   "http://a b/",
		"http://a\u202e.example/":                       "http://a.example/",
		"http://u:geheim@a.example/x":                   "http://…@a.example/x",
		"http://u:geheim@a.example:bad/x":               "http://…@a.example:bad/x",
		"http://u:ge@heim@a.example/":                   "http://…@a.example/",
		"http://u:geheim＠a.example/":                    "http://…＠a.example/",
		"http://u:ge/heim@a.example/":                   "http://…@a.example/",
		"http:u:geheim@a.example/":                      "http:…@a.example/",
		`http:\\u:geheim@a.example/`:                    `http:\\…@a.example/`,
		"//u:geheim@a.example/":                         "//…@a.example/",
		"http://gov.example@evil.example/":              "http://…@evil.example/",
		`http://169.254.169.254\@evil.example`:          `http://…@evil.example`,
		"http://a.example/" + strings.Repeat("x", 2000): "http://a.example/" + strings.Repeat("x", 182) + "…",
	} {
		t.Run(raw[:min(len(raw), 40)], func(t *testing.T) {
			t.Parallel()
			if l := safetext.ParseLink(raw); l != nil {
				t.Errorf("became a link: %+v", l)
			}
			if got := safetext.Address(raw); got != shown {
				t.Errorf("is shown as %q, want %q", got, shown)
			}
		})
	}
}

func FuzzSafeText(f *testing.F) {
	for _, s := range append(fixture.Hostile(),
		"<!channel>", "&lt;@U1&gt;", "http://a.cn", "a.b.c.cn", "\u202e\xff", "ｇｏｖ．ｃｎ", "…",
		"http://u:geheim@a.cn/", "http://长治.中国/?a=<b>", "e"+strings.Repeat("\u0301", 8),
	) {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		n = min(max(n, 0), 10000)
		text, line := safetext.Text(s), safetext.Line(s)
		for _, got := range []string{text, line, safetext.Title(s), safetext.Address(s)} {
			marks := 3
			for _, r := range got {
				marks++
				if !unicode.Is(unicode.M, r) {
					marks = 0
				}
				if r != '\n' && unicode.IsControl(r) || safetext.Invisible(r) || marks > 3 {
					t.Fatalf("%q of %q holds %U", got, s, r)
				}
			}
			if !utf8.ValidString(got) {
				t.Errorf("%q of %q is not UTF-8", got, s)
			}
		}
		if safetext.Text(text) != text || safetext.Line(line) != line || strings.Contains(line, "\n") {
			t.Errorf("cleaned once %q, twice %q", line, safetext.Line(line))
		}
		inert := safetext.Inert(s)
		if strings.ContainsAny(inert, "<>&@") || !utf8.ValidString(inert) || strings.Contains(inert, "://") {
			t.Errorf("Inert(%q) = %q", s, inert)
		}
		if again := safetext.Inert(inert); strings.ContainsAny(again, "<>&@") {
			t.Errorf("Inert twice = %q", again)
		}
		if cut := safetext.Cut(inert, n); safetext.Length(cut) > n || !utf8.ValidString(cut) {
			t.Errorf("Cut(%q, %d) = %q", inert, n, cut)
		}
		if cut := safetext.CutBytes(inert, n); len(cut) > n || !utf8.ValidString(cut) {
			t.Errorf("CutBytes(%q, %d) = %q", inert, n, cut)
		}
		l := safetext.ParseLink(s)
		if l == nil {
			return
		}
		if strings.ContainsAny(l.Href, "<>|()\"'`\\ \n") || !strings.HasPrefix(l.Href, "http://") && !strings.HasPrefix(l.Href, "https://") {
			t.Errorf("ParseLink(%q) = %q", s, l.Href)
		}
		if again := safetext.ParseLink(l.Href); again == nil || *again != *l {
			t.Errorf("ParseLink(%q) = %+v, and of it %+v", s, l, again)
		}
	})
}
