package rulebook

import (
	"strings"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// Folder is a directory of rule files.
type Folder struct {
	// Dir is its path, on disk or inside Shipped.
	Dir string
	// Shipped says that it is the pack inside the program.
	Shipped bool
	// Owners are the names 归口 may use; nil leaves them unchecked.
	Owners []string
}

// Check reads the rules and tells every mistake and warning. The rules are nil
// where there is a mistake.
func (f Folder) Check() (*rulefile.Rules, yamlcheck.Problems) {
	if f.Shipped {
		return rulefile.Check(yamlcheck.Tree{FS: configs.FS}, f.Dir, f.Owners)
	}
	return rulefile.Check(yamlcheck.Tree{}, f.Dir, f.Owners)
}

// Load reads the rules; an error is of type configs.Problems.
func (f Folder) Load() (*rulefile.Rules, error) {
	if f.Shipped {
		rules, err := rulefile.LoadFrom(yamlcheck.Tree{FS: configs.FS}, f.Dir, f.Owners)
		return rules, err //nolint:wrapcheck // Problems say everything
	}
	return rulefile.Load(f.Dir, f.Owners) //nolint:wrapcheck // Problems say everything
}

// Finding is one problem as the desk shows it.
type Finding struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	// Level is 错误 or 警告.
	Level   string `json:"level"`
	Code    string `json:"code"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	Why     string `json:"why,omitempty"`
	Remedy  string `json:"remedy"`
	// Fixed is the line, or lines, with this mistake mended; empty where rules fix
	// cannot mend it.
	Fixed string `json:"fixed,omitempty"`

	lines []string // of the file
}

// Findings dresses problems for showing, with the lines of their files.
func (f Folder) Findings(problems yamlcheck.Problems) []Finding {
	files := map[string][]string{}
	out := make([]Finding, 0, len(problems))
	for _, p := range problems {
		lines, ok := files[p.File]
		if !ok {
			lines = f.lines(p.File)
			files[p.File] = lines
		}
		x := Finding{
			File: p.File, Line: p.Line, Column: p.Column, Level: "错误", Code: p.Code,
			Path: p.Path, Message: p.Message, Why: rulefile.Explain(p.Code), Remedy: p.Remedy, lines: lines,
		}
		if p.Warning() {
			x.Level = "警告"
		}
		x.Fixed = fixedLine(lines, p)
		out = append(out, x)
	}
	return out
}

// lines are those of one file; none where it cannot be read.
func (f Folder) lines(name string) []string {
	data, err := f.read(name)
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.ToValidUTF8(string(data), "�"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// fixedLine is the problem's line with its own repair alone.
func fixedLine(lines []string, p yamlcheck.Problem) string {
	if len(p.Fix) == 0 || p.Line < 1 || p.Line > len(lines) {
		return ""
	}
	before := strings.Join(lines, "\n")
	after := strings.Split(string(yamlcheck.Apply([]byte(before), yamlcheck.Problems{p})), "\n")
	if grown := len(after) - len(lines); grown >= 0 && p.Line+grown <= len(after) {
		return strings.Join(after[p.Line-1:p.Line+grown], "\n")
	}
	return ""
}

// Count tells mistakes and warnings.
func Count(all []Finding) (mistakes, warnings int) {
	for _, x := range all {
		if x.Level == "警告" {
			warnings++
		} else {
			mistakes++
		}
	}
	return mistakes, warnings
}
