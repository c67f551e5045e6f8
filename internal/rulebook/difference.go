package rulebook

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"huiying/classifier"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Change is what two versions of the rules say differently of one thing.
type Change struct {
	// What is 新增, 删除 or 修改.
	What string `json:"what"`
	// Name is a rule's id and name, or the part all rules share, such as 地域.
	Name string `json:"name"`
	// Lines say in plain Chinese what changed, a line a place.
	Lines []string `json:"lines,omitempty"`
	// Emergency says that it bears on 突发事件.
	Emergency bool `json:"emergency"`
}

// part is a rule, or what all rules share, as facts: what stands where.
type part struct {
	name      string
	emergency bool
	labels    []string
	facts     map[string][]string
	whole     any // for what no fact tells
}

func (p *part) add(label string, values ...string) {
	if len(values) == 0 {
		return
	}
	if _, ok := p.facts[label]; !ok {
		p.labels = append(p.labels, label)
	}
	p.facts[label] = append(p.facts[label], values...)
}

func (p *part) set(label, value string) {
	if value != "" {
		p.add(label, value)
	}
}

func (p *part) words(label string, list []classifier.Words) {
	for _, w := range list {
		p.add(label, w.Words...)
		p.add(label+"的“不算”", w.Not...)
		if w.Anywhere {
			p.add(label+"的“任意位置”", w.Words...)
		}
	}
}

// Differences tells what after says differently from before.
func Differences(before, after classifier.RuleSet) []Change {
	olds, news := parts(before), parts(after)
	var out []Change
	for _, n := range news {
		i := slices.IndexFunc(olds, func(o part) bool { return o.name == n.name })
		if i < 0 {
			out = append(out, Change{What: "新增", Name: n.title(), Emergency: n.emergency, Lines: compare(part{}, n)})
			continue
		}
		o := olds[i]
		if lines := compare(o, n); len(lines) > 0 {
			out = append(out, Change{What: "修改", Name: n.title(), Emergency: n.emergency || o.emergency, Lines: lines})
		}
	}
	for _, o := range olds {
		if !slices.ContainsFunc(news, func(n part) bool { return n.name == o.name }) {
			out = append(out, Change{What: "删除", Name: o.title(), Emergency: o.emergency})
		}
	}
	return out
}

// title is the part's name and, of a rule, what it is called.
func (p part) title() string {
	if called := p.facts["名称"]; len(called) > 0 {
		return p.name + " " + called[0]
	}
	return p.name
}

