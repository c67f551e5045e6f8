package sitetext_test

import (
	"testing"

	"huiying/crawler/sitetext"
)

func TestCanonicalURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, raw, want string }{
		{"as it is", "https://example.com/a/b.html", "https://example.com/a/b.html"},
		{"scheme and host in lower case", "HTTP://WWW.Example.COM/Path", "http://www.example.com/Path"},
		{"default port", "http://example.com:80/a", "http://example.com/a"},
		{"default port of https", "https://example.com:443", "https://example.com/"},
		{"other port", "http://example.com:8080/a", "http://example.com:8080/a"},
		{"port of the other scheme", "http://example.com:443/", "http://example.com:443/"},
		{"fragment", "http://example.com/a#top", "http://example.com/a"},
		{"fragment that routes", "http://example.com/#/detail?id=3", "http://example.com/#/detail?id=3"},
		{"tracking", "http://example.com/a?utm_source=x&id=1&spm=2&from=timeline&isappinstalled=0&share_token=q", "http://example.com/a?id=1"},
		{"only tracking", "http://example.com/a?utm_source=x", "http://example.com/a"},
		{"query sorted", "http://example.com/a?b=2&a=1&b=1", "http://example.com/a?a=1&b=2&b=1"},
		{"query in GBK", "http://example.com/a?q=%B3%A4%D6%CE", "http://example.com/a?q=%B3%A4%D6%CE"},
		{"semicolon in the query", "http://example.com/a?q=1;2&a", "http://example.com/a?a&q=1;2"},
		{"empty query", "http://example.com/a?", "http://example.com/a"},
		{"mobile host stays", "http://m.example.com/a", "http://m.example.com/a"},
		{"Chinese host", "http://长治.中国/停电", "http://xn--wvwp38f.xn--fiqs8s/%E5%81%9C%E7%94%B5"},
		{"Chinese host in punycode", "http://xn--wvwp38f.xn--fiqs8s/", "http://xn--wvwp38f.xn--fiqs8s/"},
		{"one way of escaping", "http://example.com/%e5%81%9c%7Ea", "http://example.com/%E5%81%9C~a"},
		{"escaped slash stays", "http://example.com/a%2fb", "http://example.com/a%2fb"},
		{"full-width dots", "http://127。0。0。1/", "http://127.0.0.1/"},
		{"trailing dot", "http://example.com./", "http://example.com/"},
		{"underscore", "http://a_b.example.com/", "http://a_b.example.com/"},
		{"IPv6", "http://[2606:4700::0001]:80/", "http://[2606:4700::1]/"},
		{"dot segments", "http://example.com/a/../b/./c/", "http://example.com/b/c/"},
		{"blanks around", "  http://example.com/a\n", "http://example.com/a"},
		{"WeChat", "https://mp.weixin.qq.com/s?__biz=A&mid=1&idx=1&sn=z&chksm=9&scene=27&from=singlemessage#rd", "https://mp.weixin.qq.com/s?__biz=A&idx=1&mid=1&sn=z"},
		{"Weibo", "https://m.weibo.cn/status/X?mblogid=X&luicode=1&lfid=2", "https://m.weibo.cn/status/X"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := sitetext.CanonicalURL(tc.raw)
			if err != nil || got != tc.want {
				t.Fatalf("got %q, %v; want %q", got, err, tc.want)
			}
			if again, err := sitetext.CanonicalURL(got); err != nil || again != got {
				t.Errorf("twice gives %q, %v", again, err)
			}
		})
	}
}

func TestCanonicalURLRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "/a", "example.com/a", "ftp://example.com/", "javascript:alert(1)", "data:text/html,x", "mailto:a@example.com", "file:///etc/passwd",
		"http://", "http:///a", "http://user:pw@example.com/", "http://exa mple.com/", "http://169.254.169.254:8888\\@example.com/", "http://[::1/",
		"http://example.com/" + string(make([]byte, 5000)),
	} {
		if got, err := sitetext.CanonicalURL(raw); err == nil {
			t.Errorf("%.60q gave %q", raw, got)
		}
	}
}
