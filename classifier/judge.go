package classifier

import (
	"slices"
	"time"

	"huiying/classifier/casualty"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// Tags the classifier sets by itself; the others come from rules.
const (
	tagDeformed = "变形"
	tagOneShort = "差一组"
	tagShadow   = "试运行:"
)

// valve is the number of lives from which no exclusion may silence a post.
const valve = 3

// noWord is the verdict's Why where no rule word stands in a post.
const noWord = "没有规则里的词"

// finding is what one rule says of a post.
type finding struct {
	rule     *rule
	handling verdict.Handling
	score    int
	hits     [][]hit // by group
	short    string  // the missing group's name, when 兜底 found it
	deformed bool
	note     string // why the handling is lower than the score, in Chinese
	below    bool   // all groups held, but the score fell below 复核门槛
}

// live tells findings that count from those of rules on trial.
func (f finding) live() bool { return f.rule.Status != Shadow }

// reading is a post with what judging it has found out so far.
type reading struct {
	post   post.Post
	doc    *document
	where  where
	region *verdict.Region
	// district is found only where a rule counts by it.
	district string
	toll     *verdict.Toll
	// below is the live rule that came nearest to 复核门槛 from below, nil where none
	// held.
	below *finding
	// marks are the mark rules that hold, energy the word of an energy matter that
	// leads to 复核 where no rule does; both are known before conclude.
	marks  []*rule
	energy *hit
}

// Classify judges one post. It is deterministic and safe for concurrent use.
func (c *Classifier) Classify(p post.Post) verdict.Verdict {
	v := verdict.Verdict{
		Handling: verdict.None, Rules: c.set.Version,
		Sections: []string{}, Tags: []string{}, Matches: []verdict.Match{},
	}
	if !c.sieve.Maybe(p.Title) && !c.sieve.Maybe(p.Body) {
		v.Why = noWord // most posts; nothing was allocated for them
		return v
	}
	r := &reading{post: p, doc: c.document(p)}
	defer c.free(r.doc)
	if !r.doc.hit() {
		v.Why = noWord
		return v
	}
	found := c.findings(r)
	if !slices.ContainsFunc(found, finding.live) {
		r.energy = c.energetic(r)
	}
	if len(found) > 0 || r.energy != nil {
		r.marks = c.marked(r)
	}
	if slices.ContainsFunc(found, byDistrict) {
		r.district = c.district(append(r.doc.find(c.places.sure, query{}), r.doc.find(c.places.unsure, query{})...))
	}
	c.conclude(r, found, &v)
	return v
}

// findings runs the rules that can fire. The place comes first: it decides which
// rules are worth segmenting anything for.
func (c *Classifier) findings(r *reading) []finding {
	r.where, r.region = c.locate(r.post, r.doc)
	var candidates []finding
	for i := range c.candidates(r) {
		if f, ok := c.match(r, &c.rules[i]); ok {
			candidates = append(candidates, f)
		}
	}
	var found []finding
	for _, f := range candidates {
		if c.settle(r, &f); f.handling != verdict.None || f.note != "" && f.score >= c.set.ReviewAt {
			found = append(found, f)
		}
		r.fell(f)
	}
	if slices.ContainsFunc(found, func(f finding) bool { return f.live() && f.short == "" && f.handling != verdict.None }) {
		// 兜底 catches what all live rules let fall; it says nothing where one held. A rule
		// on trial takes nothing from it.
		found = slices.DeleteFunc(found, func(f finding) bool { return f.short != "" })
	}
	return found
}

// fell remembers a finding that came nearest to being one.
func (r *reading) fell(f finding) {
	if f.below && f.live() && (r.below == nil || f.score > r.below.score) {
		r.below = &f
	}
}

// match tests a rule's groups and scores it. It also reports a rule of which one
// group is missing, for 兜底.
func (c *Classifier) match(r *reading, ru *rule) (finding, bool) {
	f := finding{rule: ru, hits: make([][]hit, len(ru.groups))}
	if !ru.wants(r.post) {
		return f, false
	}
	missing := 0
	for i, g := range ru.groups {
		hits := r.doc.any(g.words, query{negatable: g.Negatable, most: perGroup})
		f.deformed = f.deformed || len(hits) > 0 && hits[0].deformed
		if f.hits[i] = hits; len(hits) == 0 {
			if missing++; missing > 1 {
				return f, false
			}
			f.short = g.Name
		}
	}
	if missing == len(ru.groups) {
		return f, false
	}
	if missing == 0 {
		f.score = c.score(r.doc, ru)
	}
	return f, true
}

// wants tells whether the rule looks at posts of this source and channel.
func (r *rule) wants(p post.Post) bool {
	if len(r.Sources) > 0 && !slices.Contains(r.Sources, p.SourceName) && !slices.Contains(r.Sources, p.Source) {
		return false
	}
	return len(r.Channels) == 0 || slices.Contains(r.Channels, string(p.Channel)) || slices.Contains(r.Channels, p.Channel.Name())
}

func (c *Classifier) score(d *document, ru *rule) int {
	score := c.set.Base
	for _, w := range ru.weights {
		if len(d.any(w.words, query{position: w.Position, negatable: w.Negatable, most: 1})) == 0 {
			continue
		}
		if w.Minus {
			score -= w.Points
		} else {
			score += w.Points
		}
	}
	for _, n := range ru.near {
		if _, _, near := nearby(d.any(n.before, query{}), d.any(n.after, query{}), n.Within); near {
			score += n.Points
		}
	}
	return score
}

// settle turns a candidate's score into a handling: thresholds, the region, 兜底,
// exclusions and the safety valve.
func (c *Classifier) settle(r *reading, f *finding) {
	f.handling = verdict.None
	switch {
	case f.rule.AnyPlace || r.where == here || r.where == doubtful:
	case r.where == nowhere && f.short == "" && r.titled(f.hits):
	default:
		return
	}
	switch {
	case f.short != "":
		if f.rule.AnyPlace || !r.doc.has(c.heavy, query{negatable: true}) {
			return
		}
		f.handling, f.score = verdict.Review, c.set.ReviewAt
	case f.score >= c.set.AlertAt:
		f.handling = verdict.Alert
	case f.score >= c.set.ReviewAt:
		f.handling = verdict.Review
	case c.lives(r) >= valve:
		f.handling, f.note = verdict.Review, "减分后不到门槛, 但涉及三人以上, 留给人看"
	default:
		f.below = true
	}
	if f.handling == verdict.Alert && f.rule.To == verdict.Review {
		f.handling = verdict.Review
	}
	if f.handling == verdict.Alert && !f.rule.AnyPlace && r.where != here {
		f.handling, f.note = verdict.Review, "没写地点"
		if r.where == doubtful {
			f.note = "地点存疑"
		}
	}
	for _, e := range slices.Concat(f.rule.excludes, c.excludes) {
		if f.handling == verdict.None || !r.doc.has(e.words, query{}) || r.doc.has(e.unless, query{}) {
			continue
		}
		switch {
		case e.To == verdict.Review:
			f.handling, f.note = verdict.Review, "排除“"+e.Name+"”转复核"
		case c.lives(r) >= valve:
			f.handling, f.note = verdict.Review, "排除“"+e.Name+"”, 但涉及三人以上, 留给人看"
		default:
			f.handling, f.note = verdict.None, "排除“"+e.Name+"”"
		}
	}
}

// titled tells whether any of the hits stands in the title, or there is no title:
// of a post that names no place only the matter it announces concerns us, not
// what a long text mentions.
func (r *reading) titled(hits [][]hit) bool {
	title := r.doc.fields[0]
	for _, group := range hits {
		for _, h := range group {
			if h.field == title || len(title.text.Runes) == 0 {
				return true
			}
		}
	}
	return false
}

// energetic looks, in a post that no live rule found and that names no place or ours, for a word of an energy
// matter of public interest in the title. The sign is weak: any exclusion
// silences it.
func (c *Classifier) energetic(r *reading) *hit {
	if r.where == elsewhere {
		return nil
	}
	hits := r.doc.find(c.places.energy, query{most: 1})
	if !r.titled([][]hit{hits}) {
		return nil
	}
	for _, e := range c.excludes {
		if r.doc.has(e.words, query{}) && !r.doc.has(e.unless, query{}) {
			return nil
		}
	}
	return &hits[0]
}

// marked lists the mark rules that hold.
func (c *Classifier) marked(r *reading) []*rule {
	var out []*rule
	for i := range c.marks {
		if f, ok := c.match(r, &c.marks[i]); ok && f.short == "" {
			out = append(out, &c.marks[i])
		}
	}
	return out
}

// lives is the post's provisional toll, read once.
func (c *Classifier) lives(r *reading) int { return c.toll(r).Lives() }

func (c *Classifier) toll(r *reading) verdict.Toll {
	if r.toll == nil {
		t := casualty.Find(r.doc.fields[0].text.String()+"\n"+r.doc.fields[1].text.String(), year(r.post.Published))
		r.toll = &t
	}
	return *r.toll
}

func year(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return t.Year()
}
