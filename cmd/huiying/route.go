package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/alerting"
	"huiying/classifier"
	"huiying/configs"
	"huiying/digest"
	"huiying/event"
	"huiying/internal/app"
	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/safetext"
	"huiying/internal/terminal"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

// routeCmd explains who is told of what.
type routeCmd struct {
	Test routeTestCmd `cmd:"" help:"一条帖子会告诉谁, 为什么; 不发送, 不记录。"`
}

// routeTestCmd judges posts and says who would be told, by the rules and the router
// of the daemon.
type routeTestCmd struct {
	database

	JSON bool   `name:"json" help:"输出 JSON, 每条帖子一行。"`
	File string `arg:"" help:"帖子: JSON (同 classify), 每行一条; 或纯文本, 第一行是标题, 其余是正文。- 是标准输入。"`
}

// maxRouteFile is as large as a file of posts may be, in bytes.
const maxRouteFile = 20 << 20

// routed is one line of JSON output: the keys that other programs rely on.
type routed struct {
	answer

	// Told are those who would get a message at once, Ladder those who hear when
	// nobody takes the matter on. Both are empty where no alert goes out.
	Told   []toldOf  `json:"told"`
	Ladder []rungOf  `json:"ladder"`
	Clocks []clockOf `json:"clocks"`
	// Review are those whom huiying case review asks.
	Review []toldOf `json:"review"`
	// Silence holds the message back; nil for none. Told are then those who would
	// have heard.
	Silence *alerting.Silence `json:"silence,omitempty"`

	rules map[string][]string // rules that fired, by section
}

type toldOf struct {
	Receiver string           `json:"receiver"`
	Target   string           `json:"target"`
	Kind     alerting.Kind    `json:"kind"`
	Because  []alerting.Cause `json:"because"`
	// At is the end of the quiet hours it waits for; nil for at once.
	At *time.Time `json:"at,omitempty"`
	// Rules are those whose 归口 names the receiver.
	Rules []string `json:"rules,omitempty"`
}

type rungOf struct {
	AfterMinutes int      `json:"after_minutes"`
	Told         []toldOf `json:"told"`
}

type clockOf struct {
	Kind  response.ClockKind `json:"kind"`
	Name  string             `json:"name"`
	Hours float64            `json:"hours"`
	DueAt time.Time          `json:"due_at"`
}

// Run explains every good post in order. Bad ones are named on standard error and
// make the exit code 1.
func (c *routeTestCmd) Run(ctx context.Context, std *streams) error {
	raw, err := c.read(std)
	if err != nil {
		return err
	}
	posts, bad := readPosts(raw, std.Err)
	if len(posts) == 0 {
		if bad == 0 {
			fmt.Fprintln(std.Err, "没有帖子: 文件是空的")
		}
		return exitError{1}
	}
	config, rules, err := loadAll(c.Config, std)
	if err != nil {
		return err
	}
	router, policy, err := app.Routing(config)
	if err != nil {
		return err
	}
	set := rulebook.RuleSet(rules)
	compiled, err := rulebook.Compile(set)
	if err != nil {
		return err
	}
	defer compiled.Close()
	now := time.Now()
	silences, err := c.silences(ctx, config, std, now)
	if err != nil {
		return err
	}
	for i, p := range posts {
		if err := ctx.Err(); err != nil {
			return err
		}
		out := explain(p, compiled.Classify(p), set, router, policy, config, silences, now)
		if err := c.print(std, out, i); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
	if bad > 0 {
		return exitError{1}
	}
	return nil
}

func (c *routeTestCmd) read(std *streams) ([]byte, error) {
	in := std.In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, fmt.Errorf("read the post: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxRouteFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the post: %w", err)
	case len(raw) > maxRouteFile:
		return nil, fmt.Errorf("%s is larger than %d MB: give one post, or fewer", c.File, maxRouteFile>>20)
	}
	return bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\uFEFF"))), nil
}

// readPosts reads a post as JSON, one a line or over many, or as plain text.
func readPosts(raw []byte, errs io.Writer) (posts []post.Post, bad int) {
	switch {
	case len(raw) == 0:
		return nil, 0
	case !utf8.Valid(raw):
		fmt.Fprintln(errs, "不是 UTF-8 文本; 先转换编码")
		return nil, 1
	case raw[0] != '{':
		title, body, _ := strings.Cut(string(raw), "\n")
		return []post.Post{{ID: "1", Title: strings.TrimSpace(title), Body: strings.TrimSpace(body)}}, 0
	}
	lines := bytes.Split(raw, []byte("\n"))
	if json.Valid(raw) {
		lines = [][]byte{raw}
	}
	for i, line := range lines {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		p, err := readPost(line)
		if err != nil {
			bad++
			fmt.Fprintf(errs, "第 %d 行: %v\n", i+1, err)
			continue
		}
		posts = append(posts, p)
	}
	return posts, bad
}

