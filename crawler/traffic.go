package crawler

import (
	"context"
	"net/http"
	"sync/atomic"
)

// Traffic is what reading cost the sites and us.
type Traffic struct {
	// Requests counts everything that was asked, robots.txt and redirects included.
	Requests int
	// Unmodified counts those of them that a 304 answered.
	Unmodified int
	// Bytes is what the bodies came to, decompressed.
	Bytes int64
}

// Meter adds up the traffic of one round. It travels in the context of the round's
// requests; the client of package fetch counts into it. It is safe for concurrent
// use, and a nil Meter counts nothing.
type Meter struct {
	requests, unmodified, bytes atomic.Int64
}

type meterKey struct{}

// WithMeter gives a context whose requests are counted, and what counts them.
func WithMeter(ctx context.Context) (context.Context, *Meter) {
	m := &Meter{}
	return context.WithValue(ctx, meterKey{}, m), m
}

// MeterOf is the meter of a context; nil where there is none.
func MeterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

// Count notes one request that was sent. Status is 0 where no answer came, body
// the length of the answer's.
func (m *Meter) Count(status, body int) {
	if m == nil {
		return
	}
	m.requests.Add(1)
	if status == http.StatusNotModified {
		m.unmodified.Add(1)
	}
	m.bytes.Add(int64(body))
}

// Traffic is the sum so far.
func (m *Meter) Traffic() Traffic {
	if m == nil {
		return Traffic{}
	}
	return Traffic{
		Requests: int(m.requests.Load()), Unmodified: int(m.unmodified.Load()), Bytes: m.bytes.Load(),
	}
}
