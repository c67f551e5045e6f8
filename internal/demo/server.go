package demo

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

//go:embed pages/*.html
var pageFiles embed.FS

// view is what the page templates see.
type view struct {
	Place  Place
	Pages  []linked
	Page   linked
	Others []linked
	Day    time.Time
	Text   string
}

// linked is a page with its address.
type linked struct {
	version
	// Path is absolute on its site, File the last part of it.
	Path, File string
}

// answer is a body on its way to a reader.
type answer struct {
	mime string
	body []byte
	// changed is the chapter in which the body last changed.
	changed int
	// tagged and dated say which validators this site sends, as real sites differ.
	tagged, dated bool
}

// shelf is what a site shows in the present chapter.
type shelf struct {
	place   Place
	chapter int
	pages   []linked
}

// latest is the chapter in which anything on the shelf last changed.
func (s shelf) latest() int {
	last := 1
	for _, p := range s.pages {
		last = max(last, p.Changed)
	}
	return last
}

// find returns the page at a path.
func (s shelf) find(path string) (linked, bool) {
	i := slices.IndexFunc(s.pages, func(p linked) bool { return p.Path == path })
	if i < 0 {
		return linked{}, false
	}
	return s.pages[i], true
}

// others are up to five pages to link from page p.
func (s shelf) others(p linked) []linked {
	var out []linked
	for _, o := range s.pages {
		if o.ID != p.ID && len(out) < 5 && o.Chapter <= p.Chapter {
			out = append(out, o)
		}
	}
	return out
}

// routes are the paths of one site.
func (s *Site) routes(p Place) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprintln(w, "User-agent: *\nDisallow: /admin/\nAllow: /")
	})
	switch p.ID {
	case "portal":
		s.portal(mux, p)
	case "news":
		s.news(mux, p)
	case "board":
		s.board(mux, p)
	case "weibo":
		s.weibo(mux, p)
	case "paper":
		s.paper(mux, p)
	}
	s.page(mux, "GET /{$}", p, func(sh shelf, _ *http.Request) (answer, bool, error) {
		body, err := render("index.html", view{Place: p, Pages: sh.pages})
		return answer{mime: "text/html; charset=utf-8", body: body, changed: sh.latest()}, true, err
	})
	return mux
}

// page serves one pattern of a site from what is on its shelf.
func (s *Site) page(mux *http.ServeMux, pattern string, p Place, serve func(shelf, *http.Request) (answer, bool, error)) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		sh, err := s.shelf(p)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		a, found, err := serve(sh, r)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case !found:
			http.NotFound(w, r)
		default:
			s.send(w, r, a)
		}
	})
}

// shelf gathers what a site shows now.
func (s *Site) shelf(p Place) (shelf, error) {
	n := s.Chapter()
	pages, err := s.story.pages(p.ID, n, s.start)
	if err != nil {
		return shelf{}, err
	}
	sh := shelf{place: p, chapter: n}
	for _, pg := range pages {
		sh.pages = append(sh.pages, address(pg, s.start))
	}
	return sh, nil
}

// address gives a page its place on its site.
func address(p version, start time.Time) linked {
	l := linked{version: p}
	switch p.Site {
	case "portal":
		l.File = "art_1021_" + p.Key + ".html"
		l.Path = "/art/" + p.At.Format("2006/1/2") + "/" + l.File
	case "news":
		l.File = p.Key + ".html"
		l.Path = "/a/" + p.At.Format("20060102") + "/" + l.File
	case "board":
		l.File = p.Key
		l.Path = "/threads/" + l.File
	case "weibo":
		l.File = mid(p)
		l.Path = "/detail/" + l.File
	case "paper":
		l.File = "content_" + p.Key + ".htm"
		l.Path = "/html/" + start.Format("2006-01/02") + "/" + l.File
	}
	return l
}

// send writes an answer with its validators, or 304 where the reader has it.
func (s *Site) send(w http.ResponseWriter, r *http.Request, a answer) {
	w.Header().Set("Content-Type", a.mime)
	if a.tagged {
		sum := sha256.Sum256(a.body)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	}
	var changed time.Time
	if a.dated {
		// A second a chapter, the resolution of the header.
		changed = s.start.Add(time.Duration(a.changed-s.Chapters()) * time.Second)
	}
	http.ServeContent(w, r, "", changed, bytes.NewReader(a.body))
}

// render fills a page template.
func render(name string, v view) ([]byte, error) {
	tmpl, err := template.ParseFS(pageFiles, "pages/"+name)
	if err != nil {
		return nil, fmt.Errorf("page of the demo: %w", err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("page of the demo: %w", err)
	}
	return b.Bytes(), nil
}

// gbk renders a page in GBK, as many portals still do.
func gbk(name string, v view) ([]byte, error) {
	raw, err := render(name, v)
	if err != nil {
		return nil, err
	}
	out, err := simplifiedchinese.GBK.NewEncoder().Bytes(raw)
	if err != nil {
		return nil, fmt.Errorf("page of the demo in GBK: %w", err)
	}
	return out, nil
}
