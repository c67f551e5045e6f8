package fetch

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
)

// newWire builds the transport below the guard. The address check hangs on the
// dialer's Control, after the name is resolved and right before connect, so that
// neither odd notations of an address, nor DNS rebinding, nor a redirect passes
// it. Environment proxies are never used: through a proxy the check would see
// only the proxy's address.
func newWire(allow []netip.Prefix, timeout time.Duration, resolver *net.Resolver) *http.Transport {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	dialer := &net.Dialer{Timeout: min(timeout, 10*time.Second), KeepAlive: 30 * time.Second, Control: guard.Safe, Resolver: resolver}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    min(timeout, 10*time.Second),
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxConnsPerHost:        4,
		MaxIdleConnsPerHost:    2,
		MaxIdleConns:           64,
		IdleConnTimeout:        30 * time.Second,
		// We ask for and undo compression ourselves, to bound what comes out.
		DisableCompression: true,
		ForceAttemptHTTP2:  true,
	}
}
