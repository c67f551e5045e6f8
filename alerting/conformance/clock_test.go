package conformance_test

import (
	"errors"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/dingtalk"
	"huiying/alerting/feishu"
	"huiying/internal/faulttest"
	"huiying/internal/robottest"
)

// TestAWrongClockLosesNoAlert: a machine that woke up with another day's clock makes
// signatures that the platforms refuse; the next one is made by the platform's time.
func TestAWrongClockLosesNoAlert(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"ahead": 8 * time.Hour, "behind": -72 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := func() time.Time { return time.Now().Add(off) }
			ding := robottest.Start(t, robottest.DingTalk, robottest.Options{})
			lark := robottest.Start(t, robottest.Feishu, robottest.Options{})
			d, err := dingtalk.New(dingtalk.Options{Webhook: ding.URL(), Secret: robottest.Secret, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			wrong, err := dingtalk.New(dingtalk.Options{Webhook: ding.URL(), Secret: "SECwrong-all-along", Now: now})
			if err != nil {
				t.Fatal(err)
			}
			f, err := feishu.New(feishu.Options{Webhook: lark.URL(), Secret: robottest.Secret, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			strange, err := feishu.New(feishu.Options{Webhook: lark.URL(), Secret: "wrong-all-along", Now: now})
			if err != nil {
				t.Fatal(err)
			}
			for platform, c := range map[string]struct {
				sender alerting.Sender
				then   alerting.Reason // of the second attempt
			}{"dingtalk": {d, ""}, "feishu": {f, ""}, "a wrong key": {wrong, alerting.Configuration}, "feishu's wrong key": {strange, alerting.Configuration}} {
				var reasons [2]alerting.Reason
				for i := range reasons {
					_, err := c.sender.Send(t.Context(), message())
					if failed := (*alerting.Failure)(nil); errors.As(err, &failed) {
						reasons[i] = failed.Reason
					} else if err != nil {
						t.Fatal(err)
					}
				}
				if reasons != [2]alerting.Reason{alerting.Retry, c.then} {
					t.Errorf("%s: the attempts ended %q, want retry and %q", platform, reasons, c.then)
				}
			}
		})
	}
}

// TestDingTalkIsLeftAloneWhileItBlocks: for ten minutes it takes nothing, and asking
// again keeps it closed.
func TestDingTalkIsLeftAloneWhileItBlocks(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"130101", "410100"} {
		ding := robottest.Start(t, robottest.DingTalk, robottest.Options{})
		ding.Script(faulttest.Fault{Code: code})
		d, err := dingtalk.New(dingtalk.Options{Webhook: ding.URL(), Secret: robottest.Secret})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Send(t.Context(), message())
		failed := new(alerting.Failure)
		if !errors.As(err, &failed) || failed.Reason != alerting.RateLimited || failed.RetryAfter != 10*time.Minute {
			t.Errorf("%s: %v, want to stay away for ten minutes", code, err)
		}
	}
}
