package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/app"
	"huiying/internal/store"
)

// silences are those that hold now. Where there is no database yet there are none;
// one that cannot be read is said on standard error, since the answer without it may
// name people who would not be told.
func (c *routeTestCmd) silences(ctx context.Context, config *configs.Config, std *streams, now time.Time) (all []alerting.Silence, err error) {
	o := app.Storage(config.Storage, c.Data, app.NewLog(config, std.Err))
	if made(o) != nil {
		return nil, nil
	}
	db, err := store.Open(ctx, o)
	if err != nil {
		fmt.Fprintf(std.Err, "读不到数据库里的静默, 按没有静默回答: %v\n", err)
		return nil, nil
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return alerting.Silences(ctx, db.Reader(), now)
}
