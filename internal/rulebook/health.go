package rulebook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"huiying/classifier"
	"huiying/classifier/casualty"
	"huiying/classifier/scan"
	"huiying/classifier/text"
	"huiying/internal/verdict"
)

// Health is how the rules fare on the posts of the last weeks.
type Health struct {
	Posts int `json:"posts"`
	Days  int `json:"days"`
	// SilentRules never hit; SilentWords, of their required groups, never occur.
	SilentRules []RuleName   `json:"silent_rules"`
	SilentWords []SilentWord `json:"silent_words"`
	// Together are pairs of rules that nearly always hit the same posts.
	Together []Overlap `json:"together"`
	// Covered are words that another word of their group always hits for.
	Covered []CoveredWord `json:"covered"`
	// Harsh are exclusions by the posts they put down, Casualties those that speak
	// of dead or injured people.
	Harsh []HarshExclude `json:"excludes"`
	// Untested are rules without a text they must not hit; FalseAlarms the rules
	// whose alerts people called wrong.
	Untested    []RuleName   `json:"without_counter_examples"`
	FalseAlarms []FalseAlarm `json:"false_alarms"`
}

// RuleName names a rule.
type RuleName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SilentWord is a word that never occurs.
type SilentWord struct {
	Word string `json:"word"`
	Rule string `json:"rule"`
	// Example says that an example of the rule has it: rare, but meant.
	Example bool `json:"in_example"`
}

// Overlap are two rules that hit the same posts: Both posts, of Either.
type Overlap struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Both   int    `json:"both"`
	Either int    `json:"either"`
}

// Share is the part of the posts that both hit, in percent.
func (o Overlap) Share() int { return o.Both * 100 / o.Either }

// CoveredWord is a word that holds another of its group.
type CoveredWord struct {
	Word string `json:"word"`
	By   string `json:"by"`
	Rule string `json:"rule"`
}

// HarshExclude is an exclusion by what it put down.
type HarshExclude struct {
	Name       string `json:"name"`
	Posts      int    `json:"posts"`
	Casualties int    `json:"casualties"`
	// Reviewed of those went to 复核.
	Reviewed int      `json:"reviewed"`
	Examples []string `json:"examples,omitempty"`
}

// FalseAlarm is a rule by what people said of its alerts.
type FalseAlarm struct {
	ID     string `json:"id"`
	False  int    `json:"false"`
	Judged int    `json:"judged"`
}

// overlapLeast is how many posts two rules must share, and overlapShare of how
// many percent, to be called always together.
const (
	overlapLeast = 5
	overlapShare = 70
)

// Checkup runs the rules over an archive and tells what does not earn its keep.
func Checkup(ctx context.Context, a Archive, set classifier.RuleSet, by *classifier.Classifier, done func(posts int)) (Health, error) {
	h := Health{
		SilentRules: []RuleName{}, SilentWords: []SilentWord{}, Together: []Overlap{}, Covered: covered(set),
		Harsh: []HarshExclude{}, Untested: []RuleName{}, FalseAlarms: []FalseAlarm{},
	}
	rules := slices.DeleteFunc(slices.Concat(set.Marks, set.Rules), func(r classifier.Rule) bool {
		return r.Status == classifier.Draft
	})
	cleaner := text.New()
	words, clean := groupWords(rules, cleaner)
	find := scan.New(clean)
	var span period
	occurs := make([]bool, len(clean))
	hits, both := map[string]int{}, map[[2]string]int{}
	harsh := map[string]*HarshExclude{}
	alarms := map[string]*FalseAlarm{}
	type reading struct {
		words map[int]bool
		why   classifier.Explanation
	}
	err := through(ctx, a, func(p Archived) reading {
		r := reading{words: wordsIn(find, cleaner, p)}
		if len(r.words) > 0 {
			r.why = by.Explain(p.Post)
		}
		return r
	}, func(p Archived, r reading) {
		h.Posts++
		span.add(arrived(p))
		for w := range r.words {
			occurs[w] = true
		}
		found := spoke(r.why)
		for i, id := range found {
			hits[id]++
			for _, other := range found[i+1:] {
				both[[2]string{id, other}]++
			}
		}
		for _, name := range putDown(r.why) {
			x := harsh[name]
			if x == nil {
				x = &HarshExclude{Name: name}
				harsh[name] = x
			}
			x.take(p, r.why.Verdict)
		}
		if p.Judged != "" {
			for _, id := range found {
				x := alarms[id]
				if x == nil {
					x = &FalseAlarm{ID: id}
					alarms[id] = x
				}
				if x.Judged++; p.Judged == False {
					x.False++
				}
			}
		}
		if done != nil {
			done(h.Posts)
		}
	})
	if err != nil {
		return h, err
	}
	h.Days = span.days()
	for _, r := range rules {
		if hits[r.ID] == 0 {
			h.SilentRules = append(h.SilentRules, RuleName{r.ID, r.Name})
		}
		if len(r.Examples.Miss) == 0 {
			h.Untested = append(h.Untested, RuleName{r.ID, r.Name})
		}
	}
	for i, w := range words {
		if !occurs[i] {
			h.SilentWords = append(h.SilentWords, w)
		}
	}
	for pair, n := range both {
		o := Overlap{A: pair[0], B: pair[1], Both: n, Either: hits[pair[0]] + hits[pair[1]] - n}
		if n >= overlapLeast && o.Share() >= overlapShare {
			h.Together = append(h.Together, o)
		}
	}
	slices.SortFunc(h.Together, func(x, y Overlap) int {
		return cmp.Or(cmp.Compare(y.Share(), x.Share()), strings.Compare(x.A+x.B, y.A+y.B))
	})
	for _, x := range harsh {
		h.Harsh = append(h.Harsh, *x)
	}
	slices.SortFunc(h.Harsh, func(x, y HarshExclude) int {
		return cmp.Or(cmp.Compare(y.Casualties, x.Casualties), cmp.Compare(y.Posts, x.Posts), strings.Compare(x.Name, y.Name))
	})
	for _, x := range alarms {
		if x.False > 0 {
			h.FalseAlarms = append(h.FalseAlarms, *x)
		}
	}
	slices.SortFunc(h.FalseAlarms, func(x, y FalseAlarm) int {
		return cmp.Or(cmp.Compare(y.False*x.Judged, x.False*y.Judged), strings.Compare(x.ID, y.ID))
	})
	return h, nil
}

