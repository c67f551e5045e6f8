package classifier

import (
	"fmt"
	"slices"
	"strings"

	"huiying/internal/post"
	"huiying/internal/verdict"
)

// Explanation says of one post what every rule made of it.
type Explanation struct {
	Verdict verdict.Verdict `json:"verdict"`
	// Region is the place found, also where it is another's; nil for none.
	Region *verdict.Region `json:"region"`
	// Rules are those of which at least one group held, in the rules' order;
	// Marks the mark rules that held.
	Rules []RuleTrace `json:"rules"`
	Marks []RuleTrace `json:"marks"`
	// OnlyDeformed tells that nothing would have fired but for words taken apart.
	OnlyDeformed bool `json:"only_deformed"`
}

// RuleTrace is what one rule made of a post.
type RuleTrace struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Category verdict.Category `json:"category,omitempty"`
	Status   Status           `json:"status"`
	// Handling is what the rule leads to by itself, before marks.
	Handling verdict.Handling `json:"handling"`
	Score    int              `json:"score"`
	Groups   []GroupTrace     `json:"groups"`
	// Missing names the groups without a hit.
	Missing  []string        `json:"missing,omitempty"`
	Points   []PointsTrace   `json:"points,omitempty"`
	Excludes []ExcludedTrace `json:"excludes,omitempty"`
	// Note says in Chinese why the handling is lower than the score.
	Note string `json:"note,omitempty"`
}

// GroupTrace is one group: its hits, and where it has none what came near.
type GroupTrace struct {
	Name string     `json:"name"`
	Hits []HitTrace `json:"hits"`
	// Void are words that stand in the text and do not count, with the reason.
	Void []string `json:"void,omitempty"`
	// Words begin the group's list; Near are words of it that nearly stand in the
	// text. Both only where there is no hit.
	Words []string `json:"words,omitempty"`
	Near  []string `json:"near,omitempty"`
}

// HitTrace is a match and the text that matched.
type HitTrace struct {
	verdict.Match
	Text     string `json:"text"`
	Deformed bool   `json:"deformed,omitempty"`
	// Doubt names a word of denial or prevention that stands before the hit and
	// did not void it.
	Doubt string `json:"doubt,omitempty"`
}

// PointsTrace is a 加分, 减分 or 相距 that told; Points is negative for 减分.
type PointsTrace struct {
	Points int    `json:"points"`
	Why    string `json:"why"`
}

// ExcludedTrace is an exclusion whose words stand in the post; Unless is the word
// that cancelled it.
type ExcludedTrace struct {
	Name   string           `json:"name"`
	Word   string           `json:"word"`
	Unless string           `json:"unless,omitempty"`
	To     verdict.Handling `json:"to"`
}

// Explain judges a post and tells what each rule made of it. It is slower than
// Classify and meant for one post at a time.
func (c *Classifier) Explain(p post.Post) Explanation {
	x := Explanation{Verdict: c.Classify(p), Rules: []RuleTrace{}, Marks: []RuleTrace{}}
	r := &reading{post: p, doc: c.document(p)}
	r.where, r.region = c.locate(p, r.doc)
	x.Region = r.region
	straight := map[string]bool{} // rules that needed no word taken apart
	for i := range c.rules {
		ru := &c.rules[i]
		t, held, deformed := c.trace(r, ru)
		if held == 0 || !ru.wants(p) {
			continue
		}
		if f, ok := c.match(r, ru); ok {
			c.settle(r, &f)
			t.Handling, t.Score, t.Note = f.handling, f.score, f.note
			if f.short != "" && f.handling != verdict.None {
				t.Note = "差一组, 有重词转复核"
			}
		}
		x.Rules = append(x.Rules, t)
		straight[t.ID] = !deformed
	}
	fired := func(t RuleTrace) bool { return t.Handling != verdict.None && t.Status == Live && len(t.Missing) == 0 }
	if slices.ContainsFunc(x.Rules, fired) { // 兜底 says nothing where a rule held
		for i := range x.Rules {
			if t := &x.Rules[i]; len(t.Missing) > 0 {
				t.Handling, t.Score, t.Note = verdict.None, 0, ""
			}
		}
		x.OnlyDeformed = !slices.ContainsFunc(x.Rules, func(t RuleTrace) bool {
			return fired(t) && straight[t.ID]
		})
	}
	for i := range c.marks {
		if t, held, _ := c.trace(r, &c.marks[i]); held == len(c.marks[i].groups) && c.marks[i].wants(p) {
			x.Marks = append(x.Marks, t)
		}
	}
	return x
}

