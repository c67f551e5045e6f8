package alerting_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/storetest"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	make := func() *alerting.Tokens {
		db := storetest.Open(t, storetest.SQLite(t))
		tokens, err := alerting.NewTokens(t.Context(), db.Writer(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		again, err := alerting.NewTokens(t.Context(), db.Writer(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.Read(tokens.Make("A-1/煤炭科", now), now); err != nil || got != "A-1/煤炭科" {
			t.Errorf("after a restart: %q, %v", got, err)
		}
		return tokens
	}
	tokens, others := make(), make()
	token := tokens.Make("A-E-1-emergency-1/煤炭科", now)
	if strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		t.Errorf("%q does not stand in an address as it is", token)
	}
	for name, c := range map[string]struct {
		token string
		at    time.Time
		want  error
	}{
		"good":            {token, now.Add(59 * time.Minute), nil},
		"expired":         {token, now.Add(61 * time.Minute), alerting.ErrExpired},
		"another's":       {others.Make("A-E-1-emergency-1/煤炭科", now), now, alerting.ErrForged},
		"cut short":       {token[:len(token)-2], now, alerting.ErrForged},
		"empty":           {"", now, alerting.ErrForged},
		"no base64":       {"!!!", now, alerting.ErrForged},
		"one bit changed": {flip(token), now, alerting.ErrForged},
	} {
		if _, err := tokens.Read(c.token, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func flip(s string) string {
	if s[5] == 'A' {
		return s[:5] + "B" + s[6:]
	}
	return s[:5] + "A" + s[6:]
}
