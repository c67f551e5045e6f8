package main

import (
	"context"
	"errors"

	"huiying/app"
	"huiying/configs"
	"huiying/store"
)

// database are the flags of commands that read or record beside the daemon.
type database struct {
	Config string `short:"c" default:"configs/huiying.yaml" help:"主配置文件。" placeholder:"FILE"`
	Data   string `help:"数据目录, 和 run 的一样。" placeholder:"DIR"`
}

// with opens the database for fn.
func (d database) with(ctx context.Context, std *streams, fn func(*store.DB, *configs.Config) error) (err error) {
	config, err := loadConfig(d.Config, std)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, app.Storage(config.Storage, d.Data, newLog(config.Log, std.Err)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fn(db, config)
}
