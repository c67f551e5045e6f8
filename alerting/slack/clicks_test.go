package slack_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/slack"
	"huiying/internal/slacktest"
)

const signing = "8f742231b10e8888abcd99yyyzzz85a5"

// pressed collects clicks.
type pressed struct {
	mu   sync.Mutex
	all  []slack.Click
	fail error
}

func (p *pressed) do(_ context.Context, c slack.Click) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, c)
	return p.fail
}

func (p *pressed) list() []slack.Click {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]slack.Click{}, p.all...)
}

func payload(t *testing.T, block, action, option string) json.RawMessage {
	t.Helper()
	a := map[string]any{"type": "button", "block_id": block, "action_id": action, "value": "1"}
	if option != "" {
		a = map[string]any{"type": "static_select", "block_id": block, "action_id": action, "selected_option": map[string]any{"value": option}}
	}
	text, err := json.Marshal(map[string]any{"type": "block_actions", "response_url": "https://evil.example.invalid/x", "actions": []any{a}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func clicks(t *testing.T, p *pressed, secrets ...string) *slack.Clicks {
	t.Helper()
	c, err := slack.NewClicks(slack.ClickOptions{SigningSecrets: secrets, Do: p.do, HTTP: &http.Client{Transport: refuse{t}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refuse sees that nothing is fetched from an address that a payload names.
type refuse struct{ t *testing.T }

func (r refuse) RoundTrip(q *http.Request) (*http.Response, error) {
	r.t.Errorf("asked %s", q.URL)
	return nil, errors.New("refused")
}

func TestInteractivityURL(t *testing.T) {
	t.Parallel()
	take := payload(t, "huiying|A-1/煤炭科", "take", "")
	tests := map[string]struct {
		body   string
		age    time.Duration
		secret string
		status int
		want   []slack.Click
	}{
		"take":                    {form(take), 0, signing, 200, []slack.Click{{DeliveryID: "A-1/煤炭科", Act: alerting.Take}}},
		"hand over":               {form(payload(t, "huiying|A-1/煤炭科", "handover", "电力科")), 0, signing, 200, []slack.Click{{DeliveryID: "A-1/煤炭科", Act: alerting.HandOver, To: "电力科"}}},
		"not our block":           {form(payload(t, "other|A-1", "take", "")), 0, signing, 200, nil},
		"not our act":             {form(payload(t, "huiying|A-1", "shutdown", "")), 0, signing, 200, nil},
		"another key":             {form(take), 0, "another-secret", 401, nil},
		"body changed on the way": {form(take), 0, signing, 401, nil},
		"replayed":                {form(take), 6 * time.Minute, signing, 401, nil},
		"from the future":         {form(take), -6 * time.Minute, signing, 401, nil},
		"no payload":              {"payload=", 0, signing, 400, nil},
		"oversized":               {"payload=" + strings.Repeat("x", 300<<10), 0, signing, 413, nil},
		"a click that hung":       {form(take), 0, signing, 200, []slack.Click{{DeliveryID: "A-1/煤炭科", Act: alerting.Take}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &pressed{}
			if name == "a click that hung" {
				p.fail = errors.New("没有这个科室")
			}
			r := signed(test.body, test.secret, test.age)
			if name == "body changed on the way" {
				r.Body = io.NopCloser(strings.NewReader(form(payload(t, "huiying|A-1/煤炭科", "mistaken", ""))))
			}
			w := httptest.NewRecorder()
			clicks(t, p, "of another app", signing).ServeHTTP(w, r)
			if got := p.list(); w.Code != test.status || fmt.Sprint(got) != fmt.Sprint(test.want) && len(got)+len(test.want) > 0 {
				t.Errorf("status %d, clicks %v; want %d, %v", w.Code, got, test.status, test.want)
			}
		})
	}
	t.Run("without a signing secret nothing is taken", func(t *testing.T) {
		t.Parallel()
		p := &pressed{}
		w := httptest.NewRecorder()
		clicks(t, p).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form(take))))
		if w.Code != http.StatusUnauthorized || len(p.list()) > 0 {
			t.Errorf("status %d, clicks %v", w.Code, p.list())
		}
	})
}

// slowHook takes the answer to a click and never returns.
type slowHook struct{ asked chan string }

func (h slowHook) RoundTrip(q *http.Request) (*http.Response, error) {
	h.asked <- q.URL.String()
	<-q.Context().Done()
	return nil, q.Context().Err()
}

// TestAClickThatFailedIsAnsweredInTime: Slack waits 3 s for the answer to its request,
// however long the way to who pressed takes.
func TestAClickThatFailedIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	p := &pressed{fail: errors.New("没有这个科室")}
	hook := slowHook{make(chan string, 1)}
	c, err := slack.NewClicks(slack.ClickOptions{SigningSecrets: []string{signing}, Do: p.do, HTTP: &http.Client{Transport: hook, Timeout: 30 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(string(payload(t, "huiying|A-1/煤炭科", "take", "")), "evil.example.invalid", "hooks.slack.com", 1)
	r := signed(form(json.RawMessage(body)), signing, 0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.ServeHTTP(httptest.NewRecorder(), r)
	}()
	select {
	case <-done:
	case <-time.After(3 * time.Second):
		t.Error("the request was not answered within 3 s")
	}
	if got := <-hook.asked; got != "https://hooks.slack.com/x" {
		t.Errorf("told at %s", got)
	}
}

// TestStrangersDoNotFillTheLog: a thousand requests that are not Slack's make one line.
func TestStrangersDoNotFillTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c, err := slack.NewClicks(slack.ClickOptions{
		SigningSecrets: []string{signing}, Do: (&pressed{}).do, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		w := httptest.NewRecorder()
		if c.ServeHTTP(w, signed("payload={}", "a guess", 0)); w.Code != http.StatusUnauthorized {
			t.Fatalf("status %d", w.Code)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines in the log, want 1", n)
	}
}

// signed is a request as Slack signs it, sent some time ago.
func signed(body, secret string, age time.Duration) *http.Request {
	stamp := strconv.FormatInt(time.Now().Add(-age).Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	r := httptest.NewRequest(http.MethodPost, "/slack/interactivity", strings.NewReader(body))
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func form(payload json.RawMessage) string { return url.Values{"payload": {string(payload)}}.Encode() }

func TestSocketModeConnectsAgain(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	socket := slacktest.StartSocket(t, server)
	p := &pressed{}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- clicks(t, p).Listen(ctx, slack.SocketOptions{AppToken: slacktest.AppToken, APIURL: server.URL()})
	}()
	if !socket.Press("e1", payload(t, "huiying|A-1/煤炭科", "take", "")) {
		t.Fatal("the click was not acknowledged")
	}
	socket.Drop()
	if !socket.Press("e2", payload(t, "huiying|A-1/煤炭科", "mistaken", "")) {
		t.Fatal("the click after the break was not acknowledged")
	}
	if got := p.list(); len(got) != 2 || got[1].Act != alerting.Mistaken || socket.Opens() < 2 {
		t.Errorf("clicks %v over %d connections", got, socket.Opens())
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Listen: %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("Listen did not end")
	}
}

func TestButtons(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	s := sender(t, server, func(o *slack.Options) {
		o.Buttons, o.Sections, o.PerMessage = true, []string{"煤炭科", "电力科", strings.Repeat("长", 100)}, time.Millisecond
	})
	for _, kind := range []alerting.Kind{alerting.KindAlert, alerting.KindDigest} {
		m := message()
		m.Kind = kind
		if _, err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Requests("chat.postMessage"); n != 2 {
		t.Errorf("%d requests for 2 messages: Slack refused the buttons", n)
	}
	all := server.Messages()
	blocks := string(all[0].Blocks)
	for _, want := range []string{"认领", "已回应", "误报", "转办给…", "电力科", `"huiying|`} {
		if !strings.Contains(blocks, want) {
			t.Errorf("the alert lacks %q", want)
		}
	}
	if strings.Contains(string(all[1].Blocks), `"actions"`) {
		t.Error("the digest has buttons")
	}
}
