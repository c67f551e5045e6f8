package digest

import (
	"fmt"
	"strconv"

	"huiying/alerting"
	"huiying/response"
)

// Headline is the digest in one line.
func Headline(r Report) string {
	s := "日报 " + r.Day + " · "
	switch {
	case r.Blind:
		return s + "没有读取记录，不能作零报告"
	case r.Zero && r.Partial():
		s += "零报告（来源不全）"
	case r.Zero:
		s += "零报告"
	default:
		s += fmt.Sprintf("新增告警 %d 件", len(r.Events))
	}
	if n := r.Clocks()[response.ClockOverdue]; n > 0 {
		s += fmt.Sprintf("，超时未答复 %d 项", n)
	}
	if n := len(r.Coverage.Missed); n > 0 {
		s += fmt.Sprintf("，未读到来源 %d 个", n)
	}
	return s
}

// Content is the digest as a chat message; the page or the file has the tables.
func Content(r Report) alerting.Content {
	clocks := r.Clocks()
	c := alerting.Content{
		Headline: Headline(r),
		Summary:  r.Summary,
		Fields: []alerting.Field{
			{Name: "时段", Value: PeriodName(r.From, r.To)},
			{Name: "来源", Value: fmt.Sprintf("读到 %d / %d", len(r.Coverage.Covered), r.Coverage.Total())},
			{Name: "时限", Value: fmt.Sprintf("计时中 %d，超时 %d", clocks[response.ClockRunning], clocks[response.ClockOverdue])},
			{Name: "待复核", Value: strconv.Itoa(r.ReviewTotal)},
		},
	}
	if len(r.Silenced) > 0 {
		c.Fields = append(c.Fields, alerting.Field{Name: "被静默", Value: silencedField(r)})
	}
	for i, line := range r.Advice {
		if i == 3 {
			break
		}
		c.Fields = append(c.Fields, alerting.Field{Name: "建议", Value: line})
	}
	return c
}
