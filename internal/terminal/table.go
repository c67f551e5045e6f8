// Package terminal lays out what commands show on a terminal.
package terminal

import (
	"io"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/mattn/go-isatty"
)

// NewTable is a table without a frame that knows the width of Chinese characters.
// Render writes it to w.
func NewTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader = true
	t.SetStyle(style)
	t.AppendHeader(header)
	return t
}

// HasColor reports whether w is a screen that shows colours.
func HasColor(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("NO_COLOR") == ""
}
