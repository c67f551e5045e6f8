package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"huiying/classifier"
	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

const defaultConfig = "configs/huiying.yaml"

// classifyCmd reads posts as JSON lines and writes a verdict for each.
type classifyCmd struct {
	Config string `short:"c" default:"configs/huiying.yaml" help:"配置文件; 规则目录由它说明。"`
	Rules  string `help:"规则目录, 写了就不看配置文件。" placeholder:"DIR"`
}

// Run answers every good line in order. Bad lines are named on stderr by number
// and make the exit code 1.
func (c *classifyCmd) Run(ctx context.Context, std *streams) error {
	set, err := c.ruleSet(std)
	if err != nil {
		return err
	}
	compiled, err := rulebook.Compile(set)
	if err != nil {
		return err
	}
	defer compiled.Close()
	return answerLines(ctx, std, func(p post.Post) (any, error) { return newAnswer(p.ID, compiled.Classify(p)), nil })
}

// answer is one line of output: the keys that other programs rely on, and no more.
type answer struct {
	ID       string           `json:"id"`
	Handling verdict.Handling `json:"handling"`
	Category verdict.Category `json:"category"`
	Grade    verdict.Grade    `json:"grade"`
	Sections []string         `json:"sections"`
	Region   *answerRegion    `json:"region"`
	Tags     []string         `json:"tags"`
	Score    int              `json:"score"`
	Matches  []verdict.Match  `json:"matches"`
	Why      string           `json:"why"`
}

// answerRegion is the region without the district that 升级 counts by.
type answerRegion struct {
	Place    string `json:"place"`
	Evidence string `json:"evidence"`
	Certain  bool   `json:"certain"`
}

func newAnswer(id string, v verdict.Verdict) answer {
	a := answer{
		ID: id, Handling: v.Handling, Category: v.Category, Grade: v.Grade, Sections: v.Sections,
		Tags: v.Tags, Score: v.Score, Matches: v.Matches, Why: v.Why,
	}
	if r := v.Region; r != nil {
		a.Region = &answerRegion{Place: r.Place, Evidence: r.Evidence, Certain: r.Certain}
	}
	return a
}

// readPost reads one line of input. Its fields are those of DESIGN: all but id
// are optional.
func readPost(line []byte) (post.Post, error) {
	var in struct {
		ID        string       `json:"id"`
		Channel   post.Channel `json:"channel"`
		Source    string       `json:"source"`
		Local     bool         `json:"local"`
		URL       string       `json:"url"`
		Title     string       `json:"title"`
		Body      string       `json:"body"`
		Published string       `json:"published"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return post.Post{}, notPost(err)
	}
	if in.ID == "" {
		return post.Post{}, errors.New("缺少 id; 每行要有 {\"id\":\"…\"}")
	}
	p := post.Post{
		ID: in.ID, Source: in.Source, SourceName: in.Source,
		Local: in.Local, URL: in.URL, Title: in.Title, Body: in.Body,
	}
	var err error
	if p.Channel, err = readChannel(string(in.Channel)); err != nil {
		return post.Post{}, err
	}
	if p.Published, err = readTime(in.Published); err != nil {
		return post.Post{}, err
	}
	return p, nil
}

// notPost says what is wrong with a line without naming types of Go.
func notPost(err error) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case !ok:
		return fmt.Errorf("不是 JSON: %w; 每行写一个 {\"id\":\"…\",\"title\":\"…\"}", err)
	case wrong.Field == "":
		return errors.New("不是一个 JSON 对象; 每行写一个 {\"id\":\"…\",\"title\":\"…\"}")
	case wrong.Field == "local":
		return errors.New("local 要写成 true 或 false")
	}
	return fmt.Errorf("%s 要写成文字, 放在英文双引号里", wrong.Field)
}

// readChannel reads a channel's name, English or Chinese, or none.
func readChannel(s string) (post.Channel, error) {
	if s == "" {
		return "", nil
	}
	var names []string
	for _, c := range post.Channels() {
		if s == string(c) || s == c.Name() {
			return c, nil
		}
		names = append(names, string(c))
	}
	return "", fmt.Errorf("没有 channel %q; 写 %s 之一, 或不写", s, strings.Join(names, "、"))
}

// readTime reads a time with a zone, or without one as of +08:00.
func readTime(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, zh.Beijing()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("看不懂 published %q; 写成 2026-11-23T09:05:00+08:00", s)
}

// ruleSet reads the rules of the directory, else of the configuration; where the
// default configuration is not there, as beside a lone binary, the shipped rules.
func (c *classifyCmd) ruleSet(std *streams) (classifier.RuleSet, error) {
	if c.Rules != "" {
		rules, err := rulefile.Load(c.Rules, nil)
		if err != nil {
			return classifier.RuleSet{}, mistakes(err, std)
		}
		return rulebook.RuleSet(rules), nil
	}
	if _, err := os.Stat(c.Config); c.Config == defaultConfig && errors.Is(err, fs.ErrNotExist) {
		_, rules, err := rulebook.Default()
		if err != nil {
			return classifier.RuleSet{}, fmt.Errorf("read the shipped rules: %w", err)
		}
		return rulebook.RuleSet(rules), nil
	}
	_, rules, err := loadAll(c.Config, std)
	if err != nil {
		return classifier.RuleSet{}, err
	}
	return rulebook.RuleSet(rules), nil
}
