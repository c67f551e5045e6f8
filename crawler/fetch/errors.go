package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"code.dny.dev/ssrf"

	"huiying/crawler"
	"huiying/internal/zh"
)

// Kind says why a fetch failed. It serves as a metric label.
type Kind string

// The kinds of failure.
const (
	BadURL       Kind = "bad_url"
	Blocked      Kind = "blocked_address"
	Robots       Kind = "robots"
	RobotsDown   Kind = "robots_unavailable"
	Redirects    Kind = "redirects"
	RateLimited  Kind = "rate_limited"
	BadStatus    Kind = "status"
	TooLarge     Kind = "too_large"
	BadEncoding  Kind = "encoding"
	Garbled      Kind = "charset"
	NotText      Kind = "not_text"
	Timeout      Kind = "timeout"
	Certificate  Kind = "certificate"
	NotFoundHost Kind = "dns"
	Network      Kind = "network"
)

// Error is the failure of one fetch.
type Error struct {
	Kind Kind
	// URL is shortened to scheme, host and path.
	URL string
	// Status is the HTTP status, when there was one.
	Status int
	// Until is when the host may be asked again, for RateLimited and RobotsDown.
	Until time.Time
	Err   error
}

// Error speaks to engineers.
func (e *Error) Error() string {
	s := "fetch " + e.URL + ": " + string(e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if !e.Until.IsZero() {
		s += " until " + e.Until.UTC().Format(time.RFC3339)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Chinese tells an operator in one or two sentences what happened and what to do.
func (e *Error) Chinese() string {
	switch e.Kind {
	case BadURL:
		return "网址不能用。只支持 http 和 https，且不能带用户名密码；请检查来源里的网址。"
	case Blocked:
		return "网址指向内网或保留地址，已拦截。确需读取内网来源时，请在配置里放行该网段。"
	case Robots:
		return "该网站的 robots.txt 不允许读取此页。请联系网站主管单位取得许可，或改用其订阅源。"
	case RobotsDown:
		return "该网站的 robots.txt 暂时读不到，按规矩先不读，稍后自动再试。"
	case Redirects:
		return fmt.Sprintf("网址跳转超过 %d 次。请把来源改成跳转后的最终网址。", maxRedirects)
	case RateLimited:
		if e.Until.IsZero() {
			return "该网站要求放慢速度，稍后自动再试。"
		}
		return "该网站要求放慢速度，" + zh.ShortStamp(e.Until) + " 以后自动再试。"
	case BadStatus:
		return statusChinese(e.Status)
	case TooLarge:
		return "内容超过大小上限，整页未读。请换成更小的列表页或订阅源，或在配置里调高上限。"
	case BadEncoding:
		return "内容的压缩格式损坏或不认识，整页未读。多为网站故障，持续出现请联系对方。"
	case Garbled:
		return "文字编码无法辨认，出现乱码。请人工打开核对，并联系网站说明其编码声明有误。"
	case NotText:
		return "该网址不是网页或订阅源，而是图片、PDF 等文件，读不出文字。请换成网页地址。"
	case Timeout:
		return "读取超时。网站过慢或已断线，稍后自动再试；持续出现请核对网址。"
	case Certificate:
		return "网站的 HTTPS 证书无效或已过期，未读取。请联系对方更换证书，或核对网址。"
	case NotFoundHost:
		return "找不到该域名。请核对网址拼写和本机的 DNS。"
	case Network:
		return "连不上该网站，稍后自动再试；持续出现请核对网址和本机网络。"
	}
	return "读取失败。"
}

func statusChinese(status int) string {
	switch {
	case status == 304:
		return "网站说内容未变，但此前并未读过，属网站故障。稍后自动再试。"
	case status == 401 || status == 403:
		return fmt.Sprintf("网站拒绝访问（%d）。可能需要登录或已屏蔽本机，请人工打开核对。", status)
	case status == 404 || status == 410:
		return fmt.Sprintf("页面不存在（%d）。网站可能已改版，请更新来源里的网址。", status)
	case status >= 500:
		return fmt.Sprintf("网站出错（%d），稍后自动再试。", status)
	}
	return fmt.Sprintf("网站的回答不正常（%d），请人工打开核对。", status)
}

// asError brings whatever net/http returned into an *Error. A caller's own
// cancellation stays what it is.
func asError(err error, u *url.URL) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return &Error{Kind: kindOf(err), URL: redactURL(u), Err: unwrapURL(err)}
}

func kindOf(err error) Kind {
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return Blocked
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return Timeout
	case errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return Certificate
	case errors.As(err, &dns) && dns.IsNotFound:
		return NotFoundHost
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	}
	return Network
}

// unwrapURL drops the *url.Error around a cause, since it repeats the whole URL.
func unwrapURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

// Class is the failure in the words that all engines share.
func (e *Error) Class() crawler.Trouble {
	switch e.Kind {
	case Blocked:
		return crawler.Hostile
	case Robots:
		return crawler.Refused
	case RateLimited, RobotsDown:
		return crawler.Limited
	case BadStatus:
		switch e.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return crawler.Blocked
		case http.StatusTooManyRequests:
			return crawler.Limited
		}
	case TooLarge:
		return crawler.TooLarge
	case Garbled:
		return crawler.Garbled
	case BadEncoding, NotText:
		return crawler.Broken
	case BadURL, Redirects, Timeout, Certificate, NotFoundHost, Network:
	}
	return crawler.Unreachable
}

// RetryAt is when the host may be asked again; zero where it did not say.
func (e *Error) RetryAt() time.Time { return e.Until }
