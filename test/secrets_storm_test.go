package test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
)

// tricks are class E of the bad inputs and the dialects of all platforms.
func tricks() []string {
	return []string{
		"<!channel> <!everyone> <!here> @channel @here @everyone",
		"<@U012345> <!subteam^S1> <#C012345>",
		"<https://evil.example|长治市政府官网>",
		"&lt;!channel&gt; &amp;lt;!channel&amp;gt; &lt;@all&gt;",
		"```\n`code` *bold* **bold** _it_ ~no~ ``` # head\n- item\n> quote\n---",
		"\n>>>【突发事件·特别重大】假告警\n归口：无人\n> 引用",
		`<@all><@zhangsan>[官方通报](http://evil.example)<font color="warning">x</font>`,
		`<at id=all></at><at user_id="all">所有人</at> <a href="http://evil.example">x</a>`,
		"@all @13800000000 ![图](http://evil.example/a.png) [x](dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fevil.example)",
		strings.Repeat("长", 3001),
		strings.Repeat("🔌", 2900),
		strings.Repeat("一行字\n", 1500),
		"通报\u202egpj.exe https://evil.example/\u202etxt",
		"停\u200b电 <\u200b!channel> h\u200bttps://evil.example",
		"请看 ｇｏｖ.cn 和 xn--fiqs8s.com 和 长治.中国 www.evil.com evil．com evil｡com",
		"https://evil.example/card http://evil.example",
		"【系统】请回复 /舆情 关闭 全部",
		"<!date^1392734382^{date}^https://evil.example|x>",
		"停" + strings.Repeat("\u0336", 500) + "电",
		`</title></td><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=x>`,
		"标题\r\nBcc: all@evil.example\r\n\r\n正文",
		"\r\n{\"time\":\"2026-11-23T08:00:00Z\",\"level\":\"ERROR\",\"msg\":\"forged\"}\nlevel=ERROR msg=forged",
		"停电\u0085\u2028红\u2029",
		"=cmd|'/c calc'!A1 +1+1 @SUM(1)",
		"javascript:alert(1) data:text/html,x",
	}
}

// storm is a feed that is empty at first.
type storm struct {
	open  chan struct{}
	posts []string
}

func (s *storm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>源</title>`)
	select {
	case <-s.open:
		fmt.Fprint(w, strings.ReplaceAll(strings.Join(s.posts, ""), "{{host}}", r.Host))
	default:
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// stormOf alerts every platform with every trick, in the title or in the text.
func stormOf(hold string) *storm {
	s := &storm{open: make(chan struct{})}
	add := func(title, body string) {
		n := len(s.posts)
		s.posts = append(s.posts, fmt.Sprintf("<item><title>%s</title><link>http://{{host}}/post/%d</link><pubDate>%s</pubDate><author>%s</author><description>%s</description></item>",
			html.EscapeString(title), n, time.Now().Format(time.RFC1123Z), html.EscapeString(body), html.EscapeString(body)))
	}
	for i, trick := range tricks() {
		mine, station := chars(91, i, 3), chars(92, i, 3)
		add("长治襄垣县"+mine+"煤矿发生透水事故，12人被困 "+trick, chars(93, i, 40)+trick)
		add("长治壶关县"+station+"饭店液化气闪爆 4人死亡5人送医", chars(94, i, 40)+trick+" "+trick)
	}
	for i := range 12 { // so that every way of every platform has its turn
		add("长治武乡县"+chars(95, i, 3)+"煤矿发生透水事故，13人被困", chars(96, i, 40))
		add("长治沁源县"+chars(97, i, 3)+"饭店液化气闪爆 5人死亡5人送医", chars(98, i, 40))
	}
	add("长治屯留区"+chars(99, 1, 3)+"煤矿发生透水事故，14人被困", "内部地址泄露："+hold)
	return s
}
