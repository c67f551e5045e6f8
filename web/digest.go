package web

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"io"
	"net/http"
	"time"

	"huiying/digest"
	"huiying/internal/zh"
)

// digest answers with the digest of a day: the stored one, or for today, when
// none is stored yet, what the day holds so far. Day "today" is always that.
// The query format=html, md or json asks for a file instead of a page.
func (s *Server) digest(w http.ResponseWriter, r *http.Request) {
	report, live, err := s.report(r.Context(), r.PathValue("day"))
	if errors.Is(err, digest.ErrNotFound) {
		s.problem(w, r, http.StatusNotFound, "没有这一天的日报。")
		return
	}
	if err != nil {
		s.fail(w, r, "digest", err)
		return
	}
	if format := r.URL.Query().Get("format"); format != "" {
		s.download(w, r, format, report)
		return
	}
	var b bytes.Buffer
	if err := digest.Fragment(&b, report); err != nil {
		s.fail(w, r, "digest", err)
		return
	}
	s.show(w, r, http.StatusOK, "digest", frame{Title: "日报 " + report.Day, Nav: "digests", Body: struct {
		Path, Day string
		Live      bool
		Article   template.HTML
	}{"/digests/" + r.PathValue("day"), report.Day, live, template.HTML(b.String())}}) //nolint:gosec // escaped by digest's own html/template
}

// report finds the digest of a day; live says that it was collected just now.
func (s *Server) report(ctx context.Context, day string) (r digest.Report, live bool, err error) {
	now := s.now()
	from, to := zh.Day(now)
	today := from.Format(time.DateOnly)
	if day != "today" {
		r, err = digest.Load(ctx, s.db, day)
		if err == nil || !errors.Is(err, digest.ErrNotFound) || day != today {
			return r, false, err
		}
	}
	if r, err = digest.Collect(ctx, s.db, from, to, now); err != nil {
		return r, true, err
	}
	r.Bureau = s.bureau
	return r, true, nil
}

// download answers with the digest as a file.
func (s *Server) download(w http.ResponseWriter, r *http.Request, format string, report digest.Report) {
	formats := map[string]struct {
		render func(io.Writer, digest.Report) error
		mime   string
	}{
		"html": {digest.HTML, "text/html; charset=utf-8"},
		"md":   {digest.Markdown, "text/markdown; charset=utf-8"},
		"json": {digest.JSON, "application/json"},
	}
	f, ok := formats[format]
	if !ok {
		s.problem(w, r, http.StatusNotFound, "没有这种格式，可选 html、md、json。")
		return
	}
	var b bytes.Buffer
	if err := f.render(&b, report); err != nil {
		s.fail(w, r, "digest", err)
		return
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("Content-Disposition", `attachment; filename="digest-`+report.Day+"."+format+`"`)
	if _, err := b.WriteTo(w); err != nil {
		s.log.DebugContext(r.Context(), "digest not sent", "error", err)
	}
}
