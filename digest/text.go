package digest

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Plain drops from s what could forge a reading: control characters, and the
// invisible ones that reorder or hide text. Runs of space become one space.
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Short is Plain text of at most n characters; what was cut shows as an ellipsis.
func Short(s string, n int) string {
	r := []rune(Plain(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}

// Title is what to call a matter whose title may be empty.
func Title(s string) string {
	if s = Short(s, 80); s == "" {
		return "（无标题）"
	}
	return s
}

// Link is an address that a page may link to.
type Link struct {
	// Href is http or https, without user name and password.
	Href string
	// Host is where the link really leads; for a name in other letters both the
	// ASCII form and the letters.
	Host string
}

// ParseLink takes an address from a post. It refuses everything but absolute
// http and https addresses, which then stand as text.
func ParseLink(raw string) (Link, bool) {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return Link{}, false
	}
	ascii, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		// Underscores and literal addresses are no names of IDNA, yet real hosts.
		if ascii = u.Hostname(); !isASCII(ascii) {
			return Link{}, false
		}
	}
	host := ascii
	if strings.Contains(ascii, ":") {
		host = "[" + ascii + "]"
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	// User names are the classic disguise: http://gov.cn@elsewhere.
	u.User, u.Host = nil, host
	shown := host
	if letters, err := idna.Display.ToUnicode(ascii); err == nil && letters != ascii {
		shown += "（" + Plain(letters) + "）"
	}
	return Link{Href: u.String(), Host: shown}, true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
