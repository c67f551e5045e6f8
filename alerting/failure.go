package alerting

import (
	"net/http"
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
