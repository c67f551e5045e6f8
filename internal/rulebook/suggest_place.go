package rulebook

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"huiying/classifier"
	"huiying/classifier/scan"
	"huiying/classifier/text"
	"huiying/internal/verdict"
)

// place tries the best words in every group of every live rule, and then what the
// best place would newly alert in the archive.
func (s *Suggestions) place(ctx context.Context, missed []Archived, archive Archive, set classifier.RuleSet, done func(int)) error {
	tried := s.Words[:min(len(s.Words), tryMost)]
	words := make([]string, len(tried))
	for i, x := range tried {
		words[i] = x.Word
	}
	base, err := Compile(set, words...)
	if err != nil {
		return err
	}
	defer base.Close()
	variants := make([]*classifier.Classifier, len(tried))
	for i := range tried {
		if err := tried[i].settle(ctx, missed, set, base); err != nil {
			return err
		}
		if tried[i].Catches > 0 {
			if variants[i], err = base.Variant(tried[i].set); err != nil {
				return err
			}
		}
	}
	known := map[string]bool{}
	for _, p := range missed {
		known[p.ID] = true
	}
	find, cleaner := scan.New(words), text.New()
	n := 0
	return through(ctx, archive, func(p Archived) []int {
		var alarms []int
		found := wordsIn(find, cleaner, p)
		if len(found) == 0 || known[p.ID] || adjusted(p, base.Classifier).Handling == verdict.Alert {
			return nil
		}
		for w := range found {
			if variants[w] != nil && adjusted(p, variants[w]).Handling == verdict.Alert {
				alarms = append(alarms, w)
			}
		}
		return alarms
	}, func(p Archived, alarms []int) {
		for _, w := range alarms {
			tried[w].Alarms++
			if len(tried[w].Examples) < 3 {
				tried[w].Examples = append(tried[w].Examples, shortened(cmp.Or(strings.TrimSpace(p.Title), p.Body), 40))
			}
		}
		if n++; done != nil {
			done(s.Archive + n)
		}
	})
}

// settle finds the group of a live rule in which the word catches most.
func (x *Suggestion) settle(ctx context.Context, missed []Archived, set classifier.RuleSet, base *Compiled) error {
	var with []Archived
	cleaner := text.New()
	for _, p := range missed {
		if strings.Contains(cleaner.Clean(p.Title).String()+"\n"+cleaner.Clean(p.Body).String(), x.Word) {
			with = append(with, p)
		}
	}
	for i, r := range set.Rules {
		if r.Status != classifier.Live {
			continue
		}
		for g := range r.Groups {
			if err := ctx.Err(); err != nil {
				return err
			}
			changed := added(set, i, g, x.Word)
			variant, err := base.Variant(changed)
			if err != nil {
				return err
			}
			raised, alerts := 0, 0
			for _, p := range with {
				switch h := variant.Classify(p.Post).Handling; {
				case h == verdict.Alert:
					raised++
					alerts++
				case h == verdict.Review && base.Classify(p.Post).Handling == verdict.None:
					raised++
				}
			}
			if alerts > x.Alerts || alerts == x.Alerts && raised > x.Catches {
				x.Catches, x.Alerts, x.Rule, x.Group, x.set = raised, alerts, r.ID, r.Groups[g].Name, changed
			}
		}
	}
	return nil
}

// added is set with a word more in one group.
func added(set classifier.RuleSet, rule, group int, word string) classifier.RuleSet {
	set.Rules = slices.Clone(set.Rules)
	r := &set.Rules[rule]
	r.Groups = slices.Clone(r.Groups)
	g := &r.Groups[group]
	g.Words = append(slices.Clone(g.Words), classifier.Words{Words: []string{word}})
	return set
}
