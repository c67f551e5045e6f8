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
		"password":         "http://u:geheim@portal.example/",
		"disguise":         "http://gov.example@evil.example/x",
		"bidi in the host": "http://portal\u202e.example/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := hostileReport("标题", url)
			for _, doc := range []string{rendered(t, digest.HTML, r), markdownHTML(t, r)} {
				if _, links := fixture.Shape(t, doc); len(links) > 0 {
					t.Errorf("became a link: %q", links)
				}
				if strings.Contains(doc, "geheim") || strings.Contains(doc, "gov.example") || strings.Contains(doc, `gov\.example`) {
					t.Error("user name or password are shown")
				}
			}
		})
	}
}
