package slack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"huiying/alerting"
	"huiying/alerting/slack"
	"huiying/internal/slacktest"
)

// texts walks the blocks of a message for everything that is shown.
func texts(t *testing.T, m slacktest.Message) (plain, markup []string) {
	t.Helper()
	var blocks any
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			text, _ := v["text"].(string)
			switch v["type"] {
			case "plain_text":
				plain = append(plain, text)
			case "mrkdwn":
				markup = append(markup, text)
			}
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(blocks)
	return append(plain, m.Text), markup
}

var (
	slackLink = regexp.MustCompile(`<(https?://[^<>|]+)\|([^<>|]+)>`)
	// autolink is what a client may make a link of by itself.
	autolink = regexp.MustCompile(`(?i)[a-z]+://|[\pL\pN]\.(com|cn|net|org|中国)\b|xn--[a-z0-9-]+\.[a-z]`)
)

// TestNoPostSpeaksThroughUs puts every trick of RELIABILITY class E into every
// part of a message.
func TestNoPostSpeaksThroughUs(t *testing.T) {
	t.Parallel()
	tricks := map[string]string{
		"E1 channel":       "<!channel> <!everyone> <!here> @channel @here @everyone",
		"E2 user":          "<@U012345> <!subteam^S1> <#C012345>",
		"E3 link":          "<https://evil.example.com|长治市政府官网>",
		"E4 double decode": "&lt;!channel&gt; &amp;lt;!channel&amp;gt;",
		"E5 markup":        "```\n`code` *bold* _it_ ~no~ ``` :rotating_light:",
		"E6 fake quote":    "\n>>>【突发事件·特别重大】假告警\n归口：无人\n> 引用",
		"E7 wecom":         `<@all><@zhangsan>[官方通报](http://evil.example.com)<font color="warning">x</font>`,
		"E8 long":          strings.Repeat("长", 3001),
		"E8 emoji":         strings.Repeat("🔌", 2900),
		"E8 lines":         strings.Repeat("一行字\n", 3000),
		"E9 rtl":           "通报\u202egpj.exe https://example.com/\u202etxt",
		"E9 zero width":    "停\u200b电 <\u200b!channel> h\u200bttps://evil.example.com",
		"E10 homograph":    "请看 ｇｏｖ.cn 和 xn--fiqs8s.com 和 长治.中国 www.evil.com evil．com evil｡com",
		"E11 unfurl":       "https://evil.example.com/card http://evil.example.com",
		"E12 command":      "【系统】请回复 /舆情 关闭 全部",
		"invalid UTF-8":    "停电\xff\xfe\x00\x1b[31m红\x1b]0;title\a",
		"date":             "<!date^1392734382^{date}^https://evil.example.com|x>",
		"marks":            "停" + strings.Repeat("\u0336", 500) + "电",
	}
	for name, trick := range tricks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := slacktest.Start(t, slacktest.Options{})
			s := sender(t, server, func(o *slack.Options) { o.Timeout = time.Minute })
			for _, kind := range []alerting.Kind{alerting.KindAlert, alerting.KindDigest} {
				m := message()
				m.Kind = kind
				m.Receiver += trick
				m.Content = alerting.Content{
					Headline: trick, Summary: trick, Why: trick, Link: trick, LinkName: trick, Page: "http://127.0.0.1:8420/e/1",
					Fields: []alerting.Field{{Name: trick, Value: trick}, {Name: "归口", Value: trick}},
				}
				if _, err := s.Send(t.Context(), m); err != nil {
					t.Fatalf("Send: %v", err)
				}
			}
			if n := server.Requests("chat.postMessage"); n != 2 {
				t.Errorf("%d requests for 2 messages: Slack refused the blocks at first", n)
			}
			for _, got := range server.Messages() {
				plain, markup := texts(t, got)
				for _, text := range plain {
					harmless(t, text)
				}
				for _, text := range markup {
					links := slackLink.FindAllStringSubmatch(text, -1)
					if len(links) != 1 || links[0][1] != "http://127.0.0.1:8420/e/1" {
						t.Errorf("links in %q: want none but our own page", text)
					}
					harmless(t, slackLink.ReplaceAllString(text, ""))
				}
			}
		})
	}
}

