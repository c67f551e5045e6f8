package digest

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"huiying/internal/safetext"
	"huiying/internal/version"
	"huiying/internal/zh"
)

//go:embed html
var files embed.FS

// HTML writes r as one document that needs nothing else: to send, file or print.
func HTML(w io.Writer, r Report) error {
	style, err := files.ReadFile("html/digest.css")
	if err != nil {
		return fmt.Errorf("render digest: %w", err)
	}
	return render(w, "document", struct {
		Report Report
		Title  string
		Style  template.CSS
	}{r, heading(r), template.CSS(style)}) //nolint:gosec // our own embedded file
}

// Fragment writes r as one article element, for a page with a style of its own.
func Fragment(w io.Writer, r Report) error {
	return render(w, "article", r)
}

func render(w io.Writer, name string, data any) error {
	t, err := template.New("").Funcs(template.FuncMap{
		"version": func() string { return version.Number },
		"stamp":   zh.Stamp,
		"period":  PeriodName,
		"heading": heading,
		"plain":   safetext.Line,
		"title":   safetext.Title,
		"label":   Label,
		"toll":    zh.Toll,
		"owners":  func(s []string) string { return safetext.Line(strings.Join(Owners(s), "、")) },
		"join":    func(s []string) string { return safetext.Line(strings.Join(s, "、")) },
		"silence": silence,
		"gaps":    gaps,
		"kind":    KindName,
		"state":   StateName,
		"link":    safetext.ParseLink,
		"address": safetext.Address,
		"more":    func(shown, total int) int { return total - shown },
	}).ParseFS(files, "html/*.html")
	if err != nil {
		return fmt.Errorf("render digest: %w", err)
	}
	if err := t.ExecuteTemplate(w, name, data); err != nil {
		return fmt.Errorf("render digest: %w", err)
	}
	return nil
}
