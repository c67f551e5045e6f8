package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/fixture"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/response"
)

// hostileHouse puts texts and addresses wherever pages have room: for each pair
// an alerted event E-a… and one under review, E-r….
func hostileHouse(t *testing.T, texts, urls []string) *store.DB {
	t.Helper()
	db := fixture.Open(t)
	now := fixture.Now()
	var rows []any
	for i, text := range texts {
		text = strings.ReplaceAll(text, "\x00", "") // neither database stores one
		source := *fixture.Sources(now)[0]
		source.ID, source.Name, source.Failures, source.LastError = fmt.Sprintf("s%02d", i), text, 2, text
		rows = append(rows, &source)
		for _, handling := range []verdict.Handling{verdict.Alert, verdict.Review} {
			e := &event.Event{
				ID: fmt.Sprintf("E-%.1s%02d", handling, i), Title: text, Handling: handling, Category: verdict.Interest,
				Place: text, Sections: []string{text}, Consult: []string{text}, Tags: []string{text}, Why: text, Rules: text,
				Posts: 2, FirstSeen: now, LastSeen: now, AlertedAt: now,
			}
			p := fixture.NewPost(&source, e, len(rows), now, text, text+text, text)
			p.URL, p.Origin, p.Revision = urls[i%len(urls)], text, 2
			p.Verdict.Matches = append(p.Verdict.Matches,
				verdict.Match{Rule: text, Group: text, Field: "title", Start: 0, End: 1},
				verdict.Match{Rule: text, Group: text, Field: "body", Start: -5, End: 9999})
			rows = append(rows, e, p, &fixture.Revision{PostID: p.ID, Revision: 1, Title: text, Body: text, Verdict: p.Verdict, SeenAt: now})
			if handling == verdict.Alert {
				clock := fixture.Clock(response.Answer, now, time.Hour)
				clock.StoppedAt, clock.URL, clock.Note = now, p.URL, text
				rows = append(rows, fixture.NewCase(e, clock)...)
				notices := fixture.NewNotice(e, alerting.KindAlert, 1, now, alerting.Failed, text)
				d, ok := notices[1].(*alerting.Delivery)
				if !ok {
					t.Fatal("no delivery")
				}
				d.LastError = text
				rows = append(rows, notices...)
			}
		}
	}
	fixture.Insert(t, db, rows...)
	return db
}

// hostilePages are the pages of a hostileHouse with n texts.
func hostilePages(n int) []string {
	pages := []string{"/", "/?handling=all", "/review", "/sources", "/digests/today"}
	for i := range n {
		pages = append(pages, fmt.Sprintf("/events/E-a%02d", i), fmt.Sprintf("/events/E-r%02d", i))
	}
	return pages
}

// TestHostileText holds every page to the shape it has with a calm text.
func TestHostileText(t *testing.T) {
	t.Parallel()
	urls := []string{"https://portal.example/a"}
	texts := fixture.Hostile()
	calm := make([]string, len(texts))
	for i := range calm {
		calm[i] = "平常的标题"
	}
	wild, tame := serve(t, hostileHouse(t, texts, urls)), serve(t, hostileHouse(t, calm, urls))
	for _, path := range hostilePages(len(texts)) {
		page := get(t, wild, path)
		got, links := fixture.Shape(t, page)
		want, _ := fixture.Shape(t, get(t, tame, path))
		if got != want {
			t.Errorf("%s: a text became markup:\n%s\n%s", path, cmp.Diff(want, got), page)
		}
		for _, l := range links {
			if l != urls[0] && !strings.HasPrefix(l, "/") && l != "#content" {
				t.Errorf("%s: link to %q", path, l)
			}
		}
		if strings.ContainsAny(page, "\x1b\x00\u202e\u200b") {
			t.Errorf("%s: a control or invisible character survived", path)
		}
	}
}

func TestHostileLinks(t *testing.T) {
	t.Parallel()
	urls := []string{
		"javascript:alert(1)",
		" JaVaScRiPt:alert(1)",
		"data:text/html,<script>alert(1)</script>",
		"vbscript:msgbox(1)",
		"file:///etc/passwd",
		"//evil.example/x",
		`http://169.254.169.254\@portal.example/`,
		"java\tscript:alert(1)",
		"http://www.gov.example@evil.example/通报",
		"http://u:geheim@evil.example/",
	}
	texts := make([]string, len(urls)+1)
	for i := range texts {
		texts[i] = fmt.Sprint("标题", i)
	}
	srv := serve(t, hostileHouse(t, texts, append(urls, "http://portal.example/通报")))
	for _, path := range hostilePages(len(texts)) {
		page := get(t, srv, path)
		_, links := fixture.Shape(t, page)
		for _, l := range links {
			ours := l == "#content" || strings.HasPrefix(l, "/") && !strings.HasPrefix(l, "//")
			if !ours && !strings.HasPrefix(l, "http://portal.example/") {
				t.Errorf("%s: became a link: %q", path, l)
			}
		}
		if strings.Contains(page, "gov.example") || strings.Contains(page, "geheim") {
			t.Errorf("%s shows user name or password of an address", path)
		}
	}
	for _, path := range []string{"/", fmt.Sprintf("/events/E-a%02d", len(urls)), "/review"} {
		inOrder(t, get(t, srv, path), `href="http://portal.example/`, `rel="noopener noreferrer nofollow"`, ">portal.example</a>")
	}
}
