package slack_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/slack"
	"huiying/internal/slacktest"
	"huiying/internal/verdict"
)

// sender has a time limit short enough for hanging answers, long enough for a busy machine.
func sender(t *testing.T, s *slacktest.Server, change func(*slack.Options)) *slack.Sender {
	t.Helper()
	o := slack.Options{Token: slacktest.Token, Channel: slacktest.Channel, Timeout: 2 * time.Second}
	if s != nil {
		o.APIURL = s.URL()
	}
	if change != nil {
		change(&o)
	}
	one, err := slack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func message() alerting.Message {
	return alerting.Message{
		DeliveryID: "A-E-1-emergency-1/煤炭科", NoticeID: "A-E-1-emergency-1", Kind: alerting.KindAlert,
		Receiver: "煤炭科", Category: verdict.Emergency, Grade: verdict.Major,
		Content: alerting.Content{
			Headline: "【突发事件·重大】长治沁源某煤矿透水，12人被困",
			Summary:  "今晨六时许，沁源县某煤矿井下透水，12人被困，救援正在进行。",
			Fields:   []alerting.Field{{Name: "归口", Value: "煤炭科"}, {Name: "时限", Value: "10:12 前首次发布"}},
			Why:      "TF-01 命中：煤矿、透水", Link: "https://news.example.com/a?id=1&p=2", LinkName: "上党晚报",
			Page: "http://127.0.0.1:8420/events/E-1",
		},
	}
}

func TestSendAndFind(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	s := sender(t, server, nil)
	began := time.Now()
	if err := s.Check(t.Context()); err != nil {
		t.Fatalf("Check: %v", err)
	}
	ref, err := s.Send(t.Context(), message())
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
	reply := message()
	reply.DeliveryID, reply.Kind, reply.Thread = "A-E-1-emergency-2/煤炭科", alerting.KindUpdate, ref
	replyRef, err := s.Send(t.Context(), reply)
	if err != nil {
		t.Fatalf("Send in thread: %v", err)
	}
	got := server.Messages()
	if len(got) != 2 || got[1].ThreadTS != ref.TS || !got[1].Broadcast {
		t.Fatalf("messages %+v: want an answer in the thread, broadcast", got)
	}
	for _, name := range []string{"unfurl_links", "unfurl_media", "mrkdwn"} {
		if got[0].Form.Get(name) != "false" {
			t.Errorf("%s = %q, want false", name, got[0].Form.Get(name))
		}
	}
	for _, find := range []struct {
		id     string
		thread alerting.Ref
		want   alerting.Ref
		found  bool
	}{
		{message().DeliveryID, alerting.Ref{}, ref, true},
		{reply.DeliveryID, ref, replyRef, true},
		{reply.DeliveryID, alerting.Ref{Channel: ref.Channel, TS: "1.000001"}, replyRef, true}, // thread gone: in the channel
		{"A-other/煤炭科", alerting.Ref{}, alerting.Ref{}, false},
		{"A-other/煤炭科", ref, alerting.Ref{}, false},
	} {
		at, ok, err := s.Find(t.Context(), find.id, find.thread, began)
		if err != nil || ok != find.found || at != find.want {
			t.Errorf("Find(%s, %v) = %v, %v, %v; want %v, %v", find.id, find.thread, at, ok, err, find.want, find.found)
		}
	}
}

func TestFindSharesOneReading(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	s := sender(t, server, nil)
	for i := range 250 { // more than a page
		m := message()
		m.DeliveryID = fmt.Sprint("D-", i)
		if _, err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	errs := make(chan error, 30)
	for i := range 30 {
		go func() {
			_, ok, err := s.Find(t.Context(), fmt.Sprint("D-", i), alerting.Ref{}, time.Now().Add(-time.Minute))
			if err == nil && !ok {
				err = fmt.Errorf("D-%d not found", i)
			}
			errs <- err
		}()
	}
	for range 30 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := server.Requests("conversations.history"); n > 4 {
		t.Errorf("%d history calls for 30 look-ups at once, want one reading of 2 pages", n)
	}
}

// TestFailures classes every way in which a send can fail. stands says whether
// the message stands on Slack afterwards.
func TestFailures(t *testing.T) {
	t.Parallel()
	type fault = slacktest.Fault
	tests := map[string]struct {
		fault  fault
		want   alerting.Reason
		wait   time.Duration
		stands bool
	}{
		"429":                     {slacktest.RateLimited("7"), alerting.RateLimited, 7 * time.Second, false},
		"429 zero":                {slacktest.RateLimited("0"), alerting.RateLimited, time.Second, false},
		"429 negative":            {slacktest.RateLimited("-5"), alerting.RateLimited, time.Second, false},
		"429 endless":             {slacktest.RateLimited("99999999"), alerting.RateLimited, time.Hour, false},
		"429 without time":        {slacktest.RateLimited(""), alerting.RateLimited, 30 * time.Second, false},
		"429 with a date":         {slacktest.RateLimited("Thu, 01 Jan 1970 00:00:00 GMT"), alerting.RateLimited, 30 * time.Second, false},
		"ratelimited in JSON":     {fault{Code: "ratelimited"}, alerting.RateLimited, 30 * time.Second, false},
		"invalid_auth":            {fault{Code: "invalid_auth"}, alerting.Configuration, 0, false},
		"token_revoked":           {fault{Code: "token_revoked"}, alerting.Configuration, 0, false},
		"account_inactive":        {fault{Code: "account_inactive"}, alerting.Configuration, 0, false},
		"missing_scope":           {fault{Code: "missing_scope"}, alerting.Configuration, 0, false},
		"channel_not_found":       {fault{Code: "channel_not_found"}, alerting.Configuration, 0, false},
		"not_in_channel":          {fault{Code: "not_in_channel"}, alerting.Configuration, 0, false},
		"is_archived":             {fault{Code: "is_archived"}, alerting.Configuration, 0, false},
		"restricted_action":       {fault{Code: "restricted_action_read_only_channel"}, alerting.Configuration, 0, false},
		"msg_too_long":            {fault{Code: "msg_too_long"}, alerting.Permanent, 0, false},
		"no_text":                 {fault{Code: "no_text"}, alerting.Permanent, 0, false},
		"unheard of":              {fault{Code: "moon_phase_wrong"}, alerting.Permanent, 0, false},
		"request_timeout":         {fault{Code: "request_timeout"}, alerting.Retry, 0, false},
		"internal_error":          {fault{Code: "internal_error", Accept: true}, alerting.Ambiguous, 0, true},
		"fatal_error":             {fault{Code: "fatal_error", Accept: true}, alerting.Ambiguous, 0, true},
		"service_unavailable":     {fault{Code: "service_unavailable"}, alerting.Ambiguous, 0, false},
		"accepted, then 500":      {fault{Status: 500, Accept: true}, alerting.Ambiguous, 0, true},
		"503":                     {fault{Status: 503}, alerting.Ambiguous, 0, false},
		"404 of a proxy":          {fault{Status: 404}, alerting.Configuration, 0, false},
		"302 to a log-in page":    {fault{Status: 302}, alerting.Configuration, 0, false},
		"413":                     {fault{Status: 413}, alerting.Permanent, 0, false},
		"accepted, then hung":     {fault{Hang: true, Accept: true}, alerting.Ambiguous, 0, true},
		"hung":                    {fault{Hang: true}, alerting.Ambiguous, 0, false},
		"accepted, then reset":    {fault{Reset: true, Accept: true}, alerting.Ambiguous, 0, true},
		"reset":                   {fault{Reset: true}, alerting.Ambiguous, 0, false},
		"truncated":               {fault{Truncate: true, Accept: true}, alerting.Ambiguous, 0, true},
		"HTML with 200":           {fault{Body: "<html>captive portal</html>"}, alerting.Ambiguous, 0, false},
		"empty object":            {fault{Body: "{}", Accept: true}, alerting.Ambiguous, 0, true},
		"not ok, without a code":  {fault{Body: `{"ok":false}`}, alerting.Ambiguous, 0, false},
		"ok, without a timestamp": {fault{Body: `{"ok":true}`, Accept: true}, alerting.Ambiguous, 0, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := slacktest.Start(t, slacktest.Options{})
			server.Script(test.fault)
			s := sender(t, server, nil)
			_, err := s.Send(t.Context(), message())
			f := new(alerting.Failure)
			if !errors.As(err, &f) {
				t.Fatalf("Send = %v, want a Failure", err)
			}
			if f.Reason != test.want || f.RetryAfter != test.wait {
				t.Errorf("Send = %v after %v (%v), want %v after %v", f.Reason, f.RetryAfter, err, test.want, test.wait)
			}
			if got := len(server.Messages()) == 1; got != test.stands {
				t.Errorf("message stands: %v, want %v", got, test.stands)
			}
			if n := server.Requests("chat.postMessage"); n != 1 {
				t.Errorf("%d requests, want 1: slack-go must not retry", n)
			}
			if f.Reason == alerting.RateLimited {
				if wait := s.Pace().Turn("next", alerting.Gravest, time.Now()); wait < test.wait-time.Second {
					t.Errorf("the channel opens in %v, before Retry-After %v", wait, test.wait)
				}
			}
		})
	}
}

func TestNothingLeftThisMachine(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + ln.Addr().String() + "/api/"
	_ = ln.Close()
	plain := slacktest.Start(t, slacktest.Options{})
	tests := map[string]struct {
		url   string
		ended bool // the context has ended before the call
	}{
		"refused":         {closed, false},
		"no such host":    {"http://nowhere.invalid/api/", false},
		"no TLS":          {strings.Replace(plain.URL(), "http:", "https:", 1), false},
		"ended before it": {plain.URL(), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sender(t, nil, func(o *slack.Options) { o.APIURL = test.url })
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.ended {
				cancel()
			}
			_, err := s.Send(ctx, message())
			f := new(alerting.Failure)
			if !errors.As(err, &f) || f.Reason != alerting.Retry {
				t.Errorf("Send = %v, want %v", err, alerting.Retry)
			}
		})
	}
}