// take counts a post that an exclusion put down.
func (x *HarshExclude) take(p Archived, v verdict.Verdict) {
	x.Posts++
	t := casualty.Find(p.Title+"\n"+p.Body, p.Published.Year())
	if t.Lives()+t.Serious+t.Injured == 0 {
		return
	}
	x.Casualties++
	if v.Handling == verdict.Review {
		x.Reviewed++
	}
	if len(x.Examples) < 3 {
		x.Examples = append(x.Examples, shortened(cmp.Or(strings.TrimSpace(p.Title), p.Body), 40))
	}
}

// groupWords lists the words of the rules' groups once each, and as texts have them.
func groupWords(rules []classifier.Rule, cleaner *text.Cleaner) (words []SilentWord, clean []string) {
	have := map[string]bool{}
	for _, r := range rules {
		for _, g := range r.Groups {
			for _, list := range g.Words {
				for _, w := range list.Words {
					c := cleaner.Word(w)
					if c == "" || have[c] {
						continue
					}
					have[c] = true
					words = append(words, SilentWord{Word: w, Rule: r.ID, Example: inExample(r, w)})
					clean = append(clean, c)
				}
			}
		}
	}
	return words, clean
}

func inExample(r classifier.Rule, word string) bool {
	return slices.ContainsFunc(slices.Concat(r.Examples.Hit, r.Examples.Review), func(e classifier.Example) bool {
		return strings.Contains(e.Title+"\n"+e.Body, word)
	})
}

// spoke lists the rules that came to something, or were put down by an exclusion,
// and the marks that held.
func spoke(why classifier.Explanation) []string {
	var out []string
	for _, m := range why.Marks {
		out = append(out, m.ID)
	}
	for _, r := range why.Rules {
		if len(r.Missing) == 0 && (r.Handling != verdict.None || excluded(r) != "") {
			out = append(out, r.ID)
		}
	}
	return out
}

// putDown lists the exclusions that put a rule down.
func putDown(why classifier.Explanation) []string {
	var out []string
	for _, r := range why.Rules {
		name := excluded(r)
		if len(r.Missing) == 0 && r.Handling != verdict.Alert && name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// covered lists words that hold another word of their group, which then hits
// wherever they do: unless that one has contexts in which it does not count.
func covered(set classifier.RuleSet) []CoveredWord {
	out := []CoveredWord{}
	for _, r := range slices.Concat(set.Marks, set.Rules) {
		for _, g := range r.Groups {
			var free, all []string
			for _, list := range g.Words {
				all = append(all, list.Words...)
				if len(list.Not) == 0 {
					free = append(free, list.Words...)
				}
			}
			for _, long := range all {
				for _, short := range free {
					if long != short && strings.Contains(long, short) {
						out = append(out, CoveredWord{Word: long, By: short, Rule: r.ID})
						break
					}
				}
			}
		}
	}
	return out
}

// String names a rule for a person.
func (r RuleName) String() string { return fmt.Sprintf("%s %s", r.ID, r.Name) }
