package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiying/configs"
	"huiying/internal/redistest"
	"huiying/internal/store/cache"
)

// withRedis is the shipped configuration with a Redis.
func withRedis(t *testing.T, redis string) *configs.Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "huiying.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "redis.url")
	if err := os.WriteFile(secret, []byte(redis), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), `url: ""  `, `url: {file: "`+secret+`"}  `, 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil || changed == string(text) {
		t.Fatalf("redis.url is not set: %v", err)
	}
	config, err := configs.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func onRedis(t *testing.T, data, redis string) *App {
	t.Helper()
	a, err := New(t.Context(), Options{Config: withRedis(t, redis), Rules: shippedRules(t), Data: data, Poll: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func TestOperatorsHearOfRedisOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Kill(t)
	data := t.TempDir()
	d := desk{App: onRedis(t, data, server.URL())}
	onRedis(t, data, server.URL()) // another node sees the same trouble
	heads := func() (out []string) {
		for _, n := range d.told(t) {
			out = append(out, n.Content.Headline)
		}
		return out
	}
	within(t, 5*time.Second, "the word that redis is away", func() bool { return len(heads()) > 0 })
	d.words.Wait()
	if got := heads(); len(got) != 1 || !strings.Contains(got[0], "Redis 出了问题") {
		t.Errorf("the operators heard %v", got)
	}
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	server.Restart(t)
	within(t, 15*time.Second, "the word that redis is back", func() bool { return len(heads()) > 1 })
	d.redisBack(t.Context()) // the other node sees it a little later
	d.redisAway(t.Context(), errors.New("once more within the hour"))
	d.words.Wait()
	if got := heads(); len(got) != 2 || !strings.Contains(got[1], "Redis 已恢复") {
		t.Errorf("the operators heard %v", got)
	}
}

func TestAnEvictingRedisIsRefused(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxmemory-policy", "volatile-lru")
	config := withRedis(t, server.URL())
	_, err := New(t.Context(), Options{Config: config, Rules: shippedRules(t), Data: t.TempDir()})
	for what, err := range map[string]error{"New": err, "CheckRedis": CheckRedis(t.Context(), config)} {
		if !errors.Is(err, cache.ErrUnfit) || !strings.Contains(err.Error(), "redis-cli CONFIG SET maxmemory-policy noeviction") {
			t.Errorf("%s = %v, want the line that mends it", what, err)
		}
	}
	run := redistest.Start(t)
	if err := CheckRedis(t.Context(), withRedis(t, run.URL())); err != nil {
		t.Errorf("CheckRedis = %v on one that will do", err)
	}
}
