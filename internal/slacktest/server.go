// Package slacktest is a Slack for tests that is as bad as the real one: it
// limits rates, refuses what Slack refuses, and on demand answers late, wrongly or
// not at all, before or after it has taken a message. It lives in the test's
// process, so that a program under test may be killed and started again.
package slacktest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Token and Channel are what a server accepts unless its Options say otherwise.
const (
	Token   = "xoxb-test-0123456789-token"
	Channel = "C0123456789"
)

// Options say how a server behaves.
type Options struct {
	// Token is the bot's token. Defaults to Token.
	Token string
	// Channels are the ids of the channels the bot is in. Default to Channel.
	Channels []string
	// PerChannel enforces one message per this time and channel, with 429 and a
	// Retry-After in whole seconds. Zero enforces nothing.
	PerChannel time.Duration
	// ReadsPerMinute enforces that many readings of history and threads in any
	// minute, with 429 and a Retry-After. Zero enforces nothing.
	ReadsPerMinute int
	// Fault, if set, is asked for every request with its method and its number,
	// from 1, after scripted faults: nil means no fault.
	Fault func(method string, n int) *Fault
	// Addr is where to listen. Defaults to a free port of the loopback address.
	Addr string
}

// Message is a message the server has taken.
type Message struct {
	Channel   string
	TS        string
	ThreadTS  string
	Broadcast bool
	Text      string
	// Blocks is the JSON of the blocks as it came.
	Blocks json.RawMessage
	// Delivery is the delivery id in the message's metadata.
	Delivery string
	// Form is everything the request said, without the token.
	Form url.Values
	At   time.Time

	metadata json.RawMessage
}

// Server is a running fake Slack.
type Server struct {
	o    Options
	http *httptest.Server

	mu       sync.Mutex
	messages []Message
	socket   *Socket
	script   []Fault
	requests map[string]int
	early    int
	last     map[string]time.Time // when a channel took its last message
	hold     map[string]time.Time // until when a channel's 429 holds
	seq      int
	reads    []time.Time // of the last minute
	closed   time.Time   // until when a 429 on readings holds
}

// Start runs a server until the test ends.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	if o.Token == "" {
		o.Token = Token
	}
	if o.Channels == nil {
		o.Channels = []string{Channel}
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	s := &Server{o: o, requests: make(map[string]int), last: make(map[string]time.Time), hold: make(map[string]time.Time)}
	ln, err := net.Listen("tcp", o.Addr)
	if err != nil {
		tb.Fatalf("slacktest: listen on %s: %v", o.Addr, err)
	}
	s.http = &httptest.Server{Listener: ln, Config: &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}}
	s.http.Start()
	tb.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
	})
	return s
}

// URL is the address of the API, as slack.Options.APIURL takes it.
func (s *Server) URL() string { return s.http.URL + "/api/" }

// Script queues faults: each is used up by the next request of its method.
func (s *Server) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, faults...)
}

// Messages returns what the server has taken so far, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Deliveries counts the messages by the delivery ids in their metadata.
func (s *Server) Deliveries() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]int)
	for _, m := range s.messages {
		out[m.Delivery]++
	}
	return out
}

// Requests counts the requests of a method, such as "chat.postMessage".
func (s *Server) Requests(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[method]
}

// Early counts the requests made before a Retry-After had passed.
func (s *Server) Early() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.early
}

// Delete removes a message, as a person in the channel may.
func (s *Server) Delete(ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m Message) bool { return m.TS == ts })
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	socket := s.socket
	s.mu.Unlock()
	if r.URL.Path == "/socket" && socket != nil {
		socket.serve(w, r)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/api/")
	if !ok || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(w, "invalid_form_data")
		return
	}
	token := r.Form.Get("token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	r.Form.Del("token")
	if method == "apps.connections.open" && socket != nil {
		_, _ = w.Write(socket.open(token).body())
		return
	}
	fault := s.next(method)
	if fault != nil && fault.Late > 0 {
		<-time.After(fault.Late)
	}
	if fault != nil && !fault.Accept && !fault.OnlySlow() {
		fault.Answer(w, r, []byte(answerOfSome), refusal)
		return
	}
	if token != s.o.Token {
		code := "invalid_auth"
		if token == "" {
			code = "not_authed"
		}
		refuse(w, code)
		return
	}
	reply := s.call(method, r.Form)
	if fault != nil {
		fault.Answer(w, r, reply.body(), refusal)
		return
	}
	if reply.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(reply.retryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
	}
	_, _ = w.Write(reply.body())
}

// next counts the request and picks its fault.
func (s *Server) next(method string) *Fault {
	s.mu.Lock()
	s.requests[method]++
	n := s.requests[method]
	for i, f := range s.script {
		if methodOf(f) == method {
			s.script = slices.Delete(s.script, i, i+1)
			s.mu.Unlock()
			return &f
		}
	}
	s.mu.Unlock()
	if s.o.Fault != nil {
		if f := s.o.Fault(method, n); f != nil && methodOf(*f) == method {
			return f
		}
	}
	return nil
}

type reply struct {
	fields     map[string]any
	retryAfter int
}

func no(code string) reply { return reply{fields: map[string]any{"ok": false, "error": code}} }

func yes(fields map[string]any) reply {
	fields["ok"] = true
	return reply{fields: fields}
}

func (r reply) body() []byte {
	b, err := json.Marshal(r.fields)
	if err != nil {
		return fmt.Appendf(nil, `{"ok":false,"error":"fatal_error","detail":%q}`, err)
	}
	return b
}

func refusal(code string) []byte { return no(code).body() }

func refuse(w http.ResponseWriter, code string) { _, _ = w.Write(refusal(code)) }

func (s *Server) call(method string, form url.Values) reply {
	switch method {
	case "auth.test":
		return yes(map[string]any{"team": "测试", "team_id": "T1", "user": "huiying", "user_id": "U1", "bot_id": "B1"})
	case "chat.postMessage":
		return s.post(form)
	case "chat.update":
		return s.update(form)
	case "conversations.history", "conversations.replies":
		if r, ok := s.tooMany(); ok {
			return r
		}
		if method == "conversations.history" {
			return s.history(form, "")
		}
		return s.history(form, form.Get("ts"))
	}
	return no("unknown_method")
}
