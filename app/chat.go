package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/store"
)

// claimer is claims that hold a connection.
type claimer interface {
	alerting.Claims
	Close() error
}

// sqlClaims hold no connection of their own.
type sqlClaims struct{ *claims.SQL }

func (sqlClaims) Close() error { return nil }

// redisClaims fall back to SQL and close Redis.
type redisClaims struct {
	*claims.Fallback
	redis *claims.Redis
}

func (r redisClaims) Close() error { return r.redis.Close() }

// newClaims keeps claims in Redis where redis.url is set, else in SQL. It refuses
// a Redis that may forget what it was told.
func (a *App) newClaims(ctx context.Context) (claimer, error) {
	sql := claims.NewSQL(a.db.Writer(), a.o.Now)
	c := a.o.Config.Redis
	if !c.URL.IsSet() {
		return sqlClaims{sql}, nil
	}
	redis, err := claims.NewRedis(claims.RedisOptions{URL: c.URL.Reveal(), Timeout: c.Timeout})
	if err != nil {
		return nil, err
	}
	switch err := redis.Check(ctx); {
	case errors.Is(err, claims.ErrUnfit):
		return nil, errors.Join(fmt.Errorf("redis: %w", err), redis.Close())
	case err != nil: // down for now: SQL stands in
		a.o.Log.WarnContext(ctx, "redis does not answer, claims are kept in SQL meanwhile", "error", err)
	}
	return redisClaims{
		Fallback: claims.NewFallback(redis, sql, claims.FallbackOptions{
			Timeout: c.Timeout, Trouble: a.redisTrouble, Now: a.o.Now, Log: a.o.Log,
		}),
		redis: redis,
	}, nil
}

// redisTrouble tells the operators, by a way that does not use Redis, that claims
// are kept in SQL for now.
func (a *App) redisTrouble(ctx context.Context, cause error) {
	a.wg.Go(func() {
		ctx := context.WithoutCancel(ctx)
		now := a.o.Now()
		n := alerting.Notice{
			ID: "W-redis-" + now.UTC().Format("2006010215"), Kind: alerting.KindWarning, CreatedAt: now,
			Content: alerting.Content{
				Headline: "【系统】Redis 没有应答，已改用数据库去重",
				Summary:  "告警不受影响。请检查 Redis；恢复后自动切回。",
				Why:      cause.Error(),
			},
		}
		err := a.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := a.outbox.Post(ctx, tx, n, "")
			return err
		})
		if err != nil {
			a.o.Log.ErrorContext(ctx, "cannot tell of Redis", "error", err)
		}
	})
}

// deliver handles jobs of kind alerting.JobDeliver.
func (a *App) deliver(ctx context.Context, id string) error {
	out, err := a.deliverer.Deliver(ctx, id)
	if errors.Is(err, alerting.ErrNoDelivery) {
		a.o.Log.ErrorContext(ctx, "a job names a delivery that is not there", "delivery", id)
		return nil
	}
	if err != nil {
		return err
	}
	if out.Snooze > 0 {
		return store.Snooze(out.Snooze)
	}
	return nil
}

// undelivered sends the office a copy of what could not be delivered, so that a
// wrong channel hides nothing. A copy that fails too is left on the page and in
// the digest: it makes no further copies.
func (a *App) undelivered(ctx context.Context, tx bun.Tx, n alerting.Notice, d alerting.Delivery) error {
	a.o.Log.ErrorContext(ctx, "delivery failed for good", "delivery", d.ID, "target", d.Target, "error", d.LastError)
	w, ok := alerting.Copy(n, d, a.o.Now())
	if !ok {
		return nil
	}
	to := []alerting.Receiver{a.router.Office()}
	if to[0].Target == d.Target {
		// The office is told of every warning; by this way it would not be.
		to = slices.DeleteFunc(a.router.Route(alerting.Notice{Kind: alerting.KindWarning}),
			func(r alerting.Receiver) bool { return r.Target == d.Target })
		if len(to) == 0 {
			to = []alerting.Receiver{a.router.Office()}
		}
	}
	_, err := a.outbox.PostTo(ctx, tx, w, to, "")
	return err
}
