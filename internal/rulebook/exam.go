package rulebook

import (
	"fmt"
	"slices"

	"huiying/classifier"
	"huiying/internal/post"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/verdict"
)

// The kinds of examples, as the rule files name them.
const (
	kindHit    = "应命中"
	kindMiss   = "不应命中"
	kindReview = "转复核"
	kindKnown  = "暂不支持"
)

// Exam is what became of every example.
type Exam struct {
	Rules  []RuleExam `json:"rules"`
	Total  int        `json:"total"`
	Passed int        `json:"passed"`
	Failed int        `json:"failed"`
	// Known counts examples that are known not to work; they neither pass nor fail.
	Known int `json:"known"`
}

// RuleExam is the part of one rule.
type RuleExam struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Hit    Tally  `json:"hit"`
	Miss   Tally  `json:"miss"`
	Review Tally  `json:"review"`
	Known  int    `json:"known"`
	// Works are the known gaps, by number from 1, that work now and should move.
	Works []int `json:"works,omitempty"`
	// Borrowed say of examples that pass which other rule alerted in this one's
	// stead.
	Borrowed []string  `json:"borrowed,omitempty"`
	Failures []Failure `json:"failures,omitempty"`
}

// Tally counts examples of one kind.
type Tally struct {
	Passed int `json:"passed"`
	Total  int `json:"total"`
}

// Failure is an example that did not go as it should.
type Failure struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Kind      string `json:"kind"`
	Complaint string `json:"complaint"`
	Title     string `json:"title,omitempty"`
	Text      string `json:"text"`
	// Reasons say what the rule saw, Advice what could be changed.
	Reasons string `json:"reasons"`
	Advice  string `json:"advice"`
}

// RunExamples holds the rules to their own examples. An example comes through the
// first channel its rule looks at, since it names none. The examples of rules that
// are not live yet (试运行, 草稿) are tried as if all of these were.
func RunExamples(rules *rulefile.Rules) (Exam, error) {
	set := RuleSet(rules)
	live, err := Compile(set)
	if err != nil {
		return Exam{}, err
	}
	defer live.Close()
	trial, err := live.Variant(enabled(set))
	if err != nil {
		return Exam{}, err
	}
	by := func(s rulefile.Status) *classifier.Classifier {
		if status(s) == classifier.Live {
			return live.Classifier
		}
		return trial
	}
	var out Exam
	for _, m := range rules.Marks {
		out.rule(examined{id: m.ID, name: m.Name, channels: channels(m.Channels), mark: m.Tag}, m.Examples, by(m.Status))
	}
	for _, r := range rules.Rules {
		out.rule(examined{id: r.ID, name: r.Name, channels: channels(r.Channels), sources: r.Sources}, r.Examples, by(r.Status))
	}
	return out, nil
}

// enabled is the set with every rule live.
func enabled(set classifier.RuleSet) classifier.RuleSet {
	live := func(rules []classifier.Rule) []classifier.Rule {
		rules = slices.Clone(rules)
		for i := range rules {
			rules[i].Status = classifier.Live
		}
		return rules
	}
	set.Marks, set.Rules = live(set.Marks), live(set.Rules)
	return set
}

// examined is the rule whose turn it is; mark is a mark rule's tag.
type examined struct {
	id, name, mark    string
	channels, sources []string
}

