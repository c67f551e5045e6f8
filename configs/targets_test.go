package configs

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestTargets holds each kind of chat target to what it needs, and sees that no
// key is quoted.
func TestTargets(t *testing.T) {
	t.Setenv("HOOK", "https://robot.example.invalid/send?key=0123-key-456")
	t.Setenv("PLAIN", "http://robot.example.invalid/send?key=0123-key-456")
	t.Setenv("SIGN", "0123-sign-456")
	tests := map[string]struct{ target, want string }{
		"wecom":              {"{name: 群, kind: wecom, webhook: {env: HOOK}}", ""},
		"wecom, no webhook":  {"{name: 群, kind: wecom}", "wecom 目的地缺少 webhook"},
		"wecom, plain":       {"{name: 群, kind: wecom, webhook: {env: PLAIN}}", "地址要以 https:// 开头"},
		"wecom, in the file": {"{name: 群, kind: wecom, webhook: 'https://robot.example.invalid/send?key=0123-key-456'}", "地址里有密钥"},
		"wecom, a secret":    {"{name: 群, kind: wecom, webhook: {env: HOOK}, secret: {env: SIGN}}", "wecom 用不到 secret"},
		"dingtalk":           {"{name: 群, kind: dingtalk, webhook: {env: HOOK}, secret: {env: SIGN}}", ""},
		"dingtalk, unsigned": {"{name: 群, kind: dingtalk, webhook: {env: HOOK}}", "dingtalk 目的地缺少 secret"},
		"feishu, unset":      {"{name: 群, kind: feishu, webhook: {env: HOOK}, secret: {env: UNSET_HERE}}", "环境变量 UNSET_HERE 没有设置"},
		"webhook, inside":    {"{name: 群, kind: webhook, webhook: {env: PLAIN}, secret: {env: SIGN}}", ""},
		"email":              {"{name: 群, kind: email, host: mail.example.invalid, from: a@example.invalid, to: [b@example.invalid]}", ""},
		"email, to nobody":   {"{name: 群, kind: email, host: mail.example.invalid, from: a@example.invalid}", "email 目的地缺少 to"},
		"email, no address":  {"{name: 群, kind: email, host: mail.example.invalid, from: a@example.invalid, to: [值班室]}", "“值班室”不是邮箱地址"},
		"email, no password": {"{name: 群, kind: email, host: mail.example.invalid, user: a, from: a@example.invalid, to: [b@example.invalid]}", "有 user 就要有 password"},
		"email, in clear":    {"{name: 群, kind: email, tls: none, host: mail.example.invalid, from: a@example.invalid, to: [b@example.invalid]}", "none"},
		"second":             {"{name: 群, kind: wecom, webhook: {env: HOOK}, second: 控制台}", ""},
		"second, itself":     {"{name: 群, kind: wecom, webhook: {env: HOOK}, second: 群}", "备用不能是它自己"},
		"second, unknown":    {"{name: 群, kind: wecom, webhook: {env: HOOK}, second: 控制合}", "没有叫“控制合”的目的地; 您是不是想写: 控制台"},
		"second, unready":    {"{name: 群, kind: wecom, webhook: {env: HOOK}, second: 备}\n    - {name: 备, kind: wecom}", "wecom 目的地缺少 webhook"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := shippedFS(t)
			change := func(file, old, put string) {
				files[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[file].Data), old, put, 1))}
			}
			change(main, "      per_message: 10ms\n", "      per_message: 10ms\n    - "+test.target+"\n")
			change(org, "name: 局办公室\n  target: 控制台", "name: 局办公室\n  target: 群")
			got := ""
			if _, err := LoadFS(files, main); err != nil {
				got = err.Error()
			}
			if strings.Contains(got, "0123-") {
				t.Errorf("a key is quoted: %s", got)
			}
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
