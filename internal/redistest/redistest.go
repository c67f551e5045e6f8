// Package redistest runs a real redis-server for tests, on a unix socket of its
// own, and lets a test break it: stop it, freeze it, or lose its replies.
package redistest

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a running redis-server.
type Server struct {
	dir    string
	socket string
	addr   string // "" without TCP
	args   []string
	cmd    *exec.Cmd
}

// Start runs a redis-server until the test ends, with extra arguments such as
// "--maxmemory-policy", "allkeys-lru". Where there is none the test is skipped at
// a desk and fails when CI is set.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatal("redis-server is missing: install it (apt-get install redis-server)")
		}
		tb.Skip("redis-server is not installed (apt-get install redis-server)")
	}
	// Not t.TempDir: a socket's path may have 107 bytes, and test names are long.
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{dir: dir, socket: filepath.Join(dir, "s"), args: args}
	tb.Cleanup(func() {
		s.Kill(tb)
		_ = os.RemoveAll(dir)
	})
	s.Restart(tb)
	return s
}

// StartTCP is Start for a server that also listens on the loopback address, as
// proxies and replicas need.
func StartTCP(tb testing.TB, args ...string) *Server {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	_, port, _ := net.SplitHostPort(addr)
	s := Start(tb, append([]string{"--bind", "127.0.0.1", "--port", port}, args...)...)
	s.addr = addr
	return s
}

// Addr is the host and port of a server of StartTCP.
func (s *Server) Addr() string { return s.addr }

// Dir is where the server keeps its files.
func (s *Server) Dir() string { return s.dir }

// URL is the address as redis.url of huiying.yaml has it.
func (s *Server) URL() string { return "unix://" + s.socket }

// Socket is the path of the unix socket.
func (s *Server) Socket() string { return s.socket }

// Restart starts the server again after Kill, empty.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	args := append([]string{
		"--port", "0", "--unixsocket", s.socket, "--dir", s.dir,
		"--save", "", "--appendonly", "no", "--loglevel", "warning",
	}, s.args...)
	s.cmd = exec.Command("redis-server", args...) // #nosec G204 -- a test's own arguments.
	if err := s.cmd.Start(); err != nil {
		tb.Fatalf("start redis-server: %v", err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for !s.answers() {
		if time.Now().After(deadline) {
			tb.Fatal("redis-server did not answer within 10s")
		}
		<-time.After(2 * time.Millisecond)
	}
}

// Kill ends the server at once, as a crash would.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	_ = os.Remove(s.socket)
	s.cmd = nil
}

// Freeze stops the server's process without closing its connections: it hangs.
func (s *Server) Freeze(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGSTOP)
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGCONT)
}

func (s *Server) signal(tb testing.TB, sig syscall.Signal) {
	tb.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		tb.Fatalf("signal redis-server: %v", err)
	}
}

func (s *Server) answers() bool {
	c, err := net.DialTimeout("unix", s.socket, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	// With a password it answers that one is needed.
	return err == nil && (line == "+PONG\r\n" || strings.HasPrefix(line, "-NOAUTH"))
}
