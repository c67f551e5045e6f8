package rulefile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"huiying/configs/yamlcheck"
)

// joiner joins rule files and resolves their word lists.
type joiner struct {
	out      *Rules
	owners   []string
	complete bool
	ids      map[string]string // 编号 → where it stands first
	defaults string            // where 默认 stands
	fallback string            // where 兜底 stands
	listed   map[string]string // 词表 → where it stands
	used     map[string]bool   // 词表 that something names

	districtWords []districtWord
}

// lists gathers the word lists of a file.
func (j *joiner) lists(f *loadedRules) {
	if j.listed == nil {
		j.listed = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(f.file.WordLists)) {
		key := "词表." + name
		if first, ok := j.listed[name]; ok {
			f.Fault(key, "E032", "词表“"+name+"”已经有了, 在 "+first, "换个名字, 或把两处合起来")
			continue
		}
		j.listed[name] = f.Where(key)
		words := f.file.WordLists[name]
		for i, w := range words {
			if len(w.Lists) > 0 {
				f.Fault(key+"["+strconv.Itoa(i)+"].词表[0]", "E032", "词表里不能再用词表", "把词直接写在这里")
			}
		}
		j.out.WordLists[name] = words
	}
}

// singles takes over what only one file may hold, and the places.
func (j *joiner) singles(f *loadedRules) {
	if f.file.Version != 1 && f.file.Version != 0 {
		f.Fault("版本", "E034", fmt.Sprintf("不认识版本 %d", f.file.Version), "写成 版本: 1")
	}
	if p := f.file.Defaults; p != nil {
		if j.defaults != "" {
			f.Fault("默认", "E034", "“默认”已经写在 "+j.defaults, "只留一处")
		} else {
			j.defaults = f.Where("默认")
			j.out.Defaults = *p
			j.thresholds(f, *p)
		}
	}
	if p := f.file.Fallback; p != nil {
		if j.fallback != "" {
			f.Fault("兜底", "E034", "“兜底”已经写在 "+j.fallback, "只留一处")
		} else {
			j.fallback = f.Where("兜底")
			p.Heavy = j.words(f, "兜底.重词", p.Heavy)
			j.out.Fallback = *p
		}
	}
	if p := f.file.Places; p != nil {
		c, to := &p.City, &j.out.Places.City
		to.Sure = append(to.Sure, j.words(f, "地域.本市.写到就算", c.Sure)...)
		to.Unsure = append(to.Unsure, j.words(f, "地域.本市.还要旁证", c.Unsure)...)
		to.Evidence = append(to.Evidence, j.words(f, "地域.本市.旁证", c.Evidence)...)
		to.Else = append(to.Else, j.words(f, "地域.本市.外地", c.Else)...)
		j.districts(f, c.Districts)
		to.Energy = append(to.Energy, j.words(f, "地域.本市.能源词", c.Energy)...)
	}
}

// thresholds holds the scores of 默认 to their order.
func (j *joiner) thresholds(f *loadedRules, p Defaults) {
	if p.ReviewAt < p.AlertAt {
		return
	}
	key := "默认.复核门槛"
	if !f.Written(key) {
		key = "默认.告警门槛"
	}
	f.Fault(key, "E034", fmt.Sprintf("复核门槛(%d)要小于告警门槛(%d)", p.ReviewAt, p.AlertAt), "例如 告警门槛: 60 和 复核门槛: 40")
}

// words resolves the named lists inside a word list.
func (j *joiner) words(f *loadedRules, key string, list WordList) WordList {
	var out WordList
	for i, w := range list {
		named := j.named(f, key+"["+strconv.Itoa(i)+"]", w.Lists)
		if len(w.Words) > 0 {
			out = append(out, Words{Words: w.Words, Not: w.Not, Anywhere: w.Anywhere, At: w.At, NotAt: w.NotAt})
		}
		out = append(out, with(named, w.Not, w.Anywhere)...)
	}
	return out
}

// named is the words of named lists.
func (j *joiner) named(f *loadedRules, key string, lists yamlcheck.Names) WordList {
	var out WordList
	for i, name := range lists {
		j.used[name] = true
		words, ok := j.out.WordLists[name]
		if !ok {
			if j.complete {
				f.Fault(key+".词表["+strconv.Itoa(i)+"]", "E032", "没有叫“"+name+"”的词表", yamlcheck.Suggest(name, slices.Sorted(maps.Keys(j.out.WordLists))))
			}
			continue
		}
		out = append(out, words...)
	}
	return out
}

// with adds the contexts that void words, and 任意位置, to copies of words.
func with(list WordList, not yamlcheck.Names, anywhere yamlcheck.Yes) WordList {
	out := make(WordList, 0, len(list))
	for _, w := range list {
		w.Not = append(append(yamlcheck.Names(nil), w.Not...), not...)
		w.Anywhere = w.Anywhere || anywhere
		out = append(out, w)
	}
	return out
}

// all resolves the words of a group, weight or exclusion; it must have some.
func (j *joiner) all(f *loadedRules, key string, list WordList, lists, not yamlcheck.Names, anywhere yamlcheck.Yes) WordList {
	if !f.Written(key+".词") && !f.Written(key+".词表") {
		f.Fault(key, "E033", "这里没有“词”也没有“词表”", "补上 词: […] 或 词表: …")
	}
	out := j.words(f, key+".词", list)
	return with(append(out, j.named(f, key, lists)...), not, anywhere)
}
