package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"huiying/response"
)

// newTable is a table for the terminal: no frame, East-Asian widths.
func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader = true
	t.SetStyle(style)
	t.AppendHeader(header)
	return t
}

// noCase says in Chinese that there is no such case.
func noCase(err error, std *streams) error {
	if !errors.Is(err, response.ErrNoCase) {
		return err
	}
	fmt.Fprintln(std.Err, "没有这个事项: 用 huiying case list 查看编号")
	return exitError{1}
}
