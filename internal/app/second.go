package app

import (
	"context"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/store"
)

// standIn takes what goes by a receiver's second channel.
func (a *App) standIn(ctx context.Context, tx store.Tx, n alerting.Notice, to alerting.Receiver) error {
	_, err := a.outbox.PostTo(ctx, tx, n, []alerting.Receiver{to}, "")
	return err
}

// seconds are the targets that stand in for others, by these.
func seconds(c configs.Chat) map[string]string {
	out := map[string]string{}
	for _, t := range c.Targets {
		if t.Second != "" {
			out[t.Name] = t.Second
		}
	}
	return out
}
