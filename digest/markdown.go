package digest

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"huiying/internal/post"
	"huiying/internal/safetext"
	"huiying/internal/zh"
)

// Markdown writes r as CommonMark with tables. Whatever comes from a post is
// escaped, so that it cannot make a link, a heading or a cell of its own.
func Markdown(w io.Writer, r Report) error {
	m := &markdown{w: bufio.NewWriter(w)}
	m.line("# %s %s", esc(heading(r)), r.Day)
	m.line("%s，数据截至 %s", PeriodName(r.From, r.To), zh.Stamp(r.At))
	switch {
	case r.Zero && r.Partial():
		m.line("**零报告（来源不全）**")
	case r.Zero:
		m.line("**零报告**")
	case r.Blind:
		m.line("**没有读取记录**")
	}
	m.section("综述")
	m.line("%s", esc(r.Summary))
	m.section("建议")
	if len(r.Advice) == 0 {
		m.line("没有需要办理的事项。")
	}
	for i, a := range r.Advice {
		m.item("%d. %s", i+1, esc(a))
	}
	m.section("本期告警事件")
	if len(r.Events) == 0 {
		m.line("没有。")
	}
	m.events(r.Events)
	if len(r.Carried) > 0 {
		m.section("以前的事件（仍在办理或有新情况）")
		m.events(r.Carried)
	}
	m.section("数量")
	m.counts(r)
	m.section("来源覆盖")
	m.coverage(r.Coverage)
	m.section("待复核")
	m.review(r)
	if err := m.w.Flush(); err != nil {
		return fmt.Errorf("render digest: %w", err)
	}
	return nil
}

// markdown writes blocks; its writer keeps the first error until Flush.
type markdown struct {
	w        *bufio.Writer
	sections int
	inList   bool
}

func (m *markdown) write(s string) { _, _ = m.w.WriteString(s) }

// line writes a paragraph.
func (m *markdown) line(format string, args ...any) {
	if m.inList {
		m.write("\n")
		m.inList = false
	}
	m.write(fmt.Sprintf(format, args...) + "\n\n")
}

// item writes a line of a list or of a table.
func (m *markdown) item(format string, args ...any) {
	m.write(fmt.Sprintf(format, args...) + "\n")
	m.inList = true
}

func (m *markdown) section(name string) {
	numerals := []string{"一", "二", "三", "四", "五", "六", "七", "八"}
	m.line("## %s、%s", numerals[m.sections%len(numerals)], name)
	m.sections++
}

// table starts a table; its rows are items.
func (m *markdown) table(columns ...string) {
	if m.inList {
		m.write("\n")
	}
	m.item("| %s |", strings.Join(columns, " | "))
	m.item("|%s", strings.Repeat(" --- |", len(columns)))
}

func (m *markdown) events(events []Event) {
	for _, e := range events {
		m.line("### %s", esc(safetext.Title(e.Title)))
		m.item("- %s；归口：%s", Label(e.Category, e.Grade), esc(strings.Join(Owners(e.Sections), "、")))
		if len(e.Consult) > 0 {
			m.item("- 会商：%s", esc(strings.Join(e.Consult, "、")))
		}
		if e.Place != "" {
			m.item("- 地点：%s", esc(e.Place))
		}
		if t := zh.Toll(e.Toll); t != "" {
			m.item("- 伤亡：%s", t)
		}
		if len(e.Tags) > 0 {
			m.item("- 标记：%s", esc(strings.Join(e.Tags, "、")))
		}
		m.item("- %s，首次发现 %s，帖文 %d 条（本期 %d 条），来源 %d 个",
			esc(e.ID), zh.Stamp(e.FirstSeen), e.Posts, e.New, e.Sources)
		for _, c := range e.Clocks {
			s := fmt.Sprintf("- **%s** %s，期限 %s", c.Words(), c.Kind.Name(), zh.Stamp(c.DueAt))
			if !c.StoppedAt.IsZero() {
				s += "，停止于 " + zh.Stamp(c.StoppedAt)
			}
			if c.URL != "" {
				s += "，答复 " + link(c.URL)
			}
			if c.Note != "" {
				s += "，" + esc(c.Note)
			}
			m.item("%s", s)
		}
		for _, p := range e.Lead {
			s := "- " + esc(p.Source)
			if p.Title != "" {
				s += "：" + esc(safetext.Title(p.Title))
			}
			if p.URL != "" {
				s += " " + link(p.URL)
			}
			m.item("%s", s)
		}
		m.write("\n")
		m.inList = false
	}
}

