package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiying/crawler"
)

// transport performs one guarded hop.
type transport struct {
	wire       http.RoundTripper
	hosts      *hosts
	robots     *robots
	gate       *memoryGate
	validators ValidatorStore
	log        *slog.Logger
	agent      string
	pause      time.Duration
	timeout    time.Duration
	maxBytes   int64
	now        func() time.Time
}

// hopState is what the hops of one fetch share. It travels in the context of
// resp.Request, which http.Client hands to the next hop as req.Response.Request.
type hopState struct {
	hops  int
	spent time.Duration
}

type hopStateKey struct{}

// buffer is a body that was read completely. It keeps its reservation of memory until
// it is closed.
type buffer struct {
	*bytes.Reader
	raw           []byte
	text, charset string
	// took is how long the request and the body were on the wire.
	took   time.Duration
	memory *reservation
}

func (b *buffer) Close() error {
	b.memory.release()
	return nil
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	if err := checkRequest(req); err != nil {
		return nil, err
	}
	so, err := t.hopState(req)
	if err != nil {
		return nil, err
	}
	ctx := req.Context()
	row := t.hosts.acquire(hostKey(req.URL))
	defer t.hosts.release(row)

	if req.URL.Path == "/robots.txt" && req.URL.RawQuery == "" {
		return t.robots.serve(ctx, row, req)
	}
	rules, err := t.robots.rulesFor(ctx, row, req.URL)
	if err != nil {
		return nil, err
	}
	if err := rules.check(req.URL); err != nil {
		return nil, err
	}
	if err := t.waitForSlot(ctx, row, req, max(t.pause, rules.delay)); err != nil {
		return nil, err
	}

	out := req.Clone(ctx)
	conditional := t.makeConditional(ctx, out)
	resp, b, err := t.send(out, row, t.timeout-so.spent, bound{bytes: t.maxBytes})
	if err != nil {
		return nil, err
	}
	if until := t.hosts.heldUntil(row); !until.IsZero() && asksToWait(resp) {
		b.memory.release()
		return nil, &Error{Kind: RateLimited, URL: redactURL(req.URL), Status: resp.StatusCode, Until: until}
	}
	if resp.StatusCode == http.StatusNotModified && !conditional {
		b.memory.release()
		return nil, &Error{Kind: BadStatus, URL: redactURL(req.URL), Status: resp.StatusCode, Err: errors.New("nothing was remembered to compare with")}
	}
	so.hops++
	so.spent += b.took
	resp.Request = req.WithContext(context.WithValue(ctx, hopStateKey{}, so))
	return resp, nil
}

func checkRequest(req *http.Request) error {
	bad := func(why string) error {
		return &Error{Kind: BadURL, URL: redactURL(req.URL), Err: errors.New(why)}
	}
	switch {
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		return bad("only GET and HEAD are sent, not " + req.Method)
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return bad("only http and https are read")
	case req.URL.Hostname() == "":
		return bad("no host")
	case req.URL.User != nil:
		return bad("user or password inside the URL")
	}
	return nil
}

// hopState finds what this hop's predecessors used up.
func (t *transport) hopState(req *http.Request) (hopState, error) {
	if req.Response == nil || req.Response.Request == nil {
		return hopState{}, nil
	}
	so, _ := req.Response.Request.Context().Value(hopStateKey{}).(hopState)
	if so.hops > maxRedirects {
		return so, &Error{Kind: Redirects, URL: redactURL(req.URL), Err: fmt.Errorf("more than %d redirects", maxRedirects)}
	}
	if so.spent >= t.timeout {
		return so, &Error{Kind: Timeout, URL: redactURL(req.URL), Err: errors.New("redirects used up the time")}
	}
	return so, nil
}

// waitForSlot returns when the host may be asked, or at once with an error when the
// host wants to be left alone: holding on for hours would block the source.
func (t *transport) waitForSlot(ctx context.Context, row *host, req *http.Request, pause time.Duration) error {
	if until := t.hosts.heldUntil(row); !until.IsZero() {
		return &Error{Kind: RateLimited, URL: redactURL(req.URL), Until: until}
	}
	slot := t.hosts.reserve(row, pause)
	if err := sleep(ctx, slot.Sub(t.now())); err != nil {
		return asError(err, req.URL)
	}
	if until := t.hosts.heldUntil(row); !until.IsZero() {
		return &Error{Kind: RateLimited, URL: redactURL(req.URL), Until: until}
	}
	return nil
}

