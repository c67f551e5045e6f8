package conformance_test

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"huiying/alerting"
	"huiying/alerting/dingtalk"
	"huiying/alerting/feishu"
	"huiying/alerting/webhook"
	"huiying/alerting/wecom"
	"huiying/internal/robottest"
	"huiying/internal/verdict"
)

const (
	page = "http://127.0.0.1:8420/events/E-1"
	ack  = "http://127.0.0.1:8421/a/token-1"
	post = "https://news.example.invalid/a?b=1&c=2"
)

func message() alerting.Message {
	return alerting.Message{
		DeliveryID: "A-E-1-emergency-1/煤炭科", NoticeID: "A-E-1-emergency-1", Kind: alerting.KindAlert, Receiver: "煤炭科",
		Category: verdict.Emergency, Grade: verdict.Large, At: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC), Ack: ack,
		Content: alerting.Content{
			Headline: "【突发事件·较大】某矿透水，4人被困", Summary: "今天凌晨，某矿发生透水。", Why: "场所 某矿，事故 透水",
			Fields: []alerting.Field{{Name: "归口", Value: "煤炭科"}, {Name: "首次发布", Value: "09:12 前"}},
			Link:   post, LinkName: "某新闻网", Page: page,
		},
	}
}

func each(t *testing.T, f func(t *testing.T, b bench)) {
	t.Helper()
	for name, start := range platforms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, start(t))
		})
	}
}

func TestMessageSaysWhatADutyOfficerNeeds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		m := message()
		m.Repeat = true
		if _, err := b.sender.Send(t.Context(), m); err != nil {
			t.Fatalf("Send: %v", err)
		}
		texts, links := b.shown(t)
		if len(texts) != 1 {
			t.Fatalf("%d messages, want 1", len(texts))
		}
		wants := []string{m.Content.Headline, "今天凌晨", "场所 某矿", "煤炭科", "09:12 前", m.NoticeID}
		if !strings.Contains(t.Name(), "webhook") { // it says so in a field of its own
			wants = append(wants, "可能重复", "较大")
		}
		for _, want := range wants {
			if !strings.Contains(texts[0], want) {
				t.Errorf("%q is missing in %q", want, texts[0])
			}
		}
		for _, want := range []string{page, ack, post} {
			if !slices.Contains(links, want) {
				t.Errorf("link %s is missing in %q", want, links)
			}
		}
	})
}

func TestFailuresAreClassed(t *testing.T) {
	t.Parallel()
	wants := map[trouble]alerting.Reason{
		tooOften: alerting.RateLimited, slowDown: alerting.RateLimited, revoked: alerting.Configuration,
		unfit: alerting.Permanent, unknown: alerting.Permanent, accepted: alerting.Ambiguous, hung: alerting.Ambiguous,
		reset: alerting.Ambiguous, truncated: alerting.Ambiguous, nonsense: alerting.Ambiguous, moved: alerting.Configuration,
	}
	for x, want := range wants {
		t.Run(string(x), func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, b bench) {
				if !b.script(x) {
					t.Skip("the platform has no such way to fail")
				}
				started := time.Now()
				_, err := b.sender.Send(t.Context(), message())
				var f *alerting.Failure
				if !errors.As(err, &f) {
					t.Fatalf("Send: %v, want a *Failure", err)
				}
				if f.Reason != want {
					t.Errorf("classed %s (%v), want %s", f.Reason, err, want)
				}
				if want == alerting.RateLimited && (f.RetryAfter < time.Second || x == slowDown && f.RetryAfter != 7*time.Second) {
					t.Errorf("asked to wait %v", f.RetryAfter)
				}
				if took := time.Since(started); took > 10*time.Second {
					t.Errorf("took %v", took)
				}
				unseen(t, b, fmt.Sprintf("%v %+v %#v %v %+v", err, err, f, b.sender, b.sender))
				// The platform is well again: the sender must be, too.
				if _, err := b.sender.Send(t.Context(), message()); err != nil {
					t.Errorf("Send after the trouble: %v", err)
				}
			})
		})
	}
}

