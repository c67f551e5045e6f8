package place

import (
	"slices"
	"strings"
	"unicode"
)

// Names are the names that a text gives, without their endings, by class: 常村 of the
// class 矿 for 常村煤矿 and 常村矿 alike.
type Names map[string][]string

// class is a kind of thing that has a name, with the endings of such names.
type class struct {
	name    string
	endings []string
	// coarse: there is more in it than one matter: a town, a street.
	coarse bool
}

const (
	mine    = "矿"
	village = "村"
	town    = "镇"
)

func classes() []class {
	return []class{
		{name: mine, endings: []string{"煤矿", "煤业", "矿业", "矿井", "矿"}},
		{name: "厂", endings: []string{"洗煤厂", "选煤厂", "焦化厂", "化工厂", "发电厂", "电厂", "热电厂", "焦化", "化工", "厂"}},
		{name: "公司", endings: []string{"有限公司", "公司", "集团"}},
		{name: "站", endings: []string{"变电站", "加油站", "加气站", "换热站", "充电站", "热力站"}},
		{name: "小区", endings: []string{"小区", "家园", "花园", "苑", "佳苑", "公寓"}},
		{name: town, endings: []string{"镇", "乡", "街道"}, coarse: true},
		{name: village, endings: []string{"村"}},
		{name: "路", endings: []string{"大街", "大道", "路", "街", "巷"}, coarse: true},
		{name: "学校", endings: []string{"小学", "中学", "学校", "幼儿园", "医院"}},
	}
}

// NamesIn finds the up to two characters before the ending of a name, the longest
// ending at each place.
func NamesIn(s []rune) Names {
	names := Names{}
	for end := 2; end <= len(s); end++ {
		class, ending := endingAt(s[:end])
		if ending == 0 || end < len(s) && endsNoName(class, s[end]) {
			continue
		}
		root := s[max(end-ending-2, 0) : end-ending]
		if len(root) == 2 && strings.ContainsRune("县区市镇乡", root[0]) { // 定昌镇西村: 西
			root = root[1:]
		} else if len(root) < 2 {
			continue
		}
		behindCounty := end-ending > 2 && strings.ContainsRune("县区市", s[end-ending-len(root)-1])
		if name := string(root); isName(root, behindCounty) && !slices.Contains(names[class], name) {
			names[class] = append(names[class], name)
		}
	}
	return names
}

// endingAt is the longest ending of a name that s ends with, in characters, 0 for none.
func endingAt(s []rune) (class string, ending int) {
	for _, c := range classes() {
		for _, e := range c.endings {
			if n := len([]rune(e)); n > ending && n+1 <= len(s) && string(s[len(s)-n:]) == e {
				class, ending = c.name, n
			}
		}
	}
	return class, ending
}

// endsNoName reports whether the next character makes another word of an ending: 矿工, 村民.
func endsNoName(class string, next rune) bool {
	return class == mine && strings.ContainsRune("工上山区井难", next) || class == village && strings.ContainsRune("民里委口镇", next)
}

// vague are characters that, before the ending of a name, name nothing: 某煤矿, 该村.
const vague = "某该这那此几个座的在了和与及或于到从处为是被把"

// isName reports whether the characters before an ending name something. Those that
// stand right behind a county's name may be any: 沁源县王和镇.
func isName(root []rune, behindCounty bool) bool {
	for i, c := range root {
		if !unicode.Is(unicode.Han, c) || strings.ContainsRune(vague, c) && (!behindCounty || i == 0) {
			return false
		}
	}
	last := root[len(root)-1]
	if strings.ContainsRune("县区市镇乡的一", last) || isCommonWord(string(root)) { // 襄垣县一煤矿 names none
		return false
	}
	return len(root) > 1 || !strings.ContainsRune("二两三四五六七八九十多数", last)
}

// isCommonWord reports whether the characters before an ending are a common word or
// part of a longer ending.
func isCommonWord(root string) bool {
	return slices.Contains([]string{
		"煤业", "矿业", "集团", "有限", "责任", "股份", "分公", "地方", "国有", "民营", "乡镇", "小煤", "煤炭", "本地", "长治",
		"襄垣", "沁源", "壶关", "武乡", "黎城", "屯留", "潞城", "潞州", "上党", "平顺", "长子", "热力", "燃气", "供电", "电力", "天然",
		"居民", "附近", "小区", "农村", "乡村", "全村", "我们", "你们", "他们", "村里", "整个", "发生", "事故", "洗煤", "选煤", "焦化",
		"化工", "发电", "热电", "加油", "变电", "街道", "道路", "公路", "铁路", "线路", "电路", "马路", "大街", "有关", "相关", "矿山",
		"下矿", "煤矿", "武", "非煤", "矿井", "入矿", "井下", "山西", "阳城",
	}, root)
}