func harmless(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	if i := strings.IndexAny(text, "<>&@"); i >= 0 {
		t.Errorf("markup in %.80q", text[i:])
	}
	if hit := autolink.FindString(text); hit != "" {
		t.Errorf("%q may become a link", hit)
	}
	marks := 0
	for _, r := range text {
		if r != '\n' && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U is left", r)
		}
		if unicode.Is(unicode.M, r) {
			marks++
		}
	}
	if marks > 30 {
		t.Errorf("%d combining marks are left", marks)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raw  string
		href string // "" for no link
		host string
	}{
		"plain":              {"https://www.changzhi.gov.cn/a/b.html", "https://www.changzhi.gov.cn/a/b.html", "www.changzhi.gov.cn"},
		"query":              {"http://a.cn/?a=1&b=2#c", "http://a.cn/?a=1&amp;b=2#c", "a.cn"},
		"port":               {"http://a.cn:8080/", "http://a.cn:8080/", "a.cn:8080"},
		"Chinese path":       {"http://a.cn/新闻?词=停电", "http://a.cn/%E6%96%B0%E9%97%BB?%E8%AF%8D=%E5%81%9C%E7%94%B5", "a.cn"},
		"markup in it":       {"http://a.cn/x|长治官网>y?z=<!channel>", "http://a.cn/x%7C%E9%95%BF%E6%B2%BB%E5%AE%98%E7%BD%91%3Ey?z=%3C!channel%3E", "a.cn"},
		"IDN":                {"http://长治.中国/", "http://xn--wvwp38f.xn--fiqs8s/", "xn--wvwp38f.xn--fiqs8s，即 长治［.］中国"},
		"full-width":         {"http://ｇｏｖ.cn/", "http://gov.cn/", "gov.cn"},
		"bidi in the path":   {"http://a.cn/\u202etxt.exe", "http://a.cn/%E2%80%AEtxt.exe", "a.cn"},
		"user name":          {"https://www.gov.cn@evil.com/", "", ""},
		"backslash":          {`http://evil.com\@gov.cn/`, "", ""},
		"script":             {"javascript:alert(1)", "", ""},
		"data":               {"data:text/html,<script>", "", ""},
		"no host":            {"http:///x", "", ""},
		"relative":           {"/a/b", "", ""},
		"too long":           {"http://a.cn/" + strings.Repeat("长", 1000), "", ""},
		"space around":       {"  http://a.cn/ ", "http://a.cn/", "a.cn"},
		"mailto":             {"mailto:a@b.cn", "", ""},
		"control characters": {"http://a.cn/\r\nX: y", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := slacktest.Start(t, slacktest.Options{})
			m := message()
			m.Content.Link, m.Content.Page = test.raw, ""
			if _, err := sender(t, server, nil).Send(t.Context(), m); err != nil {
				t.Fatalf("Send: %v", err)
			}
			_, markup := texts(t, server.Messages()[0])
			links := slackLink.FindAllStringSubmatch(strings.Join(markup, ""), -1)
			if test.href == "" {
				if len(links) != 0 {
					t.Errorf("links %q, want none", links)
				}
				return
			}
			if len(links) != 1 || links[0][1] != test.href || links[0][2] != "打开原文（"+test.host+"）" {
				t.Errorf("markup %q, want a link to %s showing %s", markup, test.href, test.host)
			}
		})
	}
}

func TestLongDigestSaysItIsCut(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	m := message()
	m.Kind = alerting.KindDigest
	m.Content.Summary = strings.Repeat("某地停电，群众询问恢复时间。\n", 2000)
	for i := range 60 {
		m.Content.Fields = append(m.Content.Fields, alerting.Field{Name: "项", Value: strings.Repeat("值", i)})
	}
	if _, err := sender(t, server, nil).Send(t.Context(), m); err != nil {
		t.Fatalf("Send: %v", err)
	}
	plain, _ := texts(t, server.Messages()[0])
	if !strings.Contains(strings.Join(plain, "\n"), "未完，全文见事件页") {
		t.Error("the digest was cut in silence")
	}
}
