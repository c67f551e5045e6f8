package digest

import (
	"fmt"
	"strings"
	"time"

	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

// summaryLength is the office's limit: about 500 字 of summary.
const summaryLength = 500

// named is how many names a sentence lists before it says 等, and nameLength how
// much of each.
const (
	named      = 5
	nameLength = 20
)

// summary says the figures in sentences, and nothing that is not a figure.
func summary(r Report) string {
	parts := []string{
		period(r), coverageSentence(r), postsSentence(r), eventsSentence(r),
		clocksSentence(r), deliverySentence(r), silencedSentence(r), reviewSentence(r),
	}
	var b strings.Builder
	n := 0
	for _, p := range parts {
		// Whole sentences or none: half a figure would be a wrong one.
		if size := len([]rune(p)); n+size <= summaryLength {
			b.WriteString(p)
			n += size
		}
	}
	return b.String()
}

func period(r Report) string {
	s := "本期为" + PeriodName(r.From, r.To)
	if r.At.Before(r.To) {
		s += "，数据截至 " + r.At.In(zh.Beijing()).Format("15:04")
	}
	return s + "。"
}

// PeriodName says a period in the office's words.
func PeriodName(from, to time.Time) string {
	from, to = from.In(zh.Beijing()), to.In(zh.Beijing())
	if f, t := zh.Day(from); f.Equal(from) && t.Equal(to) {
		return from.Format("2006年1月2日") + "全天"
	}
	if from.Year() == to.Year() {
		return from.Format("2006年1月2日15:04") + "至" + to.Format("1月2日15:04")
	}
	return from.Format("2006年1月2日15:04") + "至" + to.Format("2006年1月2日15:04")
}

func coverageSentence(r Report) string {
	c := r.Coverage
	if r.Blind {
		if c.Total() == 0 {
			return "没有启用任何来源，也没有导入材料，不能据此认为没有舆情。"
		}
		return fmt.Sprintf("应读来源 %d 个，没有一个能证实读到，也没有导入材料，不能据此认为没有舆情。", c.Total())
	}
	s := fmt.Sprintf("应读来源 %d 个，", c.Total())
	switch {
	case c.Total() == 0:
		s = "没有启用来源，本期只有导入材料；"
	case len(c.Missed)+len(c.Unproven) == 0:
		s += "全部读到" + patchy(c) + "；"
	default:
		s += fmt.Sprintf("读到 %d 个", len(c.Covered))
		if len(c.Missed) > 0 {
			s += fmt.Sprintf("，未读到 %d 个（%s）", len(c.Missed), sourceNames(c.Missed))
		}
		if len(c.Unproven) > 0 {
			s += fmt.Sprintf("，无法证实 %d 个（%s）", len(c.Unproven), sourceNames(c.Unproven))
		}
		s += patchy(c) + "；"
	}
	if len(c.Absent) > 0 {
		return s + "没有来源的渠道：" + channelNames(c.Absent) + "。"
	}
	return s + "各类渠道均有来源。"
}

// patchy names the sources that were read, but not all the time.
func patchy(c Coverage) string {
	list := c.Patchy()
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("，其中 %d 个有时段未覆盖（%s）", len(list), sourceNames(list))
}

func postsSentence(r Report) string {
	if r.Posts() == 0 {
		return "未收到新帖文。"
	}
	var by []string
	alert, review, none := 0, 0, 0
	for _, c := range r.Channels {
		if c.Posts > 0 {
			by = append(by, fmt.Sprintf("%s %d", c.Channel.Name(), c.Posts))
		}
		alert, review, none = alert+c.Alert, review+c.Review, none+c.None
	}
	return fmt.Sprintf("收到新帖文 %d 条（%s），其中告警 %d、复核 %d、无关 %d。",
		r.Posts(), strings.Join(by, "、"), alert, review, none)
}

func eventsSentence(r Report) string {
	var s string
	switch {
	case r.Blind:
	case r.Zero:
		s = "零报告：本期未发现需要告警的事项。"
		if n := len(r.Coverage.Missed) + len(r.Coverage.Unproven); n > 0 {
			s = fmt.Sprintf("零报告：已读到的来源中未发现需要告警的事项，其余 %d 个来源不在此结论之内。", n)
		}
	default:
		var by []string
		for _, c := range r.Categories {
			if c.Events > 0 {
				by = append(by, fmt.Sprintf("%s %d", c.Category.Name(), c.Events))
			}
		}
		s = fmt.Sprintf("新增告警事件 %d 件（%s）", len(r.Events), strings.Join(by, "、"))
		if g := grades(r.Events); g != "" {
			s += "，等级" + g
		}
		s += "，归口" + owners(r.Events) + "。"
	}
	if len(r.Carried) > 0 {
		s += fmt.Sprintf("以前的事件 %d 件仍在办理或本期有新情况。", len(r.Carried))
	}
	return s
}

// grades counts emergencies by grade, gravest first.
func grades(events []Event) string {
	var by []string
	for _, g := range []verdict.Grade{
		verdict.Extreme, verdict.Major, verdict.Pending, verdict.Large, verdict.Ordinary,
	} {
		n := 0
		for _, e := range events {
			if e.Grade == g {
				n++
			}
		}
		if n > 0 {
			by = append(by, fmt.Sprintf("%s %d", g.Name(), n))
		}
	}
	return strings.Join(by, "、")
}

// owners names the sections in charge; a matter that nobody owns is the office's.
func owners(events []Event) string {
	var names []string
	seen := make(map[string]bool)
	for _, e := range events {
		for _, s := range Owners(e.Sections) {
			if !seen[s] {
				seen[s] = true
				names = append(names, s)
			}
		}
	}
	return list(names)
}

// Owners are the sections of an event, or who stands in where none is named.
func Owners(sections []string) []string {
	if len(sections) == 0 {
		return []string{"局办公室（无归口）"}
	}
	return sections
}

func clocksSentence(r Report) string {
	n := r.Clocks()
	if len(n) == 0 {
		return ""
	}
	s := fmt.Sprintf("时限：计时中 %d 项，已超时未答复 %d 项，按时答复 %d 项，超时后答复 %d 项",
		n[response.ClockRunning], n[response.ClockOverdue], n[response.ClockInTime], n[response.ClockLate])
	if n[response.ClockEnded] > 0 {
		s += fmt.Sprintf("，撤销 %d 项", n[response.ClockEnded])
	}
	return s + "。"
}

func deliverySentence(r Report) string {
	notices, sent := 0, 0
	for _, n := range r.Notices {
		notices, sent = notices+n.Notices, sent+n.Sent
	}
	if notices == 0 && r.UndeliveredTotal == 0 {
		return ""
	}
	s := fmt.Sprintf("发出通知 %d 条，送达 %d 人次", notices, sent)
	if r.UndeliveredTotal > 0 {
		return s + fmt.Sprintf("，尚未送达 %d 人次。", r.UndeliveredTotal)
	}
	return s + "，没有未送达的。"
}

func reviewSentence(r Report) string {
	if r.ReviewTotal == 0 {
		return ""
	}
	return fmt.Sprintf("另有 %d 件等待人工复核。", r.ReviewTotal)
}

func sourceNames(sources []Source) string {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	return list(names)
}

// list joins names and says 等 n 个 where there are many.
func list(names []string) string {
	shown := make([]string, min(len(names), named))
	for i := range shown {
		shown[i] = safetext.Excerpt(names[i], nameLength)
	}
	s := strings.Join(shown, "、")
	if len(names) > named {
		s += fmt.Sprintf("等 %d 个", len(names))
	}
	return s
}
