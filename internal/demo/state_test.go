package demo_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/demo"
)

func TestStateIsKept(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "site.json")
	run := func(at time.Time, turn int) ([]demo.Place, int, time.Time) {
		s, err := demo.New(t.Context(), demo.Options{Start: at, State: state})
		if err != nil {
			t.Fatal(err)
		}
		if turn > 0 {
			if err := s.SetChapter(turn); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		return s.Places(), s.Chapter(), s.Start()
	}
	places, _, _ := run(start, 6)
	again, chapter, at := run(start.Add(26*time.Hour), 0)
	if diff := cmp.Diff(places, again); diff != "" {
		t.Errorf("the sites moved (-first +second):\n%s", diff)
	}
	if chapter != 6 || !at.Equal(start) {
		t.Errorf("chapter %d from %v, want 6 from %v", chapter, at, start)
	}
}

func TestStateThatCannotBeTakenUp(t *testing.T) {
	t.Parallel()
	_, places := open(t, 1)
	taken := strings.TrimPrefix(places["portal"].URL, "http://")
	for name, c := range map[string]struct{ state, says string }{
		"no json":          {"{", "damaged"},
		"no such chapter":  {`{"start":"2026-11-23T20:30:00+08:00","chapter":99}`, "damaged"},
		"another address":  {`{"start":"2026-11-23T20:30:00+08:00","chapter":2,"addrs":{"portal":"0.0.0.0:80"}}`, "none of loopback"},
		"an address taken": {fmt.Sprintf(`{"start":"2026-11-23T20:30:00+08:00","chapter":2,"addrs":{"portal":%q}}`, taken), "another --data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := filepath.Join(t.TempDir(), "site.json")
			if err := os.WriteFile(state, []byte(c.state), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := demo.New(t.Context(), demo.Options{Start: start, State: state})
			if err == nil {
				t.Fatal("opened", s.Close(context.Background()))
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %q", err, c.says)
			}
		})
	}
}

func TestPortsThatAreTakenAreLeftAlone(t *testing.T) {
	t.Parallel()
	_, places := open(t, 1)
	taken := netip.MustParseAddrPort(strings.TrimPrefix(places["portal"].URL, "http://"))
	s, err := demo.New(t.Context(), demo.Options{Start: start, Port: int(taken.Port())})
	if err != nil {
		t.Fatal(err)
	}
	if s.Places()[0].URL == places["portal"].URL {
		t.Error("two sites share one address")
	}
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
