package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestRefusals holds every way of calling huiying wrongly to be named in Chinese.
func TestRefusals(t *testing.T) {
	t.Parallel()
	file := t.TempDir()
	for name, tc := range map[string]struct{ call, want string }{
		"no command":               {"", "还要写清做什么, 有这些: demo、run、"},
		"command within a command": {"case", "还要写清做什么, 有这些: list、show、"},
		"misspelt command":         {"case answr", "不认识“answr”; 您是不是想写: answer。用法见 huiying case --help"},
		"unknown flag":             {"run --nosuch", "没有 --nosuch 这个选项。用法见 huiying run --help"},
		"misspelt flag":            {"run --conifg x", "没有 --conifg 这个选项; 您是不是想写: --config"},
		"short flag":               {"run -x", "没有 -x 这个选项"},
		"argument missing":         {"case show", "还缺 <id>。用法见 huiying case show --help"},
		"arguments missing":        {"rules judge", "还缺 <id> <judged>"},
		"argument too many":        {"sources extra", "不认识“extra”"},
		"flag missing":             {"case ack x", "还缺选项 --section=STRING"},
		"value missing":            {"case ack x --section", "--section 后面没有写值。"},
		"value is a flag":          {"rules health --days --json", "--days 后面没有写值, 就到了 --json; 值以 - 开头时写成 --days=值"},
		"flags at odds":            {"case ack x --section a --mistaken b --handover c", "--mistaken 和 --handover 只能写一个"},
		"not one of":               {"digest --format pdf", "--format 只能是 html、md、json 之一, 不能是“pdf”"},
		"not one of, or none":      {"try x --kind pdf", "--kind 只能是 feed、page、json 之一, 不能是“pdf”"},
		"argument not one of":      {"rules judge a b", "<judged> 只能是 真、误 之一, 不能是“b”"},
		"no number":                {"rules health --days abc", "--days 要写成整数, 不能是“abc”"},
		"no duration":              {"events --window zz", "--window 要写成时长, 例如 30m、24h, 不能是“zz”"},
		"no yes or no":             {"demo --once=7", "--once 只能写成 true 或 false, 不能是“7”"},
		"no such file":             {"import nosuch.csv", "<file>: 没有 "},
		"a directory":              {"import " + file, "<file>: " + file + " 是目录, 这里要写文件"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), strings.Fields(tc.call), &streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr})
			if got := stderr.String(); code != 2 || !strings.HasPrefix(got, "huiying: "+tc.want) || strings.Contains(got, "参数不对") {
				t.Errorf("code %d, stderr %q, want %q", code, got, tc.want)
			}
		})
	}
}
