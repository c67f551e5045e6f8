package safetext

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

const (
	// maxLink is how many bytes an address may have: more is nothing a person sends,
	// and above the limits of platforms (Slack: 3,000).
	maxLink = 2000
	// maxAddress is how much of an address is shown that is no link, in characters.
	maxAddress = 200
)

// Link is an address that may be offered for clicking.
type Link struct {
	// Href holds bytes that mean the same in HTML, Markdown and Slack's markup, but
	// for "&", which HTML and Slack want escaped.
	Href string
	// Host is where the browser will really go, for people to see; a name in other
	// letters stands behind its ASCII form.
	Host string
}

// ParseLink returns the link that an address from outside may become, else nil.
// Anything but http and https is no link, nor is an address with a user name or
// password, which disguises its host or gives a secret away: show its Address.
func ParseLink(raw string) *Link {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || strings.ContainsAny(raw, "\\ \t\r\n") {
		return nil
	}
	host, letters, ok := parseHost(u.Hostname())
	if !ok {
		return nil
	}
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	href := escapeBytes(u.Scheme + "://" + host + pathAndRest(u))
	if len(href) > maxLink {
		return nil
	}
	if letters != "" {
		host += "，即 " + InertMarkup(letters)
	}
	return &Link{Href: href, Host: host}
}

// parseHost returns the ASCII form of a host's name as it stands in an address, and
// the name's letters where they are others.
func parseHost(name string) (ascii, letters string, ok bool) {
	if strings.Contains(name, ":") {
		return "[" + name + "]", "", !strings.Contains(name, "%")
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil && hostName.MatchString(name) {
		// Underscores are not IDNA's, yet real hosts have them.
		ascii, err = strings.ToLower(name), nil
	}
	if err != nil || ascii == "" {
		return "", "", false
	}
	if u, err := idna.Display.ToUnicode(ascii); err == nil && u != ascii {
		letters = u
	}
	return ascii, letters, true
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// authority splits an address that may be no valid one into its scheme and slashes,
// what browsers take for user and host, and the rest.
var authority = regexp.MustCompile(`^((?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*)([^/\\?#]*)(.*)$`)

// Address returns an address that is no link as a Line of at most 200 characters,
// with "…" in place of user name and password.
func Address(raw string) string {
	s := Line(raw)
	m := authority.FindStringSubmatch(s)
	at := strings.LastIndexAny(m[2], "@＠")
	if _, err := url.Parse(s); err != nil && at < 0 {
		// A password may hold what ends a host.
		m[2] += m[3]
		m[3] = ""
		at = strings.LastIndexAny(m[2], "@＠")
	}
	if at >= 0 {
		s = m[1] + Ellipsis + m[2][at:] + m[3]
	}
	return Cut(s, maxAddress)
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
