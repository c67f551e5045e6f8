package sitetext

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// maxURL is the longest URL that is taken for a link, in bytes. PostgreSQL's
// indexes hold no more than 2,704.
const maxURL = 2000

// CanonicalURL brings the ways of writing one link to one form, so that a post
// that is met twice is known again: scheme and host in lower case, the host in
// punycode, no default port, no fragment unless the site routes by it ("#/…",
// "#!…"), no tracking parameters, the query sorted. Sites' mobile and desktop
// hosts are not merged: they often hold different pages. Anything but http and
// https with a host is an error.
func CanonicalURL(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxURL {
		return "", fmt.Errorf("URL of %d bytes is longer than %d", len(raw), maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err
		}
		return "", fmt.Errorf("not a URL: %w", err)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("scheme %q is neither http nor https", u.Scheme)
	}
	if u.User != nil {
		return "", errors.New("user or password inside the URL")
	}
	if u.Host, err = canonicalHost(u); err != nil {
		return "", err
	}
	canonicalPath(u)
	u.RawQuery, u.ForceQuery = canonicalQuery(u.Hostname(), u.RawQuery), false
	if !strings.HasPrefix(u.Fragment, "/") && !strings.HasPrefix(u.Fragment, "!") {
		u.Fragment, u.RawFragment = "", ""
	}
	return u.String(), nil
}

func canonicalHost(u *url.URL) (string, error) {
	name, port := strings.TrimSuffix(u.Hostname(), "."), u.Port()
	if name == "" {
		return "", errors.New("no host")
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		name = addr.String()
	} else {
		// Underscores occur in real host names, so the strict profile is too strict.
		profile := idna.New(idna.MapForLookup(), idna.StrictDomainName(false))
		if name, err = profile.ToASCII(name); err != nil {
			return "", fmt.Errorf("host name: %w", err)
		}
		name = strings.TrimSuffix(name, ".")
	}
	if (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		port = ""
	}
	switch {
	case port != "":
		return net.JoinHostPort(name, port), nil
	case strings.Contains(name, ":"):
		return "[" + name + "]", nil
	}
	return name, nil
}

func canonicalPath(u *url.URL) {
	if !strings.Contains(strings.ToLower(u.RawPath), "%2f") {
		u.RawPath = "" // one way of escaping; an escaped slash must stay one
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if u.RawPath == "" && strings.Contains(u.Path, "/.") {
		clean := path.Clean(u.Path)
		if strings.HasSuffix(u.Path, "/") && clean != "/" {
			clean += "/"
		}
		u.Path = clean
	}
}

// canonicalQuery works on the raw pairs: a query may be escaped GBK, and a
// semicolon in it must survive.
func canonicalQuery(host, raw string) string {
	var kept []string
	for pair := range strings.SplitSeq(raw, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if pair != "" && !tracks(host, strings.ToLower(key)) {
			kept = append(kept, pair)
		}
	}
	slices.SortStableFunc(kept, func(a, b string) int {
		ka, _, _ := strings.Cut(a, "=")
		kb, _, _ := strings.Cut(b, "=")
		return strings.Compare(ka, kb)
	})
	return strings.Join(kept, "&")
}

// tracks says whether a query parameter tells only how a reader came by.
func tracks(host, key string) bool {
	if host == "mp.weixin.qq.com" {
		// WeChat articles are named by four parameters; the others change with
		// every reader.
		return !slices.Contains([]string{"__biz", "mid", "idx", "sn"}, key)
	}
	if strings.HasPrefix(key, "utm_") || strings.HasPrefix(key, "share") {
		return true
	}
	switch key {
	case "spm", "spm_id_from", "scm", "from", "isappinstalled", "nsukey", "gclid", "fbclid",
		"vd_source", "luicode", "lfid", "mblogid", "extparam", "sudaref", "wxshare":
		return true
	}
	return false
}
