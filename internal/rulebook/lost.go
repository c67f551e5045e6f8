package rulebook

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// Lost tells what the live rules hold and a draft does not: rules, groups, word
// lists, exclusions and the like that vanished, and rules that were taken back. A
// word more or less is an editor's daily work and no loss. Each is a warning
// (W040) at the place in the draft where it would have stood.
func Lost(live, draft *rulefile.Rules) yamlcheck.Problems {
	l := &loss{bare: map[string]bool{}}
	for _, name := range sortedKeys(live.WordLists) {
		if len(draft.WordLists[name]) == 0 {
			l.tell(first(draft), "词表“"+name+"”不见了")
		}
		l.unguarded("词表“"+name+"”", live.WordLists[name], draft.WordLists[name])
	}
	l.excludes(first(draft), "通用排除", live.Excludes, draft.Excludes)
	l.places(first(draft), live.Places.City, draft.Places.City)
	if words(live.Fallback.Heavy) != nil && words(draft.Fallback.Heavy) == nil {
		l.tell(first(draft), "“兜底”不见了")
	}
	if live.Defaults != draft.Defaults {
		l.tell(first(draft), fmt.Sprintf("“默认”变了: 线上基础分 %d、告警门槛 %d、复核门槛 %d、相距字数 %d",
			live.Defaults.Base, live.Defaults.AlertAt, live.Defaults.ReviewAt, live.Defaults.Near))
	}
	for _, m := range live.Marks {
		i := slices.IndexFunc(draft.Marks, func(d rulefile.Mark) bool { return d.ID == m.ID })
		if i < 0 {
			l.tell(sameFile(m.At, draft), "标记规则 "+m.ID+" "+m.Name+" 不见了")
			continue
		}
		l.mark(m, draft.Marks[i])
	}
	for _, r := range live.Rules {
		i := slices.IndexFunc(draft.Rules, func(d rulefile.Rule) bool { return d.ID == r.ID })
		if i < 0 {
			l.tell(sameFile(r.At, draft), "规则 "+r.ID+" "+r.Name+" 不见了")
			continue
		}
		l.rule(r, draft.Rules[i])
	}
	return l.problems
}

type loss struct {
	problems yamlcheck.Problems
	// bare are the words whose lost contexts were told of: a word list is used in
	// many rules, and one line lost is told once.
	bare map[string]bool
}

func (l *loss) tell(at yamlcheck.Spot, what string) {
	l.problems = append(l.problems, yamlcheck.Problem{
		File: at.File, Line: max(at.Line, 1), Column: max(at.Column, 1), Code: "W040",
		Message: what, Remedy: "有意改的就不用管; 不是, 就照线上的规则补回来",
	})
}

func (l *loss) mark(was, is rulefile.Mark) {
	l.groups(is.At, is.ID, was.Groups, is.Groups)
	l.changed(is.At, is.ID, "状态", string(was.Status), string(is.Status), "启用")
	l.changed(is.At, is.ID, "处理", string(was.To), string(is.To), "")
	l.changed(is.At, is.ID, "标记", was.Tag, is.Tag, "")
	l.narrowed(is.At, is.ID, was.Sources, is.Sources, channels(was.Channels), channels(is.Channels))
	l.examples(is.At, is.ID, was.Examples, is.Examples)
}

