package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/alerting"
	"huiying/internal/store/cache"
)

// prefix stands before every key in Redis.
const prefix = "huiying:claim:"

// Redis keeps claims in Redis.
type Redis struct {
	client  *cache.Client
	extend  *redis.Script
	release *redis.Script
}

var _ alerting.Claims = (*Redis)(nil)

// NewRedis keeps claims in the Redis of a client, which the caller closes.
func NewRedis(client *cache.Client) *Redis {
	return &Redis{
		client:  client,
		extend:  redis.NewScript(`if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("pexpire", KEYS[1], ARGV[2]) end return 0`),
		release: redis.NewScript(`if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`),
	}
}

// Claim implements alerting.Claims. The owner's token keeps a retry after a lost
// reply from reading its own claim as somebody else's.
func (r *Redis) Claim(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, r.client.Timeout())
	defer cancel()
	holder, err := r.client.SetArgs(ctx, prefix+key, token, redis.SetArgs{Mode: "NX", Get: true, TTL: ttl}).Result()
	switch {
	case errors.Is(err, redis.Nil): // nobody held it
		return true, nil
	case err != nil:
		return false, fmt.Errorf("claim %s in redis: %w", key, err)
	case holder != token:
		return false, nil
	}
	// Ours: claimed before, or by a first try whose reply was lost.
	held, err := r.extend.Run(ctx, r.client, []string{prefix + key}, token, ttl.Milliseconds()).Bool()
	if err != nil {
		return false, fmt.Errorf("extend claim %s in redis: %w", key, err)
	}
	return held, nil
}

// Release implements alerting.Claims.
func (r *Redis) Release(ctx context.Context, key, token string) error {
	ctx, cancel := context.WithTimeout(ctx, r.client.Timeout())
	defer cancel()
	if err := r.release.Run(ctx, r.client, []string{prefix + key}, token).Err(); err != nil {
		return fmt.Errorf("release %s in redis: %w", key, err)
	}
	return nil
}