// TestFindLooksWhereAnAttemptMayHaveLanded: an answer may have been posted before
// its thread had begun, and our clock may be ahead of Slack's.
func TestFindLooksWhereAnAttemptMayHaveLanded(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	fast := func() time.Time { return time.Now().Add(time.Hour) }
	s := sender(t, server, func(o *slack.Options) { o.Now = fast })
	server.Script(slacktest.Fault{Status: 500, Accept: true})
	answer := message()
	if _, err := s.Send(t.Context(), answer); err == nil {
		t.Fatal("the fake did not answer 500")
	}
	parent := message()
	parent.DeliveryID = "D-parent"
	thread, err := s.Send(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]alerting.Ref{"thread": thread, "channel": {}} {
		if _, found, err := s.Find(t.Context(), answer.DeliveryID, in, fast()); !found || err != nil {
			t.Errorf("by the %s: found %v, %v: it would be sent a second time", name, found, err)
		}
	}
}

func TestRefusedLayoutStillArrives(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	s := sender(t, server, nil)
	server.Script(slacktest.Fault{Code: "invalid_blocks"})
	if _, err := s.Send(t.Context(), message()); err != nil {
		t.Fatalf("Send: %v", err)
	}
	server.Script(slacktest.Fault{Code: "thread_not_found"})
	m := message()
	m.Thread = alerting.Ref{Channel: slacktest.Channel, TS: "1.1"}
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatalf("Send: %v", err)
	}
	got := server.Messages()
	if len(got) != 2 || got[0].Blocks != nil || !strings.Contains(got[0].Text, "12人被困") {
		t.Errorf("messages %+v: want the first as plain text", got)
	}
}

