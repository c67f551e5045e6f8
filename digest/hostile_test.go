package digest_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"huiying/digest"
	"huiying/internal/fixture"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

// hostileReport puts one text and one address wherever a report has room.
func hostileReport(text, url string) digest.Report {
	from, to := zh.Day(fixture.Now())
	source := digest.Source{ID: "x", Name: text, Channel: "news", Failures: 1, Reason: text}
	e := digest.Event{
		ID: "E-1", Title: text, Category: verdict.Interest, Place: text, Sections: []string{text},
		Consult: []string{text}, Tags: []string{text}, Lead: []digest.Post{{Source: text, Title: text, URL: url}},
		Clocks: []digest.Clock{{Kind: "answer", State: response.ClockInTime, StoppedAt: to, URL: url, Note: text}},
	}
	return digest.Report{
		Bureau: text, Day: "2026-11-23", From: from, To: to, At: to, Summary: text, Advice: []string{text},
		Coverage: digest.Coverage{Missed: []digest.Source{source}, Covered: []digest.Source{source}, Unproven: []digest.Source{source}},
		Events:   []digest.Event{e}, Carried: []digest.Event{e},
		Review:      []digest.Review{{Title: text, Source: text, URL: url, Posts: 1}},
		Undelivered: []digest.Delivery{{Headline: text, Receiver: text, Reason: text}},
	}
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	const url = "https://portal.example/a"
	calm := hostileReport("平常的标题", url)
	htmlShape, _ := fixture.Shape(t, rendered(t, digest.HTML, calm))
	mdShape, _ := fixture.Shape(t, markdownHTML(t, calm))
	for _, text := range fixture.Hostile() {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			r := hostileReport(text, url)
			doc := rendered(t, digest.HTML, r)
			got, links := fixture.Shape(t, doc)
			if got != htmlShape {
				t.Errorf("HTML: the text became markup:\n%s", doc)
			}
			for _, l := range links {
				if l != url {
					t.Errorf("HTML: link to %q", l)
				}
			}
			md := markdownHTML(t, r)
			got, links = fixture.Shape(t, md)
			if got != mdShape {
				t.Errorf("Markdown: the text became markup:\n%s\n%s", rendered(t, digest.Markdown, r), md)
			}
			for _, l := range links {
				if l != url {
					t.Errorf("Markdown: link to %q", l)
				}
			}
			if strings.ContainsAny(doc+md, "\x1b\x00\u202e\u200b") {
				t.Error("a control or invisible character survived")
			}
		})
	}
}

// markdownHTML renders the Markdown as a reader with every extension does, raw
// HTML let through on purpose.
func markdownHTML(t *testing.T, r digest.Report) string {
	t.Helper()
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	if err := md.Convert([]byte(rendered(t, digest.Markdown, r)), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHostileLinks(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"javascript":       "javascript:alert(1)",
		"mixed case":       "JaVaScRiPt:alert(1)",
		"data":             "data:text/html,<script>alert(1)</script>",
		"relative":         "/etc/passwd",
		"scheme relative":  "//evil.example/x",
		"backslash":        `http://169.254.169.254\@portal.example/`,
		"tab in scheme":    "java\tscript:alert(1)",
		"no host":          "http:///x",
		"bidi in the host": "http://portal\u202e.example/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := hostileReport("标题", url)
			for _, doc := range []string{rendered(t, digest.HTML, r), markdownHTML(t, r)} {
				if _, links := fixture.Shape(t, doc); len(links) > 0 {
					t.Errorf("became a link: %q", links)
				}
			}
		})
	}
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, href, host string }{
		"plain":           {"https://a.example/x?y=1", "https://a.example/x?y=1", "a.example"},
		"port":            {"http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x", "127.0.0.1:8080"},
		"IPv6":            {"http://[::1]:80/", "http://[::1]:80/", "[::1]:80"},
		"disguise":        {"http://gov.example@evil.example/x", "http://evil.example/x", "evil.example"},
		"full-width":      {"http://ｇｏｖ.example/", "http://gov.example/", "gov.example"},
		"Chinese name":    {"http://长治.example/", "http://xn--wvwp38f.example/", "xn--wvwp38f.example（长治.example）"},
		"quotes in path":  {`http://a.example/"><script>`, "http://a.example/%22%3E%3Cscript%3E", "a.example"},
		"Markdown closer": {"http://a.example/)>|x", "http://a.example/%29%3E%7Cx", "a.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, ok := digest.ParseLink(c.raw)
			if !ok || l.Href != c.href || l.Host != c.host {
				t.Errorf("got %+v %v, want %q shown as %q", l, ok, c.href, c.host)
			}
		})
	}
}
