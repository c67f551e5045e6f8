package storetest

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiying/internal/pgtest"
	"huiying/internal/store"
)

// The endings of the files in which the database of a release is kept: the file of
// SQLite, and a dump of PostgreSQL that needs no psql.
const (
	SQLiteRelease   = ".sqlite.gz"
	PostgresRelease = ".postgres.sql.gz"
)

// Releases runs a test on a copy of every release's database that dir holds, which
// is internal/store/testdata. Nobody has opened it yet: opening upgrades it.
func Releases(t *testing.T, dir string, test func(t *testing.T, o store.Options)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "v*.gz"))
	if err != nil || len(files) < 2 {
		t.Fatalf("no databases of releases in %s (err %v)", dir, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw := unzip(t, file)
			if strings.HasSuffix(file, PostgresRelease) {
				test(t, store.Options{Driver: store.Postgres, URL: pgtest.Start(t).Restore(t, string(raw))})
				return
			}
			path := filepath.Join(t.TempDir(), "huiying.db")
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			test(t, store.Options{Driver: store.SQLite, Path: path})
		})
	}
}

func unzip(t *testing.T, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
