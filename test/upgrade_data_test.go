package test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // The driver by which the file is copied.

	"huiying/internal/app"
	"huiying/internal/demo"
	"huiying/internal/pgtest"
	"huiying/internal/rulebook"
	"huiying/internal/storetest"
)

// releases holds a database of each release, and of each dialect.
const releases = "../internal/store/testdata"

var upgradeData = flag.String("upgrade.data", "", "make the databases of this version, as v0.2.0, for tests of upgrades")

// TestUpgradeData keeps what the demo's story leaves in the databases, with some acts
// of people on top, for tests of upgrades. Not for every day: see make upgrade-data.
func TestUpgradeData(t *testing.T) {
	if *upgradeData == "" {
		t.Skip("no version was named")
	}
	keep := func(ending string, raw []byte) {
		var zipped bytes.Buffer
		w, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(releases, *upgradeData+ending), zipped.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "huiying.db")
		tellStory(t, "storage: {driver: sqlite, path: "+file+"}\n")
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		whole := filepath.Join(t.TempDir(), "whole.db") // with what the log of SQLite still held
		if _, err := db.Exec("VACUUM INTO ?", whole); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}
		keep(storetest.SQLiteRelease, raw)
	})
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Start(t)
		url := server.Database(t)
		tellStory(t, "storage: {driver: postgres, url: "+secret(t, url)+"}\n")
		keep(storetest.PostgresRelease, []byte(server.Dump(t, url)))
	})
}

// tellStory tells the demo's story on a storage of our own, and lets people act.
func tellStory(t *testing.T, storage string) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	site, err := demo.New(ctx, demo.Options{Start: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close(ctx)
	path, err := demo.Config(site, dir, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(raw), "storage:\n  driver: sqlite\n  path: huiying.db\n", storage, 1)
	if own == string(raw) {
		t.Fatalf("the demo's configuration reads otherwise now:\n%s", raw)
	}
	if err := os.WriteFile(path, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	config, rules, err := rulebook.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(ctx, app.Options{Config: config, Rules: rules, Data: dir, Tick: 200 * time.Millisecond, Poll: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Start(ctx); err != nil {
		t.Fatal(err)
	}
	err = site.Tell(ctx, 0, func(int, demo.Chapter) {}, func(ctx context.Context) error {
		if err := a.RoundNow(ctx); err != nil {
			return err
		}
		return a.Settled(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	act := func(args ...string) string {
		out, errs, code := huiying(t, append(args, "-c", path, "--data", dir)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	ids := caseID.FindAllStringSubmatch(act("case", "list"), -1) // the gravest first
	act("case", "ack", ids[0][1], "--section", "煤炭科")
	act("case", "answer", ids[len(ids)-1][1], "--url", "https://gov.example.invalid/release/1.html")
	act("rules", "judge", "E-"+strings.TrimPrefix(ids[1][1], "C-"), "真", "--by", "值班员")
	act("silence", "add", "--section", "油气科", "--reason", "检修已公告", "--by", "油气科", "--for", "2d")
	act("digest")
	if err := a.Settled(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}
