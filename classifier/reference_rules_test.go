package classifier

import (
	"slices"

	"huiying/classifier/casualty"
	"huiying/classifier/text"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// trial is one post before the reference.
type trial struct {
	reading
	ref   *Reference
	pages [2]*page
}

// plain lists the hits that count in the text as it stands.
func (t *trial) plain(l lexicon, position Position, negatable bool) []hit {
	var out []hit
	for _, p := range t.pages {
		if position != Anywhere && string(position) != p.name {
			continue
		}
		for _, e := range l {
			for _, w := range e.words {
				count := 0
				for _, s := range p.hits[w] {
					if count < maxCount && p.holds(e, s, negatable) {
						count++
						out = append(out, hit{word: w, field: p.field, at: s})
					}
				}
			}
		}
	}
	return out
}

// all lists the hits that count, those of the compact copies where there are no others.
func (t *trial) all(l lexicon, position Position, negatable bool) []hit {
	out := t.plain(l, position, negatable)
	if len(out) > 0 {
		return out
	}
	for _, p := range t.pages {
		if p.compact == nil || position != Anywhere && string(position) != p.name {
			continue
		}
		for _, e := range l {
			for _, w := range e.words {
				count := 0
				for _, s := range p.compact.hits[w] {
					original := span{p.copied.Index(s.start), p.copied.Index(s.end-1) + 1}
					apart := original.end-original.start > s.end-s.start
					if count < maxCount && apart && !p.within(e.not, original) && p.compact.holds(e, s, negatable) {
						count++
						out = append(out, hit{word: w, field: p.field, at: original, deformed: true})
					}
				}
			}
		}
	}
	return out
}

func (t *trial) silenced(e exclude) bool {
	return len(t.plain(e.words, Anywhere, false)) > 0 && len(t.plain(e.unless, Anywhere, false)) == 0
}

// Classify is Classifier.Classify without its short cuts.
func (r *Reference) Classify(p post.Post) verdict.Verdict {
	v := verdict.Verdict{Handling: verdict.None, Rules: r.set.Version, Sections: []string{}, Tags: []string{}, Matches: []verdict.Match{}}
	t := &trial{reading: reading{post: p, doc: &document{}}, ref: r}
	seen := 0
	for i, in := range []struct{ name, text string }{{"title", p.Title}, {"body", p.Body}} {
		t.pages[i] = r.page(in.name, r.cleaner.Clean(in.text))
		t.pages[i].edges = t.pages[i].segment(t.pages[i].text.Runes)
		t.doc.fields[i] = t.pages[i].field
		if t.pages[i].text.Compact(&t.pages[i].copied) {
			t.pages[i].compact = r.page(in.name, text.Text{Runes: t.pages[i].copied.Runes})
			seen += len(t.pages[i].compact.hits)
		}
		seen += len(t.pages[i].hits)
	}
	if seen == 0 {
		v.Why = "没有规则里的词"
		return v
	}
	t.locate()
	found := t.findings()
	for i := range r.marks {
		if f, ok := t.try(&r.marks[i]); ok && f.short == "" {
			t.marks = append(t.marks, &r.marks[i])
		}
	}
	if !slices.ContainsFunc(found, finding.live) && t.where != elsewhere && !slices.ContainsFunc(r.excludes, t.silenced) {
		if energy := t.plain(r.places.energy, Anywhere, false); t.titled([][]hit{energy}) {
			t.energy = &energy[0]
		}
	}
	t.district = r.district(append(t.plain(r.places.sure, Anywhere, false), t.plain(r.places.unsure, Anywhere, false)...))
	r.conclude(&t.reading, found, &v)
	return v
}

func (t *trial) findings() []finding {
	var found []finding
	for i := range t.ref.rules {
		f, ok := t.try(&t.ref.rules[i])
		if !ok {
			continue
		}
		t.judge(&f)
		if f.handling != verdict.None || f.note != "" && f.score >= t.ref.set.ReviewAt {
			found = append(found, f)
		}
		t.fell(f)
	}
	for _, f := range found {
		if f.live() && f.short == "" && f.handling != verdict.None {
			return slices.DeleteFunc(found, func(f finding) bool { return f.short != "" })
		}
	}
	return found
}

// try asks one rule.
func (t *trial) try(ru *rule) (finding, bool) {
	f := finding{rule: ru}
	missing := 0
	for _, g := range ru.groups {
		hits := t.all(g.words, Anywhere, g.Negatable)
		f.hits = append(f.hits, hits)
		if len(hits) == 0 {
			missing++
			f.short = g.Name
		}
		f.deformed = f.deformed || len(hits) > 0 && hits[0].deformed
	}
	if !ru.wants(t.post) || missing > 1 || missing == len(ru.groups) {
		return f, false
	}
	if missing > 0 {
		return f, true
	}
	f.score = t.ref.set.Base
	for _, w := range ru.weights {
		switch {
		case len(t.all(w.words, w.Position, w.Negatable)) == 0:
		case w.Minus:
			f.score -= w.Points
		default:
			f.score += w.Points
		}
	}
	for _, n := range ru.near {
		if t.close(t.all(n.before, Anywhere, false), t.all(n.after, Anywhere, false), n.Within) {
			f.score += n.Points
		}
	}
	return f, true
}

func (t *trial) close(before, after []hit, within int) bool {
	for _, a := range before {
		for _, b := range after {
			if a.field == b.field && a.at.end <= b.at.start && b.at.start-a.at.end <= within &&
				!slices.ContainsFunc(a.field.text.Runes[a.at.end:b.at.start], text.EndsSentence) {
				return true
			}
		}
	}
	return false
}

// judge gives a rule's finding its handling.
func (t *trial) judge(f *finding) {
	set := t.ref.set
	f.handling = verdict.None
	ours := t.where == here || t.where == doubtful
	lives := func() int {
		return casualty.Find(t.pages[0].text.String()+"\n"+t.pages[1].text.String(), year(t.post.Published)).Lives()
	}
	switch {
	case !f.rule.AnyPlace && !ours && (t.where == elsewhere || f.short != "" || !t.titled(f.hits)):
		return
	case f.short != "":
		if f.rule.AnyPlace || len(t.plain(t.ref.heavy, Anywhere, true)) == 0 {
			return
		}
		f.handling, f.score = verdict.Review, set.ReviewAt
	case f.score >= set.AlertAt:
		f.handling = verdict.Alert
	case f.score >= set.ReviewAt:
		f.handling = verdict.Review
	case lives() >= valve:
		f.handling, f.note = verdict.Review, "减分后不到门槛, 但涉及三人以上, 留给人看"
	default:
		f.below = true
	}
	if f.handling == verdict.Alert && f.rule.To == verdict.Review {
		f.handling = verdict.Review
	}
	if f.handling == verdict.Alert && !f.rule.AnyPlace && t.where != here {
		f.handling, f.note = verdict.Review, map[where]string{nowhere: "没写地点", doubtful: "地点存疑"}[t.where]
	}
	for _, e := range slices.Concat(f.rule.excludes, t.ref.excludes) {
		switch {
		case f.handling == verdict.None || !t.silenced(e):
		case e.To == verdict.Review:
			f.handling, f.note = verdict.Review, "排除“"+e.Name+"”转复核"
		case lives() >= valve:
			f.handling, f.note = verdict.Review, "排除“"+e.Name+"”, 但涉及三人以上, 留给人看"
		default:
			f.handling, f.note = verdict.None, "排除“"+e.Name+"”"
		}
	}
}

// locate says where the post plays.
func (t *trial) locate() {
	c := t.ref
	name := func(h hit) string { return c.names[h.word] }
	sure := t.plain(c.places.sure, Anywhere, false)
	unsure := t.plain(c.places.unsure, Anywhere, false)
	evidence := t.plain(c.places.evidence, Anywhere, false)
	abroad := t.plain(c.places.elsewhere, Anywhere, false)
	titled := len(abroad) > 0 && abroad[0].field == t.pages[0].field
	switch {
	case len(sure) > 0 && titled && sure[0].field != t.pages[0].field:
		t.where, t.region = doubtful, &verdict.Region{Place: name(sure[0]), Evidence: "正文写到, 标题写的是" + name(abroad[0])}
	case len(sure) > 0:
		t.where, t.region = here, &verdict.Region{Place: name(sure[0]), Evidence: "写到就算", Certain: true}
	case len(unsure) > 0 && len(evidence) > 0 && len(abroad) == 0:
		t.where, t.region = here, &verdict.Region{Place: name(unsure[0]), Evidence: "旁证 " + name(evidence[0]), Certain: true}
	case t.post.Local && titled:
		t.where, t.region = doubtful, &verdict.Region{Place: "本市", Evidence: "来源属于本市, 标题写的是" + name(abroad[0])}
	case t.post.Local:
		t.where, t.region = here, &verdict.Region{Place: "本市", Evidence: "来源属于本市"}
	case len(abroad) > 0:
		t.where, t.region = elsewhere, &verdict.Region{Place: name(abroad[0]), Evidence: "外地"}
	}
}
