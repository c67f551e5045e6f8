package app

import (
	"context"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/store"
	"huiying/response"
)

// silenceEnds tells of silences that ended.
func (a *App) silenceEnds() *alerting.SilenceEnds {
	return &alerting.SilenceEnds{
		DB: a.db, Outbox: a.outbox, Standing: response.Waiting,
		Page: a.o.Config.Web.PublicURL + "/silences", Now: a.o.Now,
	}
}

// PrepareSilences makes a database ready to take silences from a command beside the
// daemon, which works their jobs.
func PrepareSilences(db *store.DB, c *configs.Config) (*alerting.Router, error) {
	router, err := newRouter(c)
	if err != nil {
		return nil, err
	}
	daemons := func(context.Context, string) error { return store.Snooze(time.Second) }
	return router, db.Prepare(store.JobOptions{}, map[string]store.Handler{alerting.JobSilenceEnd: daemons})
}
