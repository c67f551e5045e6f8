package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	slackgo "github.com/slack-go/slack"

	"huiying/alerting"
)

var errNoAnswer = errors.New("the answer says neither yes nor no")

// refusal is Slack's own no: ok:false with a code.
type refusal struct{ method, code, remedy string }

func (r *refusal) Error() string {
	s := "slack " + r.method + ": " + r.code
	if r.remedy != "" {
		s += "：" + r.remedy
	}
	return s
}

func (r *refusal) threadGone() bool {
	switch r.code {
	case "thread_not_found", "cannot_reply_to_message", "message_not_found", "restricted_action_thread_locked",
		"restricted_action_non_threadable_channel", "invalid_thread_ts":
		return true
	}
	return false
}

func (r *refusal) blocksBad() bool {
	switch r.code {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch":
		return true
	}
	return false
}

// classify makes a Failure of an error of slack-go. unwritten says that the
// request never left this machine.
func (s *Sender) classify(method string, err error, unwritten bool) *alerting.Failure {
	var (
		limited *slackgo.RateLimitedError
		status  slackgo.StatusCodeError
		no      slackgo.SlackErrorResponse
	)
	switch {
	case errors.As(err, &limited):
		return &alerting.Failure{
			Reason: alerting.RateLimited, RetryAfter: alerting.BelievablePause(limited.RetryAfter),
			Err: fmt.Errorf("slack %s: rate limited, retry after %v", method, limited.RetryAfter),
		}
	case errors.As(err, &no):
		reason, remedy := meaning(no.Err)
		f := &alerting.Failure{Reason: reason, Err: &refusal{method: method, code: s.redact(no.Err), remedy: remedy}}
		if reason == alerting.RateLimited {
			f.RetryAfter = alerting.DefaultPause
		}
		return f
	case errors.As(err, &status):
		f := &alerting.Failure{Reason: alerting.ReasonOfStatus(status.Code), Err: fmt.Errorf("slack %s: HTTP %d", method, status.Code)}
		if f.Reason == alerting.RateLimited {
			f.RetryAfter = alerting.DefaultPause
		}
		return f
	}
	if num := (*strconv.NumError)(nil); errors.As(err, &num) {
		// slack-go reads numbers of one header only: a Retry-After that is none.
		return &alerting.Failure{
			Reason: alerting.RateLimited, RetryAfter: alerting.DefaultPause,
			Err: fmt.Errorf("slack %s: rate limited, Retry-After cannot be read", method),
		}
	}
	f := &alerting.Failure{Reason: alerting.Ambiguous, Err: s.wrap(method, err)}
	if unwritten {
		f.Reason = alerting.Retry
	}
	return f
}

// meaning classes Slack's codes (chat.postMessage and conversations.history in
// Slack's method reference) with what an operator can do. A code nobody has heard
// of is a no: the copy that follows is sooner seen than endless retries.
func meaning(code string) (alerting.Reason, string) {
	switch code {
	case "ratelimited", "rate_limited":
		return alerting.RateLimited, ""
	case "internal_error", "fatal_error", "service_unavailable":
		return alerting.Ambiguous, ""
	case "request_timeout", "team_added_to_org", "org_login_required":
		// The request was not complete, or the workspace is being moved.
		return alerting.Retry, ""
	case "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive":
		return alerting.Configuration, "令牌无效或已停用，请在 Slack 应用页重新安装并更换令牌"
	case "missing_scope", "not_allowed_token_type", "no_permission", "access_denied":
		return alerting.Configuration, "令牌缺少权限，需要 chat:write 和 channels:history（私有频道为 groups:history）"
	case "channel_not_found":
		return alerting.Configuration, "没有这个频道，或机器人看不到它，请核对频道 ID"
	case "not_in_channel", "user_not_in_channel":
		return alerting.Configuration, "机器人不在频道里，请在频道中发送 /invite @机器人"
	case "is_archived":
		return alerting.Configuration, "频道已归档，请换一个频道"
	case "ekm_access_denied", "enterprise_is_restricted", "team_access_not_granted", "two_factor_setup_required",
		"accesslimited", "messages_tab_disabled", "as_user_not_supported", "method_deprecated", "deprecated_endpoint":
		return alerting.Configuration, "工作区不允许，请联系 Slack 管理员"
	}
	if strings.HasPrefix(code, "restricted_action") {
		return alerting.Configuration, "频道限制了谁可以发言，请允许机器人发言"
	}
	return alerting.Permanent, ""
}

// wrap words an error of the transport without its URL and without the token. It
// keeps what callers ask for: whether the context ended.
func (s *Sender) wrap(method string, err error) error {
	for uerr := (*url.Error)(nil); errors.As(err, &uerr); uerr = nil {
		err = uerr.Err
	}
	text := s.redact(err.Error())
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return fmt.Errorf("slack %s: %w", method, known)
		}
	}
	return fmt.Errorf("slack %s: %s", method, text)
}

func (s *Sender) redact(text string) string { return s.redactor.Redact(text) }
