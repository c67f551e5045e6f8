// Package yamlcheck reads YAML that people write by hand into structs. It is strict,
// and reports every mistake of a file at once: line, column, path and remedy, in
// Chinese, because those who read the messages are the bureau's own staff. What can
// be mended surely, Mend mends.
package yamlcheck

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Problem is one mistake in one file.
type Problem struct {
	// File is the path as the reader gave it; Line and Column count from 1,
	// Column in characters.
	File         string
	Line, Column int
	// Path leads to the value, such as 规则[TF-01].归口; empty where the mistake
	// breaks the file's form.
	Path string
	// Message says what is wrong, Remedy what to write instead.
	Message, Remedy string
	// Code names the kind of mistake, such as E012; it begins with W where it is a
	// warning, which keeps no file from being used. What each means stands in
	// Explain. Mistakes between the operators' files have none.
	Code string
	// Fix mends the mistake surely; empty where only its author can. See Mend.
	Fix []Edit
}

// Warning tells what is worth a look and no mistake.
func (p Problem) Warning() bool { return strings.HasPrefix(p.Code, "W") }

// String is the problem on one line: file:line:column: path: problem; remedy.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return oneLine(b.String())
}

// oneLine keeps a file's own line breaks and control characters out of a message.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '·'
		}
		return r
	}, s)
}

// redacted stands in the place of a secret.
const redacted = "<redacted>"

// hide keeps what looks like a token or an address's password out of a message,
// wherever in the files its author put it.
func hide(s string) string {
	s = regexp.MustCompile(`x(ox[a-z]|app)-[0-9A-Za-z-]+`).ReplaceAllString(s, redacted)
	return regexp.MustCompile(`(://[^/\s:@]*):[^/\s@]+@`).ReplaceAllString(s, "$1:"+redacted+"@")
}

// Problems is every mistake found, ordered by file, line and column. As an error
// it prints one problem a line.
type Problems []Problem //nolint:errname // It reads as what it is: a list of Problem.

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Err is ps as an error, sorted and without repetitions; nil where there is none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	for i := range ps {
		ps[i].Path, ps[i].Message, ps[i].Remedy = hide(ps[i].Path), hide(ps[i].Message), hide(ps[i].Remedy)
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool { return a.String() == b.String() })
}
