package extract_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"

	"huiying/crawler/extract"
	"huiying/crawler/fetch"
)

// TestSavedPages measures the extractor on pages with gold: real ones, which lie
// outside the project, and our own.
func TestSavedPages(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{
		filepath.Join("..", "..", "..", "shared", "data", "html", "gne"), filepath.Join("..", "..", "..", "shared", "data", "html", "cctv"),
		filepath.Join("testdata", "layouts"), filepath.Join("testdata", "second"),
	} {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(filepath.Join(folder, "gold.jsonl"))
			if err != nil {
				t.Skip("saved pages are not here: ", err)
			}
			defer f.Close()
			var articles, titles, days, bodies int
			for lines := bufio.NewScanner(f); lines.Scan(); {
				var gold struct {
					File, Kind, Title, Date, Body string
					MustHave                      []string `json:"must_have"`
					MustNot                       []string `json:"must_not"`
				}
				if err := json.Unmarshal(lines.Bytes(), &gold); err != nil {
					t.Fatal(err)
				}
				if gold.Kind != "" && gold.Kind != "article" {
					continue
				}
				articles++
				got := readFile(t, filepath.Join(folder, gold.File))
				if unspaced(got.Title) == unspaced(gold.Title) {
					titles++
				} else {
					t.Logf("%s: title %q, want %q", gold.File, got.Title, gold.Title)
				}
				if got.Published.Format("20060102") == strings.ReplaceAll(gold.Date, "-", "") {
					days++
				} else {
					t.Logf("%s: published %v, want %s", gold.File, got.Published, gold.Date)
				}
				good := gold.Body == "" || bigramF1(gold.Body, got.Body) >= 0.95
				body := unspaced(got.Body)
				for _, s := range gold.MustHave {
					good = good && strings.Contains(body, unspaced(s))
				}
				for _, s := range gold.MustNot {
					good = good && !strings.Contains(body, unspaced(s))
				}
				if good {
					bodies++
				} else {
					t.Logf("%s: body differs", gold.File)
				}
			}
			t.Logf("%d articles: %d titles, %d days, %d bodies right", articles, titles, days, bodies)
			for what, n := range map[string]int{"titles": titles, "days": days, "bodies": bodies} {
				if n*100 < articles*95 {
					t.Errorf("%s right in %d of %d, want 95 %%", what, n, articles)
				}
			}
		})
	}
}

// TestAgainstPlain holds the extractor to be no worse than plain go-readability
// on any measure of the body, on every set with gold.
func TestAgainstPlain(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{
		filepath.Join("..", "..", "..", "shared", "data", "html", "gne"), filepath.Join("..", "..", "..", "shared", "data", "html", "cctv"),
		filepath.Join("testdata", "layouts"), filepath.Join("testdata", "second"),
	} {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join(folder, "gold.jsonl"))
			if err != nil {
				t.Skip("saved pages are not here: ", err)
			}
			var ours, plain bodyScore
			for line := range strings.Lines(string(raw)) {
				var g goldBody
				if err := json.Unmarshal([]byte(line), &g); err != nil {
					t.Fatal(err)
				}
				if g.Kind != "" && g.Kind != "article" {
					continue
				}
				ours.add(g, readFile(t, filepath.Join(folder, g.File)).Body)
				page, err := os.ReadFile(filepath.Join(folder, g.File))
				if err != nil {
					t.Fatal(err)
				}
				text, _ := fetch.Decode(page, "")
				plain.add(g, plainly(t, text))
			}
			t.Logf("ours: %s; plain go-readability: %s", ours, plain)
			if ours.there < plain.there || ours.foreign > plain.foreign || ours.f1 < plain.f1 {
				t.Error("worse than plain go-readability")
			}
		})
	}
}

// goldBody is what people say of a page's body.
type goldBody struct {
	File, Kind, Body string
	MustHave         []string `json:"must_have"`
	MustNot          []string `json:"must_not"`
}

// bodyScore counts pieces of text that are there and should or should not be.
type bodyScore struct {
	there, wanted, foreign, unwanted, bodies int
	f1                                       float64
}

func (s *bodyScore) add(g goldBody, body string) {
	text := unspaced(body)
	for _, piece := range g.MustHave {
		s.wanted++
		if strings.Contains(text, unspaced(piece)) {
			s.there++
		}
	}
	for _, piece := range g.MustNot {
		s.unwanted++
		if strings.Contains(text, unspaced(piece)) {
			s.foreign++
		}
	}
	if g.Body != "" {
		s.bodies++
		s.f1 += bigramF1(g.Body, body)
	}
}

func (s bodyScore) String() string {
	out := fmt.Sprintf("%d/%d pieces there, %d/%d foreign", s.there, s.wanted, s.foreign, s.unwanted)
	if s.bodies > 0 {
		out += fmt.Sprintf(", F1 %.4f", s.f1/float64(s.bodies))
	}
	return out
}

func readFile(t *testing.T, name string) extract.Article {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := fetch.Decode(raw, "")
	a, err := extract.Read(text, "", extract.Options{Now: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if strings.ContainsRune(a.Title+a.Body, utf8.RuneError) {
		t.Errorf("%s: garbled", name)
	}
	return a
}

func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func bigramF1(a, b string) float64 {
	set := func(s string) map[[2]rune]bool {
		m := map[[2]rune]bool{}
		r := []rune(unspaced(s))
		for i := range len(r) - 1 {
			m[[2]rune{r[i], r[i+1]}] = true
		}
		return m
	}
	x, y := set(a), set(b)
	both := 0
	for k := range x {
		if y[k] {
			both++
		}
	}
	return 2 * float64(both) / float64(max(1, len(x)+len(y)))
}

// plainly is what go-readability offers by itself: parse, find, render.
func plainly(tb testing.TB, page string) string {
	tb.Helper()
	p := readability.NewParser()
	a, err := p.Parse(strings.NewReader(page), nil)
	if err != nil || a.Node == nil {
		return ""
	}
	var text strings.Builder
	if err := a.RenderText(&text); err != nil {
		tb.Fatal(err)
	}
	return text.String()
}
