package rulebook

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"huiying/classifier"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Explained is a post with what the rules make of it. FirstSeen and Event are
// known only for stored posts.
type Explained struct {
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	FirstSeen time.Time `json:"first_seen,omitzero"`
	Published time.Time `json:"published,omitzero"`
	Event     string    `json:"event,omitempty"`
	Others    int       `json:"others,omitempty"`
	classifier.Explanation
}

// Explain tells what every rule makes of a post.
func Explain(s Subject, by *classifier.Classifier) Explained {
	return Explained{
		Title: s.Post.Title, Body: s.Post.Body, FirstSeen: s.FirstSeen, Published: s.Post.Published,
		Event: s.Event, Others: s.Others, Explanation: by.Explain(s.Post),
	}
}

// nearMisses is how many rules that lack one group are shown.
const nearMisses = 6

// Show writes the explanation the way editors read it.
func (x Explained) Show(w io.Writer) error {
	var b strings.Builder
	if x.Title != "" {
		b.WriteString("标题: " + visible(cut(x.Title, 2*around)) + "\n")
	} else {
		b.WriteString("正文: " + visible(cut(strings.Join(strings.Fields(x.Body), " "), 2*around)) + "\n")
	}
	b.WriteString("结论: " + x.conclusion() + "\n")
	columns := 4
	for _, t := range x.Rules {
		columns = max(columns, wide([]rune(t.ID)))
	}
	line := func(label, text string) {
		b.WriteString(" " + label + strings.Repeat(" ", max(columns-wide([]rune(label)), 0)) + "  " + text + "\n")
	}
	line("地域", strings.TrimPrefix(place(x.Explanation), "地域 "))
	partly, nearly := 0, 0
	for _, t := range x.Rules {
		switch {
		case t.Handling != verdict.None || len(t.Missing) == 0:
			line(t.ID, fired(t))
		case len(t.Missing) == 1 && nearly < nearMisses:
			nearly++
			line(t.ID, "未中  差一组: "+strings.Join(seen(t), "  "))
		default:
			partly++
		}
	}
	for _, m := range x.Marks {
		line(m.ID, "标记 "+m.Name+"  "+strings.Join(seen(m), "  "))
	}
	if partly > 0 {
		line("其他", fmt.Sprintf("%d 条规则只中了一部分(--json 全列出)", partly))
	}
	line("排除", x.excludes())
	if t := x.Verdict.Toll; t != nil {
		line("数字", zh.Toll(*t)+"→"+x.Verdict.Grade.Name())
	}
	x.stored(line)
	if x.OnlyDeformed {
		b.WriteString("如果去掉“变形”: 不会命中。  ")
	}
	b.WriteString("规则版本 " + x.Verdict.Rules + "\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// stored writes what only stored posts have.
func (x Explained) stored(line func(label, text string)) {
	if x.FirstSeen.IsZero() {
		return
	}
	zone := zh.Beijing()
	s := "首次发现 " + x.FirstSeen.In(zone).Format(time.DateTime)
	if !x.Published.IsZero() {
		s += ", 发帖 " + x.Published.In(zone).Format(time.DateTime)
	}
	line("时间", s+" (+8)")
	switch {
	case x.Event == "":
		line("归并", "没有进事件")
	case x.Others == 0:
		line("归并", "事件 "+x.Event+" 只有这一条")
	default:
		line("归并", fmt.Sprintf("与 %d 条为同一事件 %s, 只告警一次", x.Others, x.Event))
	}
}

func (x Explained) conclusion() string {
	v := x.Verdict
	s := v.Handling.Name()
	if v.Handling == verdict.None {
		return s + "  " + v.Why
	}
	s += " → " + v.Category.Name()
	switch v.Grade {
	case verdict.NoGrade:
	case verdict.Pending:
		s += " · 等级待定(按重大计时)"
	default:
		s += " · " + v.Grade.Name()
	}
	if v.Handling == verdict.Alert {
		s += " → " + joined(append(slices.Clone(v.Sections), office))
	}
	if len(v.Tags) > 0 {
		s += "   [" + joined(v.Tags) + "]"
	}
	return s
}

// fired describes a rule all of whose groups held, or that 兜底 took up.
func fired(t classifier.RuleTrace) string {
	s := fmt.Sprintf("%d 分→%s", t.Score, t.Handling.Name())
	if t.Status == classifier.Shadow {
		s += "(试运行, 不告警)"
	}
	return s + "  " + strings.Join(seen(t), "  ")
}

func (x Explained) excludes() string {
	var out []string
	for _, t := range x.Rules {
		for _, e := range t.Excludes {
			s := "“" + e.Name + "”因为“" + e.Word + "”"
			if e.Unless != "" {
				s += ", 但有“" + e.Unless + "”, 不排除"
			} else if e.To == verdict.Review {
				s += "→转复核"
			} else {
				s += "→不报"
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 {
		return "无"
	}
	return strings.Join(out, "; ")
}

// Pasted is a post that an editor pasted.
func Pasted(title, body, source string, channel post.Channel, local bool) Subject {
	return Subject{Post: post.Post{Title: title, Body: body, SourceName: source, Channel: channel, Local: local}}
}
