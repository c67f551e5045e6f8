package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/netutil"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/pipeline"
	"huiying/response"
	"huiying/web/ack"
)

// newAck makes the page behind the links in messages, and the links; both are
// nothing where the configuration names no address.
func (a *App) newAck(ctx context.Context) (link func(deliveryID string) string, err error) {
	c := a.o.Config.Ack
	if c.Addr == "" {
		return func(string) string { return "" }, nil
	}
	tokens, err := alerting.NewTokens(ctx, a.db.Writer(), c.TTL)
	if err != nil {
		return nil, err
	}
	a.ack, err = ack.New(ack.Options{
		Read: func(token string) (string, error) { return tokens.Read(token, a.o.Now()) },
		Look: a.look, Do: a.acts.Do,
		Sections: append(a.router.Owners(), a.router.Office().Name),
		Now:      a.o.Now, Log: a.o.Log,
	})
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(c.PublicURL, "/") + "/a/"
	return func(id string) string { return base + tokens.Make(id, a.o.Now()) }, nil
}

// look is what stands about the event of a delivery.
func (a *App) look(ctx context.Context, deliveryID string) (ack.View, error) {
	told, err := views.DeliveryOf(ctx, a.db.Reader(), deliveryID)
	if err != nil {
		return ack.View{}, err
	}
	c, e, err := response.Resolve(ctx, a.db.Reader(), told.EventID)
	if err != nil {
		return ack.View{}, err
	}
	done, err := response.History(ctx, a.db.Reader(), e.ID)
	if err != nil {
		return ack.View{}, err
	}
	log, err := response.Log(ctx, a.db.Reader(), c.ID)
	if err != nil {
		return ack.View{}, err
	}
	v := ack.View{
		EventID: e.ID, Receiver: told.Receiver, Headline: "【" + digest.Label(e.Category, e.Grade) + "】" + e.Title, Case: c, Log: done,
		Gates: response.Gates(e.Consult, log, a.router.LegalReviewer()),
	}
	notice, err := alerting.AlertOf(ctx, a.db.Reader(), e.ID)
	if err != nil || notice == "" { // an event that a person split off was never alerted
		return v, err
	}
	n, err := alerting.NoticeByID(ctx, a.db.Reader(), notice)
	if err != nil {
		return ack.View{}, err
	}
	v.Headline = n.Content.Headline
	return v, nil
}

// mostOutside is how many connections the second listener takes at once.
const mostOutside = 256

// serveAck serves the page behind the links until Stop.
func (a *App) serveAck(ctx context.Context) error {
	if a.ack == nil {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.o.Config.Ack.Addr)
	if err != nil {
		return fmt.Errorf("serve acknowledgements: %w; is another huiying running? choose another ack.addr", err)
	}
	a.ackAddr = l.Addr()
	// Strangers may knock: they must not use up the files that the watch needs.
	a.serve(netutil.LimitListener(l, mostOutside), &http.Server{
		Handler: a.outside(), ErrorLog: slog.NewLogLogger(a.o.Log.Handler(), slog.LevelWarn), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10,
	}, "serve acknowledgements")
	return nil
}

// AckAddr is where acknowledgements are taken; nil where they are not.
func (a *App) AckAddr() net.Addr { return a.ackAddr }

// Acts is what people do about alerts, for commands beside the daemon: what they
// decide is recorded with the jobs that tell of it, which the daemon works.
func Acts(db *store.DB, c *configs.Config) (*response.Acts, error) {
	outbox, err := beside(db, c)
	if err != nil {
		return nil, err
	}
	return &response.Acts{DB: db, Outbox: outbox, Policy: policy(c), Now: time.Now, Page: pages(c)}, nil
}

// EventEditor returns what merges and splits events, for commands beside the daemon.
func EventEditor(db *store.DB, c *configs.Config) (*pipeline.EventEditor, error) {
	outbox, err := beside(db, c)
	if err != nil {
		return nil, err
	}
	return &pipeline.EventEditor{DB: db, Outbox: outbox, Policy: policy(c), Now: time.Now, Page: pages(c)}, nil
}

// beside is an outbox for a command: the daemon works the jobs, here they are only
// written.
func beside(db *store.DB, c *configs.Config) (*alerting.Outbox, error) {
	router, err := newRouter(c)
	if err != nil {
		return nil, err
	}
	daemons := func(context.Context, string) error { return store.Snooze(time.Second) }
	err = db.Prepare(store.JobOptions{}, map[string]store.Handler{
		alerting.JobDeliver: daemons, alerting.JobClimb: daemons, response.JobClock: daemons, response.JobUngraded: daemons,
	})
	return alerting.NewOutbox(db, router), err
}

// pages are the addresses of events' own pages.
func pages(c *configs.Config) func(eventID string) string {
	return func(id string) string { return c.Web.PublicURL + "/events/" + id }
}
