package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/textproto"

	"github.com/wneessen/go-mail"

	"huiying/alerting"
	"huiying/internal/safetext"
)

// undialled classes a failure before any mail was offered: nothing can stand.
func (s *Sender) undialled(err error) error {
	reason, remedy := alerting.Retry, ""
	var (
		said      *textproto.Error
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &said) && said.Code >= 500:
		reason, remedy = alerting.Configuration, "邮件服务器拒绝登录，请核对用户名和密码（有的邮箱要用授权码）"
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		reason, remedy = alerting.Configuration, "邮件服务器的证书无效，请核对服务器名"
	case errors.As(err, &record):
		reason, remedy = alerting.Configuration, "端口和加密方式不符：465 用 tls，587 用 starttls"
	}
	return s.failure(reason, err, remedy)
}

// classify classes a failure of sending by how far the mail came: until its last
// line the server has promised nothing, after it only the server's word counts
// (RFC 5321, 4.2.5).
func (s *Sender) classify(err error) error {
	var sent *mail.SendError
	if !errors.As(err, &sent) {
		return s.failure(alerting.Ambiguous, err, "")
	}
	refused := sent.ErrorCode() >= 500
	//nolint:exhaustive // The other reasons are mistakes in the mail itself.
	switch sent.Reason {
	case mail.ErrSMTPMailFrom, mail.ErrSMTPRcptTo:
		if refused {
			return s.failure(alerting.Configuration, err, "邮件服务器不收，请核对发件和收件地址")
		}
		return s.failure(alerting.Retry, err, "")
	case mail.ErrSMTPData, mail.ErrWriteContent, mail.ErrConnCheck:
		if refused {
			return s.failure(alerting.Permanent, err, "")
		}
		return s.failure(alerting.Retry, err, "")
	case mail.ErrSMTPDataClose:
		switch {
		case refused:
			return s.failure(alerting.Permanent, err, "")
		case sent.ErrorCode() >= 400:
			return s.failure(alerting.Retry, err, "")
		}
		return s.failure(alerting.Ambiguous, err, "")
	}
	return s.failure(alerting.Permanent, err, "")
}

func (s *Sender) failure(reason alerting.Reason, err error, remedy string) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return &alerting.Failure{Reason: reason, Err: fmt.Errorf("email: %w", known)}
		}
	}
	text := s.redactor.Redact(safetext.Line(s.redactor.Redact(err.Error())))
	if remedy != "" {
		text += "：" + remedy
	}
	return &alerting.Failure{Reason: reason, Err: errors.New("email: " + text)}
}
