package privacy_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"huiying/internal/privacy"
)

// sentence is one line of the corpus. Its private parts are given in bytes.
type sentence struct {
	spelling, text string
	private        []privacy.Span
}

// sentences reads a file of private strings: a spelling, a tab, a text in which
// what must be hidden stands in ⟦⟧.
func sentences(tb testing.TB, file string) []sentence {
	tb.Helper()
	var out []sentence
	for _, line := range lines(tb, file) {
		spelling, marked, ok := strings.Cut(line, "\t")
		if !ok {
			tb.Fatalf("%s: no tab in %q", file, line)
		}
		marked, err := strconv.Unquote(`"` + strings.ReplaceAll(marked, `"`, `\"`) + `"`)
		if err != nil {
			tb.Fatalf("%s: %q: %v", file, line, err)
		}
		s := sentence{spelling: spelling}
		for {
			before, rest, ok := strings.Cut(marked, "⟦")
			s.text += before
			if !ok {
				break
			}
			inside, after, _ := strings.Cut(rest, "⟧")
			s.private = append(s.private, privacy.Span{Start: len(s.text), End: len(s.text) + len(inside)})
			s.text += inside
			marked = after
		}
		out = append(out, s)
	}
	return out
}

// lines are those of a file of testdata that are no remarks.
func lines(tb testing.TB, file string) []string {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for line := range strings.SplitSeq(string(raw), "\n") {
		if line != "" && !strings.HasPrefix(line, "# ") {
			out = append(out, line)
		}
	}
	return out
}

// looks are the corpora, each looked at once before it was tuned on.
func looks() []string { return []string{"first", "second"} }

// TestPrivate holds that nothing private is left, and nothing else hidden.
func TestPrivate(t *testing.T) {
	t.Parallel()
	for _, look := range looks() {
		all := sentences(t, look+".txt")
		left, more := 0, 0
		spellings := map[string]bool{}
		for _, s := range all {
			spellings[s.spelling] = true
			switch got, over := judged(s); {
			case got != "":
				left++
				t.Errorf("%s: %s: %q leaves %q", look, s.spelling, s.text, got)
			case over != "":
				more++
				t.Errorf("%s: %s: %q became %q", look, s.spelling, s.text, over)
			}
		}
		t.Logf("%s: %d strings in %d spellings: %d left, %d hid more than is private", look, len(all), len(spellings), left, more)
	}
}

// judged returns the masked text where private characters are left, or where others
// are hidden. What stands in the private parts but letters and digits may stay.
func judged(s sentence) (left, over string) {
	masked := privacy.Mask(s.text)
	rest := masked
	for at, r := range s.text {
		now, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		private := false
		for _, p := range s.private {
			private = private || at >= p.Start && at < p.End
		}
		word := unicode.IsLetter(r) || unicode.IsNumber(r)
		switch {
		case private && word && now != privacy.Hidden:
			left = masked
		case !private && now != r:
			over = masked
		}
	}
	return left, over
}

// TestPublic holds that numbers of offices, tickets, amounts and the like stay.
func TestPublic(t *testing.T) {
	t.Parallel()
	for _, look := range looks() {
		all, masked := lines(t, look+"_public.txt"), 0
		for _, text := range all {
			if got := privacy.Mask(text); got != text {
				masked++
				t.Errorf("%s: %q became %q", look, text, got)
			}
		}
		t.Logf("%s: %d of %d public sentences masked", look, masked, len(all))
	}
}
