package slack_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/alerting/slack"
	"huiying/internal/slacktest"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
)

// line is a database with n alerts for one channel, and a deliverer on a fake Slack.
func line(t *testing.T, server *slacktest.Server, n int, o alerting.DelivererOptions, change func(*slack.Options)) (*alerting.Deliverer, []string) {
	t.Helper()
	db := storetest.Open(t, storetest.SQLite(t))
	o.DB, o.Claims = db.Writer(), claims.NewSQL(db.Writer(), nil)
	o.Targets = map[string]alerting.Sender{"coal": sender(t, server, change)}
	d, err := alerting.NewDeliverer(o)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range n {
		notice := alerting.Notice{
			ID: fmt.Sprintf("A-%03d", i), Kind: alerting.KindAlert, CreatedAt: time.Now(),
			Content: alerting.Content{Headline: fmt.Sprint("告警 ", i)},
		}
		if i == n-1 {
			notice.Grade = verdict.Extreme
		}
		ds := alerting.Plan(notice, []alerting.Receiver{{Name: "煤炭科", Target: "coal"}}, "")
		if _, err := alerting.Save(t.Context(), o.DB, notice, ds); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ds[0].ID)
	}
	return d, ids
}

// work runs every delivery as its job would until all are done.
func work(t *testing.T, d *alerting.Deliverer, ids []string) {
	t.Helper()
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			for {
				out, err := d.Deliver(t.Context(), id)
				if err != nil {
					t.Errorf("Deliver(%s): %v", id, err)
					return
				}
				if out.Snooze == 0 {
					if out.State != alerting.Sent {
						t.Errorf("%s is %s", id, out.State)
					}
					return
				}
				select {
				case <-time.After(out.Snooze):
				case <-t.Context().Done():
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestEveryFaultOnceNothingLostNothingTwice is RELIABILITY rows 3 and 4 in small:
// each way to fail, alternately before and after Slack took the message.
func TestEveryFaultOnceNothingLostNothingTwice(t *testing.T) {
	t.Parallel()
	faults := []slacktest.Fault{
		{Status: 500, Accept: true},
		{Status: 502},
		{Hang: true, Accept: true},
		{Hang: true},
		{Reset: true, Accept: true},
		{Reset: true},
		{Truncate: true, Accept: true},
		{Body: "<html>"},
		{Code: "internal_error", Accept: true},
		{Code: "service_unavailable"},
		{Body: "{}", Accept: true},
		slacktest.RateLimited("1"),
		{Late: 1100 * time.Millisecond},
		{Code: "request_timeout"},
		{Method: "conversations.history", Status: 500},
		{Method: "conversations.history", Hang: true},
	}
	server := slacktest.Start(t, slacktest.Options{})
	server.Script(faults...)
	// Late lands 100 ms after the client gave up; the settling time is longer.
	d, ids := line(t, server, 40, alerting.DelivererOptions{Settle: 3 * time.Second}, func(o *slack.Options) {
		o.PerMessage, o.Timeout = 5*time.Millisecond, time.Second
	})
	work(t, d, ids)
	got := server.Deliveries()
	for _, id := range ids {
		if got[id] != 1 {
			t.Errorf("%s stands %d times", id, got[id])
		}
	}
}

func TestRateIsKeptAndTheGravestOvertakes(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{PerChannel: time.Second})
	d, ids := line(t, server, 6, alerting.DelivererOptions{}, nil)
	var wg sync.WaitGroup
	wg.Go(func() { work(t, d, ids[:5]) })
	for len(server.Messages()) == 0 {
		<-time.After(time.Millisecond)
	}
	began := time.Now()
	work(t, d, ids[5:])
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("特别重大 took %v, over two slots and what the machine adds", took)
	}
	wg.Wait()
	if n := server.Early(); n > 0 {
		t.Errorf("%d messages before Retry-After had passed", n)
	}
	if n := server.Requests("chat.postMessage"); n > 9 {
		t.Errorf("%d requests for 6 messages: the pace is not kept", n)
	}
	if n := len(server.Messages()); n != 6 {
		t.Errorf("%d messages, want 6", n)
	}
}

// TestOneReadingSettlesAllThatWait: sixty messages stand without Slack having said
// so, sent over a second or two; they are settled by a few readings.
func TestOneReadingSettlesAllThatWait(t *testing.T) {
	t.Parallel()
	const n = 60
	server := slacktest.Start(t, slacktest.Options{ReadsPerMinute: 50})
	server.Script(slices.Repeat([]slacktest.Fault{{Status: 500, Accept: true}}, n)...)
	d, ids := line(t, server, n, alerting.DelivererOptions{Settle: 4 * time.Second}, func(o *slack.Options) {
		o.PerMessage, o.Timeout = 5*time.Millisecond, time.Second
	})
	work(t, d, ids)
	got := server.Deliveries()
	for _, id := range ids {
		if got[id] != 1 {
			t.Errorf("%s stands %d times", id, got[id])
		}
	}
	if n := server.Requests("conversations.history"); n > 20 {
		t.Errorf("the history was read %d times", n)
	}
}

// TestReadingsKeepToRetryAfter: what Slack asked for on a reading holds for all.
func TestReadingsKeepToRetryAfter(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	s := sender(t, server, nil)
	server.Script(slacktest.Fault{Method: "conversations.history", RetryAfter: new("30")})
	for range 3 {
		_, _, err := s.Find(t.Context(), "D-1", alerting.Ref{}, time.Now())
		f := new(alerting.Failure)
		if !errors.As(err, &f) || f.Reason != alerting.RateLimited || f.RetryAfter < 25*time.Second {
			t.Errorf("Find = %v, want to be asked to wait 30 s", err)
		}
	}
	if n := server.Requests("conversations.history"); n != 1 {
		t.Errorf("the history was read %d times before Retry-After had passed", n)
	}
}
