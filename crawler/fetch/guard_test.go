package fetch_test

import (
	"fmt"
	"net"
	"net/netip"
	"testing"

	"huiying/crawler/fetch"
	"huiying/internal/origintest"
)

func TestForbiddenAddresses(t *testing.T) {
	o := origintest.New(t)
	o.On("/", origintest.Text("secret"))
	port := o.Port()
	t.Setenv("HTTP_PROXY", o.URL(""))
	t.Setenv("http_proxy", o.URL(""))
	hosts := []string{
		"127.0.0.1", "0x7f.1", "2130706433", "0177.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①", "[::1]", "[::ffff:7f00:1]",
		"[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0", "0", "169.254.169.254", "100.100.100.200",
		"198.18.0.1", "240.0.0.1", "localhost.", "a.localhost", "10.0.0.1", "172.16.0.1", "192.168.0.1", "224.0.0.1", "[fe80::1]", "[fd00::1]",
	}
	c := client(t, func(o *fetch.Options) { o.AllowPrivate = nil })
	for _, h := range hosts {
		_, err := c.Get(t.Context(), fmt.Sprintf("http://%s:%d/", h, port))
		if err == nil {
			t.Errorf("%s was read", h)
			continue
		}
		if k := kind(t, err); k != fetch.Blocked && k != fetch.NotFoundHost && k != fetch.BadURL && k != fetch.Network {
			t.Errorf("%s: %v", h, err)
		}
	}
	if n := o.Connections(); n != 0 {
		t.Errorf("%d connections reached loopback", n)
	}
}

func TestRedirectToForbiddenAddress(t *testing.T) {
	t.Parallel()
	// The front is allowed by its one address; the victim listens on another.
	front := origintest.New(t)
	victim, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("no second loopback address:", err)
	}
	defer victim.Close()
	reached := make(chan struct{}, 1)
	go func() {
		if conn, err := victim.Accept(); err == nil {
			_ = conn.Close()
			reached <- struct{}{}
		}
	}()
	front.On("/go", origintest.Redirect("http://"+victim.Addr().String()+"/"))
	c := client(t, func(o *fetch.Options) { o.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	if _, err := c.Get(t.Context(), front.URL("/go")); err == nil || kind(t, err) != fetch.Blocked {
		t.Errorf("redirect: %v", err)
	}
	front2 := origintest.New(t)
	front2.On("/robots.txt", origintest.Redirect("http://"+victim.Addr().String()+"/robots.txt"))
	front2.On("/", origintest.Text("x"))
	if _, err := c.Get(t.Context(), front2.URL("/")); err == nil || kind(t, err) != fetch.Blocked {
		t.Errorf("redirect of robots.txt: %v", err)
	}
	select {
	case <-reached:
		t.Error("a connection reached the forbidden address")
	default:
	}
}
