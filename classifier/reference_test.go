package classifier

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiying/classifier/casualty"
	"huiying/classifier/text"
	"huiying/crawler"
)

// Reference judges posts the slow, obvious way: it segments every text whole,
// looks for every word everywhere and asks every rule. It is what the engine is
// held to; only the wording of verdicts (conclude) is shared.
type Reference struct {
	*Classifier
	words [][]rune
	// starts lists the words by their first character.
	starts map[rune][]int32
	// cut gives the words of a whole text.
	cut func(string) []string
	// search lists every word's occurrences; the plain search unless a benchmark
	// puts a quicker one here.
	search func(runes []rune) map[int32][]span
}

// NewReference compiles set. cut gives the words of a whole text.
func NewReference(set RuleSet, cut func(string) []string) (*Reference, error) {
	c := &Classifier{cleaner: text.New()}
	b := &builder{cleaner: c.cleaner, ids: map[string]int32{}}
	if err := c.compile(set, b); err != nil {
		return nil, err
	}
	c.names = b.names
	r := &Reference{Classifier: c, starts: map[rune][]int32{}, cut: cut}
	for i, w := range b.words {
		runes := []rune(w)
		r.words = append(r.words, runes)
		r.starts[runes[0]] = append(r.starts[runes[0]], int32(i))
	}
	r.search = r.everywhere
	return r, nil
}

// Cutter makes a Segmenter's ends into words.
func Cutter(seg Segmenter) func(string) []string {
	return func(s string) []string {
		var out []string
		runes, start := []rune(s), 0
		for _, end := range seg.Cut(s) {
			out = append(out, string(runes[start:end]))
			start = end
		}
		return out
	}
}

// UseAutomaton finds words with the engine's own automaton, so that a benchmark
// measures what the engine spares and not how slowly the reference searches.
func (r *Reference) UseAutomaton(c *Classifier) {
	r.search = func(runes []rune) map[int32][]span {
		out := map[int32][]span{}
		c.words.Scan(runes, func(word, start, end int) {
			if w := int32(word); len(out[w]) < maxHits {
				out[w] = append(out[w], span{start, end})
			}
		})
		return out
	}
}

// Words lists every word and context of the rules, normalised.
func (r *Reference) Words() [][]rune { return r.words }

func (r *Reference) everywhere(runes []rune) map[int32][]span {
	out := map[int32][]span{}
	for i, first := range runes {
		for _, w := range r.starts[first] {
			if n := len(r.words[w]); i+n <= len(runes) && slices.Equal(runes[i:i+n], r.words[w]) && len(out[w]) < maxHits {
				out[w] = append(out[w], span{i, i + n})
			}
		}
	}
	return out
}

// page is one field with everything that can be known of it.
type page struct {
	*field
	edges   []bool // positions at which a word of the segmented text begins or ends; a compact copy's are nil until asked for
	cut     func(string) []string
	compact *page
	index   []int
}

func (r *Reference) page(name string, t text.Text) *page {
	return &page{field: &field{name: name, text: t, hits: r.search(t.Runes)}, cut: r.cut}
}

func (p *page) segment(runes []rune) []bool {
	edges := make([]bool, len(runes)+1)
	at := 0
	edges[0] = true
	for _, w := range p.cut(string(runes)) {
		at += utf8.RuneCountInString(w)
		edges[at] = true
	}
	return edges
}

// whole tells whether a hit crosses no edge, or begins and ends at one. A stretch
// without separators longer than the bound is judged in the engine's blocks.
func (p *page) whole(s span) bool {
	if p.edges == nil {
		p.edges = p.segment(p.text.Runes)
	}
	edges, from := p.edges, 0
	if a, b := p.text.Stretch(s.start, s.end, len(p.text.Runes), text.Separates); b-a > 2*stretch {
		w := p.window(s)
		edges, from = p.segment(p.text.Runes[w.start:w.end]), w.start
	}
	a, b := s.start-from, s.end-from
	return !slices.Contains(edges[a+1:b], true) || edges[a] && edges[b]
}

func (p *page) denied(s span) bool {
	from, _ := p.text.Stretch(s.start, s.end, stretch, text.EndsClause)
	before, all := p.text.Runes[from:s.start], p.text.Runes[from:]
	for _, w := range preventions() {
		if strings.Contains(string(before), w) {
			return true
		}
	}
	for i := range before {
		for _, w := range negations() {
			if strings.HasPrefix(string(before[i:]), w) && len(before)-i-len([]rune(w)) <= reach && !falseFriend(all[i:]) {
				return true
			}
		}
	}
	return false
}

