package scan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier/text"
)

type occurrence struct{ Word, Start, End int }

func all(words []string, in string) []occurrence {
	var out []occurrence
	New(words).Scan([]rune(in), func(w, s, e int) { out = append(out, occurrence{w, s, e}) })
	return out
}

func TestScan(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		words []string
		text  string
		want  []occurrence
	}{
		"overlapping":      {[]string{"停电", "电话", "停电话"}, "又停电话", []occurrence{{2, 1, 4}, {0, 1, 3}, {1, 2, 4}}},
		"suffix of a word": {[]string{"煤与瓦斯突出", "瓦斯"}, "煤与瓦斯爆炸", []occurrence{{1, 2, 4}}},
		"repeated":         {[]string{"又"}, "又又", []occurrence{{0, 0, 1}, {0, 1, 2}}},
		"beyond the BMP":   {[]string{"🔌电"}, "停🔌电", []occurrence{{0, 1, 3}}},
		"empty word":       {[]string{"", "电"}, "停电", []occurrence{{1, 1, 2}}},
		"none":             {nil, "停电", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := all(tc.words, tc.text)
			order := func(a, b occurrence) int { return (a.End-b.End)*100 + a.Start - b.Start }
			slices.SortFunc(got, order)
			slices.SortFunc(tc.want, order)
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestScanFindsWhatSearchFinds compares with plain searching on random texts
// over a small alphabet, where words overlap most.
func TestScanFindsWhatSearchFinds(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune([]rune("停电话梯")[r.IntN(4)])
		}
		return b.String()
	}
	for range 300 {
		words := map[string]bool{}
		for range 12 {
			words[random(1+r.IntN(4))] = true
		}
		var list []string
		for w := range words {
			list = append(list, w)
		}
		text := []rune(random(60))
		want := 0
		for _, w := range list {
			for i := range text {
				if strings.HasPrefix(string(text[i:]), w) {
					want++
				}
			}
		}
		got := all(list, string(text))
		for _, o := range got {
			if string(text[o.Start:o.End]) != list[o.Word] {
				t.Fatalf("%q at [%d,%d) of %q is not %q", string(text[o.Start:o.End]), o.Start, o.End, string(text), list[o.Word])
			}
		}
		if len(got) != want {
			t.Fatalf("%d occurrences of %q in %q, want %d", len(got), list, string(text), want)
		}
	}
}

// TestSieve holds the sieve to what it promises: no text that holds a word once it
// is cleaned, or in its compact copy, falls through.
func TestSieve(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"single":  {"话", "火座"},
		"pairs":   {"停电", "火座", "-停", "b1", "(株", "🔌座", "。座", "株)"},
		"longer":  {"煤矿爆", "停电话", "a-b", "停-电话", "m2.5", "1,2", "电话座机", "...", "火、座", "𠮷座株"},
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sift(t, words)
		})
	}
}

func sift(t *testing.T, words []string) {
	t.Helper()
	a, c := New(words), text.New()
	s := a.Sieve(c)
	pieces := []rune("停电话煤矿爆炸礦電座火🔌株ab0125,.-pm、…①㈱\u200b\u20e0 　，。\n《ＡＰ\x00\ufffd𠮷")
	r := rand.New(rand.NewPCG(3, 4))
	held, caught := 0, 0
	for range 200_000 {
		var b strings.Builder
		for range 1 + r.IntN(7) {
			if n := r.IntN(len(pieces) + 1); n == len(pieces) {
				b.WriteByte(byte(0x80 + r.IntN(0x80)))
			} else {
				b.WriteRune(pieces[n])
			}
		}
		clean := c.Clean(b.String())
		var compact text.Copy
		clean.Compact(&compact)
		holds := false
		for _, runes := range [][]rune{clean.Runes, compact.Runes} {
			a.Scan(runes, func(int, int, int) { holds = true })
		}
		maybe := s.Maybe(b.String())
		if holds {
			held++
		}
		if holds && !maybe {
			t.Fatalf("%q holds a word and falls through", b.String())
		}
		if maybe && !holds {
			caught++
		}
	}
	t.Logf("%d of 200,000 hold a word, %d caught for nothing", held, caught)
}
