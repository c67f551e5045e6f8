package redistest_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"huiying/internal/redistest"
)

// ping asks the server through a way for a sign of life.
func ping(t *testing.T, addr string) (took time.Duration, err error) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	began := time.Now()
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return 0, err
	}
	_, err = c.Read(make([]byte, 16))
	return time.Since(began), err
}

func TestProxy(t *testing.T) {
	t.Parallel()
	server := redistest.StartTCP(t)
	p := redistest.NewProxy(t, server)
	good := func() {
		t.Helper()
		if _, err := ping(t, p.Listen); err != nil {
			t.Errorf("a good way: %v", err)
		}
	}
	good()
	p.Slow(100*time.Millisecond, 10*time.Millisecond)
	if took, err := ping(t, p.Listen); err != nil || took < 90*time.Millisecond {
		t.Errorf("a slow way answers after %v, %v", took, err)
	}
	p.Mend()
	good()
	p.Hang()
	if _, err := ping(t, p.Listen); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a way that hangs: %v", err)
	}
	p.Mend()
	good()
	idle, err := net.Dial("tcp", p.Listen)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	p.Cut()
	if _, err := ping(t, p.Listen); err == nil {
		t.Error("a way that is cut answers")
	}
	if _, err := idle.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection outlived the cut: %v", err)
	}
	p.Mend()
	good()
	other := redistest.StartTCP(t)
	p.Lead(other)
	server.Kill(t)
	good()
}
