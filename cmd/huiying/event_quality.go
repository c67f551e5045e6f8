package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"huiying/event"
)

// qualityJoinsCmd measures how surely reposts are joined: real texts are edited as
// reposting edits them, and every edit is looked up among all of the texts.
type qualityJoinsCmd struct {
	Files  []string `arg:"" type:"existingfile" help:"真实文本, 每行一条 (JSON, 有 title、body 或 text), 可以是 .gz; 或成对的 (source、target、labelA)。"`
	Sample int      `default:"300" help:"每个文件里每种长度改写多少条。"`
	Errors bool     `help:"列出没并上的和并错的。"`
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
func (c *qualityJoinsCmd) Run(ctx context.Context, std *streams) error {
	for _, path := range c.Files {
		lines, err := readJoinsLines(path)
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
func (c *qualityJoinsCmd) pairs(std *streams, name string, lines []joinsLine) {
	reduce := event.NewReducer()
	var one, joinedOne, other, joinedOther int
	for _, l := range lines {
		a, b := reduce.Reduce("", l.Source), reduce.Reduce("", l.Target)
		_, yes := event.Alike(a, b)
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
	t := newTable(std.Out, "成对的文本", "并上", "比例")
	t.AppendRow([]any{"不是一件事, 并错的", fmt.Sprintf("%d/%d", joinedOther, other), ratio(joinedOther, other)})
	t.AppendRow([]any{"同一话题, 当作转发并上的", fmt.Sprintf("%d/%d", joinedOne, one), ratio(joinedOne, one)})
	t.Render()
}

// tally counts what became of the edits of one kind.
type tally struct{ all, right, wrong int }

// edits joins every text, then looks edits of a sample of them up.
func (c *qualityJoinsCmd) edits(ctx context.Context, std *streams, name string, lines []joinsLine) error {
	rng := rand.New(rand.NewPCG(20261123, uint64(len(lines)))) //nolint:gosec // Edits are to be the same every time.
	reduce, index := event.NewReducer(), event.NewIndex(168*time.Hour)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	texts, events := make([]event.Text, len(lines)), make([]string, len(lines))
	byID, into := map[string]event.Text{}, map[string]string{}
	lookup := func(id string) (event.Text, error) { return byID[id], nil }
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
	t := newTable(std.Out, "文本", "改法", "条数", "并上", "并错", "召回", "准确")
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

// readJoinsLines reads a file of JSON lines, packed or not.
func readJoinsLines(path string) ([]joinsLine, error) {
	f, err := os.Open(path) //nolint:gosec // a file the person at the terminal names
	if err != nil {
		return nil, fmt.Errorf("open the texts: %w", err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", path, err)
		}
	}
	var out []joinsLine
	in := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, readErr := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var l joinsLine
			if err := json.Unmarshal(line, &l); err != nil {
				return nil, fmt.Errorf("%s:%d: not a text in JSON: %w", path, n, err)
			}
			out = append(out, l)
		}
		if errors.Is(readErr, io.EOF) {
			return out, nil
		}
		if readErr != nil {
			return nil, fmt.Errorf("read %s: %w", path, readErr)
		}
	}
}
