package app

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
)

// oneRule is a rules file of one rule with the given words.
func oneRule(words string) string {
	return "版本: 1\n地域: {本市: {写到就算: [长治]}}\n规则:\n  - 编号: QY-01\n    名称: 停电\n    类别: 切身利益\n" +
		"    必须有:\n      - {组: 现象, 词: [" + words + "]}\n    归口: 电力科\n    示例:\n      应命中: [{文: 长治停电}]\n      不应命中: [{文: 长治晴}]\n"
}

// desk is a running App whose only rule file a test edits.
type desk struct {
	*App

	file string
}

func newDesk(t *testing.T, words string) desk {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	rules := filepath.Join(dir, "rules")
	if err := os.RemoveAll(rules); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(rules, 0o750); err != nil {
		t.Fatal(err)
	}
	d := desk{file: filepath.Join(rules, "10.yaml")}
	d.write(t, oneRule(words))
	config, loaded, err := rulebook.Load(filepath.Join(dir, "huiying.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	d.App, err = New(t.Context(), Options{Config: config, Rules: loaded, Data: dir, Poll: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d desk) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(d.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// within waits until ok holds, and a good while longer than limit, which holds for
// a machine that is not busy with other tests under the race detector.
func within(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > 6*limit {
			t.Fatalf("%s: not within %v", what, 6*limit)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if took := time.Since(began); took > limit {
		t.Logf("%s: only after %v, on an idle machine within %v", what, took.Round(time.Millisecond), limit)
	}
}

// told lists the warnings written down so far, oldest first.
func (d desk) told(t *testing.T) []alerting.Notice {
	t.Helper()
	var out []alerting.Notice
	err := d.db.Reader().NewSelect().Model(&out).Where("kind = ?", alerting.KindWarning).Order("created_at", "id").Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRulesReload(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "停电")
	first := d.live.Version()
	if v := d.live.Classify(newPost("长治断电了")); v.Handling != "none" || v.Rules != first {
		t.Fatalf("before the change: %+v", v)
	}
	page := func() string {
		res, err := http.Get("http://" + d.Addr().String() + "/")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if err := d.Serve(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}

	d.write(t, oneRule("停电, 断电"))
	within(t, 5*time.Second, "a good change is live", func() bool { return d.live.Version() != first })
	good := d.live.Version()
	if v := d.live.Classify(newPost("长治断电了")); v.Handling != "alert" || v.Rules != good {
		t.Errorf("after the change: %+v", v)
	}
	within(t, time.Second, "the page shows the version", func() bool { return strings.Contains(page(), "规则版本 "+good) })
	if strings.Contains(page(), "规则文件有错") {
		t.Error("the page shows a mistake where there is none")
	}

	// A mistake: the key of line 7 is misspelt and the owner of line 9 is unknown.
	bad := strings.NewReplacer("必须有", "必需有", "电力科", "电利科").Replace(oneRule("停电, 断电"))
	d.write(t, bad)
	within(t, 10*time.Second, "the editors are told", func() bool { return len(d.told(t)) == 1 })
	n := d.told(t)[0]
	for _, want := range []string{"10.yaml:7:5", "必须有", "10.yaml:9:", "电力科"} {
		if !strings.Contains(n.Content.Summary, want) {
			t.Errorf("the editors are not told %q: %s", want, n.Content.Summary)
		}
	}
	if d.live.Version() != good {
		t.Errorf("version %s is live, want the last good one %s", d.live.Version(), good)
	}
	if p := page(); !strings.Contains(p, "规则文件有错") || !strings.Contains(p, "10.yaml:7:5") || !strings.Contains(p, good) {
		t.Error("the page does not show the mistake with its place and the version that is live")
	}
	var receivers []string
	err := d.db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).Column("receiver").Where("notice_id = ?", n.ID).Scan(t.Context(), &receivers)
	if err != nil || len(receivers) == 0 {
		t.Errorf("nobody is told: %v", err)
	}

	d.write(t, oneRule("停电, 断电"))
	within(t, 10*time.Second, "the editors are told that it is mended", func() bool { return len(d.told(t)) == 2 })
	if n := d.told(t)[1]; !strings.Contains(n.Content.Headline, "已改好") {
		t.Errorf("told %q", n.Content.Headline)
	}
	if strings.Contains(page(), "规则文件有错") {
		t.Error("the page still shows the mistake")
	}
	d.write(t, bad) // the same mistake, made again after it was mended, is news
	within(t, 10*time.Second, "the editors are told again", func() bool { return len(d.told(t)) == 3 })
	if p := page(); !strings.Contains(p, "规则文件有错") {
		t.Error("the page does not show the mistake again")
	}
	if err := os.RemoveAll(filepath.Dir(d.file)); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the editors are told that the directory is gone", func() bool { return len(d.told(t)) == 4 })
	if d.live.Version() != good {
		t.Error("the rules fell with their directory")
	}
}

func TestPublishedRulesGoLive(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "停电")
	first := d.live.Version()
	versions, err := rulebook.OpenVersions(filepath.Dir(d.file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = versions.Close() })
	draft := t.TempDir()
	if err := os.WriteFile(filepath.Join(draft, "10.yaml"), []byte(oneRule("停电, 断电")), 0o600); err != nil {
		t.Fatal(err)
	}
	one, err := versions.Publish(draft, rulefile.Fingerprint(draft), d.owners(), rulebook.Version{Kept: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "what was published is live", func() bool { return d.live.Version() == one.Version })
	if _, err := versions.Rollback("", d.owners(), time.Now()); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "what was gone back to is live", func() bool { return d.live.Version() == first })
	if told := d.told(t); len(told) > 0 {
		t.Errorf("the editors were told of trouble: %s", told[0].Content.Summary)
	}
}

// owners are the names that rules may use.
func (d desk) owners() []string { return d.o.Config.Organisation.Owners() }
