package web

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/verdict"
	"huiying/internal/zh"
)

func TestHighlight(t *testing.T) {
	t.Parallel()
	match := func(rule string, start, end int) verdict.Match {
		return verdict.Match{Rule: rule, Group: "事故", Field: "title", Start: start, End: end}
	}
	for name, c := range map[string]struct {
		text    string
		matches []verdict.Match
		want    string
	}{
		"nothing":             {"矿上透水", nil, "矿上透水"},
		"one word":            {"某矿透水了", []verdict.Match{match("A", 2, 4)}, "某矿[透水]了"},
		"out of order":        {"某矿透水了", []verdict.Match{match("A", 2, 4), match("B", 0, 2)}, "[某矿][透水]了"},
		"overlapping":         {"煤矿爆炸", []verdict.Match{match("A", 0, 3), match("B", 2, 4)}, "[煤矿爆炸]"},
		"twice the same":      {"煤矿", []verdict.Match{match("A", 0, 2), match("A", 0, 2)}, "[煤矿]"},
		"beyond the end":      {"煤矿", []verdict.Match{match("A", 1, 99)}, "煤[矿]"},
		"before the start":    {"煤矿", []verdict.Match{match("A", -3, 1)}, "[煤]矿"},
		"inverted and empty":  {"煤矿", []verdict.Match{match("A", 2, 1), match("A", 1, 1), match("A", 9, 12)}, "煤矿"},
		"other field":         {"煤矿", []verdict.Match{{Field: "body", Start: 0, End: 2}}, "煤矿"},
		"beyond the BMP":      {"🔥煤矿", []verdict.Match{match("A", 1, 3)}, "🔥[煤矿]"},
		"obfuscated word":     {"透-水", []verdict.Match{match("A", 0, 3)}, "[透-水]"},
		"invisible signs":     {"a\u202eb\x00c\u200bd", []verdict.Match{match("A", 2, 3)}, "a[b]cd"},
		"invalid bytes count": {"\xff煤矿", []verdict.Match{match("A", 1, 3)}, "�[煤矿]"},
		"empty":               {"", []verdict.Match{match("A", 0, 2)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, s := range highlight(c.text, "title", c.matches) {
				if s.Rules != "" {
					b.WriteString("[" + s.Text + "]")
				} else {
					b.WriteString(s.Text)
				}
			}
			if b.String() != c.want {
				t.Errorf("got %s, want %s", b.String(), c.want)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	all := []segment{{Text: "一二"}, {Text: "三四", Rules: "A"}, {Text: "五"}}
	for n, want := range map[int][2][]segment{
		0: {nil, all},
		2: {all[:1], all[1:]},
		3: {{{Text: "一二"}, {Text: "三", Rules: "A"}}, {{Text: "四", Rules: "A"}, {Text: "五"}}},
		5: {all, nil},
		9: {all, nil},
	} {
		head, rest := split(all, n)
		if diff := cmp.Diff(want, [2][]segment{head, rest}); diff != "" {
			t.Errorf("split at %d (-want +got):\n%s", n, diff)
		}
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 7, 4, 0, 0, time.UTC) // 15:04 in +08:00
	for want, at := range map[string]time.Time{
		"—":                 {},
		"今天 15:04":          now,
		"今天 00:00":          time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC),
		"昨天 23:59":          time.Date(2025, 12, 31, 15, 59, 0, 0, time.UTC),
		"明天 00:00":          time.Date(2026, 1, 1, 16, 0, 0, 0, time.UTC),
		"1月3日 00:00":        time.Date(2026, 1, 2, 16, 0, 0, 0, time.UTC),
		"2025年12月30日 23:59": time.Date(2025, 12, 30, 15, 59, 0, 0, time.UTC),
	} {
		if got := zh.Moment(at, now); got != want {
			t.Errorf("zh.Moment(%s) = %s, want %s", at, got, want)
		}
	}
}
