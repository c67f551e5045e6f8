package app

import (
	"io"
	"log/slog"

	"huiying/configs"
	"huiying/internal/redact"
)

// minRedacted is how long a secret must be to be redacted in whatever is logged:
// of a shorter one, which may be a word, the log would lose its sense.
const minRedacted = 8

// NewLog is the log that the configuration asks for. No secret of the configuration
// passes it: whoever makes an error keeps them out, and this is the second lock.
func NewLog(c *configs.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	w = &redactingWriter{w: w, redactor: newRedactor(c, minRedacted)}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// newRedactor knows the secrets of the configuration and what they hold, from the
// given length.
func newRedactor(c *configs.Config, shortest int) *redact.Redactor {
	var all []string
	for _, secret := range c.Secrets() {
		for _, s := range append(redact.SecretsIn(secret), secret) {
			if len(s) >= shortest {
				all = append(all, s)
			}
		}
	}
	return redact.New(all...)
}

// redactingWriter redacts secrets in every record, which slog writes whole.
type redactingWriter struct {
	w        io.Writer
	redactor *redact.Redactor
}

func (s *redactingWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(s.w, s.redactor.Redact(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
