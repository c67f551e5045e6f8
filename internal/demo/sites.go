package demo

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	"huiying/internal/zh"
)

// portal is an old government site: GBK, the charset told only by a meta tag,
// Last-Modified but no ETag.
func (s *Site) portal(mux *http.ServeMux, p Place) {
	s.page(mux, "GET "+p.Entrance, p, func(sh shelf, _ *http.Request) (answer, bool, error) {
		body, err := gbk("portal_list.html", view{Place: p, Pages: sh.pages})
		return answer{mime: "text/html", body: body, changed: sh.latest(), dated: true}, true, err
	})
	s.page(mux, "GET /art/{year}/{month}/{day}/{file}", p, func(sh shelf, r *http.Request) (answer, bool, error) {
		pg, ok := sh.find(r.URL.Path)
		if !ok {
			return answer{}, false, nil
		}
		body, err := gbk("portal_article.html", view{Place: p, Page: pg, Others: sh.others(pg)})
		return answer{mime: "text/html", body: body, changed: pg.Changed, dated: true}, true, err
	})
}

// rss is an RSS 2.0 document with full texts.
type rss struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Content string    `xml:"xmlns:content,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	About   string    `xml:"channel>description"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title   string `xml:"title"`
	Link    string `xml:"link"`
	GUID    string `xml:"guid"`
	Date    string `xml:"pubDate"`
	About   string `xml:"description"`
	Encoded string `xml:"content:encoded"`
}

// news is a news site with a full-text feed.
func (s *Site) news(mux *http.ServeMux, p Place) {
	s.page(mux, "GET "+p.Entrance, p, func(sh shelf, _ *http.Request) (answer, bool, error) {
		doc := rss{
			Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/",
			Title: p.Name, Link: p.URL + "/", About: "演示站点，内容均为虚构",
		}
		for _, pg := range sh.pages {
			var full strings.Builder
			for _, line := range pg.Paragraphs {
				full.WriteString("<p>" + html.EscapeString(line) + "</p>")
			}
			link := p.URL + pg.Path
			doc.Items = append(doc.Items, rssItem{
				Title: pg.Title, Link: link, GUID: link, Date: pg.At.Format(time.RFC1123Z),
				About: pg.Paragraphs[0], Encoded: full.String(),
			})
		}
		body, err := xml.MarshalIndent(doc, "", " ")
		if err != nil {
			return answer{}, false, fmt.Errorf("feed of the demo: %w", err)
		}
		body = append([]byte(xml.Header), body...)
		return answer{mime: "application/rss+xml; charset=utf-8", body: body, changed: sh.latest(), tagged: true, dated: true}, true, nil
	})
	s.page(mux, "GET /a/{day}/{file}", p, func(sh shelf, r *http.Request) (answer, bool, error) {
		pg, ok := sh.find(r.URL.Path)
		if !ok {
			return answer{}, false, nil
		}
		body, err := render("news_article.html", view{Place: p, Page: pg, Others: sh.others(pg)})
		return answer{mime: "text/html; charset=utf-8", body: body, changed: pg.Changed, tagged: true, dated: true}, true, err
	})
}

// question is one entry of the 问政 board.
type question struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Content string `json:"content"`
	Time    string `json:"time"`
	URL     string `json:"url"`
}

// board is the citizens' question board: a JSON list, ETag only.
func (s *Site) board(mux *http.ServeMux, p Place) {
	s.page(mux, "GET "+p.Entrance, p, func(sh shelf, _ *http.Request) (answer, bool, error) {
		var items []question
		for _, pg := range sh.pages {
			items = append(items, question{
				ID: pg.Key, Title: pg.Title, Content: pg.Text,
				Time: pg.At.Format(time.DateTime), URL: pg.Path,
			})
		}
		body, err := json.Marshal(map[string]any{"items": items})
		return answer{mime: "application/json; charset=utf-8", body: body, changed: sh.latest(), tagged: true}, true, err
	})
	s.plain(mux, "GET /threads/{id}", p)
}

// paper is an e-paper: the date stands in every address, and pages carry
// no validators. A day without an issue of its own shows the latest one.
func (s *Site) paper(mux *http.ServeMux, p Place) {
	s.page(mux, "GET /html/{month}/{day}/node_1.htm", p, func(sh shelf, r *http.Request) (answer, bool, error) {
		day, err := time.ParseInLocation("2006-01/02", r.PathValue("month")+"/"+r.PathValue("day"), zh.Beijing())
		if err != nil || day.Format("2006-01-02") < s.start.Format("2006-01-02") {
			return answer{}, false, nil //nolint:nilerr // a date that is none is a page that is none
		}
		if day.Format("2006-01-02") != s.start.Format("2006-01-02") {
			for i := range sh.pages {
				sh.pages[i].File = sh.pages[i].Path
			}
		}
		body, err := render("paper_node.html", view{Place: p, Pages: sh.pages, Day: s.start})
		return answer{mime: "text/html", body: body, changed: sh.latest(), tagged: true}, true, err
	})
	s.page(mux, "GET /html/{month}/{day}/{file}", p, func(sh shelf, r *http.Request) (answer, bool, error) {
		pg, ok := sh.find(r.URL.Path)
		if !ok {
			return answer{}, false, nil
		}
		body, err := render("paper_article.html", view{Place: p, Page: pg, Others: sh.others(pg), Day: s.start})
		return answer{mime: "text/html", body: body, changed: pg.Changed}, true, err
	})
}

// plain serves a post's page for people, where readers of the site's JSON need none.
func (s *Site) plain(mux *http.ServeMux, pattern string, p Place) {
	s.page(mux, pattern, p, func(sh shelf, r *http.Request) (answer, bool, error) {
		pg, ok := sh.find(r.URL.Path)
		if !ok {
			return answer{}, false, nil
		}
		body, err := render("plain.html", view{Place: p, Page: pg, Text: pg.Text})
		return answer{mime: "text/html; charset=utf-8", body: body, changed: pg.Changed}, true, err
	})
}
