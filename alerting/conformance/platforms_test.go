// Package conformance holds every sender to one suite, on fakes that behave as
// badly as the platforms do.
package conformance_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/dingtalk"
	"huiying/alerting/email"
	"huiying/alerting/feishu"
	"huiying/alerting/slack"
	"huiying/alerting/webhook"
	"huiying/alerting/wecom"
	"huiying/internal/faulttest"
	"huiying/internal/robottest"
	"huiying/internal/slacktest"
)

// trouble is a way to fail that every platform has in its own form.
type trouble string

const (
	tooOften  trouble = "200 with the number for the rate"
	slowDown  trouble = "429"
	revoked   trouble = "200 with the number for a revoked key"
	unfit     trouble = "200 with the number for a bad message"
	unknown   trouble = "200 with a number nobody knows"
	accepted  trouble = "accepted, then 500"
	hung      trouble = "accepted, then hung"
	reset     trouble = "accepted, then reset"
	truncated trouble = "accepted, then half an answer"
	nonsense  trouble = "200 with a page of HTML"
	moved     trouble = "redirected elsewhere"
)

// bench is one platform under test.
type bench struct {
	sender alerting.Sender
	// script makes the next request fail so; false where the platform has no such
	// way.
	script func(trouble) bool
	// shown are the texts of the messages that stand, as people see them, and the
	// addresses that can be clicked.
	shown func(t *testing.T) (texts, links []string)
	// secrets must never be seen.
	secrets []string
	limit   int // bytes of one message, 0 for none
}

const timeout = 700 * time.Millisecond

func platforms() map[string]func(t *testing.T) bench {
	return map[string]func(t *testing.T) bench{
		"slack": slackBench,
		"wecom": func(t *testing.T) bench {
			s := robottest.Start(t, robottest.WeCom, robottest.Options{})
			sender, err := wecom.New(wecom.Options{Webhook: s.URL(), Timeout: timeout})
			return robotBench(t, s, sender, err, map[trouble]string{revoked: "93000", unfit: "40058"}, 4096)
		},
		"dingtalk": func(t *testing.T) bench {
			s := robottest.Start(t, robottest.DingTalk, robottest.Options{})
			sender, err := dingtalk.New(dingtalk.Options{Webhook: s.URL(), Secret: robottest.Secret, Timeout: timeout})
			return robotBench(t, s, sender, err, map[trouble]string{revoked: "300005", unfit: "460101"}, 20000)
		},
		"feishu": func(t *testing.T) bench {
			s := robottest.Start(t, robottest.Feishu, robottest.Options{})
			sender, err := feishu.New(feishu.Options{Webhook: s.URL(), Secret: robottest.Secret, Timeout: timeout})
			return robotBench(t, s, sender, err, map[trouble]string{revoked: "19001", unfit: "9499"}, 20<<10)
		},
		"webhook": func(t *testing.T) bench {
			s := robottest.Start(t, robottest.Webhook, robottest.Options{})
			sender, err := webhook.New(webhook.Options{URL: s.URL(), Secret: robottest.Secret, Timeout: timeout})
			b := robotBench(t, s, sender, err, nil, 0)
			script := b.script
			b.script = func(x trouble) bool {
				return x != tooOften && x != unknown && x != nonsense && x != truncated && script(x)
			}
			return b
		},
		"email": mailBench,
	}
}

