// Package classifier judges posts by the editors' rules: whether a post is of
// the bureau's matter, which of the five priorities it touches, how grave it is
// and who must answer. It owns Rule.
package classifier

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"huiying/classifier/scan"
	"huiying/classifier/text"
)

// Segmenter cuts a clause into words. It returns the ends of the words in code
// points, ascending; the last is the clause's length. It must be safe for
// concurrent use. The implementation is classifier/jieba.
type Segmenter interface {
	Cut(clause string) []int
	// Firm tells whether a word, where no other word lies across its ends, is never
	// cut but at its ends and inside. Crossed tells whether any word may lie across
	// the ends of clause[start:end]. With both, most hits are judged without cutting.
	Firm(word string) bool
	Crossed(clause []rune, start, end int) bool
}

// Classifier judges posts by one set of rules. It is immutable and safe for
// concurrent use: new rules make a new Classifier.
type Classifier struct {
	set     RuleSet
	cleaner *text.Cleaner
	segment Segmenter
	words   *scan.Automaton
	sieve   *scan.Sieve
	// names are the words as the editors wrote them, by pattern; firm are those
	// that Segmenter says are; inLists are the word lists each stands in, of which
	// there are count; firing are the rules of whose groups it is.
	names   []string
	firm    []bool
	inLists [][]int32
	count   int
	firing  [][]int32
	// documents is the memory of posts judged before.
	documents sync.Pool

	places places
	// districts are the districts that place words name, by pattern.
	districts map[int32]string
	excludes  []exclude
	heavy     lexicon
	marks     []rule
	rules     []rule
}

// New compiles set for matching. Words are normalised the way texts are. It is an
// error when a rule has no group, or a group no word, since such a rule would
// fire always or never.
func New(set RuleSet, seg Segmenter) (*Classifier, error) {
	c := &Classifier{cleaner: text.New(), segment: seg}
	b := &builder{cleaner: c.cleaner, ids: map[string]int32{}}
	if err := c.compile(set, b); err != nil {
		return nil, err
	}
	c.words = scan.New(b.words)
	if left := c.words.Left(); len(left) > 0 {
		return nil, fmt.Errorf("the rules hold more different characters than can be told apart, from the word %q on; take some words out", b.names[left[0]])
	}
	c.sieve = c.words.Sieve(c.cleaner)
	c.names, c.inLists, c.count = b.names, b.lists, int(b.count)
	for _, w := range b.words {
		c.firm = append(c.firm, seg.Firm(w))
	}
	c.firing = c.invert(len(b.words))
	return c, nil
}

// compile numbers the words of set through b and fills in what it leaves open.
func (c *Classifier) compile(set RuleSet, b *builder) error {
	set.Base = cmp.Or(set.Base, 60)
	set.AlertAt = cmp.Or(set.AlertAt, 60)
	set.ReviewAt = cmp.Or(set.ReviewAt, 40)
	set.Near = cmp.Or(set.Near, 15)
	c.set = set
	c.places = places{
		sure:      b.lexicon(set.Places.Sure),
		unsure:    b.lexicon(set.Places.Unsure),
		evidence:  b.lexicon(set.Places.Evidence),
		elsewhere: b.lexicon(set.Places.Elsewhere),
		energy:    b.lexicon(set.Places.Energy),
	}
	c.districts = map[int32]string{}
	for _, d := range set.Places.Districts {
		for _, id := range b.numbers(d.Words) {
			c.districts[id] = d.Name
		}
	}
	c.excludes = b.excludes(set.Excludes)
	c.heavy = b.lexicon(set.Fallback.Heavy)
	var err error
	if c.marks, err = b.rules(set.Marks, set); err != nil {
		return err
	}
	c.rules, err = b.rules(set.Rules, set)
	return err
}