func (l *loss) rule(was, is rulefile.Rule) {
	l.groups(is.At, is.ID, was.Groups, is.Groups)
	l.changed(is.At, is.ID, "类别", string(was.Category), string(is.Category), "")
	l.changed(is.At, is.ID, "状态", string(was.Status), string(is.Status), "启用")
	l.changed(is.At, is.ID, "地域", string(was.Place), string(is.Place), "本市")
	l.changed(is.At, is.ID, "处理", string(was.To), string(is.To), "告警")
	l.changed(is.At, is.ID, "分级", string(was.Grading), string(is.Grading), "不分级")
	l.changed(is.At, is.ID, "标记", was.Tag, is.Tag, "")
	l.changed(is.At, is.ID, "提示", was.Hint, is.Hint, "")
	l.narrowed(is.At, is.ID, was.Sources, is.Sources, channels(was.Channels), channels(is.Channels))
	l.fewer(is.At, is.ID, "加分", len(was.Plus), len(is.Plus))
	l.fewer(is.At, is.ID, "减分", len(was.Minus), len(is.Minus))
	l.fewer(is.At, is.ID, "相距", len(was.Near), len(is.Near))
	l.weights(is.ID+" 的加分", was.Plus, is.Plus)
	l.weights(is.ID+" 的减分", was.Minus, is.Minus)
	for i := range min(len(was.Near), len(is.Near)) {
		if was.Near[i].Points != is.Near[i].Points || was.Near[i].Within != is.Near[i].Within {
			l.tell(is.Near[i].At, fmt.Sprintf("%s 的“相距”变了: 线上是以内 %d、分 %d", is.ID, was.Near[i].Within, was.Near[i].Points))
		}
	}
	l.excludes(is.At, is.ID+" 的排除", was.Excludes, is.Excludes)
	for _, o := range was.Owners {
		if !slices.Contains(is.Owners, o) {
			l.tell(is.At, is.ID+" 不再归口 "+o)
		}
	}
	for _, o := range was.Consult {
		if !slices.Contains(is.Consult, o) {
			l.tell(is.At, is.ID+" 不再会商 "+o)
		}
	}
	if len(was.Escalate) > 0 && !slices.EqualFunc(was.Escalate, is.Escalate, sameStep) {
		l.tell(is.At, is.ID+" 的“升级”变了或不见了")
	}
	l.examples(is.At, is.ID, was.Examples, is.Examples)
}

// sameStep tells whether two steps of 升级 ask for the same, wherever they stand.
func sameStep(a, b rulefile.Escalation) bool {
	a.At, b.At = yamlcheck.Spot{}, yamlcheck.Spot{}
	return a == b
}

func (l *loss) groups(at yamlcheck.Spot, id string, was, is []rulefile.Group) {
	for _, g := range was {
		i := slices.IndexFunc(is, func(x rulefile.Group) bool { return x.Name == g.Name })
		if i < 0 {
			l.tell(at, id+" 的组“"+g.Name+"”不见了")
			continue
		}
		now := is[i]
		l.flag(now.At, id+" 的组“"+g.Name+"”", "否定不算", bool(g.Negatable), bool(now.Negatable))
		l.lists(now.At, id+" 的组“"+g.Name+"”", g.Words, now.Words)
	}
}

func (l *loss) weights(what string, was, is []rulefile.Weight) {
	for i := range min(len(was), len(is)) {
		at := is[i].At
		if was[i].Points != is[i].Points {
			l.tell(at, fmt.Sprintf("%s第 %d 项线上是 %d 分", what, i+1, was[i].Points))
		}
		l.flag(at, what, "否定不算", bool(was[i].Negatable), bool(is[i].Negatable))
		l.changed(at, what, "位置", string(was[i].Position), string(is[i].Position), "")
		l.lists(at, what, was[i].Words, is[i].Words)
	}
}

func (l *loss) excludes(at yamlcheck.Spot, what string, was, is []rulefile.Exclude) {
	l.fewer(at, what, "", len(was), len(is))
	for _, x := range was {
		i := slices.IndexFunc(is, func(n rulefile.Exclude) bool { return n.Name == x.Name })
		switch {
		case i < 0 && x.Name != "":
			l.tell(at, what+"“"+x.Name+"”不见了")
		case i >= 0:
			l.changed(is[i].At, what+"“"+x.Name+"”", "处理", string(x.To), string(is[i].To), "")
			if len(x.Unless) > 0 && len(is[i].Unless) == 0 {
				l.tell(is[i].At, what+"“"+x.Name+"”的“除非”不见了")
			}
		}
	}
}

func (l *loss) places(at yamlcheck.Spot, was, is rulefile.City) {
	for _, p := range []struct {
		name    string
		was, is rulefile.WordList
	}{
		{"写到就算", was.Sure, is.Sure},
		{"还要旁证", was.Unsure, is.Unsure},
		{"旁证", was.Evidence, is.Evidence},
		{"外地", was.Else, is.Else},
		{"能源词", was.Energy, is.Energy},
	} {
		l.lists(at, "地域的“"+p.name+"”", p.was, p.is)
	}
}

