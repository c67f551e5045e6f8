// Package feishu sends notices as cards to a custom robot of Feishu (飞书自定义机器人)
// that checks signatures. It can neither read its messages back nor hear clicks.
package feishu

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/alerting/robot"
	"huiying/alerting/sheet"
	"huiying/internal/verdict"
)

const (
	// maxCard bounds the text of a card, in bytes: Feishu refuses requests over
	// 20 KB (自定义机器人使用指南) and JSON adds its own.
	maxCard = 14000
	// A robot takes 100 messages a minute and 5 a second (自定义机器人使用指南): 3 at
	// once and one every 0.75 s stay below both.
	perMessage = 750 * time.Millisecond
	burst      = 3
)

// Options say where and how to send.
type Options struct {
	// Webhook is the robot's address, Secret the key of its signature (签名校验).
	// They never appear in an error or a log.
	Webhook, Secret string
	// PerMessage is the pause between messages once 3 have left at once. Defaults to
	// 750ms.
	PerMessage time.Duration
	// HTTP, Timeout and Now default as robot.Options says.
	HTTP    *http.Client
	Timeout time.Duration
	Now     func() time.Time
}

// Sender posts to one robot. Safe for use by many goroutines.
type Sender struct {
	*robot.Robot

	secret string
}

var (
	_ alerting.Sender = (*Sender)(nil)
	_ alerting.Pacer  = (*Sender)(nil)
)

// New checks the options.
func New(o Options) (*Sender, error) {
	if o.Secret == "" {
		return nil, errors.New("feishu: no secret; switch on 签名校验 in the robot's settings and copy the key")
	}
	r, err := robot.New(robot.Options{
		Name: "feishu", Address: o.Webhook, Secrets: []string{o.Secret}, HTTP: o.HTTP, Timeout: o.Timeout, Now: o.Now,
		Pace: alerting.NewBurst(cmp.Or(o.PerMessage, perMessage), burst),
	})
	if err != nil {
		return nil, err
	}
	return &Sender{Robot: r, secret: o.Secret}, nil
}

// Send implements alerting.Sender. The Ref is empty: the robot gives none.
func (s *Sender) Send(ctx context.Context, m alerting.Message) (alerting.Ref, error) {
	own := !s.Astray()
	stamp := strconv.FormatInt(s.Time().Unix(), 10)
	body, err := json.Marshal(map[string]any{
		"timestamp": stamp,
		"sign":      s.sign(stamp),
		"msg_type":  "interactive",
		"card":      card(m),
	})
	if err != nil {
		return alerting.Ref{}, fmt.Errorf("feishu: write the message: %w", err)
	}
	return alerting.Ref{}, s.Post(ctx, robot.Request{Body: body, Judge: func(answer []byte) error {
		if code, why, ok := robot.Code(answer, "code", "msg"); ok && code == 19021 && own && s.Astray() {
			return robot.No(alerting.Retry, 0, code, why, robot.WrongClock)
		}
		return judge(answer)
	}})
}

// sign makes the signature, good for an hour: the time in seconds and the key are
// together the key of an HMAC-SHA256 over nothing (自定义机器人使用指南, 签名校验).
func (s *Sender) sign(stamp string) string {
	mac := hmac.New(sha256.New, []byte(stamp+"\n"+s.secret))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

type part = map[string]any

// card lays out a message. Everything stands in plain_text, in which Feishu reads
// no markup.
func card(m alerting.Message) part {
	s := sheet.New(m)
	var items []string
	for _, f := range s.Fields {
		items = append(items, f.Name+"："+f.Value)
	}
	items = append(items, s.Text...)
	elements := []part{{"tag": "note", "elements": []part{plain(s.Under)}}}
	if text := strings.Join(sheet.Fit(items, "\n", maxCard), "\n"); text != "" {
		elements = append(elements, part{"tag": "div", "text": plain(text)})
	}
	for _, it := range s.Items {
		elements = append(elements, part{"tag": "div", "text": plain(it.Text + "\n" + it.ID)})
		elements = append(elements, actions(it.Links)...)
	}
	elements = append(elements, actions(s.Links)...)
	return part{
		"config":   part{"wide_screen_mode": true},
		"header":   part{"template": color(m), "title": plain(s.Title)},
		"elements": elements,
	}
}

// actions is a row of buttons, the last the one that is asked for; none without links.
func actions(links []sheet.Link) []part {
	var buttons []part
	for i, l := range links {
		kind := "default"
		if i == len(links)-1 {
			kind = "primary"
		}
		buttons = append(buttons, part{"tag": "button", "text": plain(l.Text), "url": l.Href, "type": kind})
	}
	if len(buttons) == 0 {
		return nil
	}
	return []part{{"tag": "action", "layout": "flow", "actions": buttons}}
}

func plain(s string) part { return part{"tag": "plain_text", "content": s} }

func color(m alerting.Message) string {
	switch {
	case m.Grade.Rank() >= verdict.Major.Rank():
		return "red"
	case m.Grade.Rank() >= verdict.Large.Rank(), m.Kind == alerting.KindReminder, m.Kind == alerting.KindWarning, m.Kind == alerting.KindSummary:
		return "orange"
	case m.Kind == alerting.KindDigest:
		return "green"
	}
	return "blue"
}

// judge reads Feishu's answer, a number in a body of HTTP 200 (自定义机器人使用指南,
// 常见错误; older robots answer StatusCode).
func judge(answer []byte) error {
	code, why, ok := robot.Code(answer, "code", "msg")
	if !ok {
		if code, why, ok = robot.Code(answer, "StatusCode", "StatusMessage"); !ok {
			return robot.ErrNoAnswer
		}
	}
	switch {
	case code == 0:
		return nil
	case code == 11232, code == 99991400, robot.TooOften(why):
		return robot.No(alerting.RateLimited, time.Minute, code, why, "")
	case code == 19001:
		return robot.No(alerting.Configuration, 0, code, why, "机器人的 webhook 无效，请在群里重新添加机器人并更换地址")
	case code == 19021:
		return robot.No(alerting.Configuration, 0, code, why, "签名不符：请核对签名密钥和本机时间")
	case code == 19022, code == 19024:
		return robot.No(alerting.Configuration, 0, code, why, "安全设置不符：请只选“签名校验”，不设 IP 白名单和关键词")
	case code == 19007:
		return robot.No(alerting.Configuration, 0, code, why, "机器人被停用，请联系群主")
	}
	return robot.No(alerting.Permanent, 0, code, why, "")
}