func TestTokenNeverLeaks(t *testing.T) {
	t.Parallel()
	const token = "xoxb-99+88/secret=="
	forms := []string{token, url.QueryEscape(token), url.PathEscape(token), base64.StdEncoding.EncodeToString([]byte(token)), "99+88", "secret="}
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		switch r.URL.Path {
		case "/code/chat.postMessage":
			fmt.Fprintf(w, `{"ok":false,"error":%q}`, "bad token "+r.Form.Get("token"))
		case "/status/chat.postMessage":
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, r.Form.Get("token"))
		case "/json/chat.postMessage":
			fmt.Fprint(w, r.Form.Encode())
		case "/redirect/chat.postMessage":
			http.Redirect(w, r, "http://127.0.0.1:1/?token="+url.QueryEscape(r.Form.Get("token")), http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(echo.Close)
	urls := []string{
		echo.URL + "/code/", echo.URL + "/status/", echo.URL + "/json/", echo.URL + "/redirect/",
		"http://127.0.0.1:1/" + url.PathEscape(token) + "/", "http://user:" + url.QueryEscape(token) + "@127.0.0.1:1/",
	}
	for _, u := range urls {
		t.Run(u[:20], func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			o := slack.Options{
				Token: token, Channel: slacktest.Channel, APIURL: u, Timeout: time.Second,
				Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			}
			s, err := slack.New(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Send(t.Context(), message())
			if err == nil {
				t.Fatal("Send succeeded")
			}
			_, _, ferr := s.Find(t.Context(), "D", alerting.Ref{}, time.Now())
			cerr := s.Check(t.Context())
			out := fmt.Sprintf("%v %+v %#v %v %+v %#v %v %+v %v %v %s", err, err, err, s, s, s, o, o, ferr, cerr, log.String())
			for f := (*alerting.Failure)(nil); errors.As(err, &f); f = nil {
				out += fmt.Sprintf("%+v %#v", f.Err, f.Err)
				break
			}
			for _, form := range forms {
				if strings.Contains(out, form) {
					t.Errorf("%q stands in %s", form, out)
				}
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]slack.Options{
		"no token":     {Channel: slacktest.Channel},
		"channel name": {Token: "xoxb-1", Channel: "#alerts"},
		"no channel":   {Token: "xoxb-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := slack.New(o); err == nil || strings.Contains(err.Error(), "xoxb-1") {
				t.Errorf("New = %v, want an error without the token", err)
			}
		})
	}
}
