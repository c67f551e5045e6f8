package rulebook

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"huiying/internal/rulebook/rulefile"
)

// Repair is what can be mended in one file.
type Repair struct {
	File string `json:"file"`
	// Problems are what was mended, as they stood when they were.
	Problems      []Finding `json:"problems"`
	before, after []byte
}

// Repairs lists the files in which something can be mended surely; nothing is
// written.
func (f Folder) Repairs() ([]Repair, error) {
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	var out []Repair
	for _, name := range names {
		before, err := f.read(name)
		if err != nil {
			return nil, err
		}
		after, mended := rulefile.Mend(name, before)
		if bytes.Equal(before, after) {
			continue
		}
		out = append(out, Repair{File: name, Problems: f.Findings(mended), before: before, after: after})
	}
	return out, nil
}

// Write puts the mended text in the file's place, in one step.
func (r Repair) Write() error { return write(r.File, r.after) }

// Diff writes the lines that change, old ones behind -, new ones behind +.
func (r Repair) Diff(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.File)
	before, after := strings.Split(readable(r.before), "\n"), strings.Split(string(r.after), "\n")
	for i, j := 0, 0; i < len(before); {
		n := replaced(before, after, i, j)
		if n == 1 && before[i] == after[j] {
			i, j = i+1, j+1
			continue
		}
		fmt.Fprintf(&b, "  第 %d 行\n  - %s\n", i+1, visible(before[i]))
		for _, line := range after[j : j+n] {
			fmt.Fprintf(&b, "  + %s\n", visible(line))
		}
		i, j = i+1, j+n
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write diff: %w", err)
	}
	return nil
}

// readable is text that may be GBK or begin with a byte order mark.
func readable(data []byte) string {
	if text, mended := rulefile.Decode("", data); len(mended) > 0 {
		return string(text)
	}
	return string(data)
}

// replaced is how many lines of after, from j on, stand for the i-th of before.
// Mending takes no line away: a line becomes one or more.
func replaced(before, after []string, i, j int) int {
	spare := (len(after) - j) - (len(before) - i) // lines that mending added from here on
	if spare <= 0 || i+1 == len(before) {
		return min(1+max(spare, 0), len(after)-j)
	}
	if before[i] == after[j] {
		return 1
	}
	for n := 1; n <= spare+1; n++ {
		if before[i+1] == after[j+n] {
			return n
		}
	}
	return 1
}
