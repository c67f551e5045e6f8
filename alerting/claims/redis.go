package claims

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"huiying/alerting"
)

// ErrUnfit says that a Redis answers but must not be used, and how to mend it.
var ErrUnfit = errors.New("this Redis is not fit for claims")

// RedisOptions say how to reach Redis.
type RedisOptions struct {
	// URL is redis://, rediss:// or unix://. It may hold a password and never
	// appears in an error.
	URL string
	// Timeout bounds one call, retries and dialling included. Defaults to 150ms.
	Timeout time.Duration
	// Prefix is put before every key. Defaults to "huiying:claim:".
	Prefix string
}

// Redis keeps claims in Redis 7.0 or newer.
type Redis struct {
	client  *redis.Client
	timeout time.Duration
	prefix  string
	extend  *redis.Script
	release *redis.Script
}

var _ alerting.Claims = (*Redis)(nil)

// NewRedis prepares the client; it does not connect. Close it after use.
func NewRedis(o RedisOptions) (*Redis, error) {
	opt, err := redis.ParseURL(o.URL)
	if err != nil {
		return nil, errors.New("redis.url cannot be read; write redis://host:6379/0, rediss://… or unix:///path")
	}
	if o.Timeout <= 0 {
		o.Timeout = 150 * time.Millisecond
	}
	if o.Prefix == "" {
		o.Prefix = "huiying:claim:"
	}
	// One retry within the call's time: it mends a connection that Redis closed
	// while it was idle. The owner token keeps a retry after a lost reply from
	// reading its own claim as somebody else's.
	opt.MaxRetries = 1
	opt.MinRetryBackoff, opt.MaxRetryBackoff = time.Millisecond, 5*time.Millisecond
	opt.DialerRetries = 1
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout, opt.PoolTimeout = o.Timeout, o.Timeout, o.Timeout, o.Timeout
	opt.ContextTimeoutEnabled = true
	opt.DisableIdentity = true
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Redis{
		client:  redis.NewClient(opt),
		timeout: o.Timeout,
		prefix:  o.Prefix,
		extend:  redis.NewScript(`if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("pexpire", KEYS[1], ARGV[2]) end return 0`),
		release: redis.NewScript(`if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`),
	}, nil
}

// Check reports, as ErrUnfit, a Redis that would forget claims by itself or is too
// old; any other error means that it did not answer, and one can go on with SQL.
func (r *Redis) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*r.timeout)
	defer cancel()
	info, err := r.client.Info(ctx, "server", "memory").Result()
	if err != nil {
		return fmt.Errorf("redis: ask for its settings: %w", err)
	}
	fields := make(map[string]string)
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	if policy := fields["maxmemory_policy"]; policy != "" && policy != "noeviction" {
		return fmt.Errorf("%w: maxmemory-policy is %s, which drops claims without a word; run: redis-cli CONFIG SET maxmemory-policy noeviction (and set it in redis.conf)", ErrUnfit, policy)
	}
	// SET with NX and GET together came with 7.0.
	if v := fields["redis_version"]; v != "" && len(v) > 1 && v[1] == '.' && v[0] < '7' {
		return fmt.Errorf("%w: it is version %s; use 7.0 or newer, or leave redis.url empty", ErrUnfit, v)
	}
	return nil
}

// Claim implements alerting.Claims.
func (r *Redis) Claim(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	holder, err := r.client.SetArgs(ctx, r.prefix+key, token, redis.SetArgs{Mode: "NX", Get: true, TTL: ttl}).Result()
	switch {
	case errors.Is(err, redis.Nil): // nobody held it
		return true, nil
	case err != nil:
		return false, fmt.Errorf("claim %s in redis: %w", key, err)
	case holder != token:
		return false, nil
	}
	// Ours: claimed before, or by a first try whose reply was lost.
	held, err := r.extend.Run(ctx, r.client, []string{r.prefix + key}, token, ttl.Milliseconds()).Bool()
	if err != nil {
		return false, fmt.Errorf("extend claim %s in redis: %w", key, err)
	}
	return held, nil
}

// Release implements alerting.Claims.
func (r *Redis) Release(ctx context.Context, key, token string) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	if err := r.release.Run(ctx, r.client, []string{r.prefix + key}, token).Err(); err != nil {
		return fmt.Errorf("release %s in redis: %w", key, err)
	}
	return nil
}

// Close closes the connections.
func (r *Redis) Close() error { return r.client.Close() }