// compare lists what differs, by place.
func compare(before, after part) []string {
	var out []string
	labels := slices.Clone(after.labels)
	for _, l := range before.labels {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	for _, label := range labels {
		was, is := before.facts[label], after.facts[label]
		more, less := missing(is, was), missing(was, is)
		switch {
		case len(more)+len(less) == 0:
		case before.facts == nil: // a new rule: everything is added
			out = append(out, label+": "+quoted(more))
		case len(was) == 1 && len(is) == 1:
			out = append(out, label+": 由“"+was[0]+"”改为“"+is[0]+"”")
		default:
			line := label + ":"
			if len(more) > 0 {
				line += " 加了 " + quoted(more)
			}
			if len(less) > 0 {
				line += " 去掉 " + quoted(less)
			}
			out = append(out, line)
		}
	}
	if len(out) == 0 && before.whole != nil && !reflect.DeepEqual(before.whole, after.whole) {
		out = append(out, "顺序或其他设置有改动")
	}
	return out
}

// missing lists what is in all and not in from.
func missing(all, from []string) []string {
	var out []string
	for _, s := range all {
		if !slices.Contains(from, s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// quotedMost bounds the words one line names.
const quotedMost = 30

func quoted(words []string) string {
	tail := ""
	if len(words) > quotedMost {
		tail = fmt.Sprintf("等 %d 个", len(words))
		words = words[:quotedMost]
	}
	return "“" + strings.Join(words, "”“") + "”" + tail
}

// parts takes a rule set apart. What all rules share bears on 突发事件 too: an
// exclusion can silence an accident as well as a complaint.
func parts(set classifier.RuleSet) []part {
	var out []part
	shared := func(name string, whole any, fill func(*part)) {
		p := part{name: name, emergency: true, facts: map[string][]string{}, whole: whole}
		fill(&p)
		out = append(out, p)
	}
	shared("默认", nil, func(p *part) {
		p.set("基础分", strconv.Itoa(set.Base))
		p.set("告警门槛", strconv.Itoa(set.AlertAt))
		p.set("复核门槛", strconv.Itoa(set.ReviewAt))
		p.set("相距字数", strconv.Itoa(set.Near))
	})
	shared("地域", set.Places, func(p *part) {
		p.words("写到就算", set.Places.Sure)
		p.words("还要旁证", set.Places.Unsure)
		p.words("旁证", set.Places.Evidence)
		p.words("外地", set.Places.Elsewhere)
		p.words("能源词", set.Places.Energy)
		for _, d := range set.Places.Districts {
			p.add("县区“"+d.Name+"”的叫法", d.Words...)
		}
	})
	shared("通用排除", set.Excludes, func(p *part) { p.excludes("", set.Excludes) })
	shared("兜底", set.Fallback, func(p *part) { p.words("重词", set.Fallback.Heavy) })
	for _, r := range set.Marks {
		out = append(out, rulePart(r, r.To == verdict.Review))
	}
	for _, r := range set.Rules {
		out = append(out, rulePart(r, r.Category == verdict.Emergency))
	}
	return out
}

func (p *part) excludes(label string, list []classifier.Exclude) {
	for _, x := range list {
		p.words(label+"“"+x.Name+"”的词", x.Words)
		p.words(label+"“"+x.Name+"”的除非", x.Unless)
		p.set(label+"“"+x.Name+"”的处理", x.To.Name())
	}
}

func rulePart(r classifier.Rule, emergency bool) part {
	p := part{name: r.ID, emergency: emergency, facts: map[string][]string{}}
	p.set("名称", r.Name)
	p.set("类别", r.Category.Name())
	p.set("状态", statusName(r.Status))
	if r.AnyPlace && r.Category != "" {
		p.set("地域", "不限")
	}
	p.add("只看来源", r.Sources...)
	p.add("只看渠道", r.Channels...)
	for _, g := range r.Groups {
		p.words("必须有“"+g.Name+"”", g.Words)
		if g.Negatable {
			p.set("必须有“"+g.Name+"”的否定不算", "是")
		}
	}
	for _, w := range r.Weights {
		kind := "加分"
		if w.Minus {
			kind = "减分"
		}
		switch w.Position {
		case classifier.InTitle:
			kind = "标题" + kind
		case classifier.InBody:
			kind = "正文" + kind
		case classifier.Anywhere:
		}
		p.words(kind+" "+strconv.Itoa(w.Points)+" 分", w.Words)
	}
	for _, n := range r.Near {
		label := fmt.Sprintf("相距 %d 字以内加 %d 分", n.Within, n.Points)
		p.words(label+"的“前”", n.Before)
		p.words(label+"的“后”", n.After)
	}
	p.excludes("排除", r.Excludes)
	if r.To != verdict.Alert {
		p.set("处理", "转"+r.To.Name())
	}
	p.set("标记", r.Tag)
	p.set("提示", r.Hint)
	p.set("分级", gradingName(r.Grading))
	for _, e := range r.Escalations {
		p.add("升级", stepName(e))
	}
	p.set("时限", r.Deadline)
	p.add("归口", r.Sections...)
	p.add("会商", r.Consult...)
	for _, k := range []struct {
		name string
		list []classifier.Example
	}{
		{"应命中", r.Examples.Hit}, {"不应命中", r.Examples.Miss}, {"转复核", r.Examples.Review}, {"暂不支持", r.Examples.Known},
	} {
		for _, e := range k.list {
			p.add("示例·"+k.name, shortened(strings.TrimSpace(e.Title+" "+e.Body), 30))
		}
	}
	r.Examples = classifier.Examples{}
	p.whole = r
	return p
}

// stepName says one step of 升级 in words.
func stepName(e verdict.Escalation) string {
	s := "按" + e.By.Name() + ", " + zh.Exact(e.Within) + "内"
	if e.Posts > 0 {
		s += fmt.Sprintf(" %d 条不同帖子", e.Posts)
	}
	if e.Sources > 0 {
		s += fmt.Sprintf(" %d 个不同来源", e.Sources)
	}
	return s + ", 转为" + e.To.Name()
}

func gradingName(g classifier.Grading) string {
	switch g {
	case classifier.GradeCasualty:
		return "按伤亡"
	case classifier.GradeOutage:
		return "按停电"
	case classifier.GradeNone:
	}
	return ""
}

func statusName(s classifier.Status) string {
	switch s {
	case classifier.Live:
		return "启用"
	case classifier.Shadow:
		return "试运行"
	case classifier.Draft:
		return "草稿"
	}
	return string(s)
}

// shortened puts a text on one line of at most n characters.
func shortened(s string, n int) string { return zh.Clip(strings.Join(strings.Fields(s), " "), n) }