// lists tells when half of the words are gone, or a guard is.
func (l *loss) lists(at yamlcheck.Spot, what string, was, is rulefile.WordList) {
	before, guards, free := count(was)
	after, guardsNow, freeNow := count(is)
	if before > 1 && after*2 <= before {
		l.tell(at, fmt.Sprintf("%s少了一半的词: 线上 %d 个, 现在 %d 个", what, before, after))
	}
	if guards > 0 && guardsNow == 0 {
		l.tell(at, what+"的“不算”不见了")
	}
	if free != freeNow {
		l.tell(at, what+"的“任意位置”变了")
	}
	l.unguarded(what, was, is)
}

// unguarded tells of words that had contexts that void them wherever they stand in
// a list, and have none now.
func (l *loss) unguarded(what string, was, is rulefile.WordList) {
	for _, before := range was {
		if len(before.Words) == 0 || l.bare[before.Words[0]] {
			continue
		}
		word := before.Words[0]
		guarded, _ := guards(was, word)
		now, at := guards(is, word)
		if guarded && !now && at.Line > 0 {
			l.bare[word] = true
			l.tell(at, what+"里“"+word+"”一项的“不算”不见了")
		}
	}
}

// guards tells whether every entry that has the word has contexts that void it, and
// where the first stands that has none.
func guards(list rulefile.WordList, word string) (all bool, bare yamlcheck.Spot) {
	all = true
	for _, w := range list {
		at := slices.Index(w.Words, word)
		if at < 0 || len(w.Not) > 0 {
			continue
		}
		if all = false; bare.Line == 0 && at < len(w.At) {
			bare = w.At[at]
		}
	}
	return all, bare
}

// count tells words, contexts that void, and entries that count anywhere.
func count(list rulefile.WordList) (words, guards, free int) {
	for _, w := range list {
		words, guards = words+len(w.Words), guards+len(w.Not)
		if w.Anywhere {
			free++
		}
	}
	return words, guards, free
}

func (l *loss) examples(at yamlcheck.Spot, id string, was, is rulefile.Examples) {
	for _, k := range []struct {
		name    string
		was, is int
	}{
		{kindHit, len(was.Hit), len(is.Hit)},
		{kindMiss, len(was.Miss), len(is.Miss)},
		{kindReview, len(was.Review), len(is.Review)},
		{kindKnown, len(was.Known), len(is.Known)},
	} {
		l.fewer(at, id, "示例的“"+k.name+"”", k.was, k.is)
	}
}

func (l *loss) fewer(at yamlcheck.Spot, id, what string, was, is int) {
	if is < was {
		l.tell(at, fmt.Sprintf("%s 的%s少了 %d 项: 线上 %d 项, 现在 %d 项", id, what, was-is, was, is))
	}
}

func (l *loss) flag(at yamlcheck.Spot, what, name string, was, is bool) {
	if was && !is {
		l.tell(at, what+"不再“"+name+"”")
	}
}

// changed tells a choice that is another now; unset is what an empty one means.
func (l *loss) changed(at yamlcheck.Spot, what, name, was, is, unset string) {
	if was == "" {
		was = unset
	}
	if is == "" {
		is = unset
	}
	if was != is && was != "" {
		l.tell(at, what+" 的“"+name+"”线上是“"+was+"”, 现在是“"+is+"”")
	}
}

// narrowed tells a rule that looks at fewer sources or channels than before.
func (l *loss) narrowed(at yamlcheck.Spot, id string, sources, sourcesNow, channels, channelsNow []string) {
	for _, p := range []struct {
		name    string
		was, is []string
	}{{"来源", sources, sourcesNow}, {"渠道", channels, channelsNow}} {
		if !slices.Equal(p.was, p.is) {
			l.tell(at, id+" 的“"+p.name+"”线上是“"+joined(p.was)+"”, 现在是“"+joined(p.is)+"”")
		}
	}
}

// first is the first file of a draft that something stands in.
func first(draft *rulefile.Rules) yamlcheck.Spot {
	for _, x := range draft.Excludes {
		return x.At
	}
	for _, r := range draft.Rules {
		return yamlcheck.Spot{File: r.At.File, Line: 1, Column: 1}
	}
	return yamlcheck.Spot{}
}

// sameFile is the end of the draft's file of the same name, else its first file.
func sameFile(live yamlcheck.Spot, draft *rulefile.Rules) yamlcheck.Spot {
	for _, r := range slices.Backward(draft.Rules) {
		if filepath.Base(r.At.File) == filepath.Base(live.File) {
			return r.At
		}
	}
	return first(draft)
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
