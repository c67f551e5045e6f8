// Package robot is what the senders of webhook robots share: one request whose
// answer is classed, with the secrets kept out of every error.
package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"huiying/alerting"
	"huiying/internal/redact"
	"huiying/internal/safetext"
)

// maxAnswer bounds what is read of an answer, in bytes: yes and no are short.
const maxAnswer = 64 << 10

// ErrNoAnswer is a body that says neither yes nor no.
var ErrNoAnswer = errors.New("the answer says neither yes nor no")

// Options say how requests are made.
type Options struct {
	// Name stands in errors, such as "wecom".
	Name string
	// Address is the robot's webhook. It is a secret: whoever has it can post.
	Address string
	// Secrets are kept out of errors, besides the address and its query's values.
	Secrets []string
	// HTTP does the requests. Defaults to a client of its own. Redirects are never
	// followed: they would carry the message to somebody else.
	HTTP *http.Client
	// Timeout bounds one request. Defaults to 10s.
	Timeout time.Duration
	// Pace is the robot's rate.
	Pace *alerting.Pace
	// Now defaults to time.Now.
	Now func() time.Time
}

// Robot posts to one address. Safe for use by many goroutines.
type Robot struct {
	name     string
	address  *url.URL
	http     *http.Client
	timeout  time.Duration
	pace     *alerting.Pace
	now      func() time.Time
	redactor *redact.Redactor
	off      atomic.Int64 // how far the platform's clock is ahead of ours, a time.Duration
}

// astray is from where on our clock is too far from the platform's: both that check
// it take an hour.
const astray = 30 * time.Minute

// WrongClock is the remedy where a signature by our own clock was refused, and the
// platform's answer told that the clock is wrong: the next one is made by its time.
const WrongClock = "本机时间不对，改用平台的时间重发；请校准本机时间"

// Time is the platform's own, as its last answer told it: a signature made by a clock
// that is an hour off is refused. Before any answer it is ours.
func (r *Robot) Time() time.Time {
	if r.Astray() {
		return r.now().Add(time.Duration(r.off.Load()))
	}
	return r.now()
}

// Astray reports whether our clock is too far from the platform's for signatures.
func (r *Robot) Astray() bool { return time.Duration(r.off.Load()).Abs() > astray }

// New checks the options.
func New(o Options) (*Robot, error) {
	u, err := url.Parse(o.Address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		// Not the error: it would quote the address, which is the key.
		return nil, fmt.Errorf("%s: the webhook is no address; copy it whole from the robot's settings, it begins with https://", o.Name)
	}
	secrets := append([]string{o.Address, u.RequestURI()}, o.Secrets...)
	secrets = append(secrets, redact.SecretsIn(o.Address)...)
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	client := http.Client{}
	if o.HTTP != nil {
		client = *o.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Robot{
		name: o.Name, address: u, http: &client, timeout: o.Timeout, pace: o.Pace, now: o.Now,
		redactor: redact.New(secrets...),
	}, nil
}

// String names the robot and nothing secret.
func (r *Robot) String() string { return r.name }

// GoString names the robot and nothing secret.
func (r *Robot) GoString() string { return r.name }

// Address is a copy of the webhook, for signing its query.
func (r *Robot) Address() *url.URL {
	u := *r.address
	return &u
}

// Pace implements alerting.Pacer.
func (r *Robot) Pace() *alerting.Pace { return r.pace }

// Request is one message as a platform wants it.
type Request struct {
	// Address defaults to the robot's webhook.
	Address *url.URL
	Header  http.Header
	Body    []byte
	// Judge reads the body of an answer of 2xx: nil is the platform's own yes.
	Judge func(answer []byte) error
}

// Post sends once. Its error is an *alerting.Failure without secrets; a *Failure
// of Judge keeps its class, any other error of Judge is ambiguous.
func (r *Robot) Post(ctx context.Context, q Request) error {
	if err := ctx.Err(); err != nil {
		return r.fail(alerting.Retry, 0, fmt.Errorf("not begun: %w", err))
	}
	address := q.Address
	if address == nil {
		address = r.address
	}
	var wrote atomic.Bool
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaderField: func(string, []string) { wrote.Store(true) },
		WroteHeaders: func() {
			wrote.Store(true)
			r.pace.Began(r.now())
		},
		GotFirstResponseByte: func() { wrote.Store(true) },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(q.Body))
	if err != nil {
		return r.fail(alerting.Configuration, 0, errors.New("the webhook is no address"))
	}
	maps.Copy(req.Header, q.Header)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := r.http.Do(req)
	if err != nil {
		if !wrote.Load() { // nothing can stand
			return r.fail(alerting.Retry, 0, bare(err))
		}
		return r.fail(alerting.Ambiguous, 0, bare(err))
	}
	defer func() { _ = resp.Body.Close() }()
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		r.off.Store(int64(at.Sub(r.now())))
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	// At once, before anything is cut out of it.
	answer = []byte(r.redactor.Redact(string(answer)))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return r.refused(resp, answer)
	}
	if err != nil {
		return r.fail(alerting.Ambiguous, 0, fmt.Errorf("read the answer: %w", err))
	}
	err = q.Judge(answer)
	var f *alerting.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return r.fail(f.Reason, f.RetryAfter, f.Err)
	}
	return r.fail(alerting.Ambiguous, 0, err)
}

