package redistest

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a way to a server of StartTCP that a test can make bad. It has one address
// for as long as the test runs. Its methods may be called at any time, from anywhere.
type Proxy struct {
	// Listen is its address.
	Listen string

	tb    testing.TB
	mu    sync.Mutex
	to    string
	bad   trouble
	ln    net.Listener // nil while it refuses connections
	conns map[net.Conn]bool
}

// trouble is what befalls the replies.
type trouble struct {
	hang          bool
	delay, jitter time.Duration
}

// NewProxy opens a way to a server, which must be of StartTCP.
func NewProxy(tb testing.TB, to *Server) *Proxy {
	tb.Helper()
	p := &Proxy{Listen: "127.0.0.1:0", tb: tb, to: to.Addr(), conns: map[net.Conn]bool{}}
	p.Mend()
	tb.Cleanup(p.Cut)
	return p
}

// URL is the address as redis.url of huiying.yaml has it.
func (p *Proxy) URL() string { return "redis://" + p.Listen }

// Cut closes all connections and refuses new ones.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ln != nil {
		_ = p.ln.Close()
		p.ln = nil
	}
	p.closeAll()
}

// Hang lets no reply through any more and closes nothing.
func (p *Proxy) Hang() { p.befall(trouble{hang: true}) }

// Slow delays every reply by d, give or take the jitter.
func (p *Proxy) Slow(d, jitter time.Duration) { p.befall(trouble{delay: d, jitter: jitter}) }

// Mend makes the way good again. Connections that hung are closed: their replies are lost.
func (p *Proxy) Mend() {
	p.tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bad.hang {
		p.closeAll()
	}
	p.bad = trouble{}
	if p.ln != nil {
		return
	}
	ln, err := net.Listen("tcp", p.Listen)
	if err != nil {
		p.tb.Errorf("open the proxy: %v", err)
		return
	}
	p.ln, p.Listen = ln, ln.Addr().String()
	go p.serve(ln)
}

// Lead makes the way lead to another server; connections are closed.
func (p *Proxy) Lead(to *Server) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to = to.Addr()
	p.closeAll()
}

func (p *Proxy) befall(t trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bad = t
}

func (p *Proxy) closeAll() {
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

func (p *Proxy) serve(ln net.Listener) {
	for {
		client, err := ln.Accept()
		if err != nil {
			return
		}
		go p.carry(client)
	}
}

// carry takes requests there and replies back until either side is closed.
func (p *Proxy) carry(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	to := p.to
	p.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	open := p.ln != nil && p.to == to
	if open {
		p.conns[client], p.conns[server] = true, true
	}
	p.mu.Unlock()
	if !open {
		return
	}
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, client)
		delete(p.conns, server)
	}()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		if !p.wait() {
			_, _ = io.Copy(io.Discard, server) // until it is closed
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}

// wait holds a reply back as the trouble of the moment has it, and reports whether it
// may pass at all.
func (p *Proxy) wait() bool {
	p.mu.Lock()
	bad := p.bad
	p.mu.Unlock()
	if bad.delay > 0 {
		time.Sleep(bad.delay - bad.jitter + rand.N(2*bad.jitter+1))
	}
	return !bad.hang
}
