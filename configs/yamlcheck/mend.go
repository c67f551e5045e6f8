package yamlcheck

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Edit replaces Drop characters of a line, from Column on, by Put. Line and
// Column count from 1.
type Edit struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Drop   int    `json:"drop"`
	Put    string `json:"put"`
}

// rounds bounds how often Mend looks at a file: one mistake may hide another.
const rounds = 20

// Mend mends in one file's text what can be mended surely: the encoding,
// white space that YAML does not take for such, full-width punctuation where YAML
// wants its own, and words that YAML would read as something else. What the rules
// say is never changed otherwise, and a mended line that would be found worse
// than before is left as it was. It returns the text and the problems mended. fresh
// makes what such a file is read into; word is one that every such file has.
func Mend(name string, data []byte, word string, fresh func() any) (fixed []byte, mended Problems) {
	if len(data) > MaxBytes {
		return data, nil
	}
	fixed, mended = DecodeText(name, data, word)
	left := map[string]bool{}
	for range rounds {
		problems := problemsOf(name, fixed, fresh())
		todo := slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool {
			return len(p.Fix) == 0 || left[p.String()]
		})
		if len(todo) == 0 {
			break
		}
		next := Apply(fixed, todo)
		if bad := harm(problems, problemsOf(name, next, fresh()), todo); len(bad) > 0 {
			for _, p := range bad {
				left[p.String()] = true
			}
			continue
		}
		fixed, mended = next, append(mended, todo...)
	}
	return fixed, mended
}

// harm lists the repairs that do more harm than good: those on whose line the
// file's form is broken afterwards in a way it was not before, else the first of
// them where it is broken elsewhere.
func harm(before, after, done Problems) Problems {
	form := func(p Problem) bool { return p.Code == "E013" || p.Code == "E014" || p.Code == "E019" }
	had := map[int]bool{}
	hidden := false // a wrong indentation keeps the rest of the file from being read
	for _, p := range before {
		had[p.Line] = had[p.Line] || form(p)
		hidden = hidden || p.Code == "E006"
	}
	var bad Problems
	for _, d := range done {
		if slices.ContainsFunc(after, func(p Problem) bool { return form(p) && p.Line == d.Line && !had[p.Line] }) {
			bad = append(bad, d)
		}
	}
	elsewhere := slices.ContainsFunc(after, func(p Problem) bool { return form(p) && !had[p.Line] })
	if len(bad) == 0 && elsewhere && !hidden {
		bad = done[:1]
	}
	return bad
}

func problemsOf(name string, data []byte, v any) Problems {
	var problems Problems
	Parse(name, data, v, &problems)
	if err := problems.Err(); err == nil {
		return nil
	}
	return problems
}

// DecodeText takes a byte order mark away and reads GBK, where the text then holds
// word, which every such file has.
func DecodeText(name string, data []byte, word string) ([]byte, Problems) {
	var mended Problems
	if !utf8.Valid(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		// The decoder puts U+FFFD for what is no GBK and never fails.
		text, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if bytes.ContainsRune(text, utf8.RuneError) || !bytes.Contains(text, []byte(word)) {
			return data, nil // not surely GBK
		}
		mended = append(mended, Problem{
			File: name, Line: 1, Column: 1, Code: "E002", Message: "文件是 GBK 编码", Remedy: "改存为 UTF-8",
		})
		data = text
	}
	if rest, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
		mended = append(mended, Problem{
			File: name, Line: 1, Column: 1, Code: "E002", Message: "文件开头有看不见的 BOM 标记", Remedy: "去掉它",
		})
		data = rest
	}
	return data, mended
}

// Apply makes the edits of the problems, from the end so that places stay true.
func Apply(data []byte, problems Problems) []byte {
	var edits []Edit
	for _, p := range problems {
		edits = append(edits, p.Fix...)
	}
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if a.Line != b.Line {
			return b.Line - a.Line
		}
		return b.Column - a.Column
	})
	edits = slices.Compact(edits)
	lines := strings.Split(string(data), "\n")
	for i, e := range edits {
		if e.Line < 1 || e.Line > len(lines) || i > 0 && edits[i-1].Line == e.Line && e.Column+e.Drop > edits[i-1].Column {
			continue // it overlaps the edit behind it; the next round sees to it
		}
		r := []rune(lines[e.Line-1])
		if from := e.Column - 1; from >= 0 && from+e.Drop <= len(r) {
			lines[e.Line-1] = string(r[:from]) + e.Put + string(r[from+e.Drop:])
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