// makeConditional adds the remembered validators and says whether it did.
func (t *transport) makeConditional(ctx context.Context, req *http.Request) bool {
	if req.Header.Get("If-None-Match") != "" || req.Header.Get("If-Modified-Since") != "" {
		return true
	}
	if t.validators == nil || req.Method != http.MethodGet {
		return false
	}
	v, ok, err := t.validators.Load(ctx, req.URL.String())
	if err != nil {
		t.log.WarnContext(ctx, "validators not loaded, reading in full", "url", redactURL(req.URL), "error", err)
		return false
	}
	if !ok {
		return false
	}
	if v.ETag != "" {
		req.Header.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		req.Header.Set("If-Modified-Since", v.LastModified)
	}
	return v != Validators{}
}

// bound is how much of a body is read, and whether a longer one is cut instead
// of refused: robots.txt alone is cut.
type bound struct {
	bytes int64
	cut   bool
}

// errSlow ends a request whose time is up.
var errSlow = fmt.Errorf("the time for one fetch is up: %w", context.DeadlineExceeded)

// send puts one request on the wire and reads its answer completely, within
// limits, so that the caller's body can neither stall nor grow. The body must be
// closed.
func (t *transport) send(req *http.Request, row *host, budget time.Duration, limit bound) (*http.Response, *buffer, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	clock := startStopwatch(budget, func() { cancel(errSlow) })
	at := t.gate.reserve(req.Context(), clock)
	defer clock.stop()
	req = req.WithContext(ctx)
	req.Header.Set("User-Agent", t.agent)
	req.Header.Set("Accept-Encoding", "gzip, deflate, br")
	if req.Header.Get("Accept-Language") == "" {
		req.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,*;q=0.5")
	}
	meter := crawler.MeterOf(ctx)
	resp, err := t.wire.RoundTrip(req)
	if err != nil {
		meter.Count(0, 0)
		return nil, nil, t.failed(req, err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is written to it
	t.noteRetryAfter(row, resp)
	raw, err := readBody(resp, req.URL.Path, limit.bytes, at)
	meter.Count(resp.StatusCode, len(raw))
	if err != nil && (!limit.cut || !errors.Is(err, errTooLarge)) {
		at.release()
		return nil, nil, t.failed(req, err)
	}
	b := &buffer{raw: raw, memory: at, took: budget - clock.stop()}
	if isText(resp.Header.Get("Content-Type")) {
		b.text, b.charset = Decode(raw, resp.Header.Get("Content-Type"))
		b.Reader = bytes.NewReader([]byte(b.text))
		resp.Header.Set("Content-Type", mediaType(resp.Header.Get("Content-Type"), raw)+"; charset=utf-8")
	} else {
		b.Reader = bytes.NewReader(raw)
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = b.Size()
	// Colly unpacks a second time unless it is told that this has been done.
	resp.Uncompressed = true
	resp.Body = b
	return resp, b, nil
}

func (t *transport) failed(req *http.Request, err error) error {
	if errors.Is(context.Cause(req.Context()), errSlow) {
		err = errSlow
	}
	err = asError(err, req.URL)
	var e *Error
	if errors.As(err, &e) && e.URL == "" {
		e.URL = redactURL(req.URL)
	}
	return err
}

// asksToWait reports whether a host asks to be left alone: by 429, or by 503 with a
// Retry-After.
func asksToWait(resp *http.Response) bool {
	return resp.StatusCode == http.StatusTooManyRequests ||
		resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != ""
}

// noteRetryAfter shuts the host for as long as it asks to be left alone.
func (t *transport) noteRetryAfter(row *host, resp *http.Response) {
	if asksToWait(resp) {
		t.hosts.holdUntil(row, t.now().Add(retryAfter(resp.Header.Get("Retry-After"), t.now())))
	}
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3) and bounds it; what
// makes no sense counts as plainHold.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	d := time.Duration(0)
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		d = time.Duration(min(max(n, 0), int64(maxHold/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	} else if value != "" && strings.Trim(value, "0123456789") == "" {
		d = maxHold // more digits than an int64 holds
	}
	if d <= 0 {
		return defaultHold
	}
	return min(d, maxHold)
}