func slackBench(t *testing.T) bench {
	t.Helper()
	s := slacktest.Start(t, slacktest.Options{})
	sender, err := slack.New(slack.Options{Token: slacktest.Token, Channel: slacktest.Channel, APIURL: s.URL(), Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return bench{
		sender: sender,
		script: func(x trouble) bool {
			f, ok := fault(x, map[trouble]string{tooOften: "ratelimited", revoked: "token_revoked", unfit: "msg_too_long", unknown: "no_such_thing"})
			s.Script(f)
			return ok
		},
		shown: func(*testing.T) (texts, links []string) {
			link := regexp.MustCompile(`<(https?://[^<>|]+)\|`)
			for _, m := range s.Messages() {
				blocks := string(m.Blocks)
				var plain bytes.Buffer
				_ = json.Compact(&plain, m.Blocks)
				for _, found := range link.FindAllStringSubmatch(unescape(blocks), -1) {
					links = append(links, strings.ReplaceAll(found[1], "&amp;", "&"))
				}
				texts = append(texts, m.Text+"\n"+link.ReplaceAllString(unescape(blocks), ""))
			}
			return texts, links
		},
		secrets: []string{slacktest.Token},
	}
}

// unescape undoes what JSON adds.
func unescape(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\n`, "\n", `\"`, `"`).Replace(s)
}

// fault is a trouble of a platform that speaks HTTP.
func fault(x trouble, codes map[trouble]string) (faulttest.Fault, bool) {
	switch x {
	case tooOften, revoked, unfit, unknown:
		return faulttest.Fault{Code: codes[x]}, codes[x] != ""
	case slowDown:
		return faulttest.RateLimited("7"), true
	case accepted:
		return faulttest.Fault{Status: 500, Accept: true}, true
	case hung:
		return faulttest.Fault{Hang: true, Accept: true}, true
	case reset:
		return faulttest.Fault{Reset: true, Accept: true}, true
	case truncated:
		return faulttest.Fault{Truncate: true, Accept: true}, true
	case nonsense:
		return faulttest.Fault{Body: "<html>" + robottest.Key + "</html>", Accept: true}, true
	case moved:
		return faulttest.Fault{Status: 302}, true
	}
	return faulttest.Fault{}, false
}

func robotBench(t *testing.T, s *robottest.Server, sender alerting.Sender, err error, codes map[trouble]string, limit int) bench {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if codes == nil {
		codes = map[trouble]string{}
	}
	return bench{
		sender: sender,
		script: func(x trouble) bool {
			switch {
			case len(codes) == 0 && x == revoked: // a webhook has its status only
				s.Script(faulttest.Fault{Status: 401})
				return true
			case len(codes) == 0 && x == unfit:
				s.Script(faulttest.Fault{Status: 422})
				return true
			case len(codes) > 0 && x == tooOften:
				s.Script(faulttest.Fault{Code: "ratelimited"})
				return true
			case len(codes) > 0 && x == unknown:
				s.Script(faulttest.Fault{Code: "987654"})
				return true
			}
			f, ok := fault(x, codes)
			if ok {
				s.Script(f)
			}
			return ok
		},
		shown: func(t *testing.T) (texts, links []string) {
			t.Helper()
			for _, m := range s.Messages() {
				text, found := robottest.Shown(m.Body)
				texts, links = append(texts, text), append(links, found...)
			}
			return texts, links
		},
		secrets: []string{robottest.Key, robottest.Secret},
		limit:   limit,
	}
}

func mailBench(t *testing.T) bench {
	t.Helper()
	s := robottest.StartMail(t)
	host, port := s.Addr()
	sender, err := email.New(email.Options{
		Host: host, Port: port, User: "huiying", Password: robottest.Secret, From: "huiying@example.invalid",
		To: []string{"duty@example.invalid"}, Timeout: 2 * timeout, TLS: &tls.Config{RootCAs: s.Roots, ServerName: host, MinVersion: tls.VersionTLS12},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := s.Plain(); n > 0 {
			t.Errorf("%d commands came unencrypted", n)
		}
	})
	return bench{
		sender: sender,
		script: func(x trouble) bool {
			f, ok := map[trouble]robottest.MailFault{
				revoked:   {At: "AUTH", Answer: "535 5.7.8 wrong " + robottest.Secret},
				unfit:     {At: ".", Answer: "554 5.6.0 no"},
				accepted:  {At: ".", Close: true, Accept: true},
				hung:      {At: ".", Hang: true, Accept: true},
				truncated: {At: ".", Answer: "2", Accept: true},
			}[x]
			if ok {
				s.Script(f)
			}
			return ok
		},
		shown: func(t *testing.T) (texts, links []string) {
			t.Helper()
			for _, raw := range s.Mails() {
				text, found := readMail(t, raw)
				texts, links = append(texts, text), append(links, found...)
			}
			return texts, links
		},
		secrets: []string{robottest.Secret},
	}
}

var href = regexp.MustCompile(`href="([^"]*)"`)

// readMail decodes a mail to its subject and both its bodies.
func readMail(t *testing.T, raw string) (text string, links []string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("no mail: %v", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatalf("subject: %v", err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, html, _ := strings.Cut(string(body), "text/html")
	plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(body))))
	if err != nil && len(plain) == 0 {
		t.Fatal(err)
	}
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(html)))
	if err != nil && len(decoded) == 0 {
		t.Fatal(err)
	}
	for _, found := range href.FindAllStringSubmatch(string(decoded), -1) {
		links = append(links, strings.ReplaceAll(found[1], "&amp;", "&"))
	}
	return subject + "\n" + href.ReplaceAllString(string(plain), ""), links
}