func (p *page) within(contexts []int32, s span) bool {
	for _, c := range contexts {
		for _, o := range p.hits[c] {
			if o.start <= s.start && s.end <= o.end {
				return true
			}
		}
	}
	return false
}

// broken tells hits that begin or end inside a Latin word or a number.
func (p *page) broken(s span) bool {
	for _, at := range []int{s.start, s.end} {
		if at == 0 || at == len(p.text.Runes) {
			continue
		}
		a, b := p.text.Runes[at-1], p.text.Runes[at]
		letters := unicode.Is(unicode.Latin, a) && unicode.Is(unicode.Latin, b) && a < 0x250 && b < 0x250
		if letters || strings.ContainsRune("0123456789", a) && strings.ContainsRune("0123456789", b) {
			return true
		}
	}
	return false
}

func (p *page) holds(e entry, s span, negatable bool) bool {
	if p.within(e.not, s) || negatable && p.denied(s) {
		return false
	}
	return e.anywhere || !p.broken(s) && p.whole(s)
}

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
					original := span{p.index[s.start], p.index[s.end-1] + 1}
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
func (r *Reference) Classify(p crawler.Post) Verdict {
	v := Verdict{Handling: None, Rules: r.set.Version, Sections: []string{}, Tags: []string{}, Matches: []Match{}}
	t := &trial{reading: reading{post: p, doc: &document{}}, ref: r}
	seen := 0
	for i, in := range []struct{ name, text string }{{"title", p.Title}, {"body", p.Body}} {
		t.pages[i] = r.page(in.name, r.cleaner.Clean(in.text))
		t.pages[i].edges = t.pages[i].segment(t.pages[i].text.Runes)
		t.doc.fields[i] = t.pages[i].field
		if copied, index := t.pages[i].text.Compact(); index != nil {
			t.pages[i].compact, t.pages[i].index = r.page(in.name, copied), index
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
		if f.handling != None || f.note != "" && f.score >= t.ref.set.ReviewAt {
			found = append(found, f)
		}
	}
	for _, f := range found {
		if f.short == "" && f.handling != None {
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
	f.handling = None
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
		f.handling, f.score = Review, set.ReviewAt
	case f.score >= set.AlertAt:
		f.handling = Alert
	case f.score >= set.ReviewAt:
		f.handling = Review
	case lives() >= valve:
		f.handling, f.note = Review, "减分后不到门槛, 但涉及三人以上, 留给人看"
	}
	if f.handling == Alert && f.rule.To == Review {
		f.handling = Review
	}
	if f.handling == Alert && !f.rule.AnyPlace && t.where != here {
		f.handling, f.note = Review, map[where]string{nowhere: "没写地点", doubtful: "地点存疑"}[t.where]
	}
	for _, e := range slices.Concat(f.rule.excludes, t.ref.excludes) {
		switch {
		case f.handling == None || !t.silenced(e):
		case e.To == Review:
			f.handling, f.note = Review, "排除“"+e.Name+"”转复核"
		case lives() >= valve:
			f.handling, f.note = Review, "排除“"+e.Name+"”, 但涉及三人以上, 留给人看"
		default:
			f.handling, f.note = None, "排除“"+e.Name+"”"
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
		t.where, t.region = doubtful, &Region{Place: name(sure[0]), Evidence: "正文写到, 标题写的是" + name(abroad[0])}
	case len(sure) > 0:
		t.where, t.region = here, &Region{Place: name(sure[0]), Evidence: "写到就算", Certain: true}
	case len(unsure) > 0 && len(evidence) > 0 && len(abroad) == 0:
		t.where, t.region = here, &Region{Place: name(unsure[0]), Evidence: "旁证 " + name(evidence[0]), Certain: true}
	case t.post.Local && titled:
		t.where, t.region = doubtful, &Region{Place: "本市", Evidence: "来源属于本市, 标题写的是" + name(abroad[0])}
	case t.post.Local:
		t.where, t.region = here, &Region{Place: "本市", Evidence: "来源属于本市"}
	case len(abroad) > 0:
		t.where, t.region = elsewhere, &Region{Place: name(abroad[0]), Evidence: "外地"}
	}
}
