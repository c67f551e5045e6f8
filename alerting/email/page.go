package email

import (
	_ "embed" // the mail's page
	"html/template"
	"strings"

	"huiying/alerting"
	"huiying/alerting/sheet"
	"huiying/internal/verdict"
)

//go:embed page.html
var pageText string

// page is the HTML of a mail: tables and inline styles, which is what mail
// programs show alike.
//
//nolint:gochecknoglobals // Parsed once and never changed.
var page = template.Must(template.New("mail").Parse(pageText))

// sheetView is what page shows.
type sheetView struct {
	sheet.Sheet

	Color string
}

func view(s sheet.Sheet, m alerting.Message) sheetView {
	v := sheetView{Sheet: s, Color: "#1f4e79"}
	switch {
	case m.Grade.Rank() >= verdict.Major.Rank():
		v.Color = "#b3261e"
	case m.Grade.Rank() >= verdict.Large.Rank(), m.Kind == alerting.KindReminder, m.Kind == alerting.KindWarning, m.Kind == alerting.KindSummary:
		v.Color = "#b25e00"
	case m.Kind == alerting.KindDigest:
		v.Color = "#2e6b34"
	}
	return v
}

// text is the mail for programs that show no HTML.
func text(s sheet.Sheet) string {
	var b strings.Builder
	b.WriteString(s.Title + "\n" + s.Under + "\n\n")
	for _, f := range s.Fields {
		b.WriteString(f.Name + "：" + f.Value + "\n")
	}
	for _, line := range s.Text {
		b.WriteString("\n" + line + "\n")
	}
	for _, it := range s.Items {
		b.WriteString("\n" + it.Text + "\n" + it.ID + "\n")
		for _, l := range it.Links {
			b.WriteString(l.Text + "：" + l.Href + "\n")
		}
	}
	b.WriteString("\n")
	for _, l := range s.Links {
		b.WriteString(l.Text + "：" + l.Href + "\n")
	}
	return b.String()
}
