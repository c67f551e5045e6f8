package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"huiying/configs"
	"huiying/internal/app"
	"huiying/internal/store"
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
	o := app.Storage(config.Storage, d.Data, app.NewLog(config, std.Err))
	if err := made(o); err != nil {
		return err
	}
	db, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fn(db, config)
}

// made refuses a SQLite file that is not there: opening it would make one, and
// say of a mistyped directory that nothing is left to answer.
func made(o store.Options) error {
	if o.Driver == store.Postgres {
		return nil
	}
	if _, err := os.Stat(o.Path); err != nil {
		return fmt.Errorf("还没有数据库: %w; 先运行 huiying run, 或检查 --data 和 storage.path", err)
	}
	return nil
}
