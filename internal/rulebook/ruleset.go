package rulebook

import (
	"huiying/classifier"
	"huiying/internal/post"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/verdict"
)

// deformed is the tag of a post that only its compact copy gave away.
const deformed = "变形"

// RuleSet turns the editors' rule files into what the classifier works with.
func RuleSet(r *rulefile.Rules) classifier.RuleSet {
	city := r.Places.City
	set := classifier.RuleSet{
		Version:  r.Version(),
		Base:     r.Defaults.Base,
		AlertAt:  r.Defaults.AlertAt,
		ReviewAt: r.Defaults.ReviewAt,
		Near:     r.Defaults.Near,
		Places: classifier.Places{
			Sure:      words(city.Sure),
			Unsure:    words(city.Unsure),
			Evidence:  words(city.Evidence),
			Elsewhere: words(city.Else),
			Energy:    words(city.Energy),
			Districts: districts(city.Districts),
		},
		Excludes: excludes(r.Excludes),
		Fallback: classifier.Fallback{Heavy: words(r.Fallback.Heavy)},
	}
	for _, m := range r.Marks {
		set.Marks = append(set.Marks, mark(m))
	}
	for _, rule := range r.Rules {
		set.Rules = append(set.Rules, editorsRule(rule))
	}
	return set
}

func mark(m rulefile.Mark) classifier.Rule {
	rule := classifier.Rule{
		ID:       m.ID,
		Name:     m.Name,
		Status:   status(m.Status),
		AnyPlace: true, // a rumour is a rumour wherever it plays
		Sources:  m.Sources,
		Channels: channels(m.Channels),
		Groups:   groups(m.Groups),
		To:       verdict.None,
		Tag:      m.Tag,
		Hint:     m.Hint,
		Examples: examples(m.Examples),
	}
	if m.To != "" {
		rule.To = verdict.Review
	}
	return rule
}

func editorsRule(r rulefile.Rule) classifier.Rule {
	rule := classifier.Rule{
		ID:       r.ID,
		Name:     r.Name,
		Category: category(r.Category),
		Status:   status(r.Status),
		AnyPlace: r.Place == "不限",
		Sources:  r.Sources,
		Channels: channels(r.Channels),
		Groups:   groups(r.Groups),
		Weights:  append(weights(r.Plus, false), weights(r.Minus, true)...),
		Excludes: excludes(r.Excludes),
		To:       verdict.Alert,
		Tag:      r.Tag,
		Hint:     r.Hint,
		Grading:  grading(r.Grading),
		Sections: r.Owners,
		Consult:  r.Consult,
		Deadline: r.Deadline,
		Examples: examples(r.Examples),
	}
	for _, e := range r.Escalate {
		rule.Escalations = append(rule.Escalations, escalation(e))
	}
	if r.To == "转复核" {
		rule.To = verdict.Review
	}
	for _, n := range r.Near {
		rule.Near = append(rule.Near, classifier.Distance{
			Before: words(n.Before), After: words(n.After), Within: n.Within, Points: n.Points,
		})
	}
	return rule
}

func words(list rulefile.WordList) []classifier.Words {
	var out []classifier.Words
	for _, w := range list {
		out = append(out, classifier.Words{Words: w.Words, Not: w.Not, Anywhere: bool(w.Anywhere)})
	}
	return out
}

func groups(list []rulefile.Group) []classifier.Group {
	var out []classifier.Group
	for _, g := range list {
		out = append(out, classifier.Group{Name: g.Name, Words: words(g.Words), Negatable: bool(g.Negatable)})
	}
	return out
}

func weights(list []rulefile.Weight, minus bool) []classifier.Weight {
	var out []classifier.Weight
	for _, w := range list {
		weight := classifier.Weight{
			Words: words(w.Words), Points: w.Points, Minus: minus, Negatable: bool(w.Negatable),
		}
		switch w.Position {
		case "标题":
			weight.Position = classifier.InTitle
		case "正文":
			weight.Position = classifier.InBody
		}
		out = append(out, weight)
	}
	return out
}

func excludes(list []rulefile.Exclude) []classifier.Exclude {
	var out []classifier.Exclude
	for _, x := range list {
		to := verdict.Review
		if x.To == "不报" {
			to = verdict.None
		}
		out = append(out, classifier.Exclude{Name: x.Name, Words: words(x.Words), Unless: words(x.Unless), To: to})
	}
	return out
}

// channels turns the Chinese names of channels into the crawler's own.
func channels(names rulefile.Channels) []string {
	var out []string
	for _, name := range names {
		for _, c := range post.Channels() {
			if c.Name() == string(name) {
				out = append(out, string(c))
			}
		}
	}
	return out
}
