package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"huiying/internal/redact"
)

// maxReconnect caps the pause between two attempts to connect.
const maxReconnect = time.Minute

// SocketOptions say how clicks come by Socket Mode, for offices that Slack cannot
// reach from outside.
type SocketOptions struct {
	// AppToken is the app-level token (xapp-…) with connections:write.
	AppToken string
	// APIURL is the address of the API. Defaults to Slack's.
	APIURL string
}

// String keeps the token out of every print.
func (SocketOptions) String() string { return "slack.SocketOptions{}" }

// GoString keeps the token out of every print.
func (o SocketOptions) GoString() string { return o.String() }

// Listen takes clicks by Socket Mode until ctx ends. What breaks is connected
// again; a token that Slack refuses is told once and tried on, since it may be
// mended on Slack's side.
func (c *Clicks) Listen(ctx context.Context, o SocketOptions) error {
	if !strings.HasPrefix(o.AppToken, "xapp-") {
		return errors.New("slack: Socket Mode needs the app-level token, which begins with xapp-")
	}
	redactor := redact.New(o.AppToken)
	pause := time.Second
	for {
		began := time.Now()
		err := c.connect(ctx, o)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // The end was asked for.
		}
		c.o.Log.WarnContext(ctx, "slack's socket broke, connecting again", "wait", pause, "error", redactor.Redact(fmt.Sprint(err)))
		if time.Since(began) > maxReconnect {
			pause = time.Second
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		pause = min(2*pause, maxReconnect)
	}
}

func (c *Clicks) connect(ctx context.Context, o SocketOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	opts := []slackgo.Option{slackgo.OptionAppLevelToken(o.AppToken)}
	if o.APIURL != "" {
		opts = append(opts, slackgo.OptionAPIURL(strings.TrimSuffix(o.APIURL, "/")+"/"))
	}
	client := socketmode.New(slackgo.New("", opts...))
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	for {
		select {
		case err := <-ended:
			return err
		case e := <-client.Events:
			if e.Type == socketmode.EventTypeInvalidAuth {
				return errors.New("slack refused the app-level token")
			}
			cb, ok := e.Data.(slackgo.InteractionCallback)
			if e.Type != socketmode.EventTypeInteractive || !ok || e.Request == nil {
				continue
			}
			// First the deed: an envelope that is not acknowledged is sent again, and
			// doing it twice is doing it once.
			c.take(ctx, cb)
			if err := client.Ack(*e.Request); err != nil {
				c.o.Log.WarnContext(ctx, "slack's socket: a click was not acknowledged", "error", err)
			}
		}
	}
}
