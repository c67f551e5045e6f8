package slacktest

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// Fault is one bad answer.
type Fault struct {
	// Method is the API method it befalls. Defaults to chat.postMessage.
	Method string
	// Accept takes the message before answering badly: it stands.
	Accept bool

	// One of the following says how the answer is bad.

	// Status answers with this HTTP status and an HTML page.
	Status int
	// RetryAfter answers 429 with this many seconds, as it stands: "30", "-1", "".
	RetryAfter *string
	// Code answers ok:false with this error.
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

// onlySlow reports a fault that is nothing but a delay.
func (f *Fault) onlySlow() bool {
	g := *f
	g.Method, g.Accept, g.Delay, g.Late = "", false, 0, 0
	return g == Fault{}
}

// RateLimited is a 429 with the given Retry-After.
func RateLimited(retryAfter string) Fault { return Fault{RetryAfter: &retryAfter} }

func (f *Fault) method() string {
	if f.Method == "" {
		return "chat.postMessage"
	}
	return f.Method
}

// answer writes the bad answer; good is the answer a message taken would have had.
func (f *Fault) answer(w http.ResponseWriter, r *http.Request, good []byte) {
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
		_, _ = w.Write(no("ratelimited").body())
	case f.Code != "":
		refuse(w, f.Code)
	case f.Hang:
		<-r.Context().Done()
	case f.Reset:
		reset(w)
	case f.Truncate:
		if good == nil {
			good = []byte(`{"ok":true,"channel":"C0123456789","ts":"1.1"}`)
		}
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
