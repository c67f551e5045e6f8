package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
)

// How long a robots.txt is believed and how much of it is read.
const (
	// robotsTTL stays under the 24 h of RFC 9309, section 2.4.
	robotsTTL = 12 * time.Hour
	// robotsDownTTL is how long a failed robots.txt shuts a host.
	robotsDownTTL = 10 * time.Minute
	// robotsMax is how much is parsed; RFC 9309, section 2.5, asks for at least
	// 500 KiB. What follows is ignored.
	robotsMax = 512 << 10
)

// robots reads the robots.txt of each host and caches its rules.
type robots struct {
	hop *transport
}

// robotsRules is one robots.txt as it applies to us.
type robotsRules struct {
	group   *robotstxt.Group // nil allows all
	down    bool
	status  int
	body    []byte
	delay   time.Duration
	expires time.Time
}

func (v *robotsRules) check(u *url.URL) error {
	if v.down {
		return &Error{Kind: RobotsDown, URL: redactURL(u), Status: v.status, Until: v.expires}
	}
	if v.group == nil {
		return nil
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if !v.group.Test(path) {
		return &Error{Kind: Robots, URL: redactURL(u), Err: errors.New("disallowed by robots.txt")}
	}
	return nil
}

// rulesFor gives what the robots.txt of u's host says, reading it when it is not known.
func (r *robots) rulesFor(ctx context.Context, row *host, u *url.URL) (*robotsRules, error) {
	if v := r.cached(row, u.Scheme); v != nil {
		return v, nil
	}
	select {
	case row.robotsLock <- struct{}{}:
		defer func() { <-row.robotsLock }()
	case <-ctx.Done():
		return nil, asError(ctx.Err(), u)
	}
	if v := r.cached(row, u.Scheme); v != nil {
		return v, nil
	}
	v, err := r.read(ctx, row, u)
	if err != nil {
		return nil, err
	}
	r.hop.hosts.mu.Lock()
	row.robots[u.Scheme] = v
	// robots.txt itself was a request: what it asks for holds from there on.
	row.next = row.next.Add(max(0, v.delay-r.hop.pause))
	r.hop.hosts.mu.Unlock()
	return v, nil
}

func (r *robots) cached(row *host, scheme string) *robotsRules {
	r.hop.hosts.mu.Lock()
	defer r.hop.hosts.mu.Unlock()
	if v := row.robots[scheme]; v != nil && r.hop.now().Before(v.expires) {
		return v
	}
	return nil
}

// read fetches robots.txt, following redirects as RFC 9309, section 2.3.1.2,
// asks. An unreachable host is an error of the host, not a verdict.
func (r *robots) read(ctx context.Context, row *host, u *url.URL) (*robotsRules, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	budget := r.hop.timeout
	for range maxRedirects + 1 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, &Error{Kind: BadURL, URL: redactURL(at), Err: unwrapURL(err)}
		}
		if err := checkRequest(req); err != nil {
			return nil, err
		}
		resp, b, err := r.once(ctx, row, hostKey(u), req, budget) //nolint:bodyclose // b is it, see send
		if err != nil {
			return nil, err
		}
		b.memory.release() // it is cut at robotsMax and goes no further than parseRobots
		budget -= b.took
		next := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode >= 400 || next == "" {
			return r.parseRobots(resp)
		}
		to, err := at.Parse(next)
		if err != nil {
			return nil, &Error{Kind: BadURL, URL: redactURL(at), Err: unwrapURL(err)}
		}
		if at = to; budget <= 0 {
			return nil, &Error{Kind: Timeout, URL: redactURL(at), Err: errors.New("redirects of robots.txt used up the time")}
		}
	}
	// Too many redirects: as if there were none (RFC 9309, section 2.3.1.2).
	return &robotsRules{status: http.StatusNotFound, expires: r.hop.now().Add(robotsTTL)}, nil
}

// once asks one host of the chain in that host's own pace.
func (r *robots) once(ctx context.Context, row *host, home string, req *http.Request, budget time.Duration) (*http.Response, *buffer, error) {
	if key := hostKey(req.URL); key != home {
		row = r.hop.hosts.acquire(key)
		defer r.hop.hosts.release(row)
	}
	if err := r.hop.waitForSlot(ctx, row, req, r.hop.pause); err != nil {
		return nil, nil, err
	}
	return r.hop.send(req, row, budget, bound{bytes: robotsMax, cut: true})
}

// parseRobots reads the rules for us from an answer. A 5xx or 429 shuts the host for
// robotsDownTTL; any other status from 300 on allows all.
func (r *robots) parseRobots(resp *http.Response) (*robotsRules, error) {
	v := &robotsRules{status: resp.StatusCode, expires: r.hop.now().Add(robotsTTL)}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		v.down, v.expires = true, r.hop.now().Add(robotsDownTTL)
		return v, nil
	}
	if resp.StatusCode >= 300 {
		return v, nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if len(body) >= robotsMax {
		body = body[:bytes.LastIndexByte(body, '\n')+1] // half a rule would say something else
	}
	v.body = readableRules(body)
	data, err := robotstxt.FromBytes(v.body)
	if err != nil {
		// Lines that cannot be read are ignored (RFC 9309, section 2.2).
		r.hop.log.Warn("robots.txt not understood, taken as empty", "host", resp.Request.URL.Host, "error", err)
		v.body = nil
		return v, nil
	}
	if group := data.FindGroup(robotsToken); group != nil {
		v.group = group
		v.delay = min(max(group.CrawlDelay, 0), maxCrawlDelay)
	}
	return v, nil
}

// readableRules keeps the lines that robotstxt can parse: one bad line makes it
// throw the whole file away. An HTML page in place of the file leaves nothing.
func readableRules(body []byte) []byte {
	var out bytes.Buffer
	inGroup := false
	for line := range bytes.Lines(body) {
		text, _, _ := strings.Cut(strings.TrimPrefix(string(line), "\ufeff"), "#")
		field, value, ok := strings.Cut(text, ":")
		field, value = strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(value)
		if !ok || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
			continue
		}
		switch field {
		case "user-agent":
			inGroup = inGroup || value != ""
		case "allow", "disallow":
		case "sitemap":
			// It belongs to no group (RFC 9309, section 2.2.4), and says where to look.
			if len(value) < 2000 {
				out.WriteString(field + ": " + value + "\n")
			}
			continue
		case "crawl-delay":
			if n, err := strconv.ParseFloat(value, 64); err != nil || !(n >= 0) || n > maxCrawlDelay.Seconds() {
				if err != nil || !(n > 0) {
					continue
				}
				value = strconv.Itoa(int(maxCrawlDelay.Seconds()))
			}
		default:
			continue
		}
		if inGroup {
			out.WriteString(field + ": " + value + "\n")
		}
	}
	return out.Bytes()
}

// serve answers a caller who asks for robots.txt itself, as Colly does, from
// what is kept.
func (r *robots) serve(ctx context.Context, row *host, req *http.Request) (*http.Response, error) {
	v, err := r.rulesFor(ctx, row, req.URL)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(v.status), StatusCode: v.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		ContentLength: int64(len(v.body)),
		Uncompressed:  true, Request: req,
		Body: &buffer{Reader: bytes.NewReader(v.body), raw: v.body, text: string(v.body), charset: "utf-8", memory: r.hop.gate.reserve(ctx, nil)},
	}, nil
}
