package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/post"
	"huiying/internal/privacy"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// exampleFlags write a judged post into the examples of a draft.
type exampleFlags struct {
	Example string `help:"再把这条帖子写进这份草稿里规则的示例, 当考题; 注释和排版不动。" placeholder:"DRAFT"`
	Rule    string `help:"写进哪条规则, 如 TF-01。" placeholder:"ID"`
}

// add writes the example, and returns what to tell.
func (f exampleFlags) add(std *streams, e rulefile.NewExample) (string, error) {
	name, err := rulebook.Folder{Dir: f.Example}.AddExample(f.Rule, e)
	problems, bad := errors.AsType[yamlcheck.Problems](err)
	switch {
	case err == nil:
		return fmt.Sprintf("已写进 %s 里 %s 的“%s”。下一步: huiying rules test %s", name, f.Rule, e.Kind, f.Example), nil
	case bad:
		fmt.Fprintf(std.Err, "%s 有 %d 处问题, 先改好再写示例: huiying rules check %s\n", name, len(problems), f.Example)
	case errors.Is(err, rulefile.ErrNoRule):
		fmt.Fprintf(std.Err, "%s 里没有规则 %s: 用 --rule 写一个那里有的编号\n", f.Example, f.Rule)
	case errors.Is(err, rulefile.ErrExampleTooLong):
		fmt.Fprintln(std.Err, "帖子太长, 当示例看不过来: 请摘一段, 自己写进示例")
	case errors.Is(err, rulefile.ErrExampleShape):
		fmt.Fprintf(std.Err, "%s 里 %s 的写法没有把握自动改, 请自己加一行:\n%s\n", name, f.Rule, "  示例: 下面的 "+e.Kind+": 加 - {文: \"…\"}")
	default:
		return "", fmt.Errorf("write the example: %w", err)
	}
	return "", exitError{1}
}

// rulesJudgeCmd records what a person says of an alert.
type rulesJudgeCmd struct {
	database
	exampleFlags

	ID     string `arg:"" help:"告警、事件、事项或帖子的编号, 或帖子的网址。" placeholder:"ID"`
	Judged string `arg:"" enum:"真,误" help:"真: 该报; 误: 不该报。" placeholder:"真|误"`
	Note   string `help:"为什么, 如“演练”。"`
	By     string `help:"谁判的, 写岗位不写姓名。" placeholder:"ROLE"`
	JSON   bool   `name:"json" help:"输出 JSON。"`
}

// recorded is what judge and missed print with --json.
type recorded struct {
	ID       string             `json:"id"`
	Title    string             `json:"title,omitempty"`
	Judged   rulebook.Judgement `json:"judged"`
	Before   rulebook.Judgement `json:"before,omitempty"`
	Category string             `json:"category,omitempty"`
	Example  string             `json:"example,omitempty"`
}

// Run records the judgement in place of an earlier one.
func (c *rulesJudgeCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		found, err := rulebook.Find(ctx, db.Reader(), c.ID)
		if errors.Is(err, rulebook.ErrNoSubject) {
			fmt.Fprintf(std.Err, "库里没有 %s; 编号从网页或告警里复制\n", c.ID)
			return exitError{1}
		}
		if err != nil {
			return fmt.Errorf("judge: %w", err)
		}
		if c.Example != "" && c.Rule == "" {
			if len(found.Rules) != 1 {
				fmt.Fprintf(std.Err, "写进哪条规则的示例? 加 --rule: 这条帖子命中的有 %s\n", strings.Join(found.Rules, "、"))
				return exitError{1}
			}
			c.Rule = found.Rules[0]
		}
		said := rulebook.Judged{Judgement: rulebook.Judgement(c.Judged), Note: privacy.Mask(c.Note), By: c.By, At: time.Now()}
		out := recorded{ID: found.ID, Title: found.Title, Judged: said.Judgement}
		err = db.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			out.Before, err = rulebook.RecordJudgement(ctx, tx, found.ID, said)
			return err
		})
		if err != nil {
			return fmt.Errorf("judge: %w", err)
		}
		var wrote error
		if c.Example != "" {
			e := rulefile.NewExample{Kind: "应命中", Title: found.Post.Title, Body: found.Post.Body, Because: said.Note}
			if said.Judgement == rulebook.False {
				e.Kind, e.Because = "不应命中", cmp.Or(said.Note, "人工判为误报")
			}
			out.Example, wrote = c.add(std, e)
		}
		if c.JSON {
			return errors.Join(writeJSON(std.Out, out), wrote)
		}
		what := "帖子"
		if found.Event {
			what = "事件"
		}
		was := ""
		if out.Before != "" && out.Before != out.Judged {
			was = "(原来判的是“" + string(out.Before) + "”)"
		}
		fmt.Fprintf(std.Out, "已记下: %s %s 判为“%s”%s  “%s”\n", what, out.ID, out.Judged, was, safetext.Excerpt(out.Title, 40))
		if out.Example != "" {
			fmt.Fprintln(std.Out, out.Example)
		}
		return wrote
	})
}

