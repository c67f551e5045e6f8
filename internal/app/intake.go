package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/intake"
	"huiying/internal/store"
)

// drops gives every enabled source with a drop directory its watch. A relative
// directory starts at the data directory.
func (a *App) drops(list []configs.Source) ([]crawler.Source, error) {
	var out []crawler.Source
	for _, c := range list {
		if !c.Enabled || c.Kind != "intake" || c.Intake.Drop == "" {
			continue
		}
		s, columns := Handed(c)
		dir := c.Intake.Drop
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(a.o.Data, dir)
		}
		var err error
		s.Collector, err = intake.NewDrop(intake.DropOptions{
			Options: intake.Options{Source: s, Columns: columns, Secret: a.rowSecret}, Dir: dir, Clock: a.o.Now, Log: a.o.Log,
			Failed: func(ctx context.Context, file, reason string) { a.fileFailed(ctx, s, file, reason) },
		})
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", c.ID, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// Handed is a source whose rows are handed in, with its own reading of headers.
func Handed(c configs.Source) (crawler.Source, map[string]intake.Field) {
	s := source(c)
	s.Pushed, s.Slowest = true, s.Every // people do not wait for a habit to form
	columns := make(map[string]intake.Field, len(c.Intake.Columns))
	for header, field := range c.Intake.Columns {
		columns[header] = intake.Field(field)
		if field == "none" {
			columns[header] = intake.None
		}
	}
	return s, columns
}

// endpoints are the enabled sources that other systems may push to.
func endpoints(list []configs.Source, secret []byte) []intake.Endpoint {
	var out []intake.Endpoint
	for _, c := range list {
		if c.Enabled && c.Kind == "intake" && c.Intake.Token.IsSet() {
			s, columns := Handed(c)
			out = append(out, intake.Endpoint{
				Options: intake.Options{Source: s, Columns: columns, Secret: secret},
				Token:   c.Intake.Token.Reveal(), PerMinute: c.Intake.PerMinute,
			})
		}
	}
	return out
}

// TakeIn listens for rows that other systems push, where the configuration says
// so, until Stop. Start must have been called: rows are answered for only once
// they are stored.
func (a *App) TakeIn(ctx context.Context) error {
	addr := a.o.Config.Intake.Addr
	if addr == "" {
		return nil
	}
	api, err := intake.NewAPI(intake.APIOptions{Endpoints: endpoints(a.o.Config.Sources, a.rowSecret), Emit: a.emit, Clock: a.o.Now, Log: a.o.Log})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("take rows in: %w; is another huiying running? choose another intake.addr", err)
	}
	a.intakeAddr = l.Addr()
	srv := &http.Server{
		Handler: api.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	a.onStop(func(ctx context.Context) error {
		// Requests under way end while posts are still taken.
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			return srv.Close()
		}
		return nil
	})
	a.wg.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("take rows in: %w", err))
		}
	})
	return nil
}

// IntakeAddr is where rows are taken in; nil before TakeIn and without an
// intake.addr.
func (a *App) IntakeAddr() net.Addr { return a.intakeAddr }

// fileFailed tells the operators of a sheet that nobody will have read otherwise.
func (a *App) fileFailed(ctx context.Context, source crawler.Source, file, reason string) {
	now := a.o.Now()
	sum := sha256.Sum256([]byte(source.ID + "\n" + file + "\n" + now.UTC().String()))
	n := alerting.Notice{
		ID: "W-sheet-" + hex.EncodeToString(sum[:6]), Kind: alerting.KindWarning, CreatedAt: now,
		Content: alerting.Content{
			Headline: "【系统】“" + source.Name + "”有一份表格没有导入",
			Summary:  file + " 已挪到投递目录下的 failed。改好后重新放进投递目录。",
			Why:      reason,
		},
	}
	err := a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := a.outbox.Post(ctx, tx, n, "")
		return err
	})
	if err != nil {
		a.o.Log.ErrorContext(ctx, "cannot tell of a sheet that was not read", "file", file, "error", err)
	}
}
