package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"

	"huiying/alerting"
	"huiying/internal/safetext"
)

const (
	// maxPayload bounds an interaction, in bytes: it carries the message it is about.
	maxPayload = 256 << 10
	// clickTime is within what Slack waits for an answer to a click, 3 s.
	clickTime = 2500 * time.Millisecond
	// tellEvery is how often refused requests are told of.
	tellEvery = time.Minute
)

// Click is what somebody pressed under one of our messages.
type Click struct {
	DeliveryID string
	Act        alerting.Act
	// To is the section a handover goes to.
	To string
}

// ClickOptions say what is done with clicks. Do is required.
type ClickOptions struct {
	// SigningSecrets check that a request to the interactivity URL is Slack's, one
	// for each app. Without any, all are refused.
	SigningSecrets []string
	// Do does what was pressed. Its error is shown to whoever pressed, in Chinese.
	Do func(ctx context.Context, c Click) error
	// HTTP answers those whose click failed. Defaults to a client of its own.
	HTTP *http.Client
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// Clicks takes what people press, by Slack's interactivity URL or by Socket Mode.
type Clicks struct {
	o      ClickOptions
	warned atomic.Int64 // when a refused request was last told, in Unix seconds
}

// NewClicks checks the options.
func NewClicks(o ClickOptions) (*Clicks, error) {
	if o.Do == nil {
		return nil, errors.New("slack: clicks need something that is done with them")
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 5 * time.Second}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Clicks{o: o}, nil
}

// ServeHTTP implements http.Handler for the interactivity URL. A request must be
// signed and not older than 5 minutes (Slack: verifying requests).
func (c *Clicks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err := c.verify(r.Header, body); err != nil {
		// Anybody may send such requests, as many as they like; an operator who set the
		// wrong secret must hear of one.
		now := c.o.Now().Unix()
		if last := c.warned.Load(); now-last >= int64(tellEvery/time.Second) && c.warned.CompareAndSwap(last, now) {
			c.o.Log.WarnContext(r.Context(), "a click that is not slack's was refused; if clicks do nothing, check signing_secret", "error", err)
		}
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	var cb slackgo.InteractionCallback
	if err := json.Unmarshal([]byte(form.Get("payload")), &cb); err != nil {
		http.Error(w, "bad payload", http.StatusBadRequest)
		return
	}
	c.take(r.Context(), cb)
	w.WriteHeader(http.StatusOK)
}

func (c *Clicks) verify(header http.Header, body []byte) error {
	err := errors.New("no signing secret is configured")
	for _, secret := range c.o.SigningSecrets {
		var v slackgo.SecretsVerifier
		if v, err = slackgo.NewSecretsVerifier(header, secret); err != nil {
			return err
		}
		if _, err = v.Write(body); err != nil {
			return err
		}
		if err = v.Ensure(); err == nil {
			return nil
		}
	}
	return err
}

// take does what was pressed. Pressing twice is one act, since acts are recorded
// once; what cannot be done is said to the one who pressed and to nobody else.
func (c *Clicks) take(ctx context.Context, cb slackgo.InteractionCallback) {
	ctx, cancel := context.WithTimeout(ctx, clickTime)
	defer cancel()
	if cb.Type != slackgo.InteractionTypeBlockActions {
		return
	}
	for _, a := range cb.ActionCallback.BlockActions {
		click, ok := read(a)
		if !ok {
			continue
		}
		if err := c.o.Do(ctx, click); err != nil {
			c.o.Log.WarnContext(ctx, "a click was not done", "delivery", click.DeliveryID, "act", string(click.Act), "error", err)
			// Apart: Slack, and whoever clicks next, waits for us.
			go c.answer(context.WithoutCancel(ctx), cb.ResponseURL, "没有执行："+safetext.Inert(safetext.Line(err.Error())))
		}
	}
}

// read is the click behind an action of ours.
func read(a *slackgo.BlockAction) (Click, bool) {
	id, ok := strings.CutPrefix(a.BlockID, blockPrefix)
	if !ok {
		return Click{}, false
	}
	c := Click{DeliveryID: id, Act: alerting.Act(a.ActionID)}
	switch c.Act {
	case alerting.Take, alerting.Answered, alerting.Mistaken:
		return c, true
	case alerting.HandOver:
		c.To = a.SelectedOption.Value
		return c, c.To != ""
	}
	return Click{}, false
}

// answer tells one person, by the address that came with the click.
func (c *Clicks) answer(ctx context.Context, address, text string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() != "hooks.slack.com" {
		return // Slack's own addresses only: the payload names it
	}
	body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": text})
	if err != nil {
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := c.o.HTTP.Do(req)
	if err != nil {
		c.o.Log.WarnContext(ctx, "cannot tell that a click was not done", "error", fmt.Errorf("%w", errHook))
		return
	}
	_ = resp.Body.Close()
}

// errHook stands for errors that would quote the address, which is a key.
var errHook = errors.New("slack's answer address did not take it")
