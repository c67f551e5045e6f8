package fetch

import (
	"fmt"
	"testing"
	"time"
)

func TestIdleHostsAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h := newHosts(func() time.Time { return now })
	held := h.acquire("held")
	h.holdUntil(held, now.Add(time.Hour))
	h.release(held)
	busy := h.acquire("busy")
	for i := range 3 * maxHosts {
		row := h.acquire(fmt.Sprint("host", i))
		h.reserve(row, time.Second)
		h.release(row)
		now = now.Add(time.Millisecond)
	}
	if n := len(h.rows); n > 2*maxHosts {
		t.Errorf("%d hosts are kept", n)
	}
	if h.rows["held"] != held || h.rows["busy"] != busy {
		t.Error("a host that is held or in use was forgotten")
	}
}
