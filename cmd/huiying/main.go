// Command huiying watches what the public says of the bureau's matters and sees
// that it gets its answer.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Debian slim images carry no zones.

	"github.com/alecthomas/kong"
)

// streams are the standard streams a command reads and writes.
type streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// exitError ends the program with a code after the command has said why itself.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// cli lists the commands; each stands in a file of its own.
type cli struct {
	Demo     demoCmd     `cmd:"" help:"演示: 自带网站, 全套流程, 打开网页。"`
	Run      runCmd      `cmd:"" help:"值守: 采集、研判、告警、计时, 直到停止。"`
	Check    checkCmd    `cmd:"" help:"检查配置, 一次列出所有错误。"`
	Sources  sourcesCmd  `cmd:"" help:"各来源的情况。"`
	Try      tryCmd      `cmd:"" help:"试读一个网址或文件, 看能读出什么。"`
	Collect  collectCmd  `cmd:"" help:"把来源读一遍, 每行输出一条帖子 (JSON)。"`
	Classify classifyCmd `cmd:"" help:"研判: 标准输入每行一条帖子 (JSON), 标准输出每行一个结论。"`
	Events   eventsCmd   `cmd:"" help:"归并: 标准输入每行一条帖子 (JSON), 标准输出每行它属于哪个事件。"`
	Event    eventCmd    `cmd:"" help:"事件: 合并、拆分, 看疑似同一件事的。"`
	Rules    rulesCmd    `cmd:"" help:"编辑规则: 检查、修改、试验。"`
	Route    routeCmd    `cmd:"" help:"一条帖子会告诉谁, 为什么。"`
	Import   importCmd   `cmd:"" help:"导入热线、报刊等表格, 或订阅清单 (OPML)。"`
	Case     caseCmd     `cmd:"" help:"事项: 查看时限, 登记答复。"`
	Silence  silenceCmd  `cmd:"" help:"静默: 写明原因和期限, 可以等的消息先不发。"`
	Digest   digestCmd   `cmd:"" help:"日报。"`
	Version  versionCmd  `cmd:"" help:"版本: 发布号、提交、Go 和平台。"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := run(ctx, os.Args[1:], &streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

// run parses args, runs the command and returns the exit code: 0 good, 1 the
// command found problems, 2 huiying itself failed or was called wrongly.
func run(ctx context.Context, args []string, std *streams) (code int) {
	if wantsJSON(args) {
		wrapped, finish := asJSON(std)
		std = wrapped
		defer func() { finish(code) }()
	}
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("huiying"),
		kong.Description("回应: 看公众说什么, 告诉该答的人, 计时到答复为止。"),
		kong.Help(help),
		kong.Writers(std.Out, std.Err),
		kong.Exit(func(code int) { exit = code }),
	)
	if err != nil {
		fmt.Fprintln(std.Err, "huiying:", err)
		return 2
	}
	kctx, err := parser.Parse(args)
	if exit >= 0 { // --help has been answered
		return exit
	}
	if err != nil {
		fmt.Fprintln(std.Err, "huiying:", refusal(err))
		return 2
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	err = kctx.Run(std)
	var ee exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ee):
		return ee.code
	default:
		fmt.Fprintln(std.Err, "huiying:", err)
		return 2
	}
}
