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
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"huiying/internal/post"
)

// qualitySet measures what people judged: posts, unless told otherwise.
type qualitySet struct {
	Posts   qualityCmd        `cmd:"" default:"withargs" help:"用标注过的帖子量规则的准头。"`
	Joins   qualityJoinsCmd   `cmd:"" help:"用真实文本的改写量转发归并得准不准。"`
	Extract qualityExtractCmd `cmd:"" help:"用存下来的网页量标题、时间和正文读得准不准。"`
}

// qualityCmd measures the rules on posts that people judged, or counts the alerts
// among posts that nobody did.
type qualityCmd struct {
	Posts  []string `arg:"" type:"existingfile" help:"帖子, 每行一条 (JSON), 可以是 .gz; 有 accept、categories、grades 的是标注过的。"`
	Config string   `short:"c" default:"configs/huiying.yaml" help:"配置文件; 规则目录由它说明。"`
	Rules  string   `help:"规则目录, 写了就不看配置文件。" placeholder:"DIR"`
	Errors bool     `help:"列出判错的每一条和原因。"`
	Local  bool     `help:"都当作本市来源的帖子。"`
	Topic  []string `help:"只看这些分类的帖子, 按开头比: 体育,明星。" placeholder:"分类"`
	JSON   bool     `help:"输出 JSON, 每个文件一行。"`
}

// Run prints a table for each file; a figure that misses its goal is marked.
func (c *qualityCmd) Run(ctx context.Context, std *streams) error {
	set, err := (&classifyCmd{Config: c.Config, Rules: c.Rules}).ruleSet(std)
	if err != nil {
		return err
	}
	judge, free, err := newJudge(set)
	if err != nil {
		return err
	}
	defer free()
	for _, path := range c.Posts {
		var q quality
		err := eachJudged(path, func(p judged) error {
			if len(c.Topic) > 0 && !slices.ContainsFunc(c.Topic, func(t string) bool { return strings.HasPrefix(p.Topic, t) }) {
				return ctx.Err()
			}
			p.Local = p.Local || c.Local || p.Channel == post.QA
			v := judge.Classify(p.Post)
			if right := q.add(p, v); !right && c.Errors {
				fmt.Fprintf(std.Out, "%s 应 %s %s %s 得 %s %s %s | %s | %s\n", p.ID, strings.Join(p.Accept, "/"),
					strings.Join(p.Categories, "/"), strings.Join(p.Grades, "/"),
					v.Handling.Name(), v.Category.Name(), v.Grade.Name(), head(p.Title+" "+p.Body, 50), v.Why)
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		figures := q.figures()
		if c.JSON {
			if err := json.NewEncoder(std.Out).Encode(map[string]any{"file": filepath.Base(path), "posts": q.posts, "figures": figures}); err != nil {
				return fmt.Errorf("write the figures: %w", err)
			}
		} else {
			printFigures(std.Out, filepath.Base(path)+": "+strconv.Itoa(q.posts)+" 条", figures)
		}
	}
	return nil
}

func printFigures(w io.Writer, heading string, figures []figure) {
	fmt.Fprintln(w, heading)
	t := newTable(w, "指标", "条数", "比例", "目标", "")
	for _, f := range figures {
		mark := "✓"
		switch {
		case f.Goal == 0:
			mark = ""
		case !f.met():
			mark = "✗ 未达到"
		}
		t.AppendRow([]any{f.Name, fmt.Sprintf("%d/%d", f.Count, f.Of), f.share(), f.goal(), mark})
	}
	t.Render()
}

// judged is a post with what people said of it. Without an Accept nobody did.
type judged struct {
	post.Post
	// Accept lists every handling accepted, in Chinese: 告警, 复核 or 无关.
	Accept     []string `json:"accept"`
	Categories []string `json:"categories"`
	Grades     []string `json:"grades"`
	// Description is the body of a hot-search entry, and Topic what it is filed under.
	Description string `json:"description"`
	Topic       string `json:"category"`
}

// eachJudged calls do for every line of the file.
func eachJudged(path string, do func(judged) error) error {
	f, err := os.Open(path) //nolint:gosec // a file the person at the terminal names
	if err != nil {
		return fmt.Errorf("open the posts: %w", err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("unpack %s: %w", path, err)
		}
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, readErr := in.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			var p judged
			if err := json.Unmarshal(line, &p); err != nil {
				return fmt.Errorf("%s:%d: not a post in JSON: %w", path, n, err)
			}
			if p.Body == "" {
				p.Body = p.Description
			}
			if err := do(p); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return fmt.Errorf("read %s: %w", path, readErr)
		}
	}
}

// head is the first n characters of s on one line.
func head(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	return string(r[:min(n, len(r))])
}
