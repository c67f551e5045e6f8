package alerting

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Errors of reading a token.
var (
	ErrForged  = errors.New("not a token of ours")
	ErrExpired = errors.New("the token has expired")
)

// macBytes of the signature are kept: 128 bits nobody guesses, and a link short
// enough for a message.
const macBytes = 16

// Tokens signs links with which a receiver acknowledges a delivery.
type Tokens struct {
	key []byte
	ttl time.Duration
}

// NewTokens signs with the key kept in the database, which is made at the first
// call. Tokens are good for ttl.
func NewTokens(ctx context.Context, db store.Conn, ttl time.Duration) (*Tokens, error) {
	key, err := Key(ctx, db, "ack")
	if err != nil {
		return nil, err
	}
	return &Tokens{key: key, ttl: ttl}, nil
}

// Key returns the secret that the database keeps under a name, made at the first
// call.
func Key(ctx context.Context, db store.Conn, name string) ([]byte, error) {
	k := struct {
		bun.BaseModel `bun:"table:keys,alias:keys"`

		Name  string `bun:"name,pk"`
		Value string `bun:"value"`
	}{Name: name, Value: rand.Text() + rand.Text()}
	if _, err := db.NewInsert().Model(&k).On("CONFLICT (name) DO NOTHING").Exec(ctx); err != nil {
		return nil, fmt.Errorf("keep key %s: %w", name, err)
	}
	// Another node may have been first: its key counts.
	if err := db.NewSelect().Model(&k).WherePK().Scan(ctx); err != nil {
		return nil, fmt.Errorf("read key %s: %w", name, err)
	}
	return []byte(k.Value), nil
}

// Make returns the token of a delivery.
func (t *Tokens) Make(deliveryID string, now time.Time) string {
	text := strconv.FormatInt(now.Add(t.ttl).Unix(), 36) + "|" + deliveryID
	return base64.RawURLEncoding.EncodeToString(append(t.sign(text), text...))
}

// Read returns the delivery of a token, ErrExpired or ErrForged.
func (t *Tokens) Read(token string, now time.Time) (deliveryID string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) <= macBytes {
		return "", ErrForged
	}
	text := string(raw[macBytes:])
	if !hmac.Equal(raw[:macBytes], t.sign(text)) {
		return "", ErrForged
	}
	stamp, id, _ := strings.Cut(text, "|")
	until, err := strconv.ParseInt(stamp, 36, 64)
	if err != nil {
		return "", ErrForged
	}
	if now.Unix() > until {
		return "", ErrExpired
	}
	return id, nil
}

func (t *Tokens) sign(text string) []byte {
	mac := hmac.New(sha256.New, t.key)
	_, _ = mac.Write([]byte(text)) // a hash takes anything
	return mac.Sum(nil)[:macBytes]
}
