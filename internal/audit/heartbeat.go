package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"huiying/internal/version"
)

// HeartbeatOptions say where a service outside waits for reports.
type HeartbeatOptions struct {
	// URL is asked for, with GET, while all is well. It is a secret: whoever has it
	// can report in huiying's place. It never stands in an error.
	URL string
	// Fail asks for URL/fail while all is not well, for services that take that.
	// Defaults to saying nothing then.
	Fail bool
	// Timeout bounds one report. Defaults to 10s.
	Timeout time.Duration
	// HTTP defaults to a client of its own that follows no redirect. The address is
	// the operators' own and may be one of the internal network.
	HTTP *http.Client
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 4 << 10

// Heartbeat makes the Report of Options.
func Heartbeat(o HeartbeatOptions) (func(ctx context.Context, well bool) error, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("heartbeat: the address is none of http or https") // it is not shown
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	fail := *u
	fail.Path = strings.TrimSuffix(u.Path, "/") + "/fail"
	return func(ctx context.Context, well bool) error {
		address := u.String()
		if !well {
			if !o.Fail {
				return nil
			}
			address = fail.String()
		}
		ctx, cancel := context.WithTimeout(ctx, o.Timeout)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return errors.New("heartbeat: the request cannot be made")
		}
		req.Header.Set("User-Agent", "huiying/"+strings.TrimPrefix(version.Number, "v"))
		res, err := o.HTTP.Do(req)
		if err != nil {
			if ue, ok := errors.AsType[*url.Error](err); ok {
				err = ue.Err // without the address
			}
			return fmt.Errorf("heartbeat: %s", strings.ReplaceAll(err.Error(), u.Host, "…"))
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
		_ = res.Body.Close()
		if res.StatusCode/100 != 2 {
			return fmt.Errorf("heartbeat: the service answered %d", res.StatusCode)
		}
		return nil
	}, nil
}
