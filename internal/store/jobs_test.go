package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/store"
)

func TestJobsRunUntilTheySucceed(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		type call struct{ kind, id string }
		calls := make(chan call, 16)
		var tries, snoozes atomic.Int32
		prepare(t, db, map[string]store.Handler{
			"plain": func(_ context.Context, id string) error {
				calls <- call{"plain", id}
				return nil
			},
			"fails once": func(_ context.Context, id string) error {
				if tries.Add(1) == 1 {
					return errors.New("not yet")
				}
				calls <- call{"fails once", id}
				return nil
			},
			"snoozes once": func(_ context.Context, id string) error {
				if snoozes.Add(1) == 1 {
					return store.Snooze(300 * time.Millisecond)
				}
				calls <- call{"snoozes once", id}
				return nil
			},
		})
		start(t, db)
		enqueue(t, db, store.Job{Kind: "plain", ID: "a"}, store.Job{Kind: "fails once", ID: "b"},
			store.Job{Kind: "snoozes once", ID: "c"}, store.Job{Kind: "plain", ID: "later", At: time.Now().Add(time.Hour)})
		got := map[call]int{}
		for range 3 {
			select {
			case c := <-calls:
				got[c]++
			case <-time.After(20 * time.Second):
				t.Fatalf("jobs did not run; so far %v", got)
			}
		}
		want := map[call]int{{"plain", "a"}: 1, {"fails once", "b"}: 1, {"snoozes once", "c"}: 1}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(call{})); diff != "" {
			t.Errorf("calls differ (-want +got):\n%s", diff)
		}
	})
}

// A chat platform that hangs holds up neither clocks nor intake.
func TestOutwardJobsHoldNothingUp(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		hang, ran := make(chan struct{}), make(chan struct{}, 1)
		err := db.Prepare(store.JobOptions{Poll: 50 * time.Millisecond, Outward: 2}, map[string]store.Handler{
			"send":  func(context.Context, string) error { <-hang; return nil },
			"clock": func(context.Context, string) error { ran <- struct{}{}; return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		start(t, db)
		t.Cleanup(func() { close(hang) }) // before the jobs are stopped
		for i := range 10 {
			enqueue(t, db, store.Job{Kind: "send", ID: fmt.Sprint(i), Outward: true})
		}
		enqueue(t, db, store.Job{Kind: "clock", ID: "1"})
		select {
		case <-ran:
		case <-time.After(10 * time.Second):
			t.Fatal("a clock stood in line behind chat")
		}
		var late time.Duration
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if late, err = db.Lateness(t.Context(), time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if late == 0 {
				return
			}
		}
		t.Errorf("intake would hold off for a hanging chat platform: late by %v", late)
	})
}

// A handler that panics takes nothing with it, and what it said is recorded without
// secrets.
func TestAPanicIsAFailure(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		var calls atomic.Int32
		done := make(chan struct{})
		err := db.Prepare(store.JobOptions{
			Poll: 50 * time.Millisecond, Clean: func(s string) string { return strings.ReplaceAll(s, "geheim", "***") },
		}, map[string]store.Handler{"x": func(context.Context, string) error {
			switch calls.Add(1) {
			case 1:
				panic("with geheim")
			case 2:
				return errors.New("again with geheim")
			}
			close(done)
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		start(t, db)
		enqueue(t, db, store.Job{Kind: "x", ID: "1"})
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatal("it was not tried again")
		}
		var recorded []string
		if err := db.Reader().NewSelect().TableExpr("river_job").ColumnExpr("CAST(errors AS TEXT)").Scan(t.Context(), &recorded); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(recorded, "\n"); strings.Contains(got, "geheim") || strings.Count(got, "***") != 2 {
			t.Errorf("recorded: %s", got)
		}
	})
}

func TestEnqueueOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		prepare(t, db, map[string]store.Handler{"x": func(context.Context, string) error { return nil }})
		for _, id := range []string{"a", "a", "b"} {
			err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
				return db.EnqueueOnce(ctx, tx, store.Job{Kind: "x", ID: id, At: time.Now().Add(time.Hour)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n, err := db.Waiting(t.Context(), time.Now().Add(2*time.Hour)); err != nil || n != 2 {
			t.Errorf("%d jobs (err %v), want 2", n, err)
		}
	})
}

func TestLateness(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		prepare(t, db, map[string]store.Handler{"x": func(context.Context, string) error { return nil }})
		now := time.Now()
		if late, err := db.Lateness(t.Context(), now); err != nil || late != 0 {
			t.Errorf("without jobs: late by %v (err %v)", late, err)
		}
		enqueue(t, db, store.Job{Kind: "x", ID: "later", At: now.Add(time.Hour)})
		if late, err := db.Lateness(t.Context(), now); err != nil || late != 0 {
			t.Errorf("with a job of the future: late by %v (err %v)", late, err)
		}
		enqueue(t, db, store.Job{Kind: "x", ID: "due", At: now.Add(-time.Minute)})
		if late, err := db.Lateness(t.Context(), now); err != nil || late.Round(time.Second) != time.Minute {
			t.Errorf("with a job of a minute ago: late by %v (err %v)", late, err)
		}
	})
}

func TestJobsOfADeadProcessAreAdopted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "huiying.db")
	open := opener(t, store.Options{Path: path})
	db := open()
	prepare(t, db, map[string]store.Handler{"x": func(context.Context, string) error { return nil }})
	enqueue(t, db, store.Job{Kind: "x", ID: "1"})
	// As kill -9 leaves it: the row says running, and nobody is.
	if _, err := db.Writer().ExecContext(t.Context(), "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP"); err != nil {
		t.Fatal(err)
	}
	next := open()
	ran := make(chan string, 1)
	prepare(t, next, map[string]store.Handler{"x": func(_ context.Context, id string) error {
		ran <- id
		return nil
	}})
	start(t, next)
	select {
	case <-ran:
	case <-time.After(10 * time.Second):
		t.Fatal("the dead process's job was not taken over within 10 s")
	}
}

func TestOneProcessWorksASQLiteFile(t *testing.T) {
	t.Parallel()
	open := opener(t, store.Options{Path: filepath.Join(t.TempDir(), "huiying.db")})
	first, second := open(), open()
	prepare(t, first, nil)
	prepare(t, second, nil)
	start(t, first)
	if err := second.Start(t.Context()); !errors.Is(err, store.ErrTaken) {
		t.Fatalf("a second process was answered %v", err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	start(t, second)
}

func prepare(t *testing.T, db *store.DB, h map[string]store.Handler) {
	t.Helper()
	if err := db.Prepare(store.JobOptions{Poll: 50 * time.Millisecond}, h); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := db.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func enqueue(t *testing.T, db *store.DB, jobs ...store.Job) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return db.Enqueue(ctx, tx, jobs...)
	})
	if err != nil {
		t.Fatal(err)
	}
}
