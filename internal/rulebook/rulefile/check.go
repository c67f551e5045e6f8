package rulefile

import (
	"strconv"
	"strings"
	"unicode"

	"huiying/configs/yamlcheck"
)

func (j *joiner) exclude(f *loadedRules, key string, x *Exclude) {
	x.Words = j.all(f, key, x.Words, x.Lists, nil, false)
	x.Unless = j.words(f, key+".除非", x.Unless)
}

func (j *joiner) groups(f *loadedRules, key string, groups []Group) {
	seen := map[string]bool{}
	for i := range groups {
		g, gkey := &groups[i], key+".必须有["+strconv.Itoa(i)+"]"
		if seen[g.Name] && g.Name != "" {
			f.Fault(gkey+".组", "E036", "这条规则里已经有叫“"+g.Name+"”的组", "换个名字, 或把两组合起来")
		}
		seen[g.Name] = true
		g.Words = j.all(f, gkey, g.Words, g.Lists, g.Not, g.Anywhere)
	}
}

func (j *joiner) weights(f *loadedRules, key string, weights []Weight) {
	for i := range weights {
		w, wkey := &weights[i], key+"["+strconv.Itoa(i)+"]"
		w.Words = j.all(f, wkey, w.Words, w.Lists, w.Not, w.Anywhere)
	}
}

// id holds ids to be unique over all files.
func (j *joiner) id(f *loadedRules, key, id string) {
	if id == "" {
		return
	}
	if strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '-' && r != '_' }) {
		f.Fault(key+".编号", "E031", "编号“"+yamlcheck.Short(id)+"”里有空格或标点", "只用字母、数字和横杠, 如 TF-01")
	}
	if first, ok := j.ids[id]; ok {
		f.Fault(key+".编号", "E031", "编号“"+id+"”已经用过, 在 "+first, "换一个没用过的编号")
		return
	}
	j.ids[id] = f.Where(key + ".编号")
}

// owner holds names of sections to those of organisation.yaml.
func (j *joiner) owner(f *loadedRules, key, name string) {
	if name == "" || !yamlcheck.UnknownTo(j.owners, name) {
		return
	}
	remedy := "有这些: " + yamlcheck.List(j.owners)
	if n := yamlcheck.Nearest(name, j.owners); n != "" {
		remedy += "; 您是不是想写: " + n
	}
	f.Fault(key, "E015", "没有叫“"+name+"”的归口", remedy)
}

func (j *joiner) examples(f *loadedRules, key string, all Examples) {
	for name, examples := range map[string][]Example{
		"应命中": all.Hit, "不应命中": all.Miss, "转复核": all.Review, "暂不支持": all.Known,
	} {
		for i, e := range examples {
			j.owner(f, key+".示例."+name+"["+strconv.Itoa(i)+"].期望.归口", e.Want.Owner)
		}
	}
}

func (j *joiner) mark(f *loadedRules, key string, m *Mark) {
	j.id(f, key, m.ID)
	j.groups(f, key, m.Groups)
	j.examples(f, key, m.Examples)
}

func (j *joiner) rule(f *loadedRules, key string, r *Rule) {
	j.id(f, key, r.ID)
	j.groups(f, key, r.Groups)
	j.weights(f, key+".加分", r.Plus)
	j.weights(f, key+".减分", r.Minus)
	for i := range r.Near {
		n, nkey := &r.Near[i], key+".相距["+strconv.Itoa(i)+"]"
		n.Before = j.words(f, nkey+".前", n.Before)
		n.After = j.words(f, nkey+".后", n.After)
	}
	for i := range r.Excludes {
		j.exclude(f, key+".排除["+strconv.Itoa(i)+"]", &r.Excludes[i])
	}
	for i, name := range r.Owners {
		j.owner(f, key+".归口["+strconv.Itoa(i)+"]", name)
	}
	for i, e := range r.Escalate {
		if e.Posts == 0 && e.Sources == 0 {
			f.Fault(key+".升级["+strconv.Itoa(i)+"]", "E022", "“升级”没有说多少才算多", "补上 不同帖子达到: 10 或 不同来源达到: 3, 也可以都写")
		}
	}
	if figures(r.Deadline) {
		f.Fault(key+".时限", "E035", "规则里不能定时限", "去掉小时数; 时限由 huiying.yaml 的 clocks 定")
	}
	j.examples(f, key, r.Examples)
}