// trace looks at every part of a rule and counts the groups that hold.
func (c *Classifier) trace(r *reading, ru *rule) (t RuleTrace, held int, deformed bool) {
	t = RuleTrace{
		ID: ru.ID, Name: ru.Name, Category: ru.Category, Status: ru.Status, Handling: verdict.None, Groups: []GroupTrace{},
	}
	for _, g := range ru.groups {
		gt := GroupTrace{Name: g.Name, Hits: []HitTrace{}}
		hits := r.doc.any(g.words, query{negatable: g.Negatable})
		for _, h := range hits[:min(len(hits), perGroup)] {
			ht := c.hitTrace(r.post, ru.ID, g.Name, h)
			if g.Negatable {
				ht.Doubt = doubt(h)
			}
			gt.Hits = append(gt.Hits, ht)
			deformed = deformed || h.deformed
		}
		if len(hits) > 0 {
			held++
		} else {
			t.Missing = append(t.Missing, g.Name)
			gt.Void = c.void(r.doc, g)
			gt.Words, gt.Near = near(r.post, g.Words)
		}
		t.Groups = append(t.Groups, gt)
	}
	if held > 0 {
		c.tracePoints(r, ru, &t)
		for _, e := range slices.Concat(ru.excludes, c.excludes) {
			if hits := r.doc.find(e.words, query{most: 1}); len(hits) > 0 {
				et := ExcludedTrace{Name: e.Name, Word: c.names[hits[0].word], To: e.To}
				if unless := r.doc.find(e.unless, query{most: 1}); len(unless) > 0 {
					et.Unless = c.names[unless[0].word]
				}
				t.Excludes = append(t.Excludes, et)
			}
		}
	}
	return t, held, deformed
}

func (c *Classifier) tracePoints(r *reading, ru *rule, t *RuleTrace) {
	for _, w := range ru.weights {
		hits := r.doc.any(w.words, query{position: w.Position, negatable: w.Negatable, most: 1})
		if len(hits) == 0 {
			continue
		}
		pt := PointsTrace{Points: w.Points, Why: "“" + c.names[hits[0].word] + "”"}
		if w.Minus {
			pt.Points = -w.Points
		}
		switch w.Position {
		case InTitle:
			pt.Why += "标题命中"
		case InBody:
			pt.Why += "正文命中"
		case Anywhere:
		}
		t.Points = append(t.Points, pt)
	}
	for _, n := range ru.near {
		if a, b, near := nearby(r.doc.any(n.before, query{}), r.doc.any(n.after, query{}), n.Within); near {
			t.Points = append(t.Points, PointsTrace{
				Points: n.Points, Why: fmt.Sprintf("“%s”“%s”相距 %d 字以内", c.names[a.word], c.names[b.word], n.Within),
			})
		}
	}
}

func (c *Classifier) hitTrace(p post.Post, rule, group string, h hit) HitTrace {
	t := HitTrace{Match: c.match1(rule, group, h), Deformed: h.deformed}
	text := []rune(p.Body)
	if t.Field == "title" {
		text = []rune(p.Title)
	}
	if t.Start >= 0 && t.Start <= t.End && t.End <= len(text) {
		t.Text = string(text[t.Start:t.End])
	}
	return t
}

// doubt is a word of prevention or denial somewhere before a hit.
func doubt(h hit) string {
	before := string(h.field.text.Runes[:h.at.start])
	for _, w := range slices.Concat(preventions(), []string{"没有发生", "未发生", "没有造成", "未造成"}) {
		if strings.Contains(before, w) {
			return w
		}
	}
	return ""
}

// void tells why words of a group that stand in the text do not count.
func (c *Classifier) void(d *document, g group) []string {
	var out []string
	for _, f := range d.fields {
		for _, e := range g.words {
			for _, w := range e.words {
				for _, o := range f.hits(w) {
					var why string
					switch {
					case f.inside(e.not, o.span):
						why = "落在“不算”的话里"
					case g.Negatable && f.negated(o.span):
						why = "前面是否定或防范的话"
					case !e.anywhere && !f.bounded(o):
						why = "跨在两个词之间"
					default:
						continue
					}
					if why = "“" + c.names[w] + "”" + why; len(out) < 3 && !slices.Contains(out, why) {
						out = append(out, why)
					}
				}
			}
		}
	}
	return out
}

// near lists a few words of a list, and those of which all but one character
// stands in the text.
func near(p post.Post, list []Words) (some, nearly []string) {
	text := p.Title + "\n" + p.Body
	for _, ws := range list {
		for _, w := range ws.Words {
			if len(some) < 3 {
				some = append(some, w)
			}
			if r := []rune(w); len(r) >= 3 && len(nearly) < 3 {
				for i := range r {
					if part := string(r[:i]) + string(r[i+1:]); strings.Contains(text, part) && !slices.Contains(nearly, w) {
						nearly = append(nearly, w)
						break
					}
				}
			}
		}
	}
	return some, nearly
}
