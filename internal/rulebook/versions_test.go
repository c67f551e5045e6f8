package rulebook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// ruleText is a rules file of one rule whose group has the given words.
func ruleText(category, words string) string {
	return "版本: 1\n地域: {本市: {写到就算: [长治]}}\n规则:\n  - 编号: QY-01\n    名称: 停供\n    类别: " + category + "\n" +
		"    必须有:\n      - {组: 现象, 词: [" + words + "]}\n    归口: 电力科\n"
}

// folder writes rule files into a new directory.
func folder(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func loaded(t *testing.T, dir string) *rulefile.Rules {
	t.Helper()
	rules, err := rulefile.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func opened(t *testing.T, live string) *Versions {
	t.Helper()
	v, err := OpenVersions(live)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func listed(t *testing.T, v *Versions) []Version {
	t.Helper()
	list, err := v.List()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPublishAndRollback(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	live := folder(t, filepath.Join(dir, "rules"), map[string]string{"10.yaml": ruleText("切身利益", "停电"), "README.md": "说明"})
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	v := opened(t, live)
	t.Cleanup(func() { _ = v.Close() })
	first := loaded(t, live).Version()

	drafts := map[string]string{}
	var names []string
	for i := range 3 {
		draft := folder(t, filepath.Join(dir, fmt.Sprint("draft", i)), map[string]string{"20.yaml": ruleText("切身利益", "停电, 停气"+strings.Repeat("了", i))})
		one, err := v.Publish(draft, rulefile.Fingerprint(draft), nil, Version{Kept: now.Add(time.Duration(i) * time.Hour), Note: fmt.Sprint("第", i), By: "编辑"})
		if err != nil {
			t.Fatal(err)
		}
		if got := loaded(t, live).Version(); got != one.Version || !one.Live || one.Rules != 1 {
			t.Fatalf("live is %s, published %+v", got, one)
		}
		drafts[one.Version], names = draft, append(names, one.Version)
	}
	if _, err := os.Stat(filepath.Join(live, "10.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old rule file still stands: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(live, "README.md")); err != nil || string(text) != "说明" {
		t.Errorf("the note beside the rules is gone: %v", err)
	}
	list := listed(t, v)
	var got []string
	for _, x := range list {
		got = append(got, x.Version)
	}
	if want := []string{names[2], names[1], names[0], first}; !slices.Equal(got, want) || !list[0].Live {
		t.Fatalf("versions %v, want %v with the first live", got, want)
	}
	if list[0].Note != "第2" || list[0].By != "编辑" {
		t.Errorf("the record is %+v", list[0])
	}

	for _, want := range []string{names[1], names[0], first} {
		back, err := v.Rollback("", nil, now)
		if err != nil || back.Version != want || loaded(t, live).Version() != want {
			t.Fatalf("rolled back to %s, want %s: %v", back.Version, want, err)
		}
	}
	if _, err := v.Rollback("", nil, now); !errors.Is(err, ErrNoVersion) {
		t.Errorf("before the first version: %v", err)
	}
	if back, err := v.Rollback(names[2], nil, now); err != nil || !back.Live || loaded(t, live).Version() != names[2] {
		t.Errorf("forward again: %v", err)
	}
	if _, err := v.Rollback("2020-01-01-deadbeef", nil, now); !errors.Is(err, ErrNoVersion) {
		t.Errorf("an unknown version: %v", err)
	}

	// Rules edited in place are kept before they are replaced.
	folder(t, live, map[string]string{"20.yaml": ruleText("切身利益", "停电, 直接改的")})
	edited := loaded(t, live).Version()
	if _, err := v.Rollback(names[0], nil, now.Add(4*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(listed(t, v), func(x Version) bool { return x.Version == edited }) {
		t.Error("what was edited in place is lost")
	}
	// Bad rules in place do not keep anybody from going back.
	folder(t, live, map[string]string{"20.yaml": "规则: ["})
	if back, err := v.Rollback("", nil, now); err != nil || back.Version != edited {
		t.Errorf("from bad rules to %s, want the newest, %s: %v", back.Version, edited, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "rules-versions", ".new-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("leftovers %v, %v", left, err)
	}
}

func TestPublishRefusesBadRules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	live := folder(t, filepath.Join(dir, "rules"), map[string]string{"10.yaml": ruleText("切身利益", "停电")})
	before := loaded(t, live).Version()
	v := opened(t, live)
	t.Cleanup(func() { _ = v.Close() })
	bad := folder(t, filepath.Join(dir, "bad"), map[string]string{"10.yaml": ruleText("无此类", "停电")})
	_, err := v.Publish(bad, rulefile.Fingerprint(bad), nil, Version{Kept: time.Now()})
	if _, ok := errors.AsType[yamlcheck.Problems](err); !ok {
		t.Errorf("published bad rules: %v", err)
	}
	if got := loaded(t, live).Version(); got != before {
		t.Errorf("live is %s, want %s", got, before)
	}
}

func TestTwentyVersionsAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	live := folder(t, filepath.Join(dir, "rules"), map[string]string{"10.yaml": ruleText("切身利益", "停电")})
	v := opened(t, live)
	t.Cleanup(func() { _ = v.Close() })
	began := time.Now()
	for i := range 25 {
		draft := folder(t, filepath.Join(dir, "draft"), map[string]string{"10.yaml": ruleText("切身利益", fmt.Sprint("停电, 第", i, "次"))})
		if _, err := v.Publish(draft, rulefile.Fingerprint(draft), nil, Version{Kept: began.Add(time.Duration(i) * time.Second)}); err != nil {
			t.Fatal(err)
		}
	}
	list := listed(t, v)
	if len(list) != 20 || !list[0].Live {
		t.Fatalf("%d versions are kept, the newest live: %v", len(list), list[0].Live)
	}
	if v.Close(); len(list) > 0 {
		// What a process left that died half-way is cleared away by the next.
		folder(t, filepath.Join(dir, "rules-versions", ".new-123"), map[string]string{"10.yaml": "半"})
		next := opened(t, live)
		t.Cleanup(func() { _ = next.Close() })
		if got := listed(t, next); len(got) != 20 {
			t.Errorf("%d versions after a leftover", len(got))
		}
		if _, err := os.Stat(filepath.Join(dir, "rules-versions", ".new-123")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the leftover stands: %v", err)
		}
	}
}

// TestNoReaderSeesHalf reads the live rules over and over while two versions of
// six files each take turns.
func TestNoReaderSeesHalf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := func(word string) map[string]string {
		out := map[string]string{}
		for i := range 6 {
			out[fmt.Sprintf("%d.yaml", i)] = strings.Replace(ruleText("切身利益", word), "QY-01", fmt.Sprintf("QY-0%d", i), 1)
		}
		return out
	}
	live := folder(t, filepath.Join(dir, "rules"), files("停电"))
	v := opened(t, live)
	t.Cleanup(func() { _ = v.Close() })
	a := loaded(t, live).Version()
	draft := folder(t, filepath.Join(dir, "draft"), files("停气"))
	b, err := v.Publish(draft, rulefile.Fingerprint(draft), nil, Version{Kept: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	const exchanges = 30
	stop := make(chan struct{})
	var group sync.WaitGroup
	reads := make([]int, 2)
	for i := range reads {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				rules, err := rulefile.Load(live, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if got := rules.Version(); got != a && got != b.Version {
					t.Errorf("read version %s, which never was", got)
					return
				}
				reads[i]++
			}
		})
	}
	for i := range exchanges {
		if _, err := v.Rollback([]string{a, b.Version}[i%2], nil, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	group.Wait()
	t.Logf("%v reads during %d exchanges", reads, exchanges)
}
