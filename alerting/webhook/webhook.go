// Package webhook posts notices as JSON to an address of the office's own, signed.
package webhook

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"huiying/alerting"
	"huiying/alerting/robot"
)

// Headers of a request. The signature is "v1=" and the hexadecimal HMAC-SHA256 of
// the timestamp (Unix seconds), ".", and the body. The key is the delivery's id: a
// receiver that drops a second request with the same key hears everything once.
const (
	HeaderTimestamp = "X-Huiying-Timestamp"
	HeaderSignature = "X-Huiying-Signature"
	HeaderKey       = "Idempotency-Key"
)

// Options say where and how to send.
type Options struct {
	// URL is the address, Secret the key of the signature. They never appear in an
	// error or a log.
	URL, Secret string
	// PerMessage is the pause between two messages. Defaults to 100ms.
	PerMessage time.Duration
	// HTTP, Timeout and Now default as robot.Options says.
	HTTP    *http.Client
	Timeout time.Duration
	Now     func() time.Time
}

// Sender posts to one address. Safe for use by many goroutines.
type Sender struct {
	*robot.Robot

	secret []byte
}

var (
	_ alerting.Sender = (*Sender)(nil)
	_ alerting.Pacer  = (*Sender)(nil)
)

// New checks the options.
func New(o Options) (*Sender, error) {
	if o.Secret == "" {
		return nil, errors.New("webhook: no secret; without a signature anybody could speak as huiying")
	}
	r, err := robot.New(robot.Options{
		Name: "webhook", Address: o.URL, Secrets: []string{o.Secret}, HTTP: o.HTTP, Timeout: o.Timeout, Now: o.Now,
		Pace: alerting.NewPace(cmp.Or(o.PerMessage, 100*time.Millisecond)),
	})
	if err != nil {
		return nil, err
	}
	return &Sender{Robot: r, secret: []byte(o.Secret)}, nil
}

// Payload is the body of a request. Its texts are as the notice has them, which
// may be anything a post holds: whoever shows them escapes.
type Payload struct {
	Delivery string           `json:"delivery"`
	Notice   string           `json:"notice"`
	Kind     alerting.Kind    `json:"kind"`
	Category string           `json:"category,omitempty"`
	Grade    string           `json:"grade,omitempty"`
	Receiver string           `json:"receiver"`
	Repeat   bool             `json:"repeat"`
	At       time.Time        `json:"at"`
	Ack      string           `json:"ack,omitempty"`
	Content  alerting.Content `json:"content"`
}

// Send implements alerting.Sender. Any status of 2xx is the receiver's yes.
func (s *Sender) Send(ctx context.Context, m alerting.Message) (alerting.Ref, error) {
	body, err := json.Marshal(Payload{
		Delivery: m.DeliveryID, Notice: m.NoticeID, Kind: m.Kind, Category: string(m.Category), Grade: string(m.Grade),
		Receiver: m.Receiver, Repeat: m.Repeat, At: m.At, Ack: m.Ack, Content: m.Content,
	})
	if err != nil {
		return alerting.Ref{}, fmt.Errorf("webhook: write the message: %w", err)
	}
	stamp := strconv.FormatInt(s.Time().Unix(), 10)
	header := http.Header{}
	header.Set(HeaderTimestamp, stamp)
	header.Set(HeaderSignature, Sign(s.secret, stamp, body))
	header.Set(HeaderKey, m.DeliveryID)
	return alerting.Ref{}, s.Post(ctx, robot.Request{
		Header: header, Body: body, Judge: func([]byte) error { return nil },
	})
}

// Sign makes the signature of a body sent at stamp, in Unix seconds.
func Sign(secret []byte, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(stamp + ".")) // a hash takes anything
	_, _ = mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}
