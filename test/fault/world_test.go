package fault

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"huiying/internal/origintest"
)

// The daemon may read from open, and from the network of the good sources; every
// other address is forbidden, loopback's own among them.
const (
	open      = "127.0.0.9"
	forbidden = "127.0.0.1"
)

// world is the network the daemon sees.
type world struct {
	t *testing.T
	// port is the one on which every forbidden address of this machine listens,
	// and open too.
	port int
	// intruders counts connections to forbidden addresses.
	intruders atomic.Int64
	// plain serves open:port.
	plain *origintest.Origin
	ca    *authority
	dns   string
	// hosts are the origins by host and port.
	hosts map[string]*origintest.Origin
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ca: newAuthority(t), hosts: map[string]*origintest.Origin{}}
	w.dns = serveNames(t)
	for range 20 {
		if w.listen() {
			w.plain = origintest.Start(t, origintest.Options{Addr: fmt.Sprintf("%s:%d", open, w.port)})
			return w
		}
	}
	t.Fatal("no port is free on all addresses")
	return nil
}

// listen guards the forbidden addresses with a listener each.
func (w *world) listen() bool {
	first, err := net.Listen("tcp", forbidden+":0")
	if err != nil {
		w.t.Fatal(err)
	}
	all := []net.Listener{first}
	w.port = first.Addr().(*net.TCPAddr).Port
	addrs := []string{"127.0.0.2", "::1"}
	if own, err := net.InterfaceAddrs(); err == nil {
		for _, a := range own {
			if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
				addrs = append(addrs, n.IP.String())
			}
		}
	}
	for _, a := range append(addrs, open) {
		l, err := net.Listen("tcp", net.JoinHostPort(a, fmt.Sprint(w.port)))
		if err != nil {
			if strings.Contains(a, ":") {
				continue // no IPv6 here
			}
			for _, l := range all {
				_ = l.Close()
			}
			return false
		}
		if a == open {
			_ = l.Close() // free; the scripted origin takes it
			continue
		}
		all = append(all, l)
	}
	for _, l := range all {
		w.t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				w.intruders.Add(1)
				w.t.Errorf("a connection reached %s from %s", l.Addr(), conn.RemoteAddr())
				_ = conn.Close()
			}
		}()
	}
	return true
}

// origin is a host of its own at the open address.
func (w *world) origin() *origintest.Origin {
	w.t.Helper()
	o := origintest.Start(w.t, origintest.Options{Addr: open + ":0"})
	w.hosts[strings.TrimPrefix(o.URL(""), "http://")] = o
	return o
}

// secure is an https origin; change alters its certificate.
func (w *world) secure(change func(*x509.Certificate)) *origintest.Origin {
	w.t.Helper()
	return origintest.Start(w.t, origintest.Options{
		Addr: open + ":0", TLS: &tls.Config{Certificates: []tls.Certificate{w.ca.issue(w.t, change)}},
	})
}

// authority signs certificates; the daemon trusts it by SSL_CERT_FILE.
type authority struct {
	file string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &authority{file: file, key: key, cert: cert}
}

func (a *authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: open}, IPAddresses: []net.IP{net.ParseIP(open)},
		DNSNames: []string{"good.test"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(cert)
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// serveNames is a name server. The names that begin so lead to:
//
//	good     the open address
//	private  a forbidden one, under a public name
//	mixed    a forbidden one and the open one, in one answer
//	rebind   by turns the open one and a forbidden one
func serveNames(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		var (
			mu   sync.Mutex
			turn int
		)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			mu.Lock()
			answer := resolve(bytes.Clone(buf[:n]), &turn)
			mu.Unlock()
			_, _ = conn.WriteTo(answer, from)
		}
	}()
	return conn.LocalAddr().String()
}

func resolve(query []byte, turn *int) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.RecursionAvailable = true, true
	m.Additionals = nil
	ok, bad := [4]byte{127, 0, 0, 9}, [4]byte{127, 0, 0, 1}
	var to [][4]byte
	name := q.Name.String()
	if strings.HasSuffix(name, ".test.") {
		switch kind, _, _ := strings.Cut(name, "."); kind {
		case "good", "sni":
			to = [][4]byte{ok}
		case "private":
			to = [][4]byte{bad}
		case "mixed":
			to = [][4]byte{bad, ok}
		case "rebind":
			if q.Type == dnsmessage.TypeA {
				*turn++
			}
			to = [][4]byte{[][4]byte{ok, bad}[*turn%2]}
		}
	}
	if len(to) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	} else if q.Type == dnsmessage.TypeA {
		for _, a := range to {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: a},
			})
		}
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}
