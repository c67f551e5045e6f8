// Package wecom sends notices to a group robot of WeCom (企业微信群机器人). A robot
// can neither read its messages back nor hear clicks.
package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/alerting/robot"
	"huiying/alerting/sheet"
	"huiying/internal/verdict"
)

const (
	// maxContent is the limit of a markdown message, in bytes (群机器人配置说明).
	maxContent = 4096
	// listRoom is how much of it the lines of a summary may take: what stands above
	// them takes the rest.
	listRoom = 3400
	// A robot takes 20 messages a minute (群机器人配置说明): 5 at once and one every
	// 4 s are never more than that in any minute.
	perMessage = 4 * time.Second
	burst      = 5
)

// Options say where and how to send.
type Options struct {
	// Webhook is the robot's address with its key. It never appears in an error or
	// a log.
	Webhook string
	// PerMessage is the pause between messages once 5 have left at once. Defaults to
	// 4s, which with them is WeCom's 20 a minute.
	PerMessage time.Duration
	// HTTP, Timeout and Now default as robot.Options says.
	HTTP    *http.Client
	Timeout time.Duration
	Now     func() time.Time
}

// Sender posts to one robot. Safe for use by many goroutines.
type Sender struct{ *robot.Robot }

var (
	_ alerting.Sender = (*Sender)(nil)
	_ alerting.Pacer  = (*Sender)(nil)
	_ alerting.Roomy  = (*Sender)(nil)
)

// New checks the options.
func New(o Options) (*Sender, error) {
	if o.PerMessage <= 0 {
		o.PerMessage = perMessage
	}
	r, err := robot.New(robot.Options{
		Name: "wecom", Address: o.Webhook, HTTP: o.HTTP, Timeout: o.Timeout, Now: o.Now,
		Pace: alerting.NewBurst(o.PerMessage, burst),
	})
	if err != nil {
		return nil, err
	}
	return &Sender{Robot: r}, nil
}

// Room implements alerting.Roomy.
func (s *Sender) Room() int { return listRoom }

// Send implements alerting.Sender. The Ref is empty: the robot gives none.
func (s *Sender) Send(ctx context.Context, m alerting.Message) (alerting.Ref, error) {
	body, err := json.Marshal(map[string]any{
		"msgtype":  "markdown",
		"markdown": map[string]any{"content": markdown(m)},
	})
	if err != nil {
		return alerting.Ref{}, fmt.Errorf("wecom: write the message: %w", err)
	}
	return alerting.Ref{}, s.Post(ctx, robot.Request{Body: body, Judge: judge})
}

// markdown lays out a message. WeCom's dialect knows headings, bold, quotes,
// links, and colours: info (green), comment (grey) and warning (orange).
func markdown(m alerting.Message) string {
	s := sheet.New(m)
	items := []string{
		"### <font color=\"" + color(m) + "\">" + s.Title + "</font>",
		"<font color=\"comment\">" + s.Under + "</font>",
	}
	for _, f := range s.Fields {
		items = append(items, "> <font color=\"comment\">"+f.Name+"：</font>"+f.Value)
	}
	items = append(items, s.Text...)
	for _, it := range s.Items {
		items = append(items, it.Text+"\n> "+join(it.Links)+"　<font color=\"comment\">"+it.ID+"</font>")
	}
	foot := join(s.Links)
	const sep = "\n"
	return strings.Join(append(sheet.Fit(items, sep, maxContent-len(foot)), foot), sep)
}

func join(links []sheet.Link) string {
	parts := make([]string, len(links))
	for i, l := range links {
		parts[i] = "[" + l.Text + "](" + l.Href + ")"
	}
	return strings.Join(parts, "　")
}

func color(m alerting.Message) string {
	switch {
	case m.Grade.Rank() >= verdict.Large.Rank(), m.Kind == alerting.KindReminder, m.Kind == alerting.KindWarning, m.Kind == alerting.KindSummary:
		return "warning"
	}
	return "info"
}

// judge reads WeCom's answer, a number in a body of HTTP 200 (全局错误码).
func judge(answer []byte) error {
	code, why, ok := robot.Code(answer, "errcode", "errmsg")
	if !ok {
		return robot.ErrNoAnswer
	}
	switch {
	case code == 0:
		return nil
	case code == 45009, code == 45033, robot.TooOften(why): // too often, too many at once
		return robot.No(alerting.RateLimited, time.Minute, code, why, "")
	case code == -1: // busy
		return robot.No(alerting.Retry, 0, code, why, "")
	case code == 93000:
		return robot.No(alerting.Configuration, 0, code, why, "机器人的 webhook 无效，请在群里重新添加机器人并更换地址")
	case code == 48002, code == 60020: // not allowed, address not on the white list
		return robot.No(alerting.Configuration, 0, code, why, "机器人被停用或没有权限，请联系企业微信管理员")
	}
	return robot.No(alerting.Permanent, 0, code, why, "")
}
