package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"huiying/alerting"
	"huiying/alerting/console"
	"huiying/alerting/dingtalk"
	"huiying/alerting/email"
	"huiying/alerting/feishu"
	"huiying/alerting/slack"
	"huiying/alerting/webhook"
	"huiying/alerting/wecom"
	"huiying/configs"
)

// sendTimeout bounds one send. sendSettle is how long after its start a message of
// unknown fate is waited for, and must be the longer: looked for too early, a
// message that is still on its way would be sent twice.
const (
	sendTimeout = 10 * time.Second
	sendSettle  = 12 * time.Second
)

// targets makes a sender for every chat target.
// sections are those that a matter may be handed to.
func targets(c configs.Chat, sections []string, o Options) (map[string]alerting.Sender, error) {
	out := make(map[string]alerting.Sender, len(c.Targets))
	screen := console.New(o.Out, console.Options{Color: o.Color})
	for _, t := range c.Targets {
		s, err := sender(t, screen, sections, o)
		if err != nil {
			return nil, fmt.Errorf("chat target %s: %w", t.Name, err)
		}
		out[t.Name] = s
	}
	return out, nil
}

func sender(t configs.Target, screen *console.Sender, sections []string, o Options) (alerting.Sender, error) {
	hook, secret := t.Webhook.Reveal(), t.Secret.Reveal()
	switch t.Kind {
	case "console":
		return screen, nil
	case "slack":
		return slack.New(slack.Options{
			Token: t.Token.Reveal(), Channel: t.Channel, APIURL: t.APIURL, PerMessage: t.PerMessage,
			Buttons: clickable(t), Sections: sections, Timeout: sendTimeout, Now: o.Now, Log: o.Log,
		})
	case "wecom":
		return wecom.New(wecom.Options{Webhook: hook, PerMessage: t.PerMessage, Timeout: sendTimeout, Now: o.Now})
	case "dingtalk":
		return dingtalk.New(dingtalk.Options{Webhook: hook, Secret: secret, PerMessage: t.PerMessage, Timeout: sendTimeout, Now: o.Now})
	case "feishu":
		return feishu.New(feishu.Options{Webhook: hook, Secret: secret, PerMessage: t.PerMessage, Timeout: sendTimeout, Now: o.Now})
	case "webhook":
		return webhook.New(webhook.Options{URL: hook, Secret: secret, PerMessage: t.PerMessage, Timeout: sendTimeout, Now: o.Now})
	case "email":
		return email.New(email.Options{
			Host: t.Host, Port: t.Port, ImplicitTLS: t.TLS == "tls", User: t.User, Password: t.Password.Reveal(),
			From: t.From, To: t.To, PerMessage: t.PerMessage, Timeout: sendTimeout, Now: o.Now,
		})
	}
	return nil, fmt.Errorf("unknown kind %q", t.Kind)
}

// checker is a sender that can be asked whether it would be heard.
type checker interface {
	Check(ctx context.Context) error
}

// CheckChat asks every chat platform in use that can be asked without sending
// anything whether it would take messages. The error joins all refusals.
func CheckChat(ctx context.Context, c *configs.Config) error {
	senders, err := targets(c.Chat, nil, Options{Out: io.Discard, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range c.Chat.Targets {
		if s, ok := senders[t.Name].(checker); ok {
			if err := s.Check(ctx); err != nil {
				errs = append(errs, fmt.Errorf("消息目的地 %s: %w", t.Name, err))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		// A platform may quote secrets that its sender does not know.
		return errors.New(newRedactor(c, minRedacted).Redact(err.Error()))
	}
	return nil
}
