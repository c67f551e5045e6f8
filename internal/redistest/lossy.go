package redistest

import (
	"io"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// Lossy is a way to the server that loses replies: the server has done what was
// asked, the client sees its connection close.
type Lossy struct {
	socket string
	every  int64
	count  atomic.Int64
	lost   atomic.Int64
}

// Lossy opens a second socket on which every n-th reply is lost.
func (s *Server) Lossy(tb testing.TB, n int) *Lossy {
	tb.Helper()
	l := &Lossy{socket: filepath.Join(s.dir, "lossy"), every: int64(n)}
	ln, err := net.Listen("unix", l.socket)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			go l.carry(client, s.socket)
		}
	}()
	return l
}

// URL is the address as redis.url of huiying.yaml has it.
func (l *Lossy) URL() string { return "unix://" + l.socket }

// Lost counts the replies lost so far.
func (l *Lossy) Lost() int { return int(l.lost.Load()) }

func (l *Lossy) carry(client net.Conn, upstream string) {
	defer client.Close()
	server, err := net.Dial("unix", upstream)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	buf := make([]byte, 64<<10)
	for first := true; ; first = false {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		// The first reply of a connection is its greeting; losing that loses nothing.
		if !first && l.count.Add(1)%l.every == 0 {
			l.lost.Add(1)
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}
