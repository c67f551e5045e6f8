package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/configs"
	"huiying/internal/store"
	"huiying/internal/store/cache"
	"huiying/internal/zh"
	"huiying/pipeline"
	"huiying/pipeline/reposts"
)

// shared is what the nodes of one house share: claims and the index of reposts, in
// Redis where redis.url is set, with SQL to stand in, else in SQL.
type shared struct {
	claims  alerting.Claims
	reposts pipeline.Reposts

	client *cache.Client // nil without Redis, as the two below
	guard  *cache.Guard
	index  *reposts.Shared
}

// newShared prepares it; nothing is asked yet.
func (a *App) newShared() (s shared, err error) {
	inSQL := claims.NewSQL(a.db.Writer(), a.o.Now)
	posts := reposts.NewSQL(a.db.Reader())
	c := a.o.Config.Redis
	if !c.URL.IsSet() {
		return shared{claims: inSQL, reposts: posts}, nil
	}
	if s.client, err = cache.Open(cache.Options{URL: c.URL.Reveal(), Timeout: c.Timeout, Log: a.o.Log}); err != nil {
		return s, err
	}
	s.guard = cache.NewGuard(s.client.Probe, cache.GuardOptions{
		Timeout: c.Timeout, Away: a.redisAway, Back: a.redisBack, Now: a.o.Now, Log: a.o.Log,
	})
	s.claims = claims.NewFallback(claims.NewRedis(s.client), inSQL, s.guard, a.o.Now)
	window := a.o.Config.Intake.JoinWindow
	s.index = reposts.NewShared(reposts.SharedOptions{
		Redis: reposts.NewRedis(s.client, window), SQL: posts, Guard: s.guard, Window: window, Now: a.o.Now, Log: a.o.Log,
	})
	s.reposts = s.index
	return s, nil
}

// begin refuses a Redis that may forget what it was told.
func (s shared) begin(ctx context.Context) error {
	if s.client == nil {
		return nil
	}
	if err := s.guard.Begin(ctx); err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	return nil
}

// CheckRedis asks the Redis of a configuration, if it names one, whether it will do.
func CheckRedis(ctx context.Context, c *configs.Config) (err error) {
	if !c.Redis.URL.IsSet() {
		return nil
	}
	client, err := cache.Open(cache.Options{URL: c.Redis.URL.Reveal(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	if err := client.Probe(ctx); err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	return nil
}

// start watches Redis, and makes good what a process that died left unwritten there.
func (s shared) start(ctx context.Context, a *App) {
	if s.client == nil {
		return
	}
	s.index.Refill()
	a.spawn(ctx, "watch over redis", s.guard.Run)
}

func (s shared) Close() error {
	if s.index != nil {
		s.index.Close()
	}
	if s.client != nil {
		return s.client.Close()
	}
	return nil
}

// The notices about Redis, whichever node gives them.
const (
	redisNotice = "W-redis-"
	redisBack   = "-back"
	// redisQuiet is how long after one of trouble no node gives another.
	redisQuiet = time.Hour
	// wordTime bounds writing a notice down.
	wordTime = 10 * time.Second
)

// redisAway tells the operators, by a way that does not use Redis, that the
// database stands in for it.
func (a *App) redisAway(ctx context.Context, cause error) {
	a.tellOfRedis(ctx, func(last *alerting.Notice, now time.Time) (n alerting.Notice, tell bool) {
		return alerting.Notice{
			ID: redisNotice + now.UTC().Format("20060102T150405Z"),
			Content: alerting.Content{
				Headline: "【系统】Redis 出了问题，已改用数据库去重",
				Summary:  "告警不受影响。请检查 Redis；恢复后自动切回，并会再通知一次。",
				Why:      cause.Error(),
			},
		}, last == nil || now.Sub(last.CreatedAt) > redisQuiet
	})
}

// redisBack tells the operators that Redis works again, if they were told that it
// did not.
func (a *App) redisBack(ctx context.Context) {
	a.tellOfRedis(ctx, func(last *alerting.Notice, now time.Time) (n alerting.Notice, tell bool) {
		if last == nil {
			return n, false
		}
		return alerting.Notice{
			ID: last.ID + redisBack,
			Content: alerting.Content{
				Headline: "【系统】Redis 已恢复",
				Summary:  "不用处理：已切回 Redis，其中的索引会从数据库自动补齐。",
				Why:      fmt.Sprintf("%s起改用数据库，共 %s", zh.ShortStamp(last.CreatedAt), zh.Span(now.Sub(last.CreatedAt))),
			},
		}, true
	})
}

// tellOfRedis gives the operators the notice that say makes of the last one of
// trouble. All nodes may see the same trouble: one of them speaks.
func (a *App) tellOfRedis(ctx context.Context, say func(last *alerting.Notice, now time.Time) (alerting.Notice, bool)) {
	a.words.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wordTime)
		defer cancel()
		err := a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			if err := a.db.Lock(ctx, tx, "huiying redis"); err != nil {
				return err
			}
			last, err := alerting.LastWarning(ctx, tx, redisNotice, redisBack)
			if err != nil {
				return err
			}
			now := a.o.Now()
			n, tell := say(last, now)
			if !tell {
				return nil
			}
			n.Kind, n.CreatedAt = alerting.KindWarning, now
			_, err = a.outbox.Post(ctx, tx, n, "")
			return err
		})
		if err != nil {
			a.o.Log.ErrorContext(ctx, "cannot tell of redis", "error", err)
		}
	})
}
