package web

import (
	"fmt"
	"net"
	"strings"
)

// CheckAddr refuses every listening address that is not loopback: the pages have
// no accounts yet, so whoever reaches the port may read them.
func CheckAddr(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("web address %q: %w; write it like 127.0.0.1:8420", addr, err)
	}
	if !loopback(host) {
		return fmt.Errorf("web address %q: 不是本机地址。页面还没有账号，只能在本机打开，请改为 127.0.0.1:8420，"+
			"远程查看请用 SSH 隧道 (not a loopback address: refused until accounts exist; use 127.0.0.1:8420 and an SSH tunnel)", addr)
	}
	return nil
}

// loopback reports whether host names this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// allowed reports whether a request's Host header names us.
func (s *Server) allowed(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ".")
	return loopback(host) || (s.host != "" && strings.EqualFold(host, s.host))
}
