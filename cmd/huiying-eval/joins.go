package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"huiying/event/similar"
	"huiying/internal/terminal"
)

// joinsCmd measures how surely reposts are joined: real texts are edited as
// reposting edits them, and every edit is looked up among all of the texts.
type joinsCmd struct {
	Files  []string `arg:"" type:"existingfile" help:"Real texts, JSON lines with title, body or text, .gz too; or pairs: source, target, labelA."`
	Sample int      `default:"300" help:"How many texts of each length to edit, a file."`
	Errors bool     `help:"List what was not joined, and what was joined wrongly."`
}

// joinsLine is a text, or a pair that people judged.
type joinsLine struct {
	Title       string `json:"title"`
	Body        string `json:"body"`
	Text        string `json:"text"`
	Description string `json:"description"`
	Source      string `json:"source"`
	Target      string `json:"target"`
	// Label is "1" for a pair on one matter, "0" for one that is not.
	Label string `json:"labelA"`
}

// Run prints a table for each file.
func (c *joinsCmd) Run(ctx context.Context, std *streams) error {
	for _, path := range c.Files {
		var lines []joinsLine
		err := eachLine(path, func(l joinsLine) error {
			lines = append(lines, l)
			return nil
		})
		if err != nil {
			return err
		}
		if len(lines) > 0 && lines[0].Target != "" {
			c.pairs(std, filepath.Base(path), lines)
		} else if err := c.edits(ctx, std, filepath.Base(path), lines); err != nil {
			return err
		}
	}
	return nil
}

// pairs counts the pairs joined, of those on one matter and of the others.
func (c *joinsCmd) pairs(std *streams, name string, lines []joinsLine) {
	reduce := similar.NewReducer()
	var one, joinedOne, other, joinedOther int
	for _, l := range lines {
		a, b := reduce.Reduce("", l.Source), reduce.Reduce("", l.Target)
		_, yes := similar.Alike(a, b)
		yes = yes || len(a) > 0 && a.Hash() == b.Hash()
		if l.Label == "1" {
			one++
			joinedOne += bit(yes)
			continue
		}
		other++
		joinedOther += bit(yes)
		if yes && c.Errors {
			fmt.Fprintf(std.Out, "并错 %s | %s\n", head(l.Source, 60), head(l.Target, 60))
		}
	}
	fmt.Fprintf(std.Out, "%s: %d 对\n", name, len(lines))
	t := terminal.NewTable(std.Out, "成对的文本", "并上", "比例")
	t.AppendRow([]any{"不是一件事, 并错的", fmt.Sprintf("%d/%d", joinedOther, other), ratio(joinedOther, other)})
	t.AppendRow([]any{"同一话题, 当作转发并上的", fmt.Sprintf("%d/%d", joinedOne, one), ratio(joinedOne, one)})
	t.Render()
}

// tally counts what became of the edits of one kind.
type tally struct{ all, right, wrong int }

// edits joins every text, then looks edits of a sample of them up.
func (c *joinsCmd) edits(ctx context.Context, std *streams, name string, lines []joinsLine) error {
	rng := rand.New(rand.NewPCG(20261123, uint64(len(lines)))) //nolint:gosec // Edits are to be the same every time.
	reduce, index := similar.NewReducer(), similar.NewIndex(168*time.Hour)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	texts, events := make([]similar.Text, len(lines)), make([]string, len(lines))
	byID, into := map[string]similar.Text{}, map[string]string{}
	lookup := func(id string) (similar.Text, error) { return byID[id], nil }
	classes := map[string][]int{}
	for i, l := range lines {
		texts[i] = reduce.Reduce(l.Title, l.words())
		joins, err := index.Find("", texts[i], now, lookup)
		if err != nil {
			return err
		}
		events[i] = fmt.Sprintf("E-20261123-%08x", i)
		if len(joins) > 0 {
			events[i] = joins[0].Event
			for _, other := range joins[1:] { // as huiying events does: a text that is two events' makes them one
				into[other.Event] = events[i]
				index.Move(other.Event, events[i])
			}
		}
		id := fmt.Sprintf("P-%016x", i)
		byID[id] = texts[i]
		index.Add(id, events[i], "", texts[i], now)
		class := lengthClass(texts[i])
		classes[class] = append(classes[class], i)
	}
	for i := range events {
		for into[events[i]] != "" {
			events[i] = into[events[i]]
		}
	}
	fmt.Fprintf(std.Out, "%s: %d 条\n", name, len(lines))
	t := terminal.NewTable(std.Out, "文本", "改法", "条数", "并上", "并错", "召回", "准确")
	for _, class := range []string{classArticle, classPost, classShort} {
		sample := classes[class]
		rng.Shuffle(len(sample), func(i, j int) { sample[i], sample[j] = sample[j], sample[i] })
		sample = sample[:min(len(sample), c.Sample)]
		if len(sample) == 0 {
			continue
		}
		var total tally
		for _, kind := range editKinds() {
			var sum tally
			for _, i := range sample {
				body, ok := kind.edit(rng, lines[i].Title, lines[i].words())
				if !ok {
					continue
				}
				sum.all++
				joins, err := index.Find("", reduce.Reduce("", body), now, lookup)
				if err != nil {
					return err
				}
				switch {
				case len(joins) > 0 && joins[0].Event == events[i]:
					sum.right++
				case len(joins) > 0:
					sum.wrong++
					if c.Errors {
						fmt.Fprintf(std.Out, "并错 %s %s → %s\n", kind.name, head(body, 60), joins[0].Event)
					}
				case c.Errors:
					fmt.Fprintf(std.Out, "没并上 %s %s | %s\n", kind.name, head(lines[i].Title+" "+lines[i].words(), 60), head(body, 60))
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			t.AppendRow(sum.row(class, kind.name))
			total = tally{total.all + sum.all, total.right + sum.right, total.wrong + sum.wrong}
		}
		t.AppendRow(total.row(class, "合计"))
	}
	t.Render()
	return nil
}

func (s tally) row(class, kind string) []any {
	return []any{class, kind, s.all, s.right, s.wrong, ratio(s.right, s.all), ratio(s.right, s.right+s.wrong)}
}

func (l joinsLine) words() string {
	return strings.TrimSpace(strings.Join([]string{l.Body, l.Text, l.Description}, ""))
}

func ratio(n, of int) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%.3f", float64(n)/float64(of))
}

func bit(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
