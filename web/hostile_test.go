package web_test

import (
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/classifier"
	"huiying/event"
	"huiying/internal/housetest"
	"huiying/response"
	"huiying/store"
)

// hostileHouse puts one text and one address wherever a page has room.
func hostileHouse(t *testing.T, text, url string) *store.DB {
	t.Helper()
	text = strings.ReplaceAll(text, "\x00", "") // neither database stores one
	db := housetest.Open(t)
	now := housetest.Now()
	source := housetest.Sources(now)[0]
	source.Name, source.Failures, source.LastError = text, 2, text
	rows := []any{source}
	for i, handling := range []classifier.Handling{classifier.Alert, classifier.Review} {
		e := &event.Event{
			ID: "E-" + string(handling), Title: text, Handling: handling, Category: classifier.Interest, Place: text,
			Sections: []string{text}, Consult: []string{text}, Tags: []string{text}, Why: text, Rules: text,
			Posts: 2, FirstSeen: now, LastSeen: now, AlertedAt: now,
		}
		p := housetest.NewPost(source, e, i, now, text, text+text, text)
		p.URL, p.Origin, p.Revision = url, text, 2
		p.Verdict.Matches = append(p.Verdict.Matches,
			classifier.Match{Rule: text, Group: text, Field: "title", Start: 0, End: 1},
			classifier.Match{Rule: text, Group: text, Field: "body", Start: -5, End: 9999})
		rows = append(rows, e, p, &housetest.Revision{PostID: p.ID, Revision: 1, Title: text, Body: text, Verdict: p.Verdict, SeenAt: now})
		if handling == classifier.Alert {
			clock := housetest.Clock(response.Answer, now, time.Hour)
			clock.StoppedAt, clock.URL, clock.Note = now, url, text
			rows = append(rows, housetest.NewCase(e, clock)...)
			notices := housetest.NewNotice(e, alerting.KindAlert, 1, now, alerting.Failed, text)
			d, ok := notices[1].(*alerting.Delivery)
			if !ok {
				t.Fatal("no delivery")
			}
			d.LastError = text
			rows = append(rows, notices...)
		}
	}
	housetest.Insert(t, db, rows...)
	return db
}

func hostilePages() []string {
	return []string{"/", "/?handling=all", "/events/E-alert", "/events/E-review", "/review", "/sources", "/digests/today"}
}

// TestHostileText holds every page to the shape it has with a calm text.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const url = "https://portal.example/a"
	calm := serve(t, hostileHouse(t, "平常的标题", url))
	shapes := make(map[string]string)
	for _, path := range hostilePages() {
		shapes[path], _ = housetest.Shape(t, get(t, calm, path))
	}
	for _, text := range housetest.Hostile() {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, hostileHouse(t, text, url))
			for _, path := range hostilePages() {
				page := get(t, srv, path)
				got, links := housetest.Shape(t, page)
				if got != shapes[path] {
					t.Errorf("%s: the text became markup:\n%s", path, page)
				}
				for _, l := range links {
					if l != url && !strings.HasPrefix(l, "/") && l != "#content" {
						t.Errorf("%s: link to %q", path, l)
					}
				}
				if strings.ContainsAny(page, "\x1b\x00\u202e\u200b") {
					t.Errorf("%s: a control or invisible character survived", path)
				}
			}
		})
	}
}

func TestHostileLinks(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"javascript":      "javascript:alert(1)",
		"mixed case":      " JaVaScRiPt:alert(1)",
		"data":            "data:text/html,<script>alert(1)</script>",
		"vbscript":        "vbscript:msgbox(1)",
		"file":            "file:///etc/passwd",
		"scheme relative": "//evil.example/x",
		"backslash":       `http://169.254.169.254\@portal.example/`,
		"tab":             "java\tscript:alert(1)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, hostileHouse(t, "标题", url))
			for _, path := range hostilePages() {
				_, links := housetest.Shape(t, get(t, srv, path))
				for _, l := range links {
					if !strings.HasPrefix(l, "/") && l != "#content" || strings.HasPrefix(l, "//") {
						t.Errorf("%s: became a link: %q", path, l)
					}
				}
			}
		})
	}
	t.Run("a disguised host is shown as it is", func(t *testing.T) {
		t.Parallel()
		srv := serve(t, hostileHouse(t, "标题", "http://www.gov.example@evil.example/通报"))
		for _, path := range []string{"/", "/events/E-alert", "/review"} {
			page := get(t, srv, path)
			inOrder(t, page, `href="http://evil.example/`, `rel="noopener noreferrer nofollow"`, ">evil.example</a>")
			if strings.Contains(page, "gov.example") {
				t.Errorf("%s shows the disguise", path)
			}
		}
	})
}

// TestNoInline holds all pages to what the CSP allows: nothing inline.
func TestNoInline(t *testing.T) {
	t.Parallel()
	db := housetest.Open(t)
	housetest.Day(t, db)
	srv := serve(t, db)
	for _, path := range []string{"/", "/events/E-20261123-7c1f", "/review", "/sources", "/digests", "/digests/today", "/nothing"} {
		shape, _ := housetest.Shape(t, ask(t, srv, "GET", path, "").body)
		for line := range strings.Lines(shape) {
			line = strings.TrimSpace(line)
			if line == "style" || line == "iframe" || line == "form" || strings.HasPrefix(line, "on") {
				t.Errorf("%s: has %q", path, line)
			}
		}
	}
}
