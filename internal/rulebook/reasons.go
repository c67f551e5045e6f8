package rulebook

import (
	"fmt"
	"strings"

	"huiying/classifier"
	"huiying/internal/verdict"
)

// reasons is one line that says what a rule saw in a post.
func reasons(id string, x classifier.Explanation) string {
	parts := []string{place(x)}
	for _, t := range append(append([]classifier.RuleTrace{}, x.Rules...), x.Marks...) {
		if t.ID == id {
			parts = append(parts, seen(t)...)
			return strings.Join(parts, "   ")
		}
	}
	if x.Verdict.Handling == verdict.Alert {
		for _, t := range x.Rules {
			if t.Handling == verdict.Alert {
				parts = append(parts, "命中它的是 "+t.ID+" "+t.Name)
				parts = append(parts, seen(t)...)
			}
		}
		return strings.Join(parts, "   ")
	}
	return strings.Join(append(parts, id+" 一组也没有中"), "   ")
}

func place(x classifier.Explanation) string {
	switch {
	case x.Region == nil:
		return "地域 没写地点 ✗"
	case x.Verdict.Region == nil:
		return "地域 " + x.Region.Place + "(" + x.Region.Evidence + ") ✗"
	}
	return "地域 " + x.Region.Place + "(" + x.Region.Evidence + ") ✓"
}

// seen describes each group of a rule, what gave points, and what lowered it.
func seen(t classifier.RuleTrace) []string {
	var out []string
	for _, g := range t.Groups {
		out = append(out, group(g))
	}
	for _, p := range t.Points {
		out = append(out, fmt.Sprintf("%+d %s", p.Points, p.Why))
	}
	for _, e := range t.Excludes {
		s := "排除“" + e.Name + "”(" + e.Word + ")"
		if e.Unless != "" {
			s += " 因“" + e.Unless + "”不排除"
		}
		out = append(out, s)
	}
	if t.Note != "" {
		out = append(out, t.Note)
	}
	return out
}

func group(g classifier.GroupTrace) string {
	if len(g.Hits) == 0 {
		s := g.Name + " ✗"
		if len(g.Void) > 0 {
			return s + "(" + strings.Join(g.Void, ", ") + ")"
		}
		if len(g.Words) > 0 {
			s += "(没有 " + strings.Join(g.Words, "/") + "…"
			if len(g.Near) > 0 {
				s += "; 有近似“" + strings.Join(g.Near, "”“") + "”"
			}
			s += ")"
		}
		return s
	}
	h := g.Hits[0]
	s := g.Name + " " + h.Word
	if h.Deformed {
		s += "(变形: “" + h.Text + "”)"
	}
	s += " ✓"
	if h.Doubt != "" {
		s += " ← 前面的“" + h.Doubt + "”没有管到它, 没被当成否定或防范"
	}
	return s
}

// advice says what an editor could change about a failed example.
func advice(r examined, kind string, x classifier.Explanation) string {
	if kind == kindMiss {
		return adviceAgainst(r, x)
	}
	var trace *classifier.RuleTrace
	for i := range x.Rules {
		if x.Rules[i].ID == r.id {
			trace = &x.Rules[i]
		}
	}
	switch {
	case r.mark != "" && trace == nil:
		return "标记规则自己不告警: 示例里要同时写一件别的规则会命中的事"
	case trace == nil:
		return "示例里一个 " + r.id + " 的词也没有: 把说这件事的词加进“必须有”"
	case len(trace.Missing) > 0:
		return "给“" + strings.Join(trace.Missing, "”“") + "”这一组加上示例里的说法, 或检查“不算”和“否定不算”"
	case x.Verdict.Region == nil:
		return "示例里写上本市的地名, 或把那个地名加进“地域”的“写到就算”"
	case excluded(*trace) != "":
		return "给排除“" + excluded(*trace) + "”加一个“除非”: 写这条帖子里有、而要排除的帖子里没有的词"
	case x.Verdict.Handling == verdict.Alert && kind == kindReview:
		return "要转复核: 给 " + r.id + " 加“减分”或“排除”(处理: 转复核), 写上这种帖子才有的词"
	case x.Verdict.Handling != verdict.Alert && kind == kindHit:
		return fmt.Sprintf("得了 %d 分: 去掉一个“减分”的词, 或加一个“加分”", trace.Score)
	}
	return "改规则, 或按实际结果改“期望”"
}

func adviceAgainst(r examined, x classifier.Explanation) string {
	id := r.id
	for _, t := range x.Rules {
		if t.Handling == verdict.Alert {
			id = t.ID
			for _, g := range t.Groups {
				if len(g.Hits) > 0 && g.Hits[0].Doubt != "" {
					return "给 " + id + " 的“减分”加 [" + g.Hits[0].Doubt + "], 或给那个词加“不算”"
				}
			}
			break
		}
	}
	return "给 " + id + " 的“减分”加这种帖子才有的词, 或给误中的词加“不算”"
}

func excluded(t classifier.RuleTrace) string {
	for _, e := range t.Excludes {
		if e.Unless == "" {
			return e.Name
		}
	}
	return ""
}

func joined(list []string) string { return strings.Join(list, "、") }
