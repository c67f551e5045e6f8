package rulebook

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Show writes the exam the way editors read it; rules whose examples all pass
// take one line.
func (x Exam) Show(w io.Writer) error {
	var b strings.Builder
	columns := 0
	for _, r := range x.Rules {
		columns = max(columns, wide([]rune(r.ID+" "+r.Name)))
	}
	for _, r := range x.Rules {
		name := r.ID + " " + r.Name
		b.WriteString(name + strings.Repeat(" ", columns-wide([]rune(name))))
		for _, part := range []struct {
			kind  string
			tally Tally
		}{{kindHit, r.Hit}, {kindMiss, r.Miss}, {kindReview, r.Review}} {
			if part.tally.Total > 0 {
				fmt.Fprintf(&b, "  %s %d/%d", part.kind, part.tally.Passed, part.tally.Total)
			}
		}
		if r.Known > 0 {
			fmt.Fprintf(&b, "  %s %d", kindKnown, r.Known)
		}
		b.WriteString("\n")
		for _, f := range r.Failures {
			f.show(&b)
		}
		for _, s := range r.Borrowed {
			b.WriteString("  △ " + s + "\n")
		}
		for _, n := range r.Works {
			fmt.Fprintf(&b, "  ★ 暂不支持第 %d 条现在能做到了, 请移到“应命中”或别的地方\n", n)
		}
	}
	fmt.Fprintf(&b, "共 %d 条, 通过 %d, 失败 %d", x.Total, x.Passed, x.Failed)
	if x.Known > 0 {
		fmt.Fprintf(&b, ", 暂不支持 %d", x.Known)
	}
	b.WriteString("。")
	if x.Failed > 0 {
		b.WriteString("有失败的, 先改好再上线。")
	}
	if _, err := io.WriteString(w, b.String()+"\n"); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (f Failure) show(b *strings.Builder) {
	fmt.Fprintf(b, "  ✗ %s:%d  %s\n", filepath.Base(f.File), f.Line, f.Complaint)
	text := f.Text
	if f.Title != "" {
		text = f.Title + " / " + text
	}
	fmt.Fprintf(b, "      “%s”\n      %s\n      可以: %s\n", visible(text), f.Reasons, f.Advice)
}
