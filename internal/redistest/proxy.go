package redistest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Proxy is a way to a server of StartTCP that a test can make bad.
type Proxy struct {
	*toxiproxy.Proxy

	tb testing.TB
}

// NewProxy opens a way to a server, which must be of StartTCP.
func NewProxy(tb testing.TB, to *Server) *Proxy {
	tb.Helper()
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &Proxy{toxiproxy.NewProxy(api, "redis", "127.0.0.1:0", to.Addr()), tb}
	p.Mend()
	tb.Cleanup(p.Stop)
	return p
}

// URL is the address as redis.url of huiying.yaml has it.
func (p *Proxy) URL() string { return "redis://" + p.Listen }

// Cut closes all connections and refuses new ones.
func (p *Proxy) Cut() { p.Stop() }

// Hang lets nothing through any more and closes nothing.
func (p *Proxy) Hang() { p.add(`{"name":"bad","type":"timeout","attributes":{"timeout":0}}`) }

// Slow delays every reply by d, give or take the jitter.
func (p *Proxy) Slow(d, jitter time.Duration) {
	p.add(fmt.Sprintf(`{"name":"bad","type":"latency","attributes":{"latency":%d,"jitter":%d}}`, d.Milliseconds(), jitter.Milliseconds()))
}

// Mend makes the way good again.
func (p *Proxy) Mend() {
	p.tb.Helper()
	p.Toxics.ResetToxics(context.Background())
	if p.Enabled {
		return
	}
	if err := p.Start(); err != nil {
		p.tb.Errorf("start the proxy: %v", err)
	}
}

// Lead makes the way lead to another server; connections are closed.
func (p *Proxy) Lead(to *Server) {
	p.tb.Helper()
	if err := p.Update(&toxiproxy.Proxy{Listen: p.Listen, Upstream: to.Addr(), Enabled: true}); err != nil {
		p.tb.Errorf("turn the proxy: %v", err)
	}
}

func (p *Proxy) add(toxic string) {
	p.tb.Helper()
	if _, err := p.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		p.tb.Errorf("make the proxy bad: %v", err)
	}
}
