package classifier

import (
	"fmt"
	"slices"
	"strings"

	"huiying/classifier/casualty"
	"huiying/internal/verdict"
)

// office is the section that gets every alert and therefore stands in no verdict.
const office = "局办公室"

// perGroup bounds how many matches of one group a verdict shows.
const perGroup = 8

// conclude makes one verdict of all findings: the highest handling, among its
// rules the gravest category, and the union of their sections and tags.
func (c *Classifier) conclude(r *reading, found []finding, v *verdict.Verdict) {
	if len(found) == 0 && r.energy == nil {
		if r.where != elsewhere {
			v.Region = r.region
		}
		v.Why = c.silence(r)
		return
	}
	if r.where == here || r.where == doubtful {
		v.Region = r.region
	}
	var why []string
	why = append(why, c.whyRegion(r))
	capped := c.mark(r, v)
	live := make([]finding, 0, len(found))
	for _, f := range found {
		if !f.live() {
			if f.handling != verdict.None {
				v.Tags = add(v.Tags, tagShadow+f.rule.ID)
			}
			continue
		}
		if capped != "" && f.handling == verdict.Alert {
			f.handling, f.note = verdict.Review, "标记“"+capped+"”转复核"
		}
		live = append(live, f)
	}
	for _, f := range live {
		if rank(f.handling) > rank(v.Handling) {
			v.Handling = f.handling
		}
	}
	var outage bool
	for _, category := range verdict.Categories() {
		for _, f := range live {
			if f.rule.Category != category {
				continue
			}
			why = append(why, c.whyFinding(f))
			if f.handling != v.Handling || v.Handling == verdict.None {
				continue
			}
			if v.Category == "" {
				v.Category = category
			}
			if v.Category == verdict.Emergency && category == verdict.Emergency {
				outage = outage || f.rule.Grading == GradeOutage
			}
			v.Score = max(v.Score, f.score)
			c.unite(f, v)
			c.escalate(r, f, v)
		}
	}
	if e := r.energy; e != nil {
		v.Handling, v.Category, v.Score = verdict.Review, verdict.Interest, c.set.ReviewAt
		v.Matches = append(v.Matches, c.match1("", "能源词", *e))
		why = append(why, "能源词“"+c.names[e.word]+"”, 转复核")
	}
	if v.Category == verdict.Emergency {
		why = append(why, c.grade(r, outage, v))
	}
	if v.Handling == verdict.None {
		v.Score = 0
	}
	v.Why = strings.Join(why, " · ")
}

// mark applies the mark rules that hold: they tag, and one may cap the handling at
// 复核; its tag is returned.
func (c *Classifier) mark(r *reading, v *verdict.Verdict) (capped string) {
	for _, m := range r.marks {
		if m.Status == Shadow {
			v.Tags = add(v.Tags, tagShadow+m.ID)
			continue
		}
		v.Tags = add(v.Tags, m.Tag)
		if m.To == verdict.Review {
			capped = m.Tag
		}
	}
	return capped
}

// unite adds a finding's sections, agencies, tags and matches to the verdict.
func (c *Classifier) unite(f finding, v *verdict.Verdict) {
	for _, s := range f.rule.Sections {
		if s != office {
			v.Sections = add(v.Sections, s)
		}
	}
	for _, a := range f.rule.Consult {
		v.Consult = add(v.Consult, a)
	}
	if f.rule.Tag != "" {
		v.Tags = add(v.Tags, f.rule.Tag)
	}
	if f.rule.Deadline != "" {
		v.Deadlines = add(v.Deadlines, f.rule.ID+" "+f.rule.Deadline)
	}
	if f.deformed {
		v.Tags = add(v.Tags, tagDeformed)
	}
	if f.short != "" {
		v.Tags = add(v.Tags, tagOneShort)
	}
	for i, hits := range f.hits {
		for n, h := range hits {
			if n == perGroup {
				break
			}
			v.Matches = append(v.Matches, c.match1(f.rule.ID, f.rule.groups[i].Name, h))
		}
	}
}

func (c *Classifier) match1(rule, group string, h hit) verdict.Match {
	m := verdict.Match{Rule: rule, Group: group, Word: c.names[h.word], Field: h.field.name}
	m.Start, m.End = h.field.text.Original(h.at.start, h.at.end)
	return m
}

// grade grades an emergency and says why.
func (c *Classifier) grade(r *reading, outage bool, v *verdict.Verdict) string {
	t := c.toll(r)
	v.Grade = casualty.Of(t)
	if outage {
		o := casualty.OfOutage(casualty.FindOutage(r.doc.fields[0].text.String() + "\n" + r.doc.fields[1].text.String()))
		if o.Rank() > v.Grade.Rank() {
			v.Grade = o
		}
	}
	if t == (verdict.Toll{}) {
		return "没有伤亡数字→" + v.Grade.Name()
	}
	v.Toll = &t
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{t.Dead, "死亡"}, {t.Missing, "失联"}, {t.Trapped, "被困"}, {t.Serious, "重伤"}, {t.Injured, "受伤"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d人%s", p.n, p.what))
		}
	}
	if t.LossYuan > 0 {
		parts = append(parts, fmt.Sprintf("损失%d万元", t.LossYuan/10_000))
	}
	return strings.Join(parts, "、") + "→" + v.Grade.Name()
}

func rank(h verdict.Handling) int {
	switch h {
	case verdict.Alert:
		return 2
	case verdict.Review:
		return 1
	case verdict.None:
	}
	return 0
}

func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func (c *Classifier) whyRegion(r *reading) string {
	if r.region == nil {
		return "地域 没写地点"
	}
	return fmt.Sprintf("地域 %s(%s)", r.region.Place, r.region.Evidence)
}

// whyFinding is one rule's part of the explanation.
func (c *Classifier) whyFinding(f finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d分:", f.rule.ID, f.rule.Name, f.score)
	for i, hits := range f.hits {
		if len(hits) == 0 {
			continue
		}
		h := hits[0]
		m := c.match1(f.rule.ID, f.rule.groups[i].Name, h)
		var where []string
		if m.Field == "title" {
			where = append(where, "标题")
		}
		if h.deformed {
			where = append(where, "变形")
		}
		fmt.Fprintf(&b, " %s“%s”", m.Group, m.Word)
		if len(where) > 0 {
			b.WriteString("(" + strings.Join(where, ",") + ")")
		}
	}
	if f.short != "" {
		fmt.Fprintf(&b, " 差一组“%s”, 有重词转复核", f.short)
	}
	if f.note != "" {
		b.WriteString(" " + f.note)
	}
	if f.rule.Hint != "" {
		b.WriteString(" 提示: " + f.rule.Hint)
	}
	return b.String()
}

// silence explains why no rule fired.
func (c *Classifier) silence(r *reading) string {
	none := "没有命中规则"
	if r.below != nil {
		none = fmt.Sprintf("%s, 离复核门槛 %d分差 %d分", c.whyFinding(*r.below), c.set.ReviewAt, c.set.ReviewAt-r.below.score)
	}
	switch r.where {
	case elsewhere:
		if r.below == nil {
			return "只写了外地: " + r.region.Place
		}
	case nowhere:
		return "没写地点, " + none
	case here, doubtful:
	}
	return c.whyRegion(r) + " · " + none
}
