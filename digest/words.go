package digest

import (
	"fmt"
	"strings"
	"time"

	"huiying/internal/verdict"
)

// Stamp is a moment as the office reads it, in +08:00; zero is —.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(Zone()).Format("2006-01-02 15:04")
}

// TollWords says casualties in Chinese; "" where a text names none.
func TollWords(t verdict.Toll) string {
	var parts []string
	for _, f := range []struct {
		name string
		n    int
	}{
		{"死亡", t.Dead}, {"失联", t.Missing}, {"被困", t.Trapped}, {"重伤", t.Serious}, {"受伤", t.Injured},
	} {
		if f.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d 人", f.name, f.n))
		}
	}
	if t.LossYuan > 0 {
		parts = append(parts, fmt.Sprintf("损失 %s 万元", wan(t.LossYuan)))
	}
	return strings.Join(parts, "、")
}

// wan is an amount in units of ten thousand, without a needless fraction.
func wan(yuan int64) string {
	if yuan%10_000 == 0 {
		return fmt.Sprintf("%d", yuan/10_000)
	}
	return fmt.Sprintf("%.2f", float64(yuan)/10_000)
}

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
	return Plain(r.Bureau) + "舆情日报"
}

// silence says why a source is not covered since when.
func silence(s Source) string {
	since := "从未读到"
	if !s.LastGood.IsZero() {
		since = "最后读到 " + Stamp(s.LastGood)
	}
	if s.Failures > 0 {
		since += fmt.Sprintf("，连续失败 %d 次", s.Failures)
	}
	return since
}
