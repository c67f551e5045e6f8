package crawler

import (
	"context"
	"errors"
)

// Trouble says in one word why a source, or one page of it, was not read. It is
// stored with rounds and serves as a metric label; "" is no trouble.
type Trouble string

// The troubles. Engines report them by a *TroubleError, or by any error with a
// method Trouble, as fetch.Error has.
const (
	// Unreachable is no answer, or an answer that is none: DNS, network,
	// certificate, timeout, a status of 400 and above.
	Unreachable Trouble = "unreachable"
	// Limited is a site that asked us to come later (429, Retry-After).
	Limited Trouble = "limited"
	// Refused is robots.txt forbidding the page.
	Refused Trouble = "refused"
	// Blocked is a captcha or log-in page in place of the content.
	Blocked Trouble = "blocked"
	// Garbled is text that no charset makes readable.
	Garbled Trouble = "garbled"
	// Empty is a list without entries, or a page without text.
	Empty Trouble = "empty"
	// Unchanged is a list that has brought nothing new for unusually long. Only
	// the watch over sources finds it; no engine reports it.
	Unchanged Trouble = "unchanged"
	// Broken is an answer that could not be understood: not the feed, page or
	// JSON that the source is said to be.
	Broken Trouble = "broken"
	// TooLarge is an answer over the limit of size.
	TooLarge Trouble = "too_large"
	// Hostile is an answer made, or fit, to do harm: a decompression bomb, depth
	// without end, a redirect to our own network, a page that made a reader panic.
	Hostile Trouble = "hostile"
	// Unfinished is a round that ran out of time.
	Unfinished Trouble = "unfinished"
	// Ours is a failure of our own, such as the database: no fault of the source.
	Ours Trouble = "ours"
	// Unknown is an error that says nothing of its kind.
	Unknown Trouble = "unknown"
)

// Name is the trouble as the office reads it.
func (t Trouble) Name() string {
	switch t {
	case "":
		return ""
	case Unreachable:
		return "连不上"
	case Limited:
		return "对方要求放慢"
	case Refused:
		return "robots.txt 不允许"
	case Blocked:
		return "验证码或登录页"
	case Garbled:
		return "乱码"
	case Empty:
		return "列表为空"
	case Unchanged:
		return "久无新内容"
	case Broken:
		return "读不懂"
	case TooLarge:
		return "内容过大"
	case Hostile:
		return "可能有害"
	case Unfinished:
		return "没有读完"
	case Ours:
		return "本机故障"
	case Unknown:
	}
	return "读取失败"
}

// TroubleError is an error whose trouble is known. Use it where no engine's own
// error type says it.
type TroubleError struct {
	Trouble Trouble
	// Reason tells an operator in one or two Chinese sentences what happened and
	// what to do. Defaults to Trouble.Name.
	Reason string
	// Err is the cause, for engineers. It may be nil.
	Err error
}

// Error speaks to engineers.
func (e *TroubleError) Error() string {
	if e.Err == nil {
		return string(e.Trouble)
	}
	return string(e.Trouble) + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *TroubleError) Unwrap() error { return e.Err }

// Chinese is the reason as the office reads it.
func (e *TroubleError) Chinese() string {
	if e.Reason == "" {
		return e.Trouble.Name()
	}
	return e.Reason
}

// Class is the trouble itself: see TroubleOf.
func (e *TroubleError) Class() Trouble { return e.Trouble }

// TroubleOf classes an error by the first error of its chain that knows: one with
// a method Class() Trouble. It is "" for nil.
func TroubleOf(err error) Trouble {
	if err == nil {
		return ""
	}
	var knows interface{ Class() Trouble }
	if errors.As(err, &knows) {
		return knows.Class()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Unfinished
	}
	return Unknown
}
