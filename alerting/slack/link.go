package slack

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"huiying/alerting"
)

// links is the one line of a message that can be clicked: huiying's own page of
// the event, and the post. It is Slack's markup, built from checked parts only.
func links(c alerting.Content) string {
	var parts []string
	if l, ok := link(c.Link); ok {
		parts = append(parts, "<"+l.href+"|打开原文（"+l.host+"）>")
	} else if c.Link != "" {
		parts = append(parts, "原文地址："+alerting.Cut(inertMarkup(c.Link), maxURL/4))
	}
	if l, ok := link(c.Page); ok {
		parts = append(parts, "<"+l.href+"|事件页（"+l.host+"）>")
	}
	return strings.Join(parts, "　")
}

type target struct{ href, host string }

// link checks an address and returns it as Slack's markup wants it, with the host
// that the browser will really go to. Anything but plain http and https, and any
// address that hides its host behind a user name, is no link.
func link(raw string) (target, bool) {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Host == "" || strings.ContainsAny(raw, "\\ \t\r\n") {
		return target{}, false
	}
	name := u.Hostname()
	ascii := name
	if !strings.Contains(name, ":") { // not an IPv6 address
		if ascii, err = idna.Lookup.ToASCII(name); err != nil {
			return target{}, false
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
		shown += "，即 " + inertMarkup(uni)
	}
	u.Host = ascii
	href := escapeBytes(u.Scheme + "://" + ascii + pathAndRest(u))
	if len(href) > maxURL {
		return target{}, false
	}
	return target{href: strings.ReplaceAll(href, "&", "&amp;"), host: shown}, true
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
// among them the < > | that Slack's markup is made of.
func escapeBytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~:/?#[]@!$&'()*+,;=%", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// inertMarkup makes a text harmless where Slack reads markup.
func inertMarkup(s string) string {
	s = alerting.Inert(alerting.Line(s))
	return strings.NewReplacer("*", "＊", "_", "＿", "~", "～", "`", "｀", "|", "｜").Replace(s)
}
