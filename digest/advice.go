package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/response"
)

// soon is how near a deadline is before the digest presses for it.
const soon = 6 * time.Hour

// adviceLength caps the lines for single events.
const adviceLength = 10

// advice says what follows from the figures by the mechanism, most pressing
// first; every line names the fact it rests on.
func advice(r Report) []string {
	lines := []string{}
	events := slices.Concat(r.Events, r.Carried)
	pressing, more := clockAdvice(events)
	lines = append(lines, pressing...)
	if more > 0 {
		lines = append(lines, fmt.Sprintf("另有 %d 项时限已超时或 6 小时内到期，见事件表。", more))
	}
	if n := count(events, func(e Event) bool {
		return e.Grade == verdict.Pending && e.urgency() < maxUrgency
	}); n > 0 {
		lines = append(lines, fmt.Sprintf("等级待定的突发事件 %d 件，时限按重大计：请核实伤亡后定级。", n))
	}
	for _, e := range events {
		if len(e.Consult) > 0 && e.urgency() < maxUrgency {
			lines = append(lines, fmt.Sprintf("“%s”发布前须与%s会商确认。", safetext.Excerpt(e.Title, 40), list(e.Consult)))
		}
	}
	if n := count(events, func(e Event) bool { return len(e.Sections) == 0 }); n > 0 {
		lines = append(lines, fmt.Sprintf("无归口的事件 %d 件：请局办公室指定承办科室。", n))
	}
	if n := count(events, func(e Event) bool { return slices.Contains(e.Tags, "疑似谣言") }); n > 0 {
		lines = append(lines, fmt.Sprintf("标记疑似谣言的事件 %d 件：是否移交由人决定，并经编制人事科会签。", n))
	}
	if r.UndeliveredTotal > 0 {
		lines = append(lines, fmt.Sprintf("%d 人次的通知尚未送达：请电话告知%s。",
			r.UndeliveredTotal, list(receivers(r.Undelivered))))
	}
	if n := len(r.Coverage.Missed); n > 0 {
		lines = append(lines, fmt.Sprintf("%d 个来源本期未读到（%s）：恢复前请人工查看，并请运维核查。",
			n, sourceNames(r.Coverage.Missed)))
	}
	if list := r.Coverage.Patchy(); len(list) > 0 {
		lines = append(lines, fmt.Sprintf("%d 个来源有时段未覆盖（%s）：请人工补看这些时段。", len(list), sourceNames(list)))
	}
	if r.ReviewTotal > 0 {
		lines = append(lines, fmt.Sprintf("%d 件等待复核：请局办公室判定。", r.ReviewTotal))
	}
	return lines
}

// clockAdvice presses for clocks that are overdue or due soon, in the order of
// their events, and counts those beyond the cap.
func clockAdvice(events []Event) (lines []string, more int) {
	type pressing struct {
		event Event
		clock Clock
	}
	var due []pressing
	for _, e := range events {
		for _, c := range e.Clocks {
			if c.State == response.ClockOverdue || (c.State == response.ClockRunning && c.Left < int64(soon/time.Second)) {
				due = append(due, pressing{e, c})
			}
		}
	}
	slices.SortStableFunc(due, func(a, b pressing) int { return a.event.pressing(b.event) })
	for i, p := range due {
		if i == adviceLength {
			return lines, len(due) - i
		}
		ask := "到期前发布并登记答复链接"
		if p.clock.Kind == response.PressConference {
			ask = "到期前召开并登记"
		}
		if p.clock.State == response.ClockOverdue {
			ask = strings.Replace(ask, "到期前", "立即", 1)
		}
		lines = append(lines, fmt.Sprintf("“%s”%s%s：请%s%s。", safetext.Excerpt(p.event.Title, 40),
			p.clock.Kind.Name(), p.clock.Words(), list(Owners(p.event.Sections)), ask))
	}
	return lines, 0
}

func count(events []Event, is func(Event) bool) int {
	n := 0
	for _, e := range events {
		if is(e) {
			n++
		}
	}
	return n
}
