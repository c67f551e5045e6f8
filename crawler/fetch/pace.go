package fetch

import (
	"context"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bounds on what a host may ask of us.
const (
	// maxHold is the longest that a Retry-After is obeyed.
	maxHold = 24 * time.Hour
	// defaultHold follows a 429 that names no time.
	defaultHold = time.Minute
	// maxCrawlDelay is the longest pause that a robots.txt may ask for: some
	// files name a day, which would blind us to the site.
	maxCrawlDelay = 30 * time.Second
	// maxHosts is how many hosts are kept before idle ones are forgotten.
	maxHosts = 2000
)

// hosts keeps, per host, when it may be asked next and what its robots.txt says.
type hosts struct {
	now func() time.Time

	mu   sync.Mutex
	rows map[string]*host
}

type host struct {
	// robotsLock has one place: one request at a time reads robots.txt.
	robotsLock chan struct{}

	// Guarded by hosts.mu.
	next   time.Time
	hold   time.Time
	robots map[string]*robotsRules // by scheme
	users  int
}

func newHosts(now func() time.Time) *hosts {
	return &hosts{now: now, rows: map[string]*host{}}
}

// hostKey is scheme-free, so that http and https of one site share a pace.
func hostKey(u *url.URL) string {
	name, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if port == "" || (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		return name
	}
	return net.JoinHostPort(name, port)
}

// acquire returns the host's row and keeps it from being evicted until release.
func (h *hosts) acquire(key string) *host {
	h.mu.Lock()
	defer h.mu.Unlock()
	row := h.rows[key]
	if row == nil {
		if len(h.rows) >= maxHosts {
			h.evictIdle()
		}
		row = &host{robotsLock: make(chan struct{}, 1), robots: map[string]*robotsRules{}}
		h.rows[key] = row
	}
	row.users++
	return row
}

func (h *hosts) release(row *host) {
	h.mu.Lock()
	row.users--
	h.mu.Unlock()
}

// evictIdle drops hosts that nobody uses and whose pauses are over.
func (h *hosts) evictIdle() {
	now := h.now()
	for key, row := range h.rows {
		if row.users == 0 && row.next.Before(now) && row.hold.Before(now) {
			delete(h.rows, key)
		}
	}
}

// reserve takes the host's next free slot, keeps pause after it, and returns its time.
func (h *hosts) reserve(row *host, pause time.Duration) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	slot := h.now()
	if row.next.After(slot) {
		slot = row.next
	}
	row.next = slot.Add(pause)
	return slot
}

// heldUntil returns until when the host asked to be left alone; zero if it did not.
func (h *hosts) heldUntil(row *host) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if row.hold.After(h.now()) {
		return row.hold
	}
	return time.Time{}
}

func (h *hosts) holdUntil(row *host, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(row.hold) {
		row.hold = until
	}
}

// sleep blocks for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