// explain walks a post through what the pipeline does with a new one that joins no
// event, first seen now.
func explain(
	p post.Post, v verdict.Verdict, set classifier.RuleSet, router *alerting.Router, policy response.Policy, config *configs.Config, silences []alerting.Silence, now time.Time,
) routed {
	id := p.ID
	p.FirstSeen, p.ID = now, post.NewID(p.Source, p.ID)
	s := event.Sighting{Post: p, Verdict: v, Seen: now}
	s.Verdict = event.Adjust(s, nil, nil, config.Intake.StaleAfter)
	out := routed{answer: newAnswer(id, s.Verdict), Told: []toldOf{}, Ladder: []rungOf{}, Clocks: []clockOf{}, Review: []toldOf{}, rules: rulesOf(v, set)}
	if s.Verdict.Handling != verdict.Alert {
		return out
	}
	e, _ := event.Open(s)
	e.Step = 1
	n := alerting.Matter{Event: e, Verdict: s.Verdict, Post: alerting.Source{Title: p.Title, Body: p.Body}}.Notice(now)
	out.Told = out.told(n.Kind, router.Explain(n))
	for i := range out.Told {
		if at := router.WaitUntil(n, out.Told[i].Receiver, now); !at.IsZero() {
			out.Told[i].At = &at
		}
	}
	if s, held := router.Hold(n, silences, now); held {
		out.Silence = &s
	} else {
		for _, rung := range router.ExplainLadder(n) {
			out.Ladder = append(out.Ladder, rungOf{int(rung.After.Minutes()), out.told(alerting.KindReminder, rung.Told)})
		}
	}
	out.Review = out.told(alerting.KindReview, router.Explain(alerting.About(e, "", alerting.KindReview, now)))
	_, clocks := policy.For(e, nil, now)
	for _, k := range clocks {
		out.Clocks = append(out.Clocks, clockOf{k.Kind, k.Kind.Name(), k.DueAt.Sub(k.StartedAt).Hours(), k.DueAt})
	}
	return out
}

// rulesOf lists the rules that fired, by the sections they name.
func rulesOf(v verdict.Verdict, set classifier.RuleSet) map[string][]string {
	out := map[string][]string{}
	for _, r := range set.Rules {
		if slices.ContainsFunc(v.Matches, func(m verdict.Match) bool { return m.Rule == r.ID }) {
			for _, s := range r.Sections {
				out[s] = append(out[s], r.ID)
			}
		}
	}
	return out
}

func (o routed) told(kind alerting.Kind, ts []alerting.Told) []toldOf {
	out := make([]toldOf, len(ts))
	for i, t := range ts {
		out[i] = toldOf{Receiver: t.Receiver.Name, Target: t.Receiver.Target, Kind: kind, Because: t.Causes}
		if slices.Contains(t.Causes, alerting.CauseOwner) {
			out[i].Rules = o.rules[t.Receiver.Name]
		}
	}
	return out
}

// print writes the verdict in one line and the table, or JSON.
func (c *routeTestCmd) print(std *streams, o routed, i int) error {
	if c.JSON {
		enc := json.NewEncoder(std.Out)
		enc.SetEscapeHTML(false)
		return enc.Encode(o)
	}
	if i > 0 {
		fmt.Fprintln(std.Out)
	}
	line := o.Handling.Name()
	if o.Category != "" {
		line += "【" + digest.Label(o.Category, o.Grade) + "】"
	}
	if o.Why != "" {
		line += " " + safetext.Line(o.Why)
	}
	_, err := fmt.Fprintf(std.Out, "%s  %s\n", safetext.Line(o.ID), line)
	switch o.Handling {
	case verdict.Alert:
	case verdict.Review:
		fmt.Fprintln(std.Out, "不发消息: 列入复核, 由局办公室在网页上看。")
		return err
	default:
		fmt.Fprintln(std.Out, "不发消息。")
		return err
	}
	if o.Silence != nil {
		fmt.Fprintln(std.Out, safetext.Line(o.Silence.Held())+"。事件、事项和时限照走, 列入日报。")
	}
	t := terminal.NewTable(std.Out, "告诉谁", "发到", "消息", "何时", "为什么")
	add := func(ts []toldOf, when string) {
		for _, x := range ts {
			w := when
			if o.Silence != nil {
				w = "不发（" + o.Silence.ID + "）"
			} else if x.At != nil {
				w = zh.Stamp(*x.At) + "（免打扰）"
			}
			t.AppendRow(table.Row{x.Receiver, x.Target, x.Kind.Name(), w, x.because()})
		}
	}
	add(o.Told, "立即")
	for _, r := range o.Ladder {
		add(r.Told, "满"+zh.Span(time.Duration(r.AfterMinutes)*time.Minute))
	}
	t.Render()
	var clocks []string
	for _, k := range o.Clocks {
		clocks = append(clocks, k.Name+"到 "+zh.Stamp(k.DueAt))
	}
	fmt.Fprintln(std.Out, "时限: "+strings.Join(clocks, "; "))
	var asked []string
	for _, x := range o.Review {
		asked = append(asked, x.Receiver)
	}
	fmt.Fprintln(std.Out, "送审(huiying case review)发给: "+strings.Join(asked, "、"))
	return err
}

func (t toldOf) because() string {
	var parts []string
	for _, b := range t.Because {
		part := string(b)
		if b == alerting.CauseOwner && len(t.Rules) > 0 {
			part += "（规则 " + strings.Join(t.Rules, "、") + "）"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
