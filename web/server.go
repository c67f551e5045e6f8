// Package web shows the office what stands: events with their clocks, one event
// with the words that caught it, digests, sources and what waits for a person.
// The pages only read. They are served on loopback until accounts exist.
package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/digest"
	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/internal/version"
	"huiying/internal/zh"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// queryTime bounds the queries of one page.
const queryTime = 10 * time.Second

// Options say what a Server needs.
type Options struct {
	// DB answers the queries; the pages never write.
	DB *bun.DB
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
	// Bureau is the name in the heading. Defaults to none.
	Bureau string
	// PublicURL is the address under which people reach the pages where that is
	// not loopback, say through a tunnel; its host is let in. Defaults to none.
	PublicURL string
	// Reviewer is the section that reviews legality. Defaults to none.
	Reviewer string
	// Rules says how the rules stand. Defaults to nothing said of them.
	Rules func() Rules
	// Self says how huiying finds itself. Defaults to well.
	Self func() Self
}

// Server answers requests for the pages.
type Server struct {
	db     *bun.DB
	now    func() time.Time
	log    *slog.Logger
	bureau string
	// reviewer is the section that reviews legality
	reviewer string
	host     string // of PublicURL, lower case; "" for none
	static   fs.FS
	version  string // of the static files, so that browsers notice new ones
	rules    func() Rules
	self     func() Self
	pages    map[string]*template.Template
}

// New prepares the pages. Its error names the option or the template at fault.
func New(o Options) (*Server, error) {
	if o.DB == nil {
		return nil, errors.New("web: no database; set Options.DB")
	}
	s := &Server{db: o.DB, now: o.Now, log: o.Log, bureau: o.Bureau, reviewer: o.Reviewer, rules: o.Rules, self: o.Self, pages: make(map[string]*template.Template)}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.rules == nil {
		s.rules = func() Rules { return Rules{} }
	}
	if s.self == nil {
		s.self = func() Self { return Self{Ready: true} }
	}
	if o.PublicURL != "" {
		u, err := url.Parse(o.PublicURL)
		if err != nil || u.Hostname() == "" {
			return nil, fmt.Errorf("web: public URL %q has no host; write it like https://huiying.example", o.PublicURL)
		}
		s.host = strings.ToLower(u.Hostname())
	}
	var err error
	if s.static, err = fs.Sub(staticFiles, "static"); err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	if s.version, err = fingerprint(s.static); err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	for _, name := range []string{"events", "event", "digests", "digest", "sources", "review", "silences", "problem"} {
		t, err := template.New("layout.html").Funcs(s.functions()).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("web: template %s: %w", name, err)
		}
		s.pages[name] = t
	}
	return s, nil
}

// fingerprint is a hash of all files.
func fingerprint(files fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		sum.Write(b)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6]), err
}

// functions are what the templates may call.
func (s *Server) functions() template.FuncMap {
	return template.FuncMap{
		"version":    func() string { return version.Number },
		"when":       func(t time.Time) string { return zh.Moment(t, s.now()) },
		"stamp":      zh.Stamp,
		"plain":      safetext.Line,
		"title":      safetext.Title,
		"toll":       zh.Toll,
		"big":        zh.Count,
		"kind":       digest.KindName,
		"state":      digest.StateName,
		"owners":     func(s []string) string { return safetext.Line(strings.Join(digest.Owners(s), "、")) },
		"join":       func(s []string) string { return safetext.Line(strings.Join(s, "、")) },
		"every":      zh.Exact,
		"short":      safetext.Excerpt,
		"link":       safetext.ParseLink,
		"address":    safetext.Address,
		"categories": verdict.Categories,
	}
}

// frame is what every page shows around its body.
type frame struct {
	Title   string
	Nav     string // the entry of the menu that is current
	Bureau  string
	Version string
	Now     time.Time
	// Refresh is the pause in seconds after which the page loads itself again.
	Refresh int
	Rules   Rules
	Self    Self
	Body    any
}

// show answers with a page. The page is made before the first byte leaves, so
// that a failure can still answer 500.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name string, f frame) {
	f.Bureau, f.Version, f.Now, f.Rules, f.Self = s.bureau, s.version, s.now().In(zh.Beijing()), s.rules(), s.self()
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, f); err != nil {
		s.log.ErrorContext(r.Context(), "page not rendered", "page", name, "error", err)
		http.Error(w, "页面生成失败，详情见日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		s.log.DebugContext(r.Context(), "page not sent", "page", name, "error", err)
	}
}

// problem answers with a page that says what is wrong.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.show(w, r, status, "problem", frame{Title: text, Body: struct {
		Status int
		Text   string
	}{status, text}})
}

// fail logs an error of ours and answers 500 without its text.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, what string, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // the reader has left
	}
	s.log.ErrorContext(r.Context(), "page failed", "page", what, "error", err)
	s.problem(w, r, http.StatusInternalServerError, "读取数据失败，详情见日志。")
}
