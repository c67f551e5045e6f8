package extract

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/html"

	"huiying/crawler/sitetext"
)

// flatten reduces a page to its text without building a tree, so that depth
// costs nothing. The time comes from the metas, the address and what stands at
// the top of the text.
func flatten(page, pageURL string, now time.Time) (Article, error) {
	d := &document{url: pageURL, now: now, metas: metas{}, heading: -1}
	a := Article{Flat: true, URL: pageURL, Body: sitetext.PlainText(page)}
	var title strings.Builder
	inTitle := false
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break // the end: a string does not fail otherwise
		}
		if kind == html.TextToken {
			if inTitle {
				title.Write(z.Text())
			}
			continue
		}
		switch t := z.Token(); t.Data {
		case "title":
			inTitle = kind == html.StartTagToken && title.Len() == 0
		case "meta":
			d.metas.add(t.Attr)
		}
	}
	a.Title = trimTitle(d.metas["articletitle"])
	if a.Title == "" {
		a.Title = trimTitle(cutSuffix(squeeze(title.String())))
	}
	if a.Title == "" {
		a.Title = trimTitle(d.metas["og:title"])
	}
	a.Origin = trimOrigin(d.metas.first("contentsource", "source"))
	for _, s := range []sitetext.Date{
		sitetext.ParseField(d.metas.first("pubdate", "article:published_time", "og:time", "publishdate")),
		d.addressed(),
		sitetext.ParseField(first(a.Body, 400)),
	} {
		if d.believable(s) {
			a.Published = s.Time
			break
		}
	}
	a.Barrier = flatBarrier(a)
	if a.Title == "" && a.Body == "" {
		return a, fmt.Errorf("extract %s: nested deeper than 512 elements and without text", pageURL)
	}
	return a, nil
}

// first keeps the first n characters.
func first(s string, n int) string {
	i := 0
	for at := range s {
		if i == n {
			return s[:at]
		}
		i++
	}
	return s
}
