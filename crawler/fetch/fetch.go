// Package fetch is the one guarded HTTP client by which huiying reads the
// outside world. Every hop of every request, robots.txt and redirects included,
// passes the same checks: http or https only, the resolved address is none of
// the special-purpose ranges, robots.txt allows it, the host has rested long
// enough, and the answer stays within the limits of size and time.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"huiying/internal/version"
)

// Limits that are not for operators to choose.
const (
	// maxRedirects is the longest chain of redirects that is followed.
	maxRedirects = 5
	// maxHeaderBytes bounds the header of one answer.
	maxHeaderBytes = 256 << 10
	// robotsToken is the name robots.txt files may address us by.
	robotsToken = "huiying"
)

// Options configures a Client. Only Contact is required.
type Options struct {
	// Contact stands in the User-Agent, so that a webmaster can reach whoever
	// reads: a URL or a mail address.
	Contact string
	// AllowPrivate lists the special-purpose ranges that may be read all the
	// same, such as 127.0.0.0/8 for the demo. Defaults to none.
	AllowPrivate []netip.Prefix
	// PerHost is the least pause between the starts of two requests to one
	// host. Defaults to 1s.
	PerHost time.Duration
	// Timeout bounds one fetch with its redirects and bodies, the pauses for
	// politeness not counted. Defaults to 20s.
	Timeout time.Duration
	// MaxBytes bounds a body after decompression. A longer body is an error,
	// never cut short. Defaults to 5 MB.
	MaxBytes int64
	// Validators keeps the validators for conditional requests. Defaults to none:
	// every request is unconditional.
	Validators ValidatorStore
	// Wire carries the requests. Defaults to one that refuses special-purpose
	// addresses; another must see to that itself, as a simulated network need not.
	Wire http.RoundTripper
	// Resolver looks names up. Defaults to the system's.
	Resolver *net.Resolver
	// Log receives what operators may want to look up. Defaults to silence.
	Log *slog.Logger
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// Client reads URLs. It is safe for concurrent use; create one per process so
// that all sources of one host share its pace.
type Client struct {
	follow     *http.Client
	hop        *transport
	validators ValidatorStore
	log        *slog.Logger
}

// New builds a Client.
func New(o Options) (*Client, error) {
	if strings.TrimSpace(o.Contact) == "" || strings.ContainsAny(o.Contact, "\r\n") {
		return nil, errors.New("fetch: Contact is missing; set it to a URL or mail address by which webmasters reach the bureau")
	}
	if o.PerHost < 0 || o.Timeout < 0 || o.MaxBytes < 0 {
		return nil, errors.New("fetch: PerHost, Timeout and MaxBytes must not be negative")
	}
	if o.PerHost == 0 {
		o.PerHost = time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 5 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	agent := fmt.Sprintf("%s/%s (+%s)", robotsToken, strings.TrimPrefix(version.Number, "v"), strings.TrimSpace(o.Contact))
	if o.Wire == nil {
		o.Wire = newWire(o.AllowPrivate, o.Timeout, o.Resolver)
	}
	hosts := newHosts(o.Now)
	hop := &transport{
		wire: o.Wire, hosts: hosts, gate: newMemoryGate(), validators: o.Validators, log: o.Log, agent: agent,
		pause: o.PerHost, timeout: o.Timeout, maxBytes: o.MaxBytes, now: o.Now,
	}
	hop.robots = &robots{hop: hop}
	return &Client{
		hop: hop, validators: o.Validators, log: o.Log,
		follow: &http.Client{
			Transport: hop,
			// The transport itself counts redirects, so that Colly, which
			// brings its own http.Client, stands under the same limit.
			CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
		},
	}, nil
}

// For returns the same client with a memory of its own for one source. What one
// source has read of a page says nothing of another, nor of the same page under a
// new name: its first round must see everything.
func (c *Client) For(source string) *Client {
	if c.validators == nil {
		return c
	}
	hop := *c.hop
	hop.validators = scoped{c.validators, source}
	follow := *c.follow
	follow.Transport = &hop
	return &Client{follow: &follow, hop: &hop, validators: hop.validators, log: c.log}
}

// Page is what a URL held.
type Page struct {
	// URL is where the last redirect led.
	URL    string
	Status int
	Header http.Header
	// Text is the body in UTF-8. An XML declaration in it says UTF-8.
	Text string
	// Charset names the encoding that the body was read as.
	Charset string
	// Raw is the body decompressed, in its own charset.
	Raw []byte
	// NotModified says that the body is the one that was remembered (304);
	// Text and Raw are empty then.
	NotModified bool

	client *Client
}

// Get reads one URL. The error is an *Error unless ctx ended; a status of 400
// and above is an error too. To work on a large page at length, use Read.
func (c *Client) Get(ctx context.Context, rawURL string) (page *Page, err error) {
	err = c.Read(ctx, rawURL, func(p *Page) error {
		page = p
		return nil
	})
	return page, err
}

// Read is Get, but calls work while the memory gate still counts the page, so that only
// so many large pages are worked on at once. Work must not read other URLs.
func (c *Client) Read(ctx context.Context, rawURL string, work func(*Page) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return &Error{Kind: BadURL, URL: redact(rawURL), Err: unwrapURL(err)}
	}
	resp, err := c.follow.Do(req)
	if err != nil {
		return asError(err, req.URL)
	}
	defer resp.Body.Close() //nolint:errcheck // it only releases memory
	b, ok := resp.Body.(*buffer)
	if !ok {
		return fmt.Errorf("fetch %s: unexpected body %T", redact(rawURL), resp.Body)
	}
	if resp.StatusCode >= 400 {
		return &Error{Kind: BadStatus, URL: redactURL(resp.Request.URL), Status: resp.StatusCode}
	}
	if len(b.raw) > 0 && b.charset == "" {
		return &Error{Kind: NotText, URL: redactURL(resp.Request.URL), Err: fmt.Errorf("content type %q", resp.Header.Get("Content-Type"))}
	}
	return work(&Page{
		URL: resp.Request.URL.String(), Status: resp.StatusCode, Header: resp.Header,
		Text: b.text, Charset: b.charset, Raw: b.raw,
		NotModified: resp.StatusCode == http.StatusNotModified, client: c,
	})
}

// Reserve blocks until the memory gate admits a text of size bytes that was read before.
// Call release exactly once when the work on it is done; read no URL until then. It
// fails only when ctx ends.
func (c *Client) Reserve(ctx context.Context, size int) (release func(), err error) {
	s := c.hop.gate.reserve(ctx, nil)
	if err := s.acquire(int64(size)); err != nil {
		s.release()
		return nil, err
	}
	return s.release, nil
}

// Remember saves the page's validators, so that the next Get of its URL is
// conditional. Call it only after what the page held is durably stored: else a
// crash in between would lose the posts behind a 304.
func (p *Page) Remember(ctx context.Context) error {
	if p.NotModified {
		return nil
	}
	return p.client.Remember(ctx, p.URL, p.Header)
}

// CheckText reports by an *Error of kind Garbled when the page could not be
// read cleanly in any charset.
func (p *Page) CheckText() error { return CheckText(p.URL, p.Text) }

// Remember is Page.Remember for callers of Transport: url is the final URL and
// h the header of its answer.
func (c *Client) Remember(ctx context.Context, url string, h http.Header) error {
	if c.validators == nil {
		return nil
	}
	v := Validators{ETag: keepable(h.Get("Etag")), LastModified: keepable(h.Get("Last-Modified"))}
	if v == (Validators{}) {
		return nil
	}
	if err := c.validators.Save(ctx, url, v); err != nil {
		return fmt.Errorf("remember validators of %s: %w", redact(url), err)
	}
	return nil
}

// maxValidator is how long a validator may be, in bytes; real ones have under 100.
const maxValidator = 1 << 10

// keepable is a validator as it is, or "" for one that a site could fill our memory
// with, or that would not come back from a database as it was: HTTP lets pass bytes
// that are no UTF-8.
func keepable(v string) string {
	if len(v) > maxValidator || !utf8.ValidString(v) {
		return ""
	}
	return v
}

// Transport gives Colly and other users of http.Client the same guard. The body
// it hands on is decompressed, complete and UTF-8, with a Content-Type that
// says so. It obeys robots.txt, paces each host and makes requests conditional
// by itself; a 304 reaches the caller, who calls Client.Remember once the posts
// of a 200 are stored. The memory gate counts the body
// until it is closed. Set the http.Client's own timeout generously: waiting for a host's
// slot counts against it.
func (c *Client) Transport() http.RoundTripper { return c.hop }

// redact shortens a URL for logs and errors: what follows the path may hold
// tokens.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unparsable URL)"
	}
	return redactURL(u)
}

func redactURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	short := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return short.String()
}
