package app

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"huiying/alerting"
	"huiying/alerting/slack"
	"huiying/configs"
	"huiying/response"
)

// clickable reports whether clicks under a target's messages are heard.
func clickable(t configs.Target) bool { return t.AppToken.IsSet() || t.SigningSecret.IsSet() }

// newClicks takes what is pressed under the messages of the Slack targets.
func (a *App) newClicks() (*slack.Clicks, error) {
	var secrets []string
	for _, t := range a.o.Config.Chat.Targets {
		if t.SigningSecret.IsSet() && !slices.Contains(secrets, t.SigningSecret.Reveal()) {
			secrets = append(secrets, t.SigningSecret.Reveal())
		}
	}
	return slack.NewClicks(slack.ClickOptions{SigningSecrets: secrets, Do: a.click, Log: a.o.Log})
}

// click does what was pressed for the receiver of the message it stood under.
func (a *App) click(ctx context.Context, c slack.Click) error {
	v, err := a.look(ctx, c.DeliveryID)
	if err != nil {
		a.o.Log.ErrorContext(ctx, "a click names no delivery of ours", "delivery", c.DeliveryID, "error", err)
		return errors.New("找不到这条消息对应的事件")
	}
	d := response.Action{EventID: v.EventID, Act: c.Act, Section: v.Receiver, To: c.To, Via: "slack"}
	switch c.Act {
	case alerting.Answered:
		d.Note = "在 Slack 登记：公众已得到答复"
	case alerting.Mistaken:
		d.Note = "在 Slack 登记"
	case alerting.Take, alerting.HandOver:
	}
	_, err = a.acts.Do(ctx, d)
	var refused *response.RefusedError
	if err == nil || errors.As(err, &refused) {
		return err
	}
	a.o.Log.ErrorContext(ctx, "a click was not done", "delivery", c.DeliveryID, "act", string(c.Act), "error", err)
	return errors.New("系统暂时处理不了，请稍后再按，急事请直接电话联系局办公室")
}

// listen takes clicks by Socket Mode until Stop, once for each app-level token:
// Slack deals the clicks of one app out to all its connections.
func (a *App) listen(ctx context.Context) {
	heard := make(map[string]bool)
	for _, t := range a.o.Config.Chat.Targets {
		token := t.AppToken.Reveal()
		if token == "" || heard[token] {
			continue
		}
		heard[token] = true
		a.spawn(ctx, "slack clicks", func(ctx context.Context) error {
			return a.clicks.Listen(ctx, slack.SocketOptions{AppToken: token, APIURL: t.APIURL})
		})
	}
}

// outside is what the second listener serves: the page behind the links, and
// Slack's interactivity URL where a target has a signing secret.
func (a *App) outside() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", a.ack)
	if slices.ContainsFunc(a.o.Config.Chat.Targets, func(t configs.Target) bool { return t.SigningSecret.IsSet() }) {
		mux.Handle("/slack/interactivity", a.clicks)
	}
	return mux
}
