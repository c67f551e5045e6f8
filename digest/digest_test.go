package digest_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/digest"
	"huiying/internal/fixture"
	"huiying/internal/store"
	"huiying/internal/zh"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update if this is meant:\n%s", path, diff)
	}
}

// today collects the day of fixture.Now.
func today(t *testing.T, full bool) digest.Report {
	t.Helper()
	db := fixture.Open(t)
	if full {
		fixture.Day(t, db)
	}
	from, to := zh.Day(fixture.Now())
	r, err := digest.Collect(t.Context(), db.Reader(), from, to, fixture.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rendered(t *testing.T, render func(io.Writer, digest.Report) error, r digest.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := render(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDay(t *testing.T) {
	t.Parallel()
	r := today(t, true)
	r.Bureau = "示例市能源局"
	golden(t, "day.json", rendered(t, digest.JSON, r))
	golden(t, "day.md", rendered(t, digest.Markdown, r))
	golden(t, "day.html", rendered(t, digest.HTML, r))
	golden(t, "day.content.json", fixture.JSON(t, digest.Content(r)))
	if n := len([]rune(r.Summary)); n > 500 {
		t.Errorf("summary has %d characters, at most 500 wanted", n)
	}
}

// TestZero is a day on which everything was read and nothing was found.
func TestZero(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	now := fixture.Now()
	for _, s := range fixture.Sources(now) {
		if s.Failures == 0 && s.Active {
			fixture.Insert(t, db, s)
		}
	}
	from, to := zh.Day(now)
	r, err := digest.Collect(t.Context(), db.Reader(), from, to, now)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Zero || r.Blind {
		t.Errorf("zero %v blind %v, want a 零报告", r.Zero, r.Blind)
	}
	golden(t, "zero.md", rendered(t, digest.Markdown, r))
	golden(t, "zero.html", rendered(t, digest.HTML, r))
}

// TestBlind is a day of which nothing is known: silence must not be sold as 零报告.
func TestBlind(t *testing.T) {
	t.Parallel()
	r := today(t, false)
	if r.Zero || !r.Blind {
		t.Errorf("zero %v blind %v, want blind", r.Zero, r.Blind)
	}
	for name, render := range map[string]func(io.Writer, digest.Report) error{"html": digest.HTML, "markdown": digest.Markdown} {
		if got := rendered(t, render, r); strings.Contains(got, "零报告") || !strings.Contains(got, "没有读取记录") {
			t.Errorf("%s claims more than is known:\n%s", name, got)
		}
	}
	golden(t, "blind.json", rendered(t, digest.JSON, r))
}

// TestYesterday collects a finished day from the next one: what happened since
// must not leak into it, and late good rounds prove nothing.
func TestYesterday(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	fixture.Day(t, db)
	from, to := zh.Day(fixture.Now().Add(-24 * time.Hour))
	r, err := digest.Collect(t.Context(), db.Reader(), from, to, fixture.Now())
	if err != nil {
		t.Fatal(err)
	}
	if r.Day != "2026-11-22" || len(r.Events) != 0 {
		t.Errorf("day %s with %d events, want 2026-11-22 with none", r.Day, len(r.Events))
	}
	var covered, missed, unproven []string
	for _, s := range r.Coverage.Covered {
		covered = append(covered, s.ID)
	}
	for _, s := range r.Coverage.Missed {
		missed = append(missed, s.ID)
	}
	for _, s := range r.Coverage.Unproven {
		unproven = append(unproven, s.ID)
	}
	// dailynews brought a post at 19:04 that day; shangdangbbs was good at 08:04.
	if diff := cmp.Diff([]string{"dailynews", "shangdangbbs"}, covered); diff != "" {
		t.Errorf("covered (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"wxbridge"}, missed); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
	if len(unproven) != 7 {
		t.Errorf("unproven %v, want 7", unproven)
	}
}

// TestLateDigest collects half an hour after the period, as after a restart:
// rounds have gone on, and still count.
func TestLateDigest(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	now := fixture.Now()
	for _, s := range fixture.Sources(now) {
		fixture.Insert(t, db, s)
	}
	to := now.Add(-30 * time.Minute)
	r, err := digest.Collect(t.Context(), db.Reader(), to.Add(-24*time.Hour), to, now)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Coverage; len(c.Covered) != 8 || len(c.Missed) != 2 || len(c.Unproven) != 0 {
		t.Errorf("covered %d, missed %d, unproven %d; want 8, 2, 0", len(c.Covered), len(c.Missed), len(c.Unproven))
	}
}

func TestEmptyPeriod(t *testing.T) {
	t.Parallel()
	now := fixture.Now()
	if _, err := digest.Collect(t.Context(), fixture.Open(t).Reader(), now, now, now); err == nil {
		t.Error("an empty period was collected without an error")
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *store.DB{
		"sqlite":   func(t *testing.T) *store.DB { t.Helper(); return fixture.Open(t) },
		"postgres": fixture.OpenPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testSave(t, open(t))
		})
	}
}

// testSave collects, stores and reads back the invented day, which must come out
// the same from either database.
func testSave(t *testing.T, db *store.DB) {
	t.Helper()
	fixture.Day(t, db)
	now := fixture.Now()
	from, to := zh.Day(now)
	r, err := digest.Collect(t.Context(), db.Reader(), from, to, now)
	if err != nil {
		t.Fatal(err)
	}
	r.Bureau = "示例市能源局"
	golden(t, "day.json", rendered(t, digest.JSON, r))
	if _, err := digest.Load(t.Context(), db.Reader(), r.Day); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("load before save: %v, want ErrNotFound", err)
	}
	for range 2 { // saving again replaces
		if err := digest.Save(t.Context(), db.Writer(), r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := digest.Load(t.Context(), db.Reader(), r.Day)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rendered(t, digest.JSON, r), rendered(t, digest.JSON, got)); diff != "" {
		t.Errorf("loaded report differs (-saved +loaded):\n%s", diff)
	}
	list, err := digest.List(t.Context(), db.Reader(), 10)
	if err != nil || len(list) != 1 || list[0].Day != r.Day {
		t.Errorf("list: %d reports, error %v", len(list), err)
	}
	// One of a day to come, made while the clock ran ahead, holds up no later one.
	wrong := r
	wrong.Day, wrong.To = "2099-01-01", r.To.AddDate(73, 0, 0)
	if err := digest.Save(t.Context(), db.Writer(), wrong); err != nil {
		t.Fatal(err)
	}
	if last, ok, err := digest.Last(t.Context(), db.Reader(), r.To.AddDate(0, 0, 1)); err != nil || !ok || last.Day != r.Day {
		t.Errorf("the last digest is of %s (%v, %v), want %s", last.Day, ok, err, r.Day)
	}
	if _, ok, err := digest.Last(t.Context(), db.Reader(), r.To.AddDate(0, 0, -19)); err != nil || ok {
		t.Errorf("there is a digest of before the first (%v)", err)
	}
}
