package app

import (
	"context"

	"huiying/internal/audit"
)

// heartbeat reports to the service outside; nil where none is configured.
func (a *App) heartbeat() (func(ctx context.Context, well bool) error, error) {
	c := a.o.Config.Heartbeat
	if !c.URL.IsSet() {
		return nil, nil
	}
	return audit.Heartbeat(audit.HeartbeatOptions{URL: c.URL.Reveal(), Fail: c.Fail})
}
