package reposts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/internal/post"
	"huiying/internal/store/cache"
)

// Keys in Redis: by URL and by text the id of the latest post that has it, and two
// that say whether all posts of the database are there.
const (
	prefixURL   = "huiying:repost:u:"
	prefixText  = "huiying:repost:t:"
	keyComplete = "huiying:repost:complete"
	keyFilling  = "huiying:repost:filling"
)

const (
	// fillTurn is how long a node that fills the index keeps the others from it after
	// its last sign of life.
	fillTurn = 15 * time.Second
	// fillChunk is how many posts are written in one round trip.
	fillChunk = 250
)

// Redis keeps about 100 bytes for each URL and text, for as long as reposts join.
type Redis struct {
	client *cache.Client
	window time.Duration
	renew  *redis.Script
	finish *redis.Script
}

// NewRedis keeps the index in the Redis of a client, which the caller closes. What
// is not seen again is forgotten after window.
func NewRedis(client *cache.Client, window time.Duration) *Redis {
	return &Redis{
		client: client, window: window,
		renew: redis.NewScript(`if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("pexpire", KEYS[1], ARGV[2]) end return 0`),
		finish: redis.NewScript(`if redis.call("get", KEYS[1]) ~= ARGV[1] then return 0 end
			redis.call("set", KEYS[2], 1, "px", ARGV[2]) redis.call("del", KEYS[1]) return 1`),
	}
}

// Find names the posts that are known under the fingerprints, and says whether all
// posts of the database were ever made known since Redis was last empty.
func (r *Redis) Find(ctx context.Context, prints []post.Print) (ids []string, complete bool, err error) {
	keys := []string{keyComplete}
	for _, p := range prints {
		keys = append(keys, keysOf(p)...)
	}
	values, err := r.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, false, fmt.Errorf("look up reposts in redis: %w", err)
	}
	for _, v := range values[1:] {
		if id, ok := v.(string); ok && id != "" {
			ids = append(ids, id)
		}
	}
	return ids, values[0] != nil, nil
}

// Add makes posts known. Where broken is true some were not made known before, and
// the index is marked as not complete.
func (r *Redis) Add(ctx context.Context, prints []post.Print, broken bool) error {
	p := r.client.Pipeline()
	if broken {
		p.Del(ctx, keyComplete)
	}
	for _, f := range prints {
		for _, key := range keysOf(f) {
			p.Set(ctx, key, f.ID, r.window)
		}
	}
	if p.Len() == 0 {
		return nil
	}
	if _, err := p.Exec(ctx); err != nil {
		return fmt.Errorf("add posts to the index in redis: %w", err)
	}
	return nil
}

// errTurn says that another node fills the index.
var errTurn = errors.New("another node fills the index in redis")

// fill makes all posts known that next gives out, and marks the index complete. Each
// step is one call through do. It is not complete where Redis was emptied meanwhile.
func (r *Redis) fill(ctx context.Context, next func(ctx context.Context) ([]post.Print, error),
	do func(ctx context.Context, call func(ctx context.Context) error) error,
) (posts int, err error) {
	token := rand.Text()
	keys := []string{keyFilling, keyComplete}
	mine := func(ask func(ctx context.Context) (bool, error)) error {
		var ok bool
		err := do(ctx, func(ctx context.Context) (err error) {
			ok, err = ask(ctx)
			return err
		})
		if err == nil && !ok {
			err = errTurn
		}
		return err
	}
	run := func(s *redis.Script, ttl time.Duration) error {
		return mine(func(ctx context.Context) (bool, error) {
			return s.Run(ctx, r.client, keys, token, ttl.Milliseconds()).Bool()
		})
	}
	err = mine(func(ctx context.Context) (bool, error) {
		// With the holder asked back, a lost reply does not read as another's turn.
		holder, err := r.client.SetArgs(ctx, keyFilling, token, redis.SetArgs{Mode: "NX", Get: true, TTL: fillTurn}).Result()
		if errors.Is(err, redis.Nil) {
			return true, nil
		}
		return holder == token, err
	})
	for err == nil {
		var some []post.Print
		if some, err = next(ctx); err != nil || len(some) == 0 {
			break
		}
		if err = do(ctx, func(ctx context.Context) error { return r.Add(ctx, some, false) }); err != nil {
			break
		}
		posts += len(some)
		err = run(r.renew, fillTurn)
	}
	if err == nil {
		err = run(r.finish, r.window)
	}
	if err != nil {
		return posts, fmt.Errorf("fill the index in redis: %w", err)
	}
	return posts, nil
}

func keysOf(p post.Print) []string {
	keys := make([]string, 0, 2)
	if p.URL != "" {
		keys = append(keys, prefixURL+short(p.URL))
	}
	if p.TextHash != "" {
		keys = append(keys, prefixText+p.TextHash)
	}
	return keys
}

// short keeps addresses, which strangers write, out of the keys.
func short(url string) string {
	sum := sha256.Sum256([]byte(url))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
