package audit_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/audit"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// hands are the clocks of a machine: the wall's can be set, the other never jumps.
type hands struct {
	mu   sync.Mutex
	wall time.Time
	mono time.Duration
}

func (h *hands) move(wall, mono time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wall, h.mono = h.wall.Add(wall), h.mono+mono
}

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wall
}

func (h *hands) passed() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mono
}

func TestJumpsOfTheClock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		h := &hands{wall: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
		leaps := make(chan time.Duration, 10)
		a, err := audit.New(audit.Options{
			DB: storetest.Open(t, o), Now: h.now, Mono: h.passed, Times: audit.Times{Every: 10 * time.Millisecond},
			Tell:  func(context.Context, audit.Word, func(context.Context, store.Tx) error) error { return nil },
			Leapt: func(_ context.Context, from, to time.Time) { leaps <- to.Sub(from) },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		h.move(time.Minute, time.Minute)
		go func() { done <- a.Run(ctx) }()
		<-time.After(100 * time.Millisecond) // the first look
		day := 24 * time.Hour
		for _, by := range []time.Duration{time.Hour, -time.Hour, 8 * time.Hour, -8 * time.Hour, day, -day, 72 * 365 * day, -72 * 365 * day} {
			h.move(by+time.Minute, time.Minute) // a minute passes as well, which is no jump
			select {
			case got := <-leaps:
				if got != by {
					t.Errorf("told of a jump by %v, want %v", got, by)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("a jump by %v went unseen", by)
			}
		}
		h.move(time.Minute+119*time.Second, time.Minute) // a clock that is put right a little
		<-time.After(100 * time.Millisecond)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if len(leaps) > 0 {
			t.Errorf("told of a jump by %v, which nobody minds", <-leaps)
		}
		var shown []time.Duration
		for _, j := range a.Status().Jumps {
			shown = append(shown, j.Leap)
		}
		if len(shown) == 0 || shown[0] != -72*365*day {
			t.Errorf("pages show the jumps %v", shown)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	const token = "0f6d8f52-secret"
	var asked []string
	code := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(code)
	}))
	t.Cleanup(s.Close)
	report, err := audit.Heartbeat(audit.HeartbeatOptions{URL: s.URL + "/" + token, Fail: true, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	quiet, err := audit.Heartbeat(audit.HeartbeatOptions{URL: s.URL + "/" + token})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(report(t.Context(), true), report(t.Context(), false), quiet(t.Context(), false)); err != nil {
		t.Error(err)
	}
	code = http.StatusFound
	if err := report(t.Context(), true); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("a redirect is %v, want no yes", err)
	}
	if diff := cmp.Diff([]string{"GET /" + token, "GET /" + token + "/fail", "GET /" + token}, asked); diff != "" {
		t.Error(diff)
	}
	s.Close()
	err = report(t.Context(), true)
	if err == nil || strings.Contains(err.Error(), token) || strings.Contains(err.Error(), s.Listener.Addr().String()) {
		t.Errorf("nobody there is %v, want an error without the address", err)
	}
	for _, bad := range []string{"", "ping/" + token, "file:///" + token, "http://%zz/" + token} {
		if _, err := audit.Heartbeat(audit.HeartbeatOptions{URL: bad}); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("the address %q is %v", bad, err)
		}
	}
}