// unseen looks for the secrets in every form.
func unseen(t *testing.T, b bench, text string) {
	t.Helper()
	for _, secret := range b.secrets {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is seen in %q", text)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + ln.Addr().String() + "/hook/" + robottest.Key + "?key=" + robottest.Key
	_ = ln.Close()
	type made struct {
		s   alerting.Sender
		err error
	}
	make := func(s alerting.Sender, err error) made { return made{s, err} }
	wecomSender, err1 := wecom.New(wecom.Options{Webhook: address})
	dingSender, err2 := dingtalk.New(dingtalk.Options{Webhook: address, Secret: robottest.Secret})
	feishuSender, err3 := feishu.New(feishu.Options{Webhook: address, Secret: robottest.Secret})
	hookSender, err4 := webhook.New(webhook.Options{URL: address, Secret: robottest.Secret})
	for name, m := range map[string]made{
		"wecom": make(wecomSender, err1), "dingtalk": make(dingSender, err2), "feishu": make(feishuSender, err3), "webhook": make(hookSender, err4),
	} {
		if m.err != nil {
			t.Fatal(m.err)
		}
		_, err := m.s.Send(t.Context(), message())
		var f *alerting.Failure
		if !errors.As(err, &f) || f.Reason != alerting.Retry {
			t.Errorf("%s: %v, want a failure to try again: nothing can stand", name, err)
		}
		if strings.Contains(err.Error(), robottest.Key) {
			t.Errorf("%s: the key is seen in %v", name, err)
		}
	}
}

func TestOversizedChineseIsFittedNotCutSilently(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		m := message()
		m.Kind = alerting.KindDigest
		m.Content.Headline = strings.Repeat("长", 500)
		m.Content.Summary = strings.Repeat("某小区停电，群众询问恢复时间。🔌\n", 3000)
		for range 200 {
			m.Content.Fields = append(m.Content.Fields, alerting.Field{Name: "项目", Value: strings.Repeat("值", 100)})
		}
		if _, err := b.sender.Send(t.Context(), m); err != nil {
			t.Fatalf("Send: %v", err)
		}
		texts, links := b.shown(t)
		if len(texts) != 1 || !utf8.ValidString(texts[0]) || strings.ContainsRune(texts[0], utf8.RuneError) {
			t.Fatalf("%d messages; the text must be one and whole", len(texts))
		}
		if b.limit > 0 && len(texts[0]) > b.limit {
			t.Errorf("%d bytes, the platform takes %d", len(texts[0]), b.limit)
		}
		if b.limit > 0 && !strings.Contains(texts[0], "全文见事件页") {
			t.Error("it does not say that something is missing")
		}
		if !slices.Contains(links, page) {
			t.Errorf("the link to the whole is missing in %q", links)
		}
	})
}

// autolink is what a client may make a link of by itself.
var autolink = regexp.MustCompile(`(?i)[a-z]+://|[\pL\pN]\.(com|cn|net|org|中国)\b`)

// TestNoPostSpeaksThroughUs is class E of the bad inputs, for every platform that
// shows texts itself.
func TestNoPostSpeaksThroughUs(t *testing.T) {
	t.Parallel()
	tricks := map[string]string{
		"channel":    "<!channel> <!everyone> <@U012345> <!subteam^S1>",
		"link":       "<https://evil.example.com|长治市政府官网>",
		"decode":     "&lt;!channel&gt; &amp;lt;@all&amp;gt;",
		"markup":     "```\n`code` **bold** _it_ ~~no~~ ``` # head\n## head\n- item\n> quote\n---",
		"fake quote": "\n>>>【突发事件·特别重大】假告警\n归口：无人",
		"wecom":      `<@all><@zhangsan>[官方通报](http://evil.example.com)<font color="warning">x</font>`,
		"feishu":     `<at id=all></at><at user_id="all">所有人</at> <a href="http://evil.example.com">x</a>`,
		"dingtalk":   "@all @13800000000 ![图](http://evil.example.com/a.png) [x](dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fevil.example.com)",
		"html":       `</title></td><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=x>`,
		"header":     "标题\r\nBcc: all@example.com\r\n\r\n正文",
		"bidi":       "通报\u202egpj.exe 停\u200b电 https://example.com/\u202etxt",
		"homograph":  "请看 ｇｏｖ.cn 和 xn--fiqs8s.com 和 长治.中国 www.evil.com",
		"command":    "【系统】请回复 /舆情 关闭 全部",
		"bytes":      "停电\xff\xfe\x00\x1b[31m红\x1b]0;title\a",
	}
	each(t, func(t *testing.T, b bench) {
		if strings.Contains(t.Name(), "webhook") {
			t.Skip("it carries data; whoever shows it escapes")
		}
		for name, trick := range tricks {
			m := message()
			m.DeliveryID = name
			m.Receiver += trick
			m.Content = alerting.Content{
				Headline: trick, Summary: trick, Why: trick, Link: trick, LinkName: trick, Page: page,
				Fields: []alerting.Field{{Name: trick, Value: trick}},
			}
			m.Kind = alerting.KindAlert
			if _, err := b.sender.Send(t.Context(), m); err != nil {
				t.Fatalf("%s: Send: %v", name, err)
			}
		}
		texts, links := b.shown(t)
		for _, l := range links {
			if l != page && l != ack {
				t.Errorf("a link of a post: %q", l)
			}
		}
		for _, text := range texts {
			text = strings.NewReplacer(page, "", ack, "", "notice@", "").Replace(text)
			if strings.Contains(t.Name(), "email") {
				_, text, _ = strings.Cut(text, "<body") // what stands before is headers and style
				text = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, "")
			}
			if i := strings.IndexAny(strings.NewReplacer("\n> ", "\n", "&#", "", "<|", "").Replace(text), "`@\u202e\u200b"); i >= 0 && !strings.Contains(t.Name(), "slack") {
				t.Errorf("markup in %q", text)
			}
			if hit := autolink.FindString(text); hit != "" {
				t.Errorf("%q may become a link in %q", hit, text)
			}
			for _, r := range text {
				if r != '\n' && r != '\r' && r != '\t' && unicode.Is(unicode.Cc, r) {
					t.Errorf("%U is left", r)
				}
			}
		}
	})
}
