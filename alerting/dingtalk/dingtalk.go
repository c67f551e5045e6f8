// Package dingtalk sends notices to a custom robot of DingTalk (钉钉自定义机器人)
// that is secured by a signature (加签). It can neither read its messages back nor
// hear clicks.
package dingtalk

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
	"net/url"
	"strconv"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/alerting/robot"
	"huiying/alerting/sheet"
)

const (
	// maxText keeps a message under DingTalk's 20,000 bytes with what JSON adds.
	maxText = 15000
	// A robot takes 20 messages a minute and is blocked for 10 minutes after more
	// (自定义机器人发送消息的频率限制): 5 at once and one every 4 s stay below.
	perMessage = 4 * time.Second
	burst      = 5
	blocked    = 10 * time.Minute
)

// Options say where and how to send.
type Options struct {
	// Webhook is the robot's address with its access token, Secret the key of its
	// signature (SEC…). They never appear in an error or a log.
	Webhook, Secret string
	// PerMessage is the pause between messages once 5 have left at once. Defaults to
	// 4s, which with them is DingTalk's 20 a minute.
	PerMessage time.Duration
	// HTTP, Timeout and Now default as robot.Options says.
	HTTP    *http.Client
	Timeout time.Duration
	Now     func() time.Time
}

// Sender posts to one robot. Safe for use by many goroutines.
type Sender struct {
	*robot.Robot

	secret []byte
}

var (
	_ alerting.Sender = (*Sender)(nil)
	_ alerting.Pacer  = (*Sender)(nil)
)

// New checks the options.
func New(o Options) (*Sender, error) {
	if o.Secret == "" {
		return nil, errors.New("dingtalk: no secret; choose 加签 in the robot's settings and copy the key (SEC…)")
	}
	r, err := robot.New(robot.Options{
		Name: "dingtalk", Address: o.Webhook, Secrets: []string{o.Secret}, HTTP: o.HTTP, Timeout: o.Timeout, Now: o.Now,
		Pace: alerting.NewBurst(cmp.Or(o.PerMessage, perMessage), burst),
	})
	if err != nil {
		return nil, err
	}
	return &Sender{Robot: r, secret: []byte(o.Secret)}, nil
}

// Send implements alerting.Sender. The Ref is empty: the robot gives none.
func (s *Sender) Send(ctx context.Context, m alerting.Message) (alerting.Ref, error) {
	body, err := json.Marshal(compose(m))
	if err != nil {
		return alerting.Ref{}, fmt.Errorf("dingtalk: write the message: %w", err)
	}
	own := !s.Astray()
	return alerting.Ref{}, s.Post(ctx, robot.Request{Address: s.signed(), Body: body, Judge: func(answer []byte) error {
		if code, why, ok := robot.Code(answer, "errcode", "errmsg"); ok && code == 310000 && own && s.Astray() {
			return robot.No(alerting.Retry, 0, code, why, robot.WrongClock)
		}
		return judge(answer)
	}})
}

// signed is the webhook with a signature that is good for an hour: the time in
// milliseconds and the key, under HMAC-SHA256 (自定义机器人安全设置, 加签).
func (s *Sender) signed() *url.URL {
	stamp := strconv.FormatInt(s.Time().UnixMilli(), 10)
	mac := hmac.New(sha256.New, s.secret)
	_, _ = mac.Write([]byte(stamp + "\n" + string(s.secret))) // a hash takes anything
	u := s.Address()
	q := u.Query()
	q.Set("timestamp", stamp)
	q.Set("sign", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	u.RawQuery = q.Encode()
	return u
}

// compose makes an action card, whose links are buttons; without links plain
// Markdown.
func compose(m alerting.Message) map[string]any {
	s := sheet.New(m)
	items := []string{"### " + s.Title, s.Under}
	for _, f := range s.Fields {
		items = append(items, "> **"+f.Name+"**："+f.Value)
	}
	items = append(items, s.Text...)
	for _, it := range s.Items {
		under := make([]string, 0, len(it.Links)+1)
		for _, l := range it.Links {
			under = append(under, "["+l.Text+"]("+l.Href+")")
		}
		items = append(items, it.Text+"\n> "+strings.Join(append(under, it.ID), "　"))
	}
	const sep = "\n\n" // a single line break is none in DingTalk's Markdown
	text := strings.Join(sheet.Fit(items, sep, maxText), sep)
	if len(s.Links) == 0 {
		return map[string]any{"msgtype": "markdown", "markdown": map[string]any{"title": s.Title, "text": text}}
	}
	var buttons []map[string]any
	for _, l := range s.Links {
		buttons = append(buttons, map[string]any{"title": l.Text, "actionURL": l.Href})
	}
	return map[string]any{"msgtype": "actionCard", "actionCard": map[string]any{
		"title": s.Title, "text": text, "btnOrientation": "0", "btns": buttons,
	}}
}

// judge reads DingTalk's answer, a number in a body of HTTP 200 (自定义机器人错误码).
func judge(answer []byte) error {
	code, why, ok := robot.Code(answer, "errcode", "errmsg")
	if !ok {
		return robot.ErrNoAnswer
	}
	switch {
	case code == 0:
		return nil
	case code == 130101, code == 410100, code == 90030, robot.TooOften(why): // too often: it is blocked for a while
		return robot.No(alerting.RateLimited, blocked, code, why, "")
	case code == -1: // busy
		return robot.No(alerting.Retry, 0, code, why, "")
	case code == 310000:
		return robot.No(alerting.Configuration, 0, code, why, "安全设置不符：请选“加签”，并核对密钥和本机时间")
	case code == 300001, code == 300005, code == 400101:
		return robot.No(alerting.Configuration, 0, code, why, "机器人的 webhook 无效，请在群里重新添加机器人并更换地址")
	case code == 400102, code == 400013:
		return robot.No(alerting.Configuration, 0, code, why, "机器人或群已停用，请联系群主")
	}
	return robot.No(alerting.Permanent, 0, code, why, "")
}
