// Package slack sends notices to a Slack channel with a bot token, and finds out
// after an unclear answer whether a message stands. Slack has no idempotency key:
// the delivery's id travels in the message's metadata instead.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"huiying/alerting"
	"huiying/internal/redact"
)

const (
	// eventType marks our messages in Slack's metadata.
	eventType   = "huiying_delivery"
	postMessage = "chat.postMessage"
	// conversations.history and .replies are of Slack's tier 3, 50 calls a minute.
	readsEvery = 1200 * time.Millisecond
	readsBurst = 10
)

// Options say where and how to send.
type Options struct {
	// Token is the bot's token (xoxb-…). Its scopes must include chat:write and
	// channels:history (groups:history for a private channel). It never appears in
	// an error or a log.
	Token string
	// Channel is the channel's id, such as C0123456789. Look-up needs the id, not
	// the name.
	Channel string
	// APIURL is the address of the API. Defaults to Slack's.
	APIURL string
	// HTTP does the requests. Defaults to a client of its own. Redirects are never
	// followed: they would carry the token along.
	HTTP *http.Client
	// PerMessage is the pause between two messages to the channel. Defaults to 1s,
	// which is Slack's limit.
	PerMessage time.Duration
	// Buttons says that clicks are taken: messages carry 认领, 已回应, 误报 and, where
	// there are Sections, 转办 to one of them.
	Buttons  bool
	Sections []string
	// Timeout bounds one Send, and each request of a look-up. Defaults to 10s.
	Timeout time.Duration
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// String keeps the token out of every print.
func (o Options) String() string { return "slack.Options{" + o.Channel + "}" }

// GoString keeps the token out of every print.
func (o Options) GoString() string { return o.String() }

// Sender sends to one channel. Safe for use by many goroutines.
type Sender struct {
	api      *slackgo.Client
	channel  string
	timeout  time.Duration
	pace     *alerting.Pace
	reads    *rate.Limiter
	now      func() time.Time
	log      *slog.Logger
	redactor *redact.Redactor
	buttons  bool
	owners   []string
	lookups  lookups
	ahead    atomic.Int64 // how far our clock was ever seen to be ahead of Slack's, a time.Duration
}

var (
	_ alerting.Sender = (*Sender)(nil)
	_ alerting.Finder = (*Sender)(nil)
	_ alerting.Pacer  = (*Sender)(nil)
)

// New checks the options.
func New(o Options) (*Sender, error) {
	if o.Token == "" {
		return nil, errors.New("slack: no token; give the bot token (xoxb-…) of the app")
	}
	if !regexp.MustCompile(`^[CGD][A-Z0-9]+$`).MatchString(o.Channel) {
		return nil, fmt.Errorf("slack: %q is not a channel id; copy it from the channel's details, it begins with C or G", o.Channel)
	}
	if o.APIURL == "" {
		o.APIURL = slackgo.APIURL
	}
	if !strings.HasSuffix(o.APIURL, "/") {
		o.APIURL += "/"
	}
	if o.PerMessage <= 0 {
		o.PerMessage = time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	client := http.Client{}
	if o.HTTP != nil {
		client = *o.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Sender{
		// slack-go's own retries stay off: only the deliverer knows when a second
		// request cannot make a second message.
		api:      slackgo.New(o.Token, slackgo.OptionHTTPClient(&client), slackgo.OptionAPIURL(o.APIURL)),
		channel:  o.Channel,
		timeout:  o.Timeout,
		pace:     alerting.NewPace(o.PerMessage),
		reads:    rate.NewLimiter(rate.Every(readsEvery), readsBurst),
		now:      o.Now,
		log:      o.Log,
		redactor: redact.New(o.Token),
		buttons:  o.Buttons,
		owners:   o.Sections,
		lookups:  lookups{waiting: make(map[string]*lookup)},
	}, nil
}

// String names the channel and nothing secret.
func (s *Sender) String() string { return "slack:" + s.channel }

// GoString names the channel and nothing secret.
func (s *Sender) GoString() string { return s.String() }

// Pace implements alerting.Pacer.
func (s *Sender) Pace() *alerting.Pace { return s.pace }

// Send implements alerting.Sender. Answers in a thread are broadcast to the
// channel: nobody follows a bot's thread, and a matter that grew graver, or a
// clock that ran out, must be seen.
func (s *Sender) Send(ctx context.Context, m alerting.Message) (alerting.Ref, error) {
	// One time limit for all that follows: the deliverer counts on it that nothing
	// of this attempt is under way any more once it has passed.
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	full := compose(m, s.buttons)
	if row := buttons(m, s.owners); s.buttons && row != nil {
		full.blocks = append(full.blocks, row)
	}
	ref, err := s.post(ctx, m, full)
	var refused *refusal
	if !errors.As(err, &refused) {
		return ref, err
	}
	// Slack said no, so nothing stands, and a plainer message may pass.
	switch {
	case refused.threadGone() && m.Thread.TS != "":
		s.log.WarnContext(ctx, "thread is gone, sending on its own", "delivery", m.DeliveryID, "code", refused.code)
		m.Thread = alerting.Ref{}
		return s.post(ctx, m, full)
	case refused.blocksBad():
		s.log.ErrorContext(ctx, "slack refused the blocks, sending plain text", "delivery", m.DeliveryID, "code", refused.code)
		return s.post(ctx, m, layout{text: full.text})
	}
	return ref, err
}

func (s *Sender) post(ctx context.Context, m alerting.Message, l layout) (alerting.Ref, error) {
	opts := []slackgo.MsgOption{
		slackgo.MsgOptionText(l.text, false), // made harmless by alerting.Inert, which beats escaping
		slackgo.MsgOptionDisableMarkdown(),
		slackgo.MsgOptionParse(false),
		slackgo.MsgOptionLinkNames(false),
		slackgo.MsgOptionDisableLinkUnfurl(),
		slackgo.MsgOptionDisableMediaUnfurl(),
		slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
			EventType:    eventType,
			EventPayload: map[string]any{"delivery": m.DeliveryID, "notice": m.NoticeID},
		}),
	}
	if len(l.blocks) > 0 {
		opts = append(opts, slackgo.MsgOptionBlocks(l.blocks...))
	}
	if m.Thread.TS != "" {
		opts = append(opts, slackgo.MsgOptionTS(m.Thread.TS), slackgo.MsgOptionBroadcast())
	}
	var ref alerting.Ref
	err := s.call(ctx, postMessage, func(ctx context.Context) error {
		channel, ts, err := s.api.PostMessageContext(ctx, s.channel, opts...)
		if err == nil && ts == "" {
			// slack-go takes an answer without ok and without error for a yes.
			return errNoAnswer
		}
		ref = alerting.Ref{Channel: channel, TS: ts}
		s.compare(ts)
		return err
	})
	return ref, err
}

// compare takes Slack's time from a message that was just posted.
func (s *Sender) compare(ts string) {
	whole, _, _ := strings.Cut(ts, ".")
	if sec, err := strconv.ParseInt(whole, 10, 64); err == nil {
		s.ahead.Store(max(s.ahead.Load(), int64(s.now().Sub(time.Unix(sec, 0)))))
	}
}

// Check tests the token and whether look-up is allowed: sending once only needs
// both.
func (s *Sender) Check(ctx context.Context) error {
	err := s.call(ctx, "auth.test", func(ctx context.Context) error {
		_, err := s.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return s.call(ctx, "conversations.history", func(ctx context.Context) error {
		_, err := s.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
			ChannelID: s.channel, Limit: 1, IncludeAllMetadata: true,
		})
		return err
	})
}

// call does one request within its time and classes its error. It watches the
// connection to know whether Slack can have read anything.
func (s *Sender) call(ctx context.Context, method string, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return &alerting.Failure{Reason: alerting.Retry, Err: fmt.Errorf("slack %s: not begun: %w", method, err)}
	}
	var asked, wrote atomic.Bool
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:          func(string) { asked.Store(true) },
		WroteHeaderField: func(string, []string) { wrote.Store(true) },
		WroteHeaders: func() {
			wrote.Store(true)
			if method == postMessage {
				s.pace.Began(s.now())
			}
		},
		Got100Continue:       func() { wrote.Store(true) },
		GotFirstResponseByte: func() { wrote.Store(true) },
	})
	err := do(ctx)
	if err == nil {
		return nil
	}
	f := s.classify(method, err, asked.Load() && !wrote.Load())
	if f.Reason == alerting.RateLimited && method == postMessage {
		s.pace.Hold(s.now().Add(f.RetryAfter))
	}
	return f
}
