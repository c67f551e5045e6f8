package configs

import (
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huiying/configs/yamlcheck"
)

// need is a setting that a kind of chat target cannot do without.
type need struct{ key, remedy string }

// needs are the settings of every kind, beside its name.
func needs(k TargetKind) []need {
	webhook := need{"webhook", "补上 webhook: {env: HUIYING_WEBHOOK}"}
	switch k {
	case "slack":
		return []need{{"channel", "补上 channel: C0123456789(频道 ID)"}, {"token", "补上 token: {env: HUIYING_SLACK_TOKEN}"}}
	case "wecom":
		return []need{webhook}
	case "dingtalk":
		return []need{webhook, {"secret", "机器人安全设置选“加签”, 补上 secret: {env: HUIYING_DINGTALK_SECRET}"}}
	case "feishu":
		return []need{webhook, {"secret", "机器人安全设置选“签名校验”, 补上 secret: {env: HUIYING_FEISHU_SECRET}"}}
	case "webhook":
		return []need{webhook, {"secret", "补上验签用的 secret: {env: HUIYING_WEBHOOK_SECRET}"}}
	case "email":
		return []need{{"host", "补上 host: 邮件服务器"}, {"from", "补上 from: 发件地址"}, {"to", "补上 to: [收件地址]"}}
	}
	return nil
}

// foreign are settings that a kind has no use for: written all the same, somebody
// believes that they do something.
func foreign(k TargetKind) []string {
	all := []string{"channel", "token", "api_url", "app_token", "signing_secret", "webhook", "secret", "host", "port", "tls", "user", "password", "from", "to"}
	own := map[TargetKind][]string{
		"slack":    {"channel", "token", "api_url", "app_token", "signing_secret"},
		"wecom":    {"webhook"},
		"dingtalk": {"webhook", "secret"},
		"feishu":   {"webhook", "secret"},
		"webhook":  {"webhook", "secret"},
		"email":    {"host", "port", "tls", "user", "password", "from", "to"},
	}[k]
	return slices.DeleteFunc(all, func(key string) bool { return slices.Contains(own, key) })
}

// checkTargets checks the chat targets; a missing setting is a problem only where
// somebody is told through it.
func (l *loader) checkTargets(path string) {
	d, used := l.settings, l.config.Organisation.targets()
	seen := map[string]bool{}
	targets := l.config.Chat.Targets
	var names []string
	for _, t := range targets {
		names = append(names, t.Name)
		if slices.Contains(used, t.Name) && t.Second != "" {
			used = append(used, t.Second)
		}
	}
	for i := range targets {
		t, key := &targets[i], "chat.targets["+strconv.Itoa(i)+"]"
		if seen[t.Name] && t.Name != "" {
			d.Ref(key+".name", "目的地“"+t.Name+"”写了两次", "换个名字, 或删掉一个")
		}
		seen[t.Name] = true
		switch {
		case t.Second != "" && t.Second == t.Name:
			d.Ref(key+".second", "备用不能是它自己: 它发不出去时备用也发不出去", "换一个目的地, 最好是另一个平台的")
		case t.Second != "" && yamlcheck.UnknownTo(names, t.Second):
			d.Ref(key+".second", "chat.targets 里没有叫“"+yamlcheck.Short(t.Second)+"”的目的地", yamlcheck.Suggest(t.Second, names))
		}
		l.checkTarget(path, key, t, slices.Contains(used, t.Name))
	}
}

func (l *loader) checkTarget(path, key string, t *Target, used bool) {
	d := l.settings
	for _, other := range foreign(t.Kind) {
		if d.Written(key + "." + other) {
			d.Ref(key+"."+other, string(t.Kind)+" 用不到 "+other, "删掉这一行, 或核对 kind")
		}
	}
	if t.APIURL != "" && !httpURL(t.APIURL) {
		d.Ref(key+".api_url", "“"+yamlcheck.Short(t.APIURL)+"”不是网址", "写成 https://…")
	}
	secrets := map[string]*Secret{
		"token": &t.Token, "webhook": &t.Webhook, "secret": &t.Secret, "password": &t.Password,
		"app_token": &t.AppToken, "signing_secret": &t.SigningSecret,
	}
	missing := map[string]bool{}
	for _, name := range []string{"token", "app_token", "signing_secret", "webhook", "secret", "password"} {
		why, remedy := secrets[name].resolve(l.tree, path)
		if why != "" && used {
			d.Ref(key+"."+name, why, remedy)
		}
		missing[name] = why == "" && !secrets[name].IsSet()
	}
	missing["channel"], missing["host"], missing["from"], missing["to"] = t.Channel == "", t.Host == "", t.From == "", len(t.To) == 0
	for _, n := range needs(t.Kind) {
		if used && missing[n.key] && !d.Written(key+"."+n.key) {
			d.Ref(key, string(t.Kind)+" 目的地缺少 "+n.key, n.remedy)
		}
	}
	switch hook := t.Webhook; {
	case hook.IsSet() && hook.env == "" && hook.file == "":
		d.Ref(key+".webhook", "地址里有密钥, 不能直接写在文件里", "写成 {env: 变量名} 或 {file: 路径}")
	case hook.IsSet() && used && !httpURL(hook.value), hook.IsSet() && used && t.Kind != "webhook" && !encrypted(hook.value):
		d.Ref(key+".webhook", "地址要以 https:// 开头", "从机器人设置里整段复制")
	}
	for i, a := range append(slices.Clone(t.To), t.From) {
		if _, err := mail.ParseAddress(a); err != nil && a != "" {
			where := key + ".from"
			if i < len(t.To) {
				where = key + ".to[" + strconv.Itoa(i) + "]"
			}
			d.Ref(where, "“"+yamlcheck.Short(a)+"”不是邮箱地址", "写成 duty@example.invalid 这样")
		}
	}
	if t.SigningSecret.IsSet() && used && l.config.Ack.Addr == "" {
		d.Ref(key+".signing_secret", "按钮点击由 ack 接收, 但它没有打开", "在 ack 里写 addr, 或改用 app_token")
	}
	if t.AppToken.IsSet() && used && !strings.HasPrefix(t.AppToken.value, "xapp-") {
		d.Ref(key+".app_token", "应用级令牌要以 xapp- 开头", "在 Slack 应用页的 App-Level Tokens 里生成, 权限 connections:write")
	}
	if t.Kind == "email" && t.User != "" && used && missing["password"] && !d.Written(key+".password") {
		d.Ref(key, "有 user 就要有 password", "补上 password: {env: HUIYING_MAIL_PASSWORD}")
	}
}

// encrypted reports an address that is reached by TLS, or not over a network.
func encrypted(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || err == nil && ip.IsLoopback()
}
