// Package robottest is the webhook robots of WeCom, DingTalk and Feishu, and a
// webhook of one's own, for tests. They check signatures and sizes, limit rates
// and answer as badly as the real ones do: with a number in a body of HTTP 200.
package robottest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"huiying/internal/faulttest"
)

// Platform says whose robot it is.
type Platform string

// The platforms.
const (
	WeCom    Platform = "wecom"
	DingTalk Platform = "dingtalk"
	Feishu   Platform = "feishu"
	Webhook  Platform = "webhook"
)

// Key and Secret are what the robots are reached and signed with.
const (
	Key    = "key-693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
	Secret = "SEC-test-this-is-a-secret-0123456789"
)

// Options say how a robot behaves.
type Options struct {
	// Key and Secret default to the constants.
	Key, Secret string
	// PerMinute enforces that many messages in any minute. Zero enforces nothing.
	PerMinute int
	// Fault, if set, is asked for every request with its number, from 1: nil means
	// no fault.
	Fault func(n int) *faulttest.Fault
	// Now is the robot's clock. Defaults to time.Now.
	Now func() time.Time
}

// Message is what a robot has taken.
type Message struct {
	Body []byte
	At   time.Time
	// Key is the idempotency key of a webhook's request.
	Key string
}

// Server is a running robot.
type Server struct {
	platform Platform
	o        Options
	http     *httptest.Server

	mu       sync.Mutex
	script   []faulttest.Fault
	messages []Message
	requests int
	early    int
	hold     time.Time
}

// Start runs a robot until the test ends.
func Start(tb testing.TB, p Platform, o Options) *Server {
	tb.Helper()
	if o.Key == "" {
		o.Key = Key
	}
	if o.Secret == "" {
		o.Secret = Secret
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{platform: p, o: o}
	s.http = httptest.NewServer(s)
	tb.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
	})
	return s
}

// URL is the webhook with its key.
func (s *Server) URL() string {
	switch s.platform {
	case WeCom:
		return s.http.URL + "/cgi-bin/webhook/send?key=" + s.o.Key
	case DingTalk:
		return s.http.URL + "/robot/send?access_token=" + s.o.Key
	case Feishu:
		return s.http.URL + "/open-apis/bot/v2/hook/" + s.o.Key
	case Webhook:
	}
	return s.http.URL + "/alerts/" + s.o.Key
}

// Script queues faults: each is used up by one request.
func (s *Server) Script(faults ...faulttest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, faults...)
}