// rulesMissedCmd records posts that the rules should have alerted.
type rulesMissedCmd struct {
	database
	exampleFlags

	Post     string       `arg:"" help:"漏掉的帖子: 库里的编号 P-… 或网址, 一段文字, 文字文件, 或 .jsonl 文件(每行一条)。" placeholder:"P-…|TEXT|FILE"`
	Category string       `arg:"" help:"该算哪一类: 突发事件、道德底线、上级要求、切身利益、政策误读。" placeholder:"CATEGORY"`
	Title    string       `help:"标题, 帖子是一段文字时用。"`
	Local    bool         `help:"来源本身就是本市的。"`
	Source   string       `help:"来源的名称。" placeholder:"NAME"`
	Channel  post.Channel `help:"渠道: portal news qa hotline wechat weibo press。"`
	Note     string       `help:"怎么发现的, 为什么该报。"`
	By       string       `help:"谁判的, 写岗位不写姓名。" placeholder:"ROLE"`
	JSON     bool         `name:"json" help:"输出 JSON: 一个数组, 一条一项。"`
}

// Run records the posts; phone and ID numbers in texts that come from outside are
// masked, as everywhere at the door.
func (c *rulesMissedCmd) Run(ctx context.Context, std *streams) error {
	var category verdict.Category
	var names []string
	for _, k := range verdict.Categories() {
		names = append(names, k.Name())
		if k.Name() == c.Category || string(k) == c.Category {
			category = k
		}
	}
	if category == "" {
		fmt.Fprintf(std.Err, "没有“%s”这一类; 有这些: %s\n", c.Category, strings.Join(names, "、"))
		return exitError{1}
	}
	posts, err := c.posts(ctx, std)
	if errors.Is(err, rulebook.ErrNoPost) {
		fmt.Fprintf(std.Err, "库里没有 %s; 编号从网页里复制, 没有采到的把文字直接贴在命令后面\n", c.Post)
		return exitError{1}
	}
	if err != nil {
		return err
	}
	if len(posts) == 0 || strings.TrimSpace(posts[0].Title+posts[0].Body) == "" {
		fmt.Fprintln(std.Err, "帖子是空的")
		return exitError{1}
	}
	if c.Example != "" && c.Rule == "" {
		fmt.Fprintln(std.Err, "写进哪条规则的示例? 加 --rule 编号, 如 --rule TF-01")
		return exitError{1}
	}
	out := []recorded{}
	err = c.with(ctx, std, func(db *store.DB, _ *configs.Config) error {
		return db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			said := rulebook.Judged{Judgement: rulebook.True, Note: privacy.Mask(c.Note), By: c.By, At: time.Now()}
			out = out[:0]
			for _, p := range posts {
				id, err := rulebook.RecordMissed(ctx, tx, p, category, said)
				if err != nil {
					return err
				}
				out = append(out, recorded{ID: id, Title: cmp.Or(p.Title, p.Body), Judged: rulebook.True, Category: category.Name()})
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	var wrote []error
	if c.Example != "" {
		for i, p := range posts {
			var err error
			out[i].Example, err = c.add(std, rulefile.NewExample{
				Kind: "应命中", Title: p.Title, Body: p.Body, Category: rulefile.Category(category.Name()), Because: c.Note,
			})
			wrote = append(wrote, err)
		}
	}
	if c.JSON {
		return errors.Join(append(wrote, writeJSON(std.Out, out))...)
	}
	for _, r := range out {
		fmt.Fprintf(std.Out, "已记下漏报: %s 该算%s  “%s”\n", r.ID, r.Category, safetext.Excerpt(r.Title, 40))
		if r.Example != "" {
			fmt.Fprintln(std.Out, r.Example)
		}
	}
	fmt.Fprintln(std.Out, "找出能补上它们的词: huiying rules suggest --missed 30d"+configFlag(c.Config))
	return errors.Join(wrote...)
}

// posts are what was missed: what is stored keeps its id, what is not has none.
func (c *rulesMissedCmd) posts(ctx context.Context, std *streams) ([]post.Post, error) {
	if strings.EqualFold(filepath.Ext(c.Post), ".jsonl") {
		if _, err := os.Stat(c.Post); err == nil {
			return c.lines(ctx)
		}
	}
	find := rulesExplainCmd{
		Post: c.Post, Title: c.Title, Local: c.Local, Source: c.Source, Channel: c.Channel, Config: c.Config, Data: c.Data,
	}
	s, err := find.post(ctx, std)
	if err != nil {
		return nil, err
	}
	p := s.Post
	if p.ID == "" {
		p.Title, p.Body = privacy.Mask(p.Title), privacy.Mask(p.Body)
	}
	return []post.Post{p}, nil
}

// lines are the posts of a file. Their ids are not ours.
func (c *rulesMissedCmd) lines(ctx context.Context) ([]post.Post, error) {
	var out []post.Post
	for p, err := range postLines(c.Post).Posts(ctx) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Post, err)
		}
		p.ID, p.Title, p.Body = "", privacy.Mask(p.Title), privacy.Mask(p.Body)
		out = append(out, p.Post)
	}
	return out, nil
}
