package store_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/store"
	"huiying/internal/storetest"
)

// A migration that was released is never changed: databases have run it.
func TestMigrationsAreAppendOnly(t *testing.T) {
	t.Parallel()
	var sums bytes.Buffer
	for _, pattern := range []string{"postgres/*.sql", "sqlite/*.sql"} {
		files, err := filepath.Glob(filepath.Join("migrations", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no migrations of %s (err %v)", pattern, err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel("migrations", file)
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(raw), name)
		}
	}
	want, err := os.ReadFile("migrations/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), sums.String()); diff != "" {
		t.Errorf("see migrations/README.md (-SHA256SUMS +files):\n%s", diff)
	}
}

// Both databases have the same steps.
func TestMigrationsOfBothDatabases(t *testing.T) {
	t.Parallel()
	names := map[string][]string{}
	for _, driver := range []string{store.SQLite, store.Postgres} {
		files, err := filepath.Glob("migrations/" + driver + "/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			names[driver] = append(names[driver], filepath.Base(f))
		}
	}
	if diff := cmp.Diff(names[store.SQLite], names[store.Postgres]); diff != "" {
		t.Errorf("steps differ (-sqlite +postgres):\n%s", diff)
	}
}

// The tables of jobs are River's, which makes them anew without our number. An older
// program must refuse those too.
func TestRiverMigrations(t *testing.T) {
	t.Parallel()
	const known = 8
	storetest.Each(t, func(t *testing.T, o store.Options) {
		var got int
		if err := storetest.Open(t, o).Reader().NewSelect().TableExpr("river_migration").ColumnExpr("max(version)").Scan(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		if got != known {
			t.Errorf("River's tables are version %d now, were %d: add a migration here, see migrations/README.md", got, known)
		}
	})
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		_, err := db.Writer().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, TRUE)")
		if err != nil {
			t.Fatal(err)
		}
		_, err = store.Open(t.Context(), o)
		if !errors.Is(err, store.ErrNewer) {
			t.Errorf("opened with %v, want %v", err, store.ErrNewer)
		}
	})
}
