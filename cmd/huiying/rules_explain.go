package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"huiying/configs"
	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/store"
)

// rulesExplainCmd tells what every rule makes of one post.
type rulesExplainCmd struct {
	Post    string       `arg:"" help:"帖子: 一段文字, 文件名, - (标准输入), 或库里的编号 P-… 和网址。" placeholder:"TEXT|FILE|-|P-…"`
	Title   string       `help:"标题。"`
	Local   bool         `help:"来源本身就是本市的。"`
	Source  string       `help:"来源的名称, 有的规则只看某些来源。" placeholder:"NAME"`
	Channel post.Channel `help:"渠道, 有的规则只看某些渠道: portal news qa hotline wechat weibo press。"`
	Rules   string       `help:"规则目录; 不写就用配置文件说的那个。" placeholder:"DIR"`
	Config  string       `short:"c" default:"configs/huiying.yaml" help:"配置文件。" placeholder:"FILE"`
	Data    string       `help:"数据目录, 和 run 的一样; 只有查库里的帖子才用到。" placeholder:"DIR"`
	JSON    bool         `name:"json" help:"输出 JSON。"`
}

// maxPasted is as long as a pasted post may be, in bytes.
const maxPasted = 4 << 20

// Run explains the post; it ends with exit code 1 where there is none.
func (c *rulesExplainCmd) Run(ctx context.Context, std *streams) error {
	rules, err := rulesFolder{Dir: c.Rules, Config: c.Config}.load(std, c.JSON)
	if err != nil {
		return err
	}
	post, err := c.post(ctx, std)
	if errors.Is(err, rulebook.ErrNoPost) {
		fmt.Fprintf(std.Err, "库里没有 %s; 编号从网页或告警里复制, 或把帖子的文字直接贴在命令后面\n", c.Post)
		return exitError{1}
	}
	if err != nil {
		return err
	}
	if strings.TrimSpace(post.Post.Title+post.Post.Body) == "" {
		fmt.Fprintln(std.Err, "帖子是空的")
		return exitError{1}
	}
	compiled, err := rulebook.Compile(rulebook.RuleSet(rules))
	if err != nil {
		return err
	}
	defer compiled.Close()
	x := rulebook.Explain(post, compiled.Classifier)
	if c.JSON {
		err = writeJSON(std.Out, x)
	} else {
		err = x.Show(std.Out)
	}
	if err != nil {
		return fmt.Errorf("show the explanation: %w", err)
	}
	return nil
}

// post finds what is to be explained.
func (c *rulesExplainCmd) post(ctx context.Context, std *streams) (rulebook.Subject, error) {
	pasted := func(text string) rulebook.Subject {
		return rulebook.Pasted(c.Title, text, c.Source, c.Channel, c.Local)
	}
	if c.Post == "-" {
		text, err := io.ReadAll(io.LimitReader(std.In, maxPasted))
		if err != nil {
			return rulebook.Subject{}, fmt.Errorf("read the post: %w", err)
		}
		return pasted(string(text)), nil
	}
	if regexp.MustCompile(`^(P-[0-9A-Za-z-]+|https?://\S+)$`).MatchString(c.Post) {
		var found rulebook.Subject
		err := database{Config: c.Config, Data: c.Data}.with(ctx, std, func(db *store.DB, _ *configs.Config) (err error) {
			found, err = rulebook.FindPost(ctx, db.Reader(), c.Post)
			return err
		})
		return found, err
	}
	if info, err := os.Stat(c.Post); err == nil && info.Mode().IsRegular() {
		f, err := os.Open(c.Post)
		if err != nil {
			return rulebook.Subject{}, fmt.Errorf("read the post: %w", err)
		}
		text, err := io.ReadAll(io.LimitReader(f, maxPasted))
		if err = errors.Join(err, f.Close()); err != nil {
			return rulebook.Subject{}, fmt.Errorf("read the post: %w", err)
		}
		return pasted(string(text)), nil
	}
	return pasted(c.Post), nil
}
