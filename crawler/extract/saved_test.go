package extract_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"huiying/crawler/extract"
	"huiying/crawler/fetch"
)

// TestSavedPages measures the extractor on real pages with gold, which lie
// outside the project.
func TestSavedPages(t *testing.T) {
	t.Parallel()
	for _, set := range []string{"gne", "cctv"} {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join("..", "..", "..", "shared", "data", "html", set)
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