// Messages returns what the robot has taken so far.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Requests counts the requests.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Early counts the requests while the robot was blocked for its rate.
func (s *Server) Early() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.early
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	fault := s.next()
	if fault != nil && fault.Late > 0 {
		<-time.After(fault.Late)
	}
	if fault != nil && !fault.Accept && !fault.OnlySlow() {
		fault.Answer(w, r, s.yes(), s.no)
		return
	}
	answer, status := s.take(r, body)
	if fault != nil {
		fault.Answer(w, r, answer, s.no)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (s *Server) next() *faulttest.Fault {
	s.mu.Lock()
	s.requests++
	n := s.requests
	if len(s.script) > 0 {
		f := s.script[0]
		s.script = s.script[1:]
		s.mu.Unlock()
		return &f
	}
	s.mu.Unlock()
	if s.o.Fault != nil {
		return s.o.Fault(n)
	}
	return nil
}

func (s *Server) take(r *http.Request, body []byte) (answer []byte, status int) {
	if code := s.check(r, body); code != "" {
		if s.platform == Webhook {
			n, _ := strconv.Atoi(code)
			return []byte("no"), n
		}
		return s.no(code), http.StatusOK
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if s.o.PerMinute > 0 {
		if now.Before(s.hold) {
			s.early++
			return s.no("ratelimited"), http.StatusOK
		}
		n := 0
		for _, m := range s.messages {
			if now.Sub(m.At) < time.Minute {
				n++
			}
		}
		if n >= s.o.PerMinute {
			s.hold = now.Add(s.block())
			return s.no("ratelimited"), http.StatusOK
		}
	}
	s.messages = append(s.messages, Message{Body: body, At: now, Key: r.Header.Get("Idempotency-Key")})
	return s.yes(), http.StatusOK
}

// block is how long a robot takes nothing once it was sent too much: DingTalk's ten
// minutes (自定义机器人发送消息的频率限制).
func (s *Server) block() time.Duration {
	if s.platform == DingTalk {
		return 10 * time.Minute
	}
	return time.Minute
}

// check returns the platform's number for what is wrong with a request.
func (s *Server) check(r *http.Request, body []byte) string {
	var m struct {
		MsgType  string `json:"msgtype"`
		Markdown struct {
			Content, Title, Text string
		} `json:"markdown"`
		ActionCard struct {
			Title, Text string
			Btns        []struct{ Title, ActionURL string }
		} `json:"actionCard"`
		Timestamp string          `json:"timestamp"`
		Sign      string          `json:"sign"`
		Card      json.RawMessage `json:"card"`
	}
	_ = json.Unmarshal(body, &m)
	switch s.platform {
	case WeCom:
		switch {
		case r.URL.Query().Get("key") != s.o.Key:
			return "93000"
		case m.MsgType != "markdown" || m.Markdown.Content == "":
			return "40008"
		case len(m.Markdown.Content) > 4096:
			return "40058"
		}
	case DingTalk:
		q := r.URL.Query()
		stamp := q.Get("timestamp")
		switch {
		case q.Get("access_token") != s.o.Key:
			return "300005"
		case q.Get("sign") != mac(s.o.Secret, stamp+"\n"+s.o.Secret) || s.stale(stamp, time.Millisecond):
			return "310000"
		case len(body) > 20000:
			return "460101"
		case m.MsgType == "markdown" && (m.Markdown.Title == "" || m.Markdown.Text == ""),
			m.MsgType == "actionCard" && (m.ActionCard.Title == "" || m.ActionCard.Text == "" || len(m.ActionCard.Btns) == 0),
			m.MsgType != "markdown" && m.MsgType != "actionCard":
			return "40035"
		}
	case Feishu:
		switch {
		case !bytes.HasSuffix([]byte(r.URL.Path), []byte("/"+s.o.Key)):
			return "19001"
		case m.Sign != mac(m.Timestamp+"\n"+s.o.Secret, "") || s.stale(m.Timestamp, time.Second):
			return "19021"
		case len(body) > 20<<10:
			return "11246"
		case len(m.Card) == 0:
			return "9499"
		}
	case Webhook:
		stamp := r.Header.Get("X-Huiying-Timestamp")
		h := hmac.New(sha256.New, []byte(s.o.Secret))
		_, _ = h.Write([]byte(stamp + "." + string(body)))
		if r.Header.Get("X-Huiying-Signature") != "v1="+hex.EncodeToString(h.Sum(nil)) || s.stale(stamp, time.Second) {
			return "401"
		}
	}
	return ""
}

// stale reports a stamp that is not within an hour.
func (s *Server) stale(stamp string, unit time.Duration) bool {
	n, err := strconv.ParseInt(stamp, 10, 64)
	age := s.o.Now().Sub(time.Unix(0, n*int64(unit)))
	return err != nil || age.Abs() > time.Hour
}

func mac(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	_, _ = h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func (s *Server) yes() []byte {
	if s.platform == Feishu {
		return []byte(`{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}`)
	}
	return []byte(`{"errcode":0,"errmsg":"ok"}`)
}

// no is the platform's own refusal. It quotes the key, as real ones have done.
func (s *Server) no(code string) []byte {
	if code == "ratelimited" {
		code = map[Platform]string{WeCom: "45009", DingTalk: "130101", Feishu: "11232", Webhook: "429"}[s.platform]
	}
	if s.platform == Feishu {
		return fmt.Appendf(nil, `{"code":%s,"data":{},"msg":"no for %s"}`, code, s.o.Key)
	}
	return fmt.Appendf(nil, `{"errcode":%s,"errmsg":"no for %s"}`, code, s.o.Key)
}