func (x *Exam) rule(r examined, all rulefile.Examples, by *classifier.Classifier) {
	e := RuleExam{ID: r.id, Name: r.name, Known: len(all.Known)}
	for _, part := range []struct {
		kind  string
		list  []rulefile.Example
		tally *Tally
	}{{kindHit, all.Hit, &e.Hit}, {kindMiss, all.Miss, &e.Miss}, {kindReview, all.Review, &e.Review}} {
		for i, example := range texts(part.list) {
			part.tally.Total++
			why := by.Explain(r.post(example))
			complaint := r.against(part.kind, example, why.Verdict)
			if complaint == "" {
				part.tally.Passed++
				if part.kind == kindHit && r.mark == "" {
					e.borrowed(i+1, why)
				}
				continue
			}
			e.Failures = append(e.Failures, Failure{
				File: example.File, Line: example.Line, Kind: part.kind, Complaint: complaint,
				Title: example.Title, Text: part.list[i].Body,
				Reasons: reasons(r.id, why), Advice: advice(r, part.kind, why),
			})
		}
	}
	for i, example := range texts(all.Known) {
		if works(string(all.Known[i].Should), by.Explain(r.post(example)).Verdict) {
			e.Works = append(e.Works, i+1)
		}
	}
	x.Rules = append(x.Rules, e)
	x.Passed += e.Hit.Passed + e.Miss.Passed + e.Review.Passed
	x.Failed += len(e.Failures)
	x.Known += e.Known
	x.Total = x.Passed + x.Failed + x.Known
}

// borrowed notes an example that alerts without the rule it belongs to.
func (e *RuleExam) borrowed(n int, x classifier.Explanation) {
	own, other := verdict.None, ""
	for _, t := range x.Rules {
		switch {
		case t.ID == e.ID:
			own = t.Handling
		case t.Handling == verdict.Alert && other == "":
			other = t.ID + " " + t.Name
		}
	}
	if own != verdict.Alert && other != "" {
		e.Borrowed = append(e.Borrowed, fmt.Sprintf("应命中第 %d 条是靠 %s 告警的, %s 自己的结论是%s", n, other, e.ID, own.Name()))
	}
}

func (r examined) post(e classifier.Example) post.Post {
	p := post.Post{Title: e.Title, Body: e.Body, SourceName: e.Source}
	if len(r.channels) > 0 {
		p.Channel = post.Channel(r.channels[0])
	}
	if e.Source == "" && len(r.sources) > 0 {
		p.SourceName = r.sources[0]
	}
	return p
}

// against says in which way a verdict is not what the example expects; "" where
// it is.
func (r examined) against(kind string, e classifier.Example, v verdict.Verdict) string {
	switch {
	case kind == kindHit && v.Handling != verdict.Alert:
		return "应命中, 结果是" + v.Handling.Name()
	case kind == kindReview && v.Handling != verdict.Review:
		return "应转复核, 结果是" + v.Handling.Name()
	case kind == kindMiss && v.Handling == verdict.Alert:
		return fmt.Sprintf("不应命中却命中了(%d 分)", v.Score)
	case kind == kindMiss:
		return ""
	case e.Want.Category != "" && v.Category != e.Want.Category:
		return "类别是 " + named(v.Category.Name()) + ", 期望 " + e.Want.Category.Name()
	case e.Want.Grade != "" && v.Grade != e.Want.Grade:
		return "等级是 " + named(v.Grade.Name()) + ", 期望 " + e.Want.Grade.Name()
	case e.Want.Section != "" && e.Want.Section != office && !slices.Contains(v.Sections, e.Want.Section):
		return "归口是 " + named(joined(v.Sections)) + ", 期望有 " + e.Want.Section
	case e.Want.Tag != "" && !slices.Contains(v.Tags, e.Want.Tag):
		return "标记是 " + named(joined(v.Tags)) + ", 期望有 " + e.Want.Tag
	case r.mark != "" && e.Want.Tag == "" && !slices.Contains(v.Tags, r.mark):
		return "没有打上标记 " + r.mark
	}
	return ""
}

// office gets every alert and therefore stands in no verdict.
const office = "局办公室"

// works tells whether a known gap is none any more.
func works(should string, v verdict.Verdict) bool {
	switch should {
	case "不命中":
		return v.Handling != verdict.Alert
	case "转复核":
		return v.Handling == verdict.Review
	}
	return v.Handling == verdict.Alert
}

func named(s string) string {
	if s == "" {
		return "(没有)"
	}
	return s
}
