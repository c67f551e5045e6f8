package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/post"
	"huiying/internal/rulebook"
)

const leaked = "key-0123456789-abcdef"

// withSecret is huiying on the shipped configuration with one secret more.
func withSecret(t *testing.T, log *bytes.Buffer) *App {
	t.Helper()
	config, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	config.Log.Format = "json"
	config.Chat.Targets = append(config.Chat.Targets, configs.Target{
		Name: "群", Kind: "wecom", Webhook: configs.NewSecret("https://robot.example.invalid/send?key=" + leaked),
	})
	a, err := New(t.Context(), Options{Config: config, Rules: rules, Data: t.TempDir(), Log: NewLog(config, log)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func TestASecretInAPostGoesNoFurther(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := withSecret(t, &log)
	posts := []post.Post{
		{ID: "P-1", Source: "a", SourceName: "热线", Channel: post.Hotline, Local: true, Title: "长治潞州区停电三天没人管", Body: "地址 " + leaked},
		{ID: "P-2", Source: "a", SourceName: "热线", Channel: post.Hotline, Local: true, Title: "长治屯留区停气没人管"},
	}
	for range 2 { // told of once
		if _, err := a.Import(t.Context(), posts); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(posts[0].Body, leaked) {
		t.Error("the caller's posts were changed")
	}
	var bodies []string
	if err := a.db.Reader().NewSelect().TableExpr("posts").Column("body").Order("id").Scan(t.Context(), &bodies); err != nil {
		t.Fatal(err)
	}
	if len(bodies) != 2 || bodies[0] != "地址 <redacted>" {
		t.Errorf("stored %q", bodies)
	}
	var told []alerting.Notice
	if err := a.db.Reader().NewSelect().Model(&told).Where("kind = ?", alerting.KindWarning).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].ID != "W-leak-P-1" {
		t.Errorf("told %+v, want one notice", told)
	}
	if !strings.Contains(log.String(), "stands in a post") || strings.Contains(log.String(), leaked) {
		t.Errorf("the log says %s", log.String())
	}
}

func TestNoSecretPassesTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := withSecret(t, &log)
	a.o.Log.Error("with "+leaked, "error", errors.New(leaked), slog.Group("a", "b", []byte(leaked)), "c", map[string]string{"x": leaked})
	if log.Len() == 0 || strings.Contains(log.String(), leaked) {
		t.Errorf("the log says %s", log.String())
	}
}

// A part that panics ends the program in order, and what it said is one record
// without secrets.
func TestAPartThatPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := withSecret(t, &log)
	a.spawn(t.Context(), "part", func(context.Context) error { panic("no " + leaked) })
	err := <-a.Failed()
	if err := a.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	var record struct{ Msg, Panic, Stack string }
	if jsonErr := json.Unmarshal(log.Bytes(), &record); jsonErr != nil || record.Panic != "no <redacted>" || record.Stack == "" {
		t.Errorf("the log says %s (%v)", log.String(), jsonErr)
	}
	if err == nil || strings.Contains(err.Error(), leaked) || !strings.Contains(err.Error(), "part panicked") {
		t.Errorf("failed with %v", err)
	}
}
