package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiying/internal/rulebook"
)

// TestRestartWithBadRules starts huiying anew while the rule files are bad: it
// judges by what was live last, says so, and takes the files up once they are good.
func TestRestartWithBadRules(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "停电")
	dir := filepath.Dir(d.file)
	d.write(t, oneRule("停电, 断电")) // edited in place, never published
	within(t, 5*time.Second, "the change is live", func() bool { return d.live.Classify(newPost("长治断电了")).Handling == "alert" })
	good := d.live.Version()
	within(t, 5*time.Second, "it is kept", func() bool {
		_, kept, err := rulebook.LastGood(dir, d.owners())
		return err == nil && kept.Version == good
	})
	if err := d.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}

	d.write(t, "规则: [")
	config, rules, bad, err := rulebook.LoadAround(filepath.Join(filepath.Dir(dir), "huiying.yaml"))
	if err != nil || len(bad) == 0 || rules != nil {
		t.Fatalf("%v, %d problems of the rules, rules %v", err, len(bad), config)
	}
	if rules, _, err = rulebook.LastGood(dir, config.Organisation.Owners()); err != nil {
		t.Fatal(err)
	}
	rules.Dir = dir
	next, err := New(t.Context(), Options{
		Config: config, Rules: rules, Data: t.TempDir(), Poll: 50 * time.Millisecond, RulesStandIn: "上次好的规则，版本 " + good,
	})
	if err != nil {
		t.Fatal(err)
	}
	again := desk{App: next, file: d.file}
	t.Cleanup(func() { _ = next.Close() })
	if err := next.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = next.Stop(context.WithoutCancel(t.Context())) })
	if v := next.live.Classify(newPost("长治断电了")); v.Handling != "alert" || v.Rules != good {
		t.Errorf("after the restart: %+v", v)
	}
	within(t, 10*time.Second, "the editors are told", func() bool { return len(again.told(t)) == 1 })
	c := again.told(t)[0].Content
	if !strings.Contains(c.Headline, "重启后用别的规则顶上") || len(c.Fields) == 0 || !strings.Contains(c.Fields[0].Value, good) {
		t.Errorf("told %+v", c)
	}
	if s := next.rules.status(); len(s.Problems) == 0 || s.Version != good {
		t.Errorf("the page says %+v", s)
	}
	d.write(t, oneRule("停电, 跳闸"))
	within(t, 10*time.Second, "the mended files are live", func() bool { return next.live.Classify(newPost("长治跳闸了")).Handling == "alert" })
	within(t, 10*time.Second, "the editors are told", func() bool { return len(again.told(t)) == 2 })
}

// TestLastGood finds the rules to judge by where the files are bad.
func TestLastGood(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "rules")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	put := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "10.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	last := func() string {
		_, v, err := rulebook.LastGood(dir, []string{"电力科"})
		if err != nil {
			return err.Error()
		}
		return v.Version
	}
	if got := last(); !strings.Contains(got, rulebook.ErrNoVersion.Error()) {
		t.Errorf("nothing kept: %s", got)
	}
	now := time.Now()
	var names []string
	for i, words := range []string{"停电", "断电"} {
		put(oneRule(words))
		name, err := rulebook.KeepLive(dir, []string{"电力科"}, now.Add(time.Duration(i)*time.Second))
		if err != nil || name == "" {
			t.Fatal(name, err)
		}
		names = append(names, name)
	}
	put("规则: [")
	if name, err := rulebook.KeepLive(dir, nil, now); name != "" || err != nil {
		t.Errorf("bad files were kept: %s, %v", name, err)
	}
	if got := last(); got != names[1] {
		t.Errorf("last good %s, want %s", got, names[1])
	}
	versions, err := rulebook.OpenVersions(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rulebook.KeepLive(dir, nil, now); !errors.Is(err, rulebook.ErrBusy) {
		t.Errorf("while another process works: %v", err)
	}
	// What was gone back to was live last, though another version is newer.
	if _, err := versions.Rollback(names[0], []string{"电力科"}, now); err != nil {
		t.Fatal(err)
	}
	if err := versions.Close(); err != nil {
		t.Fatal(err)
	}
	put("规则: [")
	if got := last(); got != names[0] {
		t.Errorf("after going back: %s, want %s", got, names[0])
	}
	// A section that was renamed since keeps nobody from judging.
	if _, _, err := rulebook.LastGood(dir, []string{"电网科"}); err != nil {
		t.Error(err)
	}
}
