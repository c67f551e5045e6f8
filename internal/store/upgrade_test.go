package store_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// The databases that releases left are opened, brought up to date and read, and no
// row is lost on the way. Where a migration moves rows on purpose, say so here.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	storetest.Releases(t, "testdata", func(t *testing.T, o store.Options) {
		before := rowsByTable(t, o)
		if before["events"] == 0 || before["posts"] == 0 || before["river_job"] == 0 {
			t.Fatalf("nothing to upgrade: %v", before)
		}
		db := storetest.Open(t, o)
		after := rowsByTable(t, o)
		for table := range after {
			if _, old := before[table]; !old {
				delete(after, table)
			}
		}
		for _, kept := range []map[string]int{before, after} { // they tell the version
			delete(kept, "goose_db_version")
			delete(kept, "river_migration")
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("rows differ (-before +after):\n%s", diff)
		}

		var events []event.Event
		if err := db.Reader().NewSelect().Model(&events).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.ID == "" || e.Title == "" || e.Handling == "" || e.FirstSeen.IsZero() || e.LastSeen.Before(e.FirstSeen) {
				t.Errorf("read back as %+v", e)
			}
		}
		// The jobs that were due then are worked as if nothing had happened.
		prepare(t, db, map[string]store.Handler{})
		if n, err := db.Waiting(t.Context(), events[0].LastSeen.AddDate(1, 0, 0)); err != nil || n == 0 {
			t.Errorf("%d jobs wait (err %v), want some", n, err)
		}
	})
}

// rowsByTable counts the rows of a database without upgrading it.
func rowsByTable(t *testing.T, o store.Options) map[string]int {
	t.Helper()
	driver, source := "sqlite", "file:"+o.Path
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if o.Driver == store.Postgres {
		driver, source = "pgx", o.URL
		list = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts := map[string]int{}
	for _, table := range column(t, db, list) {
		var n int
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM "`+table+`"`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

// column is the one column of an answer.
func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
