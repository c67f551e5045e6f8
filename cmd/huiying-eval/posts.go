package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/terminal"
)

// postsCmd measures the rules on posts that people judged, or counts the alerts
// among posts that nobody did.
type postsCmd struct {
	Posts  []string `arg:"" type:"existingfile" help:"Posts, JSON lines, .gz too; those with accept, categories and grades were judged."`
	Config string   `short:"c" default:"configs/huiying.yaml" help:"Configuration; it names the rules."`
	Rules  string   `help:"Directory of rules, in place of the configuration's." placeholder:"DIR"`
	Errors bool     `help:"List every post judged wrong, and why."`
	Local  bool     `help:"Take every post as of a local source."`
	Topic  []string `help:"Take only posts whose category begins so: 体育,明星." placeholder:"CATEGORY"`
	JSON   bool     `help:"Write JSON, a line a file."`
}

// Run prints a table for each file; a figure that misses its goal is marked.
func (c *postsCmd) Run(ctx context.Context, std *streams) error {
	rules, err := c.rules()
	if err != nil {
		return err
	}
	compiled, err := rulebook.Compile(rulebook.RuleSet(rules))
	if err != nil {
		return fmt.Errorf("read the rules: %w", err)
	}
	defer compiled.Close()
	for _, path := range c.Posts {
		var q quality
		err := eachLine(path, func(p judged) error {
			if p.Body == "" {
				p.Body = p.Description
			}
			if len(c.Topic) > 0 && !slices.ContainsFunc(c.Topic, func(t string) bool { return strings.HasPrefix(p.Topic, t) }) {
				return ctx.Err()
			}
			p.Local = p.Local || c.Local || p.Channel == post.QA
			v := compiled.Classify(p.Post)
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

// rules are those of the directory, else of the configuration.
func (c *postsCmd) rules() (*rulefile.Rules, error) {
	if c.Rules != "" {
		return rulefile.Load(c.Rules, nil)
	}
	_, rules, err := rulebook.Load(c.Config)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", c.Config, err)
	}
	return rules, nil
}

func printFigures(w io.Writer, heading string, figures []figure) {
	fmt.Fprintln(w, heading)
	t := terminal.NewTable(w, "指标", "条数", "比例", "目标", "")
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
