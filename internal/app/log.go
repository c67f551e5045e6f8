package app

import (
	"io"
	"log/slog"

	"huiying/alerting"
	"huiying/configs"
)

// minBlotted is how long a secret must be to be blotted out of whatever is logged:
// of a shorter one, which may be a word, the log would lose its sense.
const minBlotted = 8

// NewLog is the log that the configuration asks for. No secret of the configuration
// passes it: whoever makes an error keeps them out, and this is the second lock.
func NewLog(c *configs.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	w = &scrubbed{w: w, scrub: newScrubber(c, minBlotted)}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// newScrubber knows the secrets of the configuration and what they hold, from the
// given length.
func newScrubber(c *configs.Config, shortest int) *alerting.Scrubber {
	var all []string
	for _, secret := range c.Secrets() {
		for _, s := range append(alerting.SecretsIn(secret), secret) {
			if len(s) >= shortest {
				all = append(all, s)
			}
		}
	}
	return alerting.NewScrubber(all...)
}

// scrubbed blots secrets out of every record, which slog writes whole.
type scrubbed struct {
	w     io.Writer
	scrub *alerting.Scrubber
}

func (s *scrubbed) Write(p []byte) (int, error) {
	if _, err := io.WriteString(s.w, s.scrub.Clean(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