func (m *markdown) counts(r Report) {
	m.table("渠道", "合计", "告警", "复核", "无关")
	for _, c := range r.Channels {
		m.item("| %s | %d | %d | %d | %d |", esc(c.Channel.Name()), c.Posts, c.Alert, c.Review, c.None)
	}
	m.table("类别", "新增事件", "告警帖文", "复核帖文")
	for _, c := range r.Categories {
		m.item("| %s | %d | %d | %d |", c.Category.Name(), c.Events, c.Alert, c.Review)
	}
	if len(r.Notices) > 0 {
		m.table("通知", "条", "送达人次", "未送达", "失败", "被静默")
		for _, n := range r.Notices {
			m.item("| %s | %d | %d | %d | %d | %d |", esc(KindName(n.Kind)), n.Notices, n.Sent, n.Waiting, n.Failed, n.Silenced)
		}
	}
	if len(r.Undelivered) > 0 {
		m.line("尚未送达的通知 %d 人次：", r.UndeliveredTotal)
		m.table("接收人", "通知", "状态", "原因", "自")
		for _, d := range r.Undelivered {
			m.item("| %s | %s | %s（已试 %d 次） | %s | %s |", esc(d.Receiver), esc(safetext.Title(d.Headline)),
				StateName(d.State), d.Attempts, esc(d.Reason), zh.Stamp(d.Since))
		}
	}
	if len(r.Silenced) > 0 {
		m.silenced(r.Silenced)
	}
}

func (m *markdown) coverage(c Coverage) {
	m.line("应读 %d 个，读到 %d 个，未读到 %d 个，无法证实 %d 个。",
		c.Total(), len(c.Covered), len(c.Missed), len(c.Unproven))
	if len(c.Absent) > 0 {
		m.line("没有来源的渠道：%s。", channelNames(c.Absent))
	}
	if c.Total() == 0 {
		return
	}
	m.table("来源", "渠道", "读到", "新帖文", "情况", "原因")
	for _, group := range []struct {
		read    string
		sources []Source
	}{{"**否**", c.Missed}, {"无法证实", c.Unproven}, {"是", c.Covered}} {
		for _, s := range group.sources {
			m.item("| %s | %s | %s | %d | %s | %s |", esc(s.Name), esc(s.Channel.Name()),
				group.read, s.Posts, silence(s), esc(s.Reason))
		}
	}
	if list := c.Patchy(); len(list) > 0 {
		m.line("未覆盖的时段：")
		m.table("来源", "未覆盖")
		for _, s := range list {
			m.item("| %s | %s |", esc(s.Name), esc(gaps(s)))
		}
	}
}

func (m *markdown) silenced(all []Silenced) {
	m.line("按人的决定静默、没有发消息的（事件、事项和时限照走）：")
	m.table("静默", "原因", "决定", "到", "压下")
	for _, s := range all {
		what := "没有"
		if s.EventID != "" {
			what = fmt.Sprintf("%s（%s，%d 条）", esc(safetext.Title(s.Headline)), esc(s.EventID), s.Notices)
		}
		m.item("| %s %s | %s | %s | %s | %s |", esc(s.Silence), esc(s.What), esc(s.Reason), esc(s.Author), zh.Stamp(s.Until), what)
	}
}

func (m *markdown) review(r Report) {
	if len(r.Review) == 0 {
		m.line("没有。")
		return
	}
	for i, v := range r.Review {
		s := fmt.Sprintf("%d. %s（%s，%s）", i+1, esc(safetext.Title(v.Title)), esc(v.Source), zh.Stamp(v.SeenAt))
		if v.URL != "" {
			s += " " + link(v.URL)
		}
		m.item("%s", s)
	}
	if more := r.ReviewTotal - len(r.Review); more > 0 {
		m.line("另有 %d 件未列出。", more)
	}
}

// esc makes text stand as it is: on one line, with every sign that Markdown or
// its table and autolink extensions give a meaning taken literally.
func esc(s string) string {
	var b strings.Builder
	for _, r := range safetext.Line(s) {
		if strings.ContainsRune("\\`*_{}[]<>()#+-.!|~&:@$=\"'^", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// link writes an address as a link that names its real host, or as text.
func link(raw string) string {
	l := safetext.ParseLink(raw)
	if l == nil {
		return esc(safetext.Address(raw))
	}
	return "[" + esc(l.Host) + "](<" + l.Href + ">)"
}

func channelNames(channels []post.Channel) string {
	names := make([]string, len(channels))
	for i, c := range channels {
		names[i] = c.Name()
	}
	return strings.Join(names, "、")
}
