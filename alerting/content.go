package alerting

import (
	"fmt"
	"strings"
	"time"

	"huiying/event"
	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// excerptLength is how much of a post an alert quotes (快报: 摘要 ≤ 200 字).
const excerptLength = 200

// Matter is what an alert tells of: an event, the verdict on the post that opened
// or changed it, and that post.
type Matter struct {
	Event   event.Event
	Verdict verdict.Verdict
	Post    Source
	// Clocks are the running deadlines, named and with their due times, as the
	// response room words them.
	Clocks []Field
	// Spread says how far the matter has spread, and Kin names events that may be the
	// same matter.
	Spread string
	Kin    []string
	// Hint is what the rule says to do (提示).
	Hint string
	// Page is huiying's own page of the event, absolute; "" for none.
	Page string
	// Zone is where times are shown. Defaults to +08:00.
	Zone *time.Location
}

// Source is the post an alert points to.
type Source struct {
	Title, Body string
	// Name is the Chinese name of the source, URL where a person can read the post.
	Name, URL string
	// Channel is the Chinese name of the channel.
	Channel string
}

// NoticeID is the id of an alert (step 1) or of an update of it (2 and on):
// deciding the same thing twice makes one notice.
func NoticeID(eventID string, c verdict.Category, step int) string {
	return fmt.Sprintf("A-%s-%s-%d", eventID, c, step)
}

// Notice is the alert of the event as it stands, without its words: what routing
// and the ladder go by.
func (m Matter) Notice(now time.Time) Notice {
	e, v := m.Event, m.Verdict
	n := About(e, NoticeID(e.ID, e.Category, e.Step), KindAlert, now)
	n.Step, n.Tags, n.Where = e.Step, e.Tags, WhereOf(v, m.Post.Title, m.Post.Body)
	n.Rules = RulesOf(v)
	return n
}

// WhereOf is what is known of the place of a post.
func WhereOf(v verdict.Verdict, title, body string) Where {
	w := Where{Text: title + "\n" + body}
	if v.Region != nil {
		w.Place, w.District = v.Region.Place, v.Region.District
	}
	return w
}

// Alert words a new event.
func (m Matter) Alert() Content {
	c := m.content()
	c.Headline = m.label() + m.title()
	return c
}

// Update words an event that grew graver than it was before.
func (m Matter) Update(before event.Event) Content {
	c := m.content()
	c.Headline = m.label() + "升级：" + m.title()
	if rose := Rose(before, m.Event); rose != "" {
		c.Headline = m.label() + "升级：" + rose + "｜" + m.title()
		c.Fields = append([]Field{{Name: "变化", Value: rose}}, c.Fields...)
	}
	return c
}

// Rose says in Chinese in what an event grew between before and after, or "".
func Rose(before, after event.Event) string {
	var parts []string
	add := func(name string, was, is int) {
		if is > was {
			parts = append(parts, fmt.Sprintf("%s %d→%d", name, was, is))
		}
	}
	add("死亡", before.Toll.Dead, after.Toll.Dead)
	add("被困", before.Toll.Trapped, after.Toll.Trapped)
	add("失联", before.Toll.Missing, after.Toll.Missing)
	add("重伤", before.Toll.Serious, after.Toll.Serious)
	add("受伤", before.Toll.Injured, after.Toll.Injured)
	if after.Toll.LossYuan > before.Toll.LossYuan {
		parts = append(parts, fmt.Sprintf("直接损失 %s→%s", zh.Yuan(before.Toll.LossYuan), zh.Yuan(after.Toll.LossYuan)))
	}
	if after.Grade.Rank() > before.Grade.Rank() && before.Grade != verdict.NoGrade {
		parts = append(parts, "等级 "+before.Grade.Name()+"→"+after.Grade.Name())
	}
	if after.Category != before.Category {
		parts = append(parts, "类别 "+before.Category.Name()+"→"+after.Category.Name())
	}
	return strings.Join(parts, "，")
}

func (m Matter) label() string {
	s := "【" + m.Event.Category.Name()
	if g := m.Event.Grade; g == verdict.Pending {
		s += "·等级待定"
	} else if g != verdict.NoGrade {
		s += "·" + g.Name()
	}
	return s + "】"
}

// title is the post's title, else the event's, else the beginning of the text:
// posts on Weibo have no title.
func (m Matter) title() string {
	for _, t := range []string{m.Post.Title, m.Event.Title, m.Post.Body} {
		if t = safetext.Excerpt(t, 80); t != "" {
			return t
		}
	}
	return safetext.NoTitle
}

func (m Matter) content() Content {
	zone := m.Zone
	if zone == nil {
		zone = zh.Beijing()
	}
	e, v := m.Event, m.Verdict
	c := Content{
		Summary:  safetext.Excerpt(m.Post.Body, excerptLength),
		Why:      why(v),
		Link:     m.Post.URL,
		LinkName: m.Post.Name,
		Page:     m.Page,
	}
	add := func(name, value string) {
		if value != "" {
			c.Fields = append(c.Fields, Field{Name: name, Value: value})
		}
	}
	// What a duty officer asks first comes first: how long there is, how bad, where,
	// since when, how far; then whose it is and what to mind.
	c.Fields = append(c.Fields, m.Clocks...)
	if toll := zh.Toll(e.Toll); toll != "" {
		add("伤亡", toll+"（据帖文，待核实）")
	}
	add("地点", region(v.Region))
	if !e.Happened.IsZero() {
		add("事发时间", e.Happened.In(zone).Format("2006-01-02 15:04"))
	}
	if !e.FirstSeen.IsZero() {
		add("首次发现", e.FirstSeen.In(zone).Format("2006-01-02 15:04:05"))
	}
	add("信息来源", source(m.Post))
	if m.Spread == "" && e.Posts > 0 {
		m.Spread = fmt.Sprintf("%d条帖子，%d个来源", e.Posts, max(e.Sources, 1))
	}
	add("传播", m.Spread)
	owners := strings.Join(e.Sections, "、")
	if owners == "" {
		owners = "无明确归口，由局办公室牵头"
	}
	add("归口", owners)
	add("会商", consult(e.Consult))
	add("时限说明", strings.Join(v.Deadlines, "；"))
	add("提示", m.Hint)
	add("疑似同一事件", strings.Join(m.Kin, "、"))
	add("标记", strings.Join(e.Tags, "、"))
	return c
}

// consult names the outside agencies. 机制第三条: what touches other agencies is
// cleared with them before it is released.
func consult(agencies []string) string {
	if len(agencies) == 0 {
		return ""
	}
	return strings.Join(agencies, "、") + "（拟发布信息须先与其沟通确认）"
}

// why is how the rules came to it, and by which version of them.
func why(v verdict.Verdict) string {
	if v.Why == "" || v.Rules == "" {
		return v.Why
	}
	return v.Why + "（规则版本 " + v.Rules + "）"
}

// region is the place, and on what it rests where the text does not name it.
func region(r *verdict.Region) string {
	if r == nil {
		return ""
	}
	s := r.Place
	if r.Evidence != "" && r.Evidence != r.Place && r.Evidence != verdict.Named {
		s += "（" + r.Evidence + "）"
	}
	if !r.Certain {
		s += "，推断"
	}
	return s
}

func source(s Source) string {
	if s.Name == "" || s.Channel == "" {
		return s.Name + s.Channel
	}
	return s.Name + "（" + s.Channel + "）"
}
