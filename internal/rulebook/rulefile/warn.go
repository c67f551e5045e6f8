package rulefile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"huiying/configs/yamlcheck"
)

// advisor gathers warnings of one set of rules, each once.
type advisor struct {
	*joiner
	seen  map[string]bool
	texts []string // every example of the set
	home  map[string]bool
}

// advise looks for what the language allows and an editor hardly means.
func (j *joiner) advise(files []*loadedRules) {
	a := &advisor{joiner: j, seen: map[string]bool{}, home: map[string]bool{}}
	for _, w := range j.out.Places.City.Sure {
		for _, word := range w.Words {
			a.home[word] = true
		}
	}
	for _, m := range j.out.Marks {
		a.read(m.Examples)
	}
	for _, r := range j.out.Rules {
		a.read(r.Examples)
	}
	for _, f := range files {
		for i, m := range f.file.Marks {
			a.groups(f, "标记规则["+strconv.Itoa(i)+"]", m.ID, m.Groups)
			a.untested(m.At, m.ID, m.Examples)
		}
		for i, r := range f.file.Rules {
			a.groups(f, "规则["+strconv.Itoa(i)+"]", r.ID, r.Groups)
			a.untested(r.At, r.ID, r.Examples)
			a.doubles(r)
		}
		for _, name := range slices.Sorted(maps.Keys(f.file.WordLists)) {
			if !j.used[name] && j.complete {
				a.warn(f.Spot("词表."+name), "W029", "词表“"+name+"”没有一处用到", "在规则里写 词表: "+name+", 或删掉它")
			}
			a.guards(f.file.WordLists[name])
		}
	}
}

func (a *advisor) warn(at yamlcheck.Spot, code, message, remedy string) {
	p := yamlcheck.Problem{File: at.File, Line: at.Line, Column: at.Column, Code: code, Message: message, Remedy: remedy}
	s := code + at.File + ":" + strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column)
	if !a.seen[s] && at.Line > 0 {
		a.seen[s] = true
		a.out.warnings = append(a.out.warnings, p)
	}
}

func (a *advisor) read(all Examples) {
	for _, list := range [][]Example{all.Hit, all.Miss, all.Review} {
		for _, e := range list {
			a.texts = append(a.texts, e.Title+"\n"+e.Body)
		}
	}
}

func (a *advisor) untested(at yamlcheck.Spot, id string, all Examples) {
	if len(all.Hit)+len(all.Review) == 0 {
		a.warn(at, "W028", id+" 没有“应命中”的示例", "在“示例”里写一条应当命中的帖子")
	}
	if len(all.Miss) == 0 {
		a.warn(at, "W022", id+" 没有“不应命中”的示例", "在“示例”里写一条容易误报的帖子")
	}
}

func (a *advisor) groups(f *loadedRules, key, id string, groups []Group) {
	for i, g := range groups {
		a.group(id, g)
		a.guards(g.Words)
		for n, context := range g.Not {
			if !guards(g.Words, context) {
				a.useless(f.Spot(key+".必须有["+strconv.Itoa(i)+"].不算["+strconv.Itoa(n)+"]"), context)
			}
		}
	}
}

// doubles looks for parts of a rule that stand there twice: their points would
// count twice.
func (a *advisor) doubles(r Rule) {
	seen := map[string]bool{}
	look := func(at yamlcheck.Spot, what string, parts ...any) {
		key := what + fmt.Sprint(parts...)
		if seen[key] {
			a.warn(at, "W025", r.ID+" 的“"+what+"”里同样的一项写了两次", "删掉一处; 分数会算两次")
		}
		seen[key] = true
	}
	for i, list := range [][]Weight{r.Plus, r.Minus} {
		for _, w := range list {
			look(w.At, []string{"加分", "减分"}[i], flat(w.Words), w.Points, w.Position, w.Negatable)
		}
	}
	for _, n := range r.Near {
		look(n.At, "相距", flat(n.Before), "…", flat(n.After), n.Within, n.Points)
	}
	for _, x := range r.Excludes {
		look(x.At, "排除", flat(x.Words), flat(x.Unless), x.To)
	}
	for i, list := range [][]Example{r.Examples.Hit, r.Examples.Miss, r.Examples.Review, r.Examples.Known} {
		for _, e := range list {
			look(e.At, "示例", i, e.Title, "…", e.Body, e.Source)
		}
	}
}

