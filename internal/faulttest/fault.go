// Package faulttest is the ways in which a chat platform answers badly, for the
// fakes to share.
package faulttest

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// Fault is one bad answer.
type Fault struct {
	// Method is the API method it befalls; "" is the one that takes messages.
	Method string
	// Accept takes the message before answering badly: it stands.
	Accept bool

	// One of the following says how the answer is bad.

	// Status answers with this HTTP status and an HTML page.
	Status int
	// RetryAfter answers 429 with this many seconds, as it stands: "30", "-1", "".
	RetryAfter *string
	// Code answers with the platform's own no of this number or name.
	Code string
	// Hang answers nothing until the client goes away.
	Hang bool
	// Reset closes the connection with a TCP reset.
	Reset bool
	// Truncate answers half of a good answer, in a whole HTTP response.
	Truncate bool
	// Body answers 200 with this text.
	Body string

	// Delay waits before answering. Late waits before the request is worked on, even
	// if the client has gone by then. Alone, each delays a good answer.
	Delay, Late time.Duration
}

// OnlySlow reports a fault that is nothing but a delay.
func (f *Fault) OnlySlow() bool {
	g := *f
	g.Method, g.Accept, g.Delay, g.Late = "", false, 0, 0
	return g == Fault{}
}

// RateLimited is a 429 with the given Retry-After.
func RateLimited(retryAfter string) Fault { return Fault{RetryAfter: &retryAfter} }

// Answer writes the bad answer. good is the answer a message taken has, refuse
// makes the platform's own no.
func (f *Fault) Answer(w http.ResponseWriter, r *http.Request, good []byte, refuse func(code string) []byte) {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	switch {
	case f.Status != 0:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte("<html><body>Something went wrong</body></html>"))
	case f.RetryAfter != nil:
		if *f.RetryAfter != "" {
			w.Header().Set("Retry-After", *f.RetryAfter)
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write(refuse("ratelimited"))
	case f.Code != "":
		_, _ = w.Write(refuse(f.Code))
	case f.Hang:
		<-r.Context().Done()
	case f.Reset:
		reset(w)
	case f.Truncate:
		_, _ = w.Write(good[:len(good)/2])
	case f.Body != "":
		w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)))
		_, _ = w.Write([]byte(f.Body))
	default:
		_, _ = w.Write(good)
	}
}

func reset(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