// UserWords lists the words of set that its segmenter must know, normalised,
// sorted and distinct; see jieba.New.
func UserWords(set RuleSet) []string {
	var out []string
	cleaner := text.New()
	add := func(lists ...[]Words) {
		for _, list := range lists {
			for _, ws := range list {
				for _, w := range ws.Words {
					out = append(out, cleaner.Word(w))
				}
			}
		}
	}
	excludes := func(es []Exclude) {
		for _, e := range es {
			add(e.Words, e.Unless)
		}
	}
	add(set.Places.Sure, set.Places.Unsure, set.Places.Evidence, set.Places.Elsewhere, set.Places.Energy, set.Fallback.Heavy)
	excludes(set.Excludes)
	for _, r := range slices.Concat(set.Marks, set.Rules) {
		for _, g := range r.Groups {
			add(g.Words)
		}
		for _, w := range r.Weights {
			add(w.Words)
		}
		for _, n := range r.Near {
			add(n.Before, n.After)
		}
		excludes(r.Excludes)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}

// The compiled forms of the rule types; words became pattern numbers.
type (
	lexicon []entry
	entry   struct {
		id       int32 // of the list among all lists of the set
		words    []int32
		not      []int32
		anywhere bool
	}
	places struct{ sure, unsure, evidence, elsewhere, energy lexicon }
	group  struct {
		Group
		words lexicon
	}
	weight struct {
		Weight
		words lexicon
	}
	distance struct {
		Distance
		before, after lexicon
	}
	exclude struct {
		Exclude
		words, unless lexicon
	}
	rule struct {
		Rule
		groups   []group
		weights  []weight
		near     []distance
		excludes []exclude
	}
)

// builder numbers the distinct words of a set.
type builder struct {
	cleaner *text.Cleaner
	ids     map[string]int32
	words   []string
	names   []string
	// lists holds by word the lists it stands in, count how many lists there are.
	lists [][]int32
	count int32
}

func (b *builder) id(word string) (int32, bool) {
	clean := b.cleaner.Word(word)
	if clean == "" {
		return 0, false
	}
	id, ok := b.ids[clean]
	if !ok {
		id = int32(len(b.words)) //nolint:gosec // far fewer words than 2³¹
		b.ids[clean] = id
		b.words, b.names, b.lists = append(b.words, clean), append(b.names, word), append(b.lists, nil)
	}
	return id, true
}

func (b *builder) numbers(words []string) []int32 {
	var out []int32
	for _, w := range words {
		if id, ok := b.id(w); ok {
			out = append(out, id)
		}
	}
	return out
}

func (b *builder) lexicon(lists []Words) lexicon {
	var out lexicon
	for _, l := range lists {
		if ids := b.numbers(l.Words); len(ids) > 0 {
			for _, id := range ids {
				b.lists[id] = append(b.lists[id], b.count)
			}
			out = append(out, entry{id: b.count, words: ids, not: b.numbers(l.Not), anywhere: l.Anywhere})
			b.count++
		}
	}
	return out
}

func (b *builder) excludes(in []Exclude) []exclude {
	out := make([]exclude, 0, len(in))
	for _, e := range in {
		out = append(out, exclude{Exclude: e, words: b.lexicon(e.Words), unless: b.lexicon(e.Unless)})
	}
	return out
}

func (b *builder) rules(in []Rule, set RuleSet) ([]rule, error) {
	out := make([]rule, 0, len(in))
	for _, r := range in {
		if r.Status == Draft {
			continue
		}
		if len(r.Groups) == 0 {
			return nil, fmt.Errorf("rule %s: 必须有 is empty; give it at least one group", r.ID)
		}
		c := rule{Rule: r, excludes: b.excludes(r.Excludes)}
		for i, g := range r.Groups {
			words := b.lexicon(g.Words)
			if len(words) == 0 {
				return nil, fmt.Errorf("rule %s: group %d (%s) has no word; give it 词 or 词表", r.ID, i+1, g.Name)
			}
			c.groups = append(c.groups, group{Group: g, words: words})
		}
		for _, w := range r.Weights {
			c.weights = append(c.weights, weight{Weight: w, words: b.lexicon(w.Words)})
		}
		for _, d := range r.Near {
			d.Within = cmp.Or(d.Within, set.Near)
			c.near = append(c.near, distance{Distance: d, before: b.lexicon(d.Before), after: b.lexicon(d.After)})
		}
		out = append(out, c)
	}
	return out, nil
}
