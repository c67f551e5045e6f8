// Package email sends notices by e-mail, as HTML and as text, over an encrypted
// connection only.
package email

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"huiying/alerting"
	"huiying/alerting/sheet"
	"huiying/internal/redact"
)

// Ports of submission (RFC 8314): STARTTLS on 587, TLS from the first byte on 465.
const (
	portSTARTTLS = 587
	portTLS      = 465
)

// Options say where and how to send.
type Options struct {
	// Host is the mail server's name, Port its port. Port defaults to 587, with
	// ImplicitTLS to 465.
	Host string
	Port int
	// ImplicitTLS speaks TLS from the first byte instead of by STARTTLS. There is no
	// way to send unencrypted.
	ImplicitTLS bool
	// User and Password log in; no User, no log-in. The password never appears in
	// an error or a log.
	User, Password string
	// From is the sender's address, To who gets the mail.
	From string
	To   []string
	// PerMessage is the pause between two mails. Defaults to 1s.
	PerMessage time.Duration
	// Timeout bounds one Send. Defaults to 10s.
	Timeout time.Duration
	// TLS is for servers with a certificate of their own making. Defaults to the
	// system's authorities.
	TLS *tls.Config
	// Now defaults to time.Now.
	Now func() time.Time
}

// String keeps the password out of every print.
func (o Options) String() string { return "email.Options{" + o.Host + "}" }

// GoString keeps the password out of every print.
func (o Options) GoString() string { return o.String() }

// Sender mails to one list of addresses. Safe for use by many goroutines.
type Sender struct {
	o        Options
	pace     *alerting.Pace
	redactor *redact.Redactor
	// domain ends the ids of our mails.
	domain string
}

var (
	_ alerting.Sender = (*Sender)(nil)
	_ alerting.Pacer  = (*Sender)(nil)
)

// New checks the options.
func New(o Options) (*Sender, error) {
	if o.Host == "" || len(o.To) == 0 {
		return nil, errors.New("email: needs the mail server's host and at least one address to write to")
	}
	trial := mail.NewMsg()
	if err := trial.From(o.From); err != nil {
		return nil, fmt.Errorf("email: from %q is no address", o.From)
	}
	for _, to := range o.To {
		if err := trial.AddTo(to); err != nil {
			return nil, fmt.Errorf("email: to %q is no address", to)
		}
	}
	if o.Port == 0 {
		o.Port = portSTARTTLS
		if o.ImplicitTLS {
			o.Port = portTLS
		}
	}
	if o.PerMessage <= 0 {
		o.PerMessage = time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	_, domain, _ := strings.Cut(strings.Trim(trial.GetFromString()[0], "<>"), "@")
	return &Sender{o: o, pace: alerting.NewPace(o.PerMessage), redactor: redact.New(o.Password), domain: domain}, nil
}

// String names the server and nothing secret.
func (s *Sender) String() string { return "email:" + s.o.Host }

// GoString names the server and nothing secret.
func (s *Sender) GoString() string { return s.String() }

// Pace implements alerting.Pacer.
func (s *Sender) Pace() *alerting.Pace { return s.pace }

// Send implements alerting.Sender. The Ref's TS is the mail's Message-ID, which is
// the delivery's own: a mail sent twice is the same mail to systems that look.
func (s *Sender) Send(ctx context.Context, m alerting.Message) (alerting.Ref, error) {
	if err := ctx.Err(); err != nil {
		return alerting.Ref{}, &alerting.Failure{Reason: alerting.Retry, Err: fmt.Errorf("email: not begun: %w", err)}
	}
	msg, id, err := s.write(m)
	if err != nil {
		return alerting.Ref{}, &alerting.Failure{Reason: alerting.Permanent, Err: fmt.Errorf("email: write the mail: %w", err)}
	}
	client, err := s.client()
	if err != nil {
		return alerting.Ref{}, &alerting.Failure{Reason: alerting.Configuration, Err: fmt.Errorf("email: %w", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	s.pace.Began(s.o.Now())
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return alerting.Ref{}, s.undialled(err)
	}
	err = client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // what was said before it counts
	if err == nil || msg.IsDelivered() {
		return alerting.Ref{TS: id}, nil
	}
	return alerting.Ref{}, s.classify(err)
}

// client is made anew for every mail: a session kept open is a session that a
// server closes when it is needed.
func (s *Sender) client() (*mail.Client, error) {
	opts := []mail.Option{
		mail.WithPort(s.o.Port),
		// It bounds connecting and sending apart.
		mail.WithTimeout(s.o.Timeout / 2),
	}
	if s.o.TLS != nil {
		opts = append(opts, mail.WithTLSConfig(s.o.TLS))
	}
	if s.o.ImplicitTLS {
		opts = append(opts, mail.WithSSL())
	} else {
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.o.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.o.User), mail.WithPassword(s.o.Password))
	}
	return mail.NewClient(s.o.Host, opts...)
}

func (s *Sender) write(m alerting.Message) (msg *mail.Msg, id string, err error) {
	parts := sheet.New(m)
	sum := sha256.Sum256([]byte(m.DeliveryID))
	id = hex.EncodeToString(sum[:16]) + "@" + s.domain
	msg = mail.NewMsg()
	if err := errors.Join(msg.From(s.o.From), msg.To(s.o.To...)); err != nil {
		return nil, "", err
	}
	msg.Subject(parts.Title)
	msg.SetMessageIDWithValue(id)
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader(mail.Header("Auto-Submitted"), "auto-generated") // RFC 3834: no holiday replies
	if m.Thread.TS != "" {
		msg.SetGenHeader(mail.HeaderInReplyTo, "<"+m.Thread.TS+">")
		msg.SetGenHeader(mail.HeaderReferences, "<"+m.Thread.TS+">")
	}
	msg.SetBodyString(mail.TypeTextPlain, text(parts))
	if err := msg.AddAlternativeHTMLTemplate(page, view(parts, m)); err != nil {
		return nil, "", err
	}
	return msg, id, nil
}
