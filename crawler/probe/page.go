package probe

import (
	"strings"
	"time"
	"unicode/utf8"

	"huiying/crawler/extract"
	"huiying/crawler/page"
	"huiying/internal/post"
)

// listLinks is how many articles a page links to before it can be a list.
const listLinks = 8

// readPage reads an article, unless the page plainly is a list.
func readPage(text, url string, now time.Time) ([]Item, error) {
	a, failed := extract.Read(text, url, extract.Options{Now: now})
	address := url
	if address == "" {
		address = a.URL
	}
	links, err := page.Links(text, address, "")
	if err != nil {
		return nil, err
	}
	// What could not be read is an empty article, and that is like a list.
	if len(links) >= listLinks && (listLike(a, len(links)) || listsLinks(a.Body, links)) {
		return items(links, "list"), nil
	}
	if a.Barrier != "" {
		return nil, &BarrierError{a.Barrier}
	}
	if failed != nil {
		return nil, &TextlessError{failed}
	}
	return items([]post.Post{{URL: address, Title: a.Title, Published: a.Published, Origin: a.Origin, Body: a.Body}}, "article"), nil
}

// listLike tells whether what was read as an article is rather the frame of a
// list: next to no text, or no headline but a column's name, or neither
// headline nor time on a page with very many links.
func listLike(a extract.Article, links int) bool {
	switch sentences := strings.Count(a.Body, "。"); {
	case sentences == 0 && utf8.RuneCountInString(a.Body) < 100:
		return true
	case utf8.RuneCountInString(a.Title) < 6:
		return sentences < 2
	default:
		return !a.Headed && a.Published.IsZero() && links >= 20
	}
}

// listsLinks tells whether what was read as an article tells little more than the
// headlines to which the page links.
func listsLinks(body string, links []post.Post) bool {
	heads := map[string]bool{}
	for _, l := range links {
		heads[unspaced(l.Title)] = true
	}
	all, linked := 0, 0
	for line := range strings.Lines(body) {
		all++
		if heads[unspaced(line)] {
			linked++
		}
	}
	return linked >= 5 && linked*5 >= all
}

// unspaced is s without white space.
func unspaced(s string) string {
	return strings.Join(strings.Fields(s), "")
}
