package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/event"
	"huiying/internal/pgtest"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// engines runs test on every engine: one suite that both must pass.
func engines(t *testing.T, test func(t *testing.T, open func() *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "huiying.db")
		test(t, opener(t, store.Options{Driver: store.SQLite, Path: path}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, opener(t, store.Options{Driver: store.Postgres, URL: pgtest.Start(t).Database(t)}))
	})
}

func opener(t *testing.T, o store.Options) func() *store.DB {
	return func() *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
}

func TestRowsComeBackAsWritten(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		at := time.Date(2026, 11, 23, 3, 4, 5, 678000000, time.UTC)
		want := event.Event{
			ID: "E-1", Title: "长治沁源某矿透水", Handling: verdict.Alert, Category: verdict.Emergency,
			Grade: verdict.Major, Sections: []string{"煤炭科"}, Consult: []string{}, Tags: []string{"疑似谣言"},
			Toll: verdict.Toll{Trapped: 12}, FirstSeen: at, LastSeen: at.Add(time.Hour),
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := tx.NewInsert().Model(&want).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var got event.Event
		// The second of 100 is the point: on both engines times compare as
		// times, with and without fractions.
		err = db.Reader().NewSelect().Model(&got).
			Where("first_seen >= ?", at.Truncate(time.Second)).
			Where("first_seen < ?", at.Truncate(time.Second).Add(time.Second)).Scan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got.FirstSeen, got.LastSeen = got.FirstSeen.UTC(), got.LastSeen.UTC()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("row differs (-want +got):\n%s", diff)
		}
	})
}

func TestWriteIsAllOrNothing(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		var ran atomic.Int32
		prepare(t, db, map[string]store.Handler{"count": func(context.Context, string) error {
			ran.Add(1)
			return nil
		}})
		stop := errors.New("stop")
		err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if err := db.Lock(ctx, tx, "join"); err != nil {
				return err
			}
			if _, err := tx.NewInsert().Model(&event.Event{ID: "E-1"}).Exec(ctx); err != nil {
				return err
			}
			if err := db.Enqueue(ctx, tx, store.Job{Kind: "count", ID: "1"}); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("Write returned %v, want %v", err, stop)
		}
		n, err := db.Reader().NewSelect().Model((*event.Event)(nil)).Count(t.Context())
		if err != nil || n != 0 {
			t.Errorf("%d events after a rolled back transaction (err %v), want 0", n, err)
		}
		if n, err := db.Waiting(t.Context(), time.Now()); err != nil || n != 0 {
			t.Errorf("%d jobs after a rolled back transaction (err %v), want 0", n, err)
		}
	})
}

func TestManyOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { open() })
		}
		wg.Wait()
	})
}

func TestErrorsKeepThePassword(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"not a url":   "postgres://u:geheim@host:port:port/x",
		"nobody home": "postgres://u:geheim@127.0.0.1:1/x?connect_timeout=1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), store.Options{Driver: store.Postgres, URL: url})
			if err == nil {
				t.Fatal("opened")
			}
			if got := err.Error(); strings.Contains(got, "geheim") {
				t.Errorf("the error tells the password: %s", got)
			}
		})
	}
}