// refused classes a status that is no yes. A body that says why is quoted.
func (r *Robot) refused(resp *http.Response, answer []byte) error {
	reason := alerting.ReasonOfStatus(resp.StatusCode)
	var pause time.Duration
	if reason == alerting.RateLimited {
		pause = retryAfter(resp.Header.Get("Retry-After"), r.now())
	}
	return r.fail(reason, pause, fmt.Errorf("HTTP %d: %s", resp.StatusCode, safetext.Excerpt(string(answer), 100)))
}

// retryAfter reads the header in seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(seconds, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return at.Sub(now)
	}
	return alerting.DefaultPause
}

// fail makes the failure, and keeps the robot's line closed as long as it asked.
func (r *Robot) fail(reason alerting.Reason, pause time.Duration, err error) error {
	if reason == alerting.RateLimited {
		if pause == 0 {
			pause = alerting.DefaultPause
		}
		pause = alerting.BelievablePause(pause)
		r.pace.Hold(r.now().Add(pause))
	}
	text := r.name + ": " + r.redactor.Redact(err.Error())
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return &alerting.Failure{Reason: reason, RetryAfter: pause, Err: fmt.Errorf("%s: %w", r.name, known)}
		}
	}
	return &alerting.Failure{Reason: reason, RetryAfter: pause, Err: errors.New(text)}
}

// bare takes the address out of an error of net/http.
func bare(err error) error {
	for uerr := (*url.Error)(nil); errors.As(err, &uerr); uerr = nil {
		err = uerr.Err
	}
	return err
}

// Code reads the number by which a platform says yes (0) or no from the first of
// the fields that is there; ok is false where none is.
func Code(answer []byte, code, text string) (n int, why string, ok bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) != nil {
		return 0, "", false
	}
	if json.Unmarshal(fields[code], &n) != nil {
		return 0, "", false
	}
	_ = json.Unmarshal(fields[text], &why) // a no without words is a no
	return n, why, true
}

// No is a platform's own refusal.
func No(reason alerting.Reason, pause time.Duration, code int, why, remedy string) error {
	text := fmt.Sprintf("%d %s", code, safetext.Excerpt(why, 200))
	if remedy != "" {
		text += "：" + remedy
	}
	return &alerting.Failure{Reason: reason, RetryAfter: pause, Err: errors.New(text)}
}

// TooOften reports a refusal that speaks of the rate, whatever its number: the
// platforms have more numbers for it than their documents.
func TooOften(why string) bool {
	why = strings.ToLower(why)
	for _, sign := range []string{"freq", "too fast", "too many", "over limit", "rate limit", "频率", "过快", "限流"} {
		if strings.Contains(why, sign) {
			return true
		}
	}
	return false
}
