// Package cache reaches the Redis that the nodes of one house may share. What is
// kept there is quick to ask and may be gone at any moment: the database is the
// truth, and a Guard keeps everyone from waiting for a Redis in trouble.
package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// ErrUnfit says that a Redis answers but must not be used, and how to mend it.
var ErrUnfit = errors.New("this Redis is not fit for use")

// Options say how to reach Redis.
type Options struct {
	// URL is redis://, rediss:// or unix://. It may hold a password and never
	// appears in an error.
	URL string
	// Timeout bounds one command, retries and dialling included. Defaults to 150ms.
	Timeout time.Duration
	// Log takes what the library has to say of its connections, at debug: what
	// matters is told by Guard. The library knows one logger a process. Defaults to
	// the library's own, which writes to the standard error.
	Log *slog.Logger
}

// libraryLog hands the library's words on.
type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(ctx context.Context, format string, args ...any) {
	l.log.DebugContext(ctx, "the redis library says", "message", fmt.Sprintf(format, args...))
}

// Client talks to Redis 7.0 or newer.
type Client struct {
	*redis.Client

	timeout time.Duration
}

// Open prepares a client; it does not connect. Close it after use.
func Open(o Options) (*Client, error) {
	opt, err := redis.ParseURL(o.URL)
	if err != nil {
		return nil, errors.New("redis.url cannot be read; write redis://host:6379/0, rediss://… or unix:///path")
	}
	if o.Timeout <= 0 {
		o.Timeout = 150 * time.Millisecond
	}
	if o.Log != nil {
		redis.SetLogger(libraryLog{o.Log})
	}
	// One retry within the call's time: it mends a connection that Redis closed
	// while it was idle. So whatever is asked must bear being done twice.
	opt.MaxRetries = 1
	opt.MinRetryBackoff, opt.MaxRetryBackoff = time.Millisecond, 5*time.Millisecond
	opt.DialerRetries = 1
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout, opt.PoolTimeout = o.Timeout, o.Timeout, o.Timeout, o.Timeout
	opt.ContextTimeoutEnabled = true
	opt.DisableIdentity = true
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Client{Client: redis.NewClient(opt), timeout: o.Timeout}, nil
}

// Timeout is how long one call may take.
func (c *Client) Timeout() time.Duration { return c.timeout }

// probeKey is written by Probe and gone a second later.
const probeKey = "huiying:probe"

// Probe reports whether Redis does its work: it answers, takes a write, which a
// replica, a full one and one that cannot save refuse, and forgets nothing by
// itself. ErrUnfit means that it does answer, and will never do.
func (c *Client) Probe(ctx context.Context) error {
	p := c.Pipeline()
	info := p.Info(ctx, "server", "memory")
	set := p.Set(ctx, probeKey, 1, time.Second)
	_, _ = p.Exec(ctx) // each has its own error
	text, err := info.Result()
	if err != nil {
		return fmt.Errorf("redis: ask for its settings: %w", err)
	}
	if err := fit(text); err != nil {
		return err
	}
	if err := set.Err(); err != nil {
		return fmt.Errorf("redis takes no writes: %w", err)
	}
	return nil
}

// fit reads what INFO says.
func fit(info string) error {
	fields := make(map[string]string)
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	if policy := fields["maxmemory_policy"]; policy != "" && policy != "noeviction" {
		return fmt.Errorf("%w: maxmemory-policy is %s, which drops keys without a word; run: redis-cli CONFIG SET maxmemory-policy noeviction (and set it in redis.conf)", ErrUnfit, policy)
	}
	// SET with NX and GET together came with 7.0.
	if v := fields["redis_version"]; len(v) > 1 && v[1] == '.' && v[0] < '7' {
		return fmt.Errorf("%w: it is version %s; use 7.0 or newer, or leave redis.url empty", ErrUnfit, v)
	}
	return nil
}

// refusal reports whether Redis itself said no: full, loading, a replica, unable to
// save, a wrong password. Asking again at once would not help.
func refusal(err error) bool {
	var said redis.Error
	return errors.Is(err, ErrUnfit) || errors.As(err, &said) && !errors.Is(err, redis.Nil)
}
