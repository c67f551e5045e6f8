package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// refusal says in Chinese what is wrong with a call, and where to read how it goes.
// kong says it in English.
func refusal(err error) error {
	text, command := err.Error(), "huiying"
	wrong, ok := errors.AsType[*kong.ParseError](err)
	if !ok || wrong.Context == nil {
		return errors.New(inChinese(text))
	}
	node := wrong.Context.Model.Node
	if selected := wrong.Context.Selected(); selected != nil {
		node = selected
		command += " " + node.Path()
	}
	if strings.HasPrefix(text, "expected one of") { // of which kong names five
		var names []string
		for _, child := range node.Children {
			names = append(names, child.Name)
		}
		text = "expected one of " + strings.Join(names, ", ")
	}
	return fmt.Errorf("%s。用法见 %s --help", inChinese(text), command)
}

// phrase is something kong says, and what we say for it.
type phrase struct {
	english *regexp.Regexp
	chinese string
}

// phrases are what kong's parser and its readers of values say of a call; the first
// that fits is taken.
func phrases() []phrase {
	var out []phrase
	for _, p := range [][2]string{
		{`^unknown flag (\S+?)(?:, did you mean (?:one of )?(.+)\?)?$`, "没有 $1 这个选项$2"},
		{`^unexpected argument (.+?)(?:, did you mean (?:one of )?(.+)\?)?$`, "不认识“$1”$2"},
		{`^unexpected flag argument "(.*)"$`, "这个选项后面不能写值: “$1”"},
		{`^expected one of (.+)$`, "还要写清做什么, 有这些: $1"},
		{`^expected "(.+)"$`, "还缺 $1"},
		{`^missing positional arguments (.+)$`, "还缺 $1"},
		{`^missing flags: (.+)$`, "还缺选项 $1"},
		{`^--(\S+) and --(\S+) can't be used together$`, "--$1 和 --$2 只能写一个"},
		{`^(.+?) must be one of (.+) but got "(.*)"$`, "$1 只能是 $2 之一, 不能是“$3”"},
		{`^(\S+): expected a valid \d+ bit u?int but got "(.*)"$`, "$1 要写成整数, 不能是“$2”"},
		{`^(\S+): expected a float but got "?([^"]*)"?.*$`, "$1 要写成数字, 不能是“$2”"},
		{`^(\S+): expected duration but got "(.*?)".*$`, "$1 要写成时长, 例如 30m、24h, 不能是“$2”"},
		{`^(\S+): bool value must be .* but got "(.*)"$`, "$1 只能写成 true 或 false, 不能是“$2”"},
		{`^(\S+): expected \S+ value but got "(.+)" \(.*flag.*\)(?:; perhaps try .*)?$`, "$1 后面没有写值, 就到了 $2; 值以 - 开头时写成 $1=值"},
		{`^(\S+): expected \S+ value but got "EOL" .*$`, "$1 后面没有写值"},
		{`^(.+?): (?:stat|open) (.+): no such file or directory$`, "$1: 没有 $2"},
		{`^(.+?): (?:stat|open) (.+): permission denied$`, "$1: 没有权限读 $2"},
		{`^(.+?): "(.+)" exists but is a directory$`, "$1: $2 是目录, 这里要写文件"},
		{`^(.+?): "(.+)" exists but is not a directory$`, "$1: $2 不是目录"},
	} {
		out = append(out, phrase{regexp.MustCompile(p[0]), p[1]})
	}
	return out
}

// inChinese translates what kong says; what it has no words for keeps its English.
func inChinese(english string) string {
	for _, p := range phrases() {
		found := p.english.FindStringSubmatch(english)
		if found == nil {
			continue
		}
		if p.english.NumSubexp() == 2 && strings.Contains(p.english.String(), "did you mean") {
			suggestion := ""
			if found[2] != "" {
				suggestion = "; 您是不是想写: " + bare(found[2])
			}
			return strings.NewReplacer("$1", found[1], "$2", suggestion).Replace(p.chinese)
		}
		out := p.chinese
		for i, text := range found[1:] {
			out = strings.ReplaceAll(out, fmt.Sprintf("$%d", i+1), bare(text))
		}
		return out
	}
	return "参数不对: " + english
}

// bare is a list of kong's as we write one.
func bare(list string) string {
	list = strings.NewReplacer(`", "`, "、", ", ", "、", ",", "、", `"`, "", " ...", "").Replace(list)
	return strings.TrimLeft(list, "、") // a value that may be left out is empty
}

// help prints kong's help with its own words in Chinese.
func help(o kong.HelpOptions, ctx *kong.Context) error {
	out := ctx.Stdout
	var page bytes.Buffer
	ctx.Stdout = &page
	err := kong.DefaultHelpPrinter(o, ctx)
	ctx.Stdout = out
	if err != nil {
		return fmt.Errorf("write the help: %w", err)
	}
	text := regexp.MustCompile(`(?m)^Run "(.+) --help" for more information on a command\.$`).
		ReplaceAllString(page.String(), "用 $1 --help 看一个命令的详细说明。")
	text = strings.NewReplacer(
		"Usage: ", "用法: ", "\nArguments:\n", "\n参数:\n", "\nFlags:\n", "\n选项:\n", "\nCommands:\n", "\n命令:\n",
		"Show context-sensitive help.", "显示这份说明。",
	).Replace(text)
	_, err = io.WriteString(out, text)
	return err
}

// wantsJSON reports a call that asks for JSON.
func wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--json")
}

// refusedJSON is what a program that asked for JSON reads where there is no answer.
type refusedJSON struct {
	// Error is what stands on standard error, for people.
	Error string `json:"error"`
}

// asJSON wraps the streams of a call that asks for JSON: where it ends with nothing
// on standard output, finish writes there what standard error says.
func asJSON(std *streams) (wrapped *streams, finish func(code int)) {
	out, told := &counted{w: std.Out}, &remembered{w: std.Err}
	return &streams{In: std.In, Out: out, Err: told}, func(code int) {
		if code == 0 || out.n > 0 {
			return
		}
		if err := writeJSON(std.Out, refusedJSON{strings.TrimPrefix(strings.TrimSpace(told.text.String()), "huiying: ")}); err != nil {
			fmt.Fprintln(std.Err, "huiying:", err)
		}
	}
}

// counted counts the bytes that go through it.
type counted struct {
	w io.Writer
	n int
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

// remembered keeps the first 64 KB of what goes through it.
type remembered struct {
	w    io.Writer
	text bytes.Buffer
}

func (r *remembered) Write(p []byte) (int, error) {
	const most = 64 << 10
	r.text.Write(p[:min(len(p), max(0, most-r.text.Len()))])
	return r.w.Write(p)
}