// flat is a word list as text.
func flat(list WordList) string {
	var b strings.Builder
	for _, w := range list {
		fmt.Fprint(&b, w.Words, w.Not, w.Anywhere)
	}
	return b.String()
}

// standing is a word of a group and where it stands.
type standing struct {
	word string
	at   yamlcheck.Spot
	free bool // nothing voids it
}

// group looks at the words of one group.
func (a *advisor) group(id string, g Group) {
	var all []standing
	for _, w := range g.Words {
		for i, word := range w.Words {
			if i < len(w.At) {
				all = append(all, standing{word, w.At[i], len(w.Not) == 0})
			}
		}
	}
	first := map[string]yamlcheck.Spot{}
	for _, s := range all {
		before, twice := first[s.word]
		switch {
		case twice && before != s.at:
			a.warn(s.at, "W025", id+" 的“"+g.Name+"”里“"+s.word+"”写了两次", "删掉一处")
		case utf8.RuneCountInString(s.word) == 1:
			a.warn(s.at, "W021", "词太短: “"+s.word+"”只有一个字, 会命中很多不相干的帖子", "换成两个字以上的词, 或放进“加分”而不是“必须有”")
		case a.home[s.word]:
			a.warn(s.at, "W024", "“"+s.word+"”是本市地名, 几乎每条本市的帖子都有, 这一组等于没写", "删掉它; 地名由“地域”管")
		case a.everywhere(s.word):
			a.warn(s.at, "W024", "“"+s.word+"”差不多每条帖子都有, 这一组等于没写", "换成这件事才有的词")
		}
		first[s.word] = s.at
	}
	var covered []standing
	var names []string
	for _, long := range all {
		for _, short := range all {
			if short.free && short.word != long.word && strings.Contains(long.word, short.word) {
				covered, names = append(covered, long), append(names, long.word+"(有"+short.word+")")
				break
			}
		}
	}
	if len(covered) > 0 {
		a.warn(covered[0].at, "W023", id+" 的“"+g.Name+"”里这些词写不写都一样: "+yamlcheck.List(names), "可以删掉; 想让它们更重要就放进“加分”")
	}
}

// everywhere tells words that stand in nearly every text.
func (a *advisor) everywhere(word string) bool {
	if slices.Contains([]string{
		"我们", "你们", "他们", "大家", "今天", "昨天", "现在", "什么", "怎么", "这个", "那个", "一个", "可以", "就是", "网友", "您好", "你好",
	}, word) {
		return true
	}
	for _, text := range a.texts {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return len(a.texts) >= 10
}

// guards looks at the contexts that void single words; those given to a whole
// group have no place here.
func (a *advisor) guards(list WordList) {
	for _, w := range list {
		for i, at := range w.NotAt {
			if i < len(w.Not) && len(w.Words) > 0 && len(w.Lists) == 0 && !guards(WordList{w}, w.Not[i]) {
				a.useless(at, w.Not[i])
			}
		}
	}
}

func (a *advisor) useless(at yamlcheck.Spot, context string) {
	a.warn(at, "W026", "不算“"+context+"”不起作用: 这里没有一个词在它里面", "“不算”写的是包含这个词的整句话, 如 词: 透水, 不算: [透水砖]")
}

// guards tells whether the context holds one of the words.
func guards(list WordList, context string) bool {
	for _, w := range list {
		for _, word := range w.Words {
			if strings.Contains(context, word) {
				return true
			}
		}
	}
	return len(list) == 0
}
