// Package storetest opens stores for tests: empty ones whose tables are made, on
// SQLite and on a real PostgreSQL.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"huiying/internal/pgtest"
	"huiying/internal/store"
)

// Each runs a test on an empty store of either engine, side by side. Where no
// PostgreSQL is installed see pgtest.Start.
func Each(t *testing.T, test func(t *testing.T, o store.Options)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run(store.Postgres, func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite is an empty store in a directory of the test's own.
func SQLite(tb testing.TB) store.Options {
	tb.Helper()
	empty, err := migrated()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "huiying.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		tb.Fatal(err)
	}
	return store.Options{Driver: store.SQLite, Path: path}
}

// Postgres is an empty store on a PostgreSQL that tests of the process share.
func Postgres(t *testing.T) store.Options {
	t.Helper()
	return store.Options{Driver: store.Postgres, URL: pgtest.Start(t).Copy(t, func(url string) error {
		return makeTables(store.Options{Driver: store.Postgres, URL: url})
	})}
}

// Open opens a store until the test ends.
func Open(tb testing.TB, o store.Options) *store.DB {
	tb.Helper()
	db, err := store.Open(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// migrated is the file of an empty store, made once: under the race detector making
// its tables takes longer than most tests.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "huiying.db")
	if err := makeTables(store.Options{Driver: store.SQLite, Path: path}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func makeTables(o store.Options) error {
	db, err := store.Open(context.Background(), o)
	if err != nil {
		return err
	}
	return db.Close()
}
