package alerting

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// DefaultPause is how long to stay away where a platform says that the rate is
	// exceeded and does not say for how long.
	DefaultPause = 30 * time.Second
	// maxPause is the longest pause that is believed.
	maxPause = time.Hour
)

// BelievablePause bounds what a platform asked to wait: at least a second, at
// most an hour.
func BelievablePause(d time.Duration) time.Duration {
	return min(max(d, time.Second), maxPause)
}

// ReasonOfStatus classes an HTTP status that is not a yes. After most of 5xx the
// message may stand.
func ReasonOfStatus(code int) Reason {
	switch {
	case code == http.StatusTooManyRequests:
		return RateLimited
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return Permanent
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return Ambiguous
	case code >= 300 && code < 500: // a proxy, a wrong address, a firewall
		return Configuration
	}
	return Ambiguous
}

// Scrubber blots secrets out of texts: as they stand, URL-encoded and in base64.
type Scrubber struct{ replacer *strings.Replacer }

// minSecret is how long a secret must be to be blotted out: of a shorter one the
// blots would tell where it stands.
const minSecret = 4

// NewScrubber blots out the given secrets; empty ones are none.
func NewScrubber(secrets ...string) *Scrubber {
	const blot = "<redacted>"
	var forms []string
	for _, secret := range secrets {
		if len(secret) < minSecret {
			continue
		}
		forms = append(
			forms, secret, url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		)
	}
	// The longest first: one secret may hold another.
	slices.SortStableFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, blot)
	}
	return &Scrubber{replacer: strings.NewReplacer(pairs...)}
}

// Clean returns the text without the secrets.
func (s *Scrubber) Clean(text string) string { return s.replacer.Replace(text) }
