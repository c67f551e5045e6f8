package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"huiying/crawler/probe"
)

// extractCmd measures how rightly articles are read from saved pages.
type extractCmd struct {
	Folders []string `arg:"" type:"existingdir" help:"Folders of saved pages; gold.jsonl in them says what each holds."`
	Errors  bool     `help:"List every field read wrongly."`
	JSON    bool     `help:"Write JSON, a line a folder."`
}

// goldPage is what a person found on a saved page. What is empty is not measured.
type goldPage struct {
	File string `json:"file"`
	// Kind is article, or another for pages that are not measured.
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// Date is 2026-11-20 or 20261120, and Time 14:05.
	Date   string `json:"date"`
	Time   string `json:"time"`
	Source string `json:"source"`
	// Body is the whole text; MustHave and MustNot are pieces of it and of what
	// stands around it.
	Body     string   `json:"body"`
	MustHave []string `json:"must_have"`
	MustNot  []string `json:"must_not"`
}

// Run prints a table for each folder; a figure that misses its goal is marked.
func (c *extractCmd) Run(ctx context.Context, std *streams) error {
	for _, folder := range c.Folders {
		s, err := c.measure(ctx, folder, std)
		if err != nil {
			return err
		}
		if c.JSON {
			if err := json.NewEncoder(std.Out).Encode(map[string]any{"folder": filepath.Base(folder), "pages": s.pages, "figures": s.figures(), "body_f1": s.f1()}); err != nil {
				return fmt.Errorf("write the figures: %w", err)
			}
			continue
		}
		s.print(std.Out, filepath.Base(folder))
	}
	return nil
}

func (c *extractCmd) measure(ctx context.Context, folder string, std *streams) (extractScore, error) {
	var s extractScore
	err := eachLine(filepath.Join(folder, "gold.jsonl"), func(g goldPage) error {
		if g.Kind != "" && g.Kind != "article" {
			return nil
		}
		got, err := readSaved(ctx, filepath.Join(folder, g.File))
		if err != nil {
			return err
		}
		for _, wrong := range s.add(g, got) {
			if c.Errors {
				fmt.Fprintf(std.Err, "%s: %s\n", g.File, wrong)
			}
		}
		return nil
	})
	return s, err
}

// readSaved reads one page as huiying try does; a page without content is an
// empty answer.
func readSaved(ctx context.Context, path string) (probe.Item, error) {
	doc, err := probe.Open(ctx, path, probe.Options{})
	if err != nil {
		return probe.Item{}, fmt.Errorf("read a saved page: %w", err)
	}
	items, err := doc.Read("", time.Now())
	if err != nil || len(items) == 0 {
		return probe.Item{}, ctx.Err()
	}
	return items[0], ctx.Err()
}

// extractScore adds up what was read of the pages of one folder.
type extractScore struct {
	pages                       int
	title, date, clock, source  share
	mustHave, mustNot, bodyGood share
	sumF1                       float64
}

// add compares one page and says what is wrong.
func (s *extractScore) add(g goldPage, got probe.Item) []string {
	var wrong []string
	check := func(to *share, right bool, what, have, want string) {
		to.add(right)
		if !right {
			wrong = append(wrong, fmt.Sprintf("%s得“%s”应“%s”", what, have, want))
		}
	}
	s.pages++
	check(&s.title, unspaced(got.Title) == unspaced(g.Title), "标题", got.Title, g.Title)
	if day := strings.ReplaceAll(g.Date, "-", ""); day != "" {
		check(&s.date, strings.ReplaceAll(head(got.Published, 10), "-", "") == day, "日期", got.Published, g.Date)
	}
	if g.Time != "" {
		at := ""
		if len(got.Published) >= 16 {
			at = got.Published[11:16]
		}
		check(&s.clock, at == g.Time, "时刻", got.Published, g.Time)
	}
	if g.Source != "" {
		check(&s.source, unspaced(got.Source) == unspaced(g.Source), "来源", got.Source, g.Source)
	}
	body := unspaced(got.Body)
	for _, piece := range g.MustHave {
		check(&s.mustHave, strings.Contains(body, unspaced(piece)), "正文缺", "", piece)
	}
	for _, piece := range g.MustNot {
		foreign := strings.Contains(body, unspaced(piece))
		s.mustNot.add(foreign)
		if foreign {
			wrong = append(wrong, "正文多出“"+piece+"”")
		}
	}
	if g.Body != "" {
		f1 := bigramF1(g.Body, got.Body)
		s.sumF1 += f1
		check(&s.bodyGood, f1 >= 0.95, "正文", fmt.Sprintf("F1 %.3f", f1), "0.95")
	}
	return wrong
}

// figures lists the measures with their goals.
func (s *extractScore) figures() []figure {
	var out []figure
	for _, m := range []struct {
		name   string
		share  share
		goal   float64
		atMost bool
	}{
		{"标题正确", s.title, 0.95, false},
		{"日期正确", s.date, 0.95, false},
		{"时刻正确", s.clock, 0, false},
		{"来源正确", s.source, 0, false},
		{"正文该有的都有", s.mustHave, 0.97, false},
		{"正文混进别的", s.mustNot, 0.05, true},
	} {
		if m.share.of > 0 {
			out = append(out, figure{Name: m.name, Count: m.share.count, Of: m.share.of, Goal: m.goal, AtMost: m.atMost})
		}
	}
	return out
}

// f1 is the mean agreement of the bodies with the gold, from 0 to 1; 0 also when
// no page of the folder has its whole text.
func (s *extractScore) f1() float64 { return s.sumF1 / float64(max(1, s.bodyGood.of)) }

func (s *extractScore) print(w io.Writer, name string) {
	printFigures(w, name+": "+strconv.Itoa(s.pages)+" 个网页", s.figures())
	if s.bodyGood.of == 0 {
		return
	}
	mark := "✓"
	if s.f1() < 0.97 {
		mark = "✗ 未达到"
	}
	fmt.Fprintf(w, " 正文两字组 F1: %.3f (目标 ≥ 0.97) %s\n", s.f1(), mark)
}

func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// bigramF1 compares the sets of neighbouring characters of two texts.
func bigramF1(a, b string) float64 {
	x, y := bigrams(a), bigrams(b)
	if len(x)+len(y) == 0 {
		return 1
	}
	both := 0
	for k := range x {
		if y[k] {
			both++
		}
	}
	return 2 * float64(both) / float64(len(x)+len(y))
}

func bigrams(s string) map[[2]rune]bool {
	m := map[[2]rune]bool{}
	r := []rune(unspaced(s))
	for i := range len(r) - 1 {
		m[[2]rune{r[i], r[i+1]}] = true
	}
	return m
}
