package digest

import (
	"fmt"

	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Label names an event's kind: its grade where it has one, and its category.
func Label(c verdict.Category, g verdict.Grade) string {
	if g == verdict.NoGrade {
		return c.Name()
	}
	return c.Name() + " · " + g.Name()
}

// heading is the report's title.
func heading(r Report) string {
	if r.Bureau == "" {
		return "舆情日报"
	}
	return safetext.Line(r.Bureau) + "舆情日报"
}

// silence says why a source is not covered since when.
func silence(s Source) string {
	since := "从未读到"
	if !s.LastGood.IsZero() {
		since = "最后读到 " + zh.Stamp(s.LastGood)
	}
	if s.Failures > 0 {
		since += fmt.Sprintf("，连续失败 %d 次", s.Failures)
	}
	return since
}
