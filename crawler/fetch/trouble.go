package fetch

import (
	"net/http"
	"time"

	"huiying/crawler"
)

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
