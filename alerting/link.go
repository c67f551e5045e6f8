package alerting

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// maxLink is how many bytes an address may have: more is nothing a person sends,
// and above the limits of platforms (Slack: 3,000).
const maxLink = 2000

// Link is an address that may be offered for clicking.
type Link struct {
	// Href holds bytes that mean the same in HTML, Markdown and Slack's markup, but
	// for "&", which HTML and Slack want escaped.
	Href string
	// Host is where the browser will really go, for people to see.
	Host string
}

// PublicLink checks an address from a post. Anything but plain http and https, and
// any address that hides its host behind a user name, is no link.
func PublicLink(raw string) (Link, bool) {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Host == "" || strings.ContainsAny(raw, "\\ \t\r\n") {
		return Link{}, false
	}
	name := u.Hostname()
	ascii := name
	if !strings.Contains(name, ":") { // not an IPv6 address
		if ascii, err = idna.Lookup.ToASCII(name); err != nil {
			return Link{}, false
		}
	}
	shown := ascii
	if strings.Contains(name, ":") {
		ascii = "[" + name + "]"
		shown = ascii
	}
	if p := u.Port(); p != "" {
		ascii += ":" + p
		shown += ":" + p
	}
	if uni, err := idna.Display.ToUnicode(strings.ToLower(name)); err == nil && strings.Contains(ascii, "xn--") {
		shown += "，即 " + InertMarkup(uni)
	}
	href := escapeBytes(u.Scheme + "://" + ascii + pathAndRest(u))
	if len(href) > maxLink {
		return Link{}, false
	}
	return Link{Href: href, Host: shown}, true
}

func pathAndRest(u *url.URL) string {
	s := u.EscapedPath()
	if u.RawQuery != "" {
		s += "?" + u.RawQuery
	}
	if f := u.EscapedFragment(); f != "" {
		s += "#" + f
	}
	return s
}

// escapeBytes percent-encodes every byte that is not plainly part of an address,
// among them what markups are made of: < > | ( ) " ' and the backtick.
func escapeBytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~:/?#[]@!$&*+,;=%", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
