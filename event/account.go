package event

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Account is what a post tells of a matter, as far as two reporters who never read
// each other would tell it alike: what happened, where, to how many, when.
type Account struct {
	// kinds are what happened, counties and names where.
	kinds    []string
	things   []string
	counties []string
	objects  []string // what it happened to
	telling  telling
	names    map[string][]string // by class: the mine's, the village's
	// people are figures of persons, others those of other things with their unit.
	people []int
	others []string
	// days and hours are those the text gives, as 11月22日 or 22日, and 8时.
	days, hours []int
	pairs       []uint32 // hashes of two characters each, sorted
	at          time.Time
}

// occurrence is one kind of thing that happens, with the words for it.
type occurrence struct {
	kind  string
	words []string
	// thing: it is what something happens to; alone it makes no matter.
	thing bool
}

// occurrences lists what the bureau's matters are. The order does not count.
func occurrences() []occurrence {
	return []occurrence{
		{kind: "透水", words: []string{"透水", "突水", "淹井", "涌水", "井下进水", "矿井进水", "水淹", "灌进", "冒水"}},
		{kind: "瓦斯", words: []string{"瓦斯"}},
		{kind: "爆炸", words: []string{"爆炸", "爆燃", "闪爆", "燃爆", "炸了", "巨响"}},
		{kind: "火灾", words: []string{"火灾", "起火", "着火", "大火", "失火", "明火", "火情", "自燃", "烧了", "烧起来", "着了", "黑烟", "浓烟"}},
		{kind: "坍塌", words: []string{"坍塌", "垮塌", "塌方", "冒顶", "顶板", "垮落", "塌了", "倒塌", "片帮", "冲击地压", "倒塔", "倒了", "折断", "折成"}},
		{kind: "触电", words: []string{"触电", "电击", "电死", "被电"}},
		{kind: "中毒", words: []string{"中毒", "窒息", "一氧化碳"}},
		{kind: "停电", words: []string{"停电", "断电", "没电", "跳闸", "来电", "停了电", "大面积停电", "供电中断"}},
		{kind: "停气", words: []string{"停气", "断气", "没气", "供气中断", "没有燃气", "停供天然气"}},
		{kind: "泄漏", words: []string{"泄漏", "泄露", "漏气", "漏油", "挖断", "挖破", "挖漏", "漏了", "外泄"}},
		{kind: "不热", words: []string{"不热", "冰凉", "室温", "屋里", "家里", "不达标"}},
		{kind: "停暖", words: []string{"停暖", "停供", "停热", "暂停供", "没暖气", "没有暖气", "断暖", "挨冻"}},
		{kind: "爆管", words: []string{"爆裂", "爆管", "管爆", "爆了", "跑水"}},
		{kind: "沉陷", words: []string{"沉陷", "塌陷", "采空", "开裂", "裂缝", "裂得", "挖空", "地裂"}},
		{kind: "坠落", words: []string{"坠落", "坠亡", "坠罐", "坠井", "跌落", "掉进", "掉下", "坠入"}},
		{kind: "运输", words: []string{"皮带", "罐笼", "矿车", "绞车", "胶轮车", "脱轨", "跑车"}},
		{kind: "滑坡", words: []string{"滑坡", "泥石流", "山体", "溃坝", "溃口"}},
		{kind: "电价", words: []string{"电价", "电费", "电表", "多收"}},
		{kind: "气价", words: []string{"气价", "气费", "气表"}},
		{kind: "噪声", words: []string{"噪声", "噪音", "粉尘", "扬尘", "污染", "煤灰", "煤尘"}},
		{kind: "欠薪", words: []string{"欠薪", "拖欠", "讨薪", "不发工资", "没发工资", "血汗钱", "一分钱没"}},
		{kind: "瞒报", words: []string{"瞒报", "封口费", "捂盖子", "谎报", "迟报"}},
		{kind: "供暖", words: []string{"供暖", "供热", "暖气", "热力"}, thing: true},
		{kind: "充电桩", words: []string{"充电桩"}, thing: true},
		{kind: "光伏", words: []string{"光伏"}, thing: true},
		{kind: "煤改", words: []string{"煤改气", "煤改电"}, thing: true},
	}
}

// nameClasses are the endings of names of places, each with the class it is of.
func nameClasses() []occurrence {
	return []occurrence{
		{kind: "矿", words: []string{"煤矿", "煤业", "矿业", "矿井", "矿"}},
		{kind: "厂", words: []string{"洗煤厂", "选煤厂", "焦化厂", "化工厂", "发电厂", "电厂", "热电厂", "焦化", "化工", "厂"}},
		{kind: "公司", words: []string{"有限公司", "公司", "集团"}},
		{kind: "站", words: []string{"变电站", "加油站", "加气站", "换热站", "充电站", "热力站"}},
		{kind: "小区", words: []string{"小区", "家园", "花园", "苑", "佳苑", "公寓"}},
		{kind: "镇", words: []string{"镇", "乡", "街道"}},
		{kind: "村", words: []string{"村"}},
		{kind: "路", words: []string{"大街", "大道", "路", "街", "巷"}},
		{kind: "学校", words: []string{"小学", "中学", "学校", "幼儿园", "医院"}},
	}
}

// NewAccount reads an account from a post seen or published at the given time.
func NewAccount(title, body string, at time.Time) Account {
	s := strings.TrimSpace(title + "\n" + body)
	a := Account{names: map[string][]string{}, at: at, counties: countiesIn(s)}
	for _, o := range occurrences() {
		if slices.ContainsFunc(o.words, func(w string) bool { return happened(s, w) }) {
			if o.thing {
				a.things = append(a.things, o.kind)
			} else {
				a.kinds = append(a.kinds, o.kind)
			}
		}
	}
	if len(a.kinds)+len(a.things) == 0 {
		return a
	}
	a.telling, a.objects = tellingOf(s), kindsIn(s, objects())
	runes := []rune(s)
	a.readNames(runes)
	a.readFigures(runes)
	clean := runes[:0:0]
	for _, c := range runes {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			clean = append(clean, c)
		}
	}
	a.pairs = gramSet(Text(clean), 2)
	return a
}

// Telling reports whether the account tells of anything that two may have in common.
func (a Account) Telling() bool { return len(a.kinds)+len(a.things) > 0 }

// placed reports whether it says where, as far as we know places.
func (a Account) placed() bool { return len(a.counties) > 0 || len(a.names) > 0 }

// vague are characters that, before the ending of a name, name nothing: 某煤矿, 该村.
const vague = "某该这那此几个座的在了和与及或于到从处为是被把"

// readNames finds what stands before the endings of names, the longest ending at
// each place: 常村煤矿 and 常村矿 both have 常村.
func (a *Account) readNames(s []rune) {
	for end := 2; end <= len(s); end++ {
		class, ending := "", 0
		for _, c := range nameClasses() {
			for _, w := range c.words {
				if n := len([]rune(w)); n > ending && n+1 <= end && string(s[end-n:end]) == w {
					class, ending = c.kind, n
				}
			}
		}
		if ending == 0 || end < len(s) && (class == "矿" && strings.ContainsRune("工上山区井难", s[end]) || class == "村" && strings.ContainsRune("民里委口镇", s[end])) {
			continue
		}
		root := s[max(end-ending-2, 0) : end-ending]
		if len(root) == 2 && strings.ContainsRune("县区市镇乡", root[0]) { // 定昌镇西村: 西
			root = root[1:]
		} else if len(root) < 2 {
			continue
		}
		if name := string(root); named(root, end-ending > 2 && strings.ContainsRune("县区市", s[end-ending-len(root)-1])) && !slices.Contains(a.names[class], name) {
			a.names[class] = append(a.names[class], name)
		}
	}
}

// named reports whether the characters before an ending name something. Those that
// stand right behind a county's name may be any: 沁源县王和镇.
func named(root []rune, behindCounty bool) bool {
	for i, c := range root {
		if !unicode.Is(unicode.Han, c) || strings.ContainsRune(vague, c) && (!behindCounty || i == 0) {
			return false
		}
	}
	last := root[len(root)-1]
	if strings.ContainsRune("县区市镇乡的一", last) || generic(string(root)) { // 襄垣县一煤矿 names none
		return false
	}
	return len(root) > 1 || !strings.ContainsRune("二两三四五六七八九十多数", last)
}

// generic reports whether the two characters before an ending are common words or
// parts of a longer ending.
func generic(root string) bool {
	return slices.Contains([]string{
		"煤业", "矿业", "集团", "有限", "责任", "股份", "分公", "地方", "国有", "民营", "乡镇", "小煤", "煤炭", "本地", "长治",
		"襄垣", "沁源", "壶关", "武乡", "黎城", "屯留", "潞城", "潞州", "上党", "平顺", "长子", "热力", "燃气", "供电", "电力", "天然",
		"居民", "附近", "小区", "农村", "乡村", "全村", "我们", "你们", "他们", "村里", "整个", "发生", "事故", "洗煤", "选煤", "焦化",
		"化工", "发电", "热电", "加油", "变电", "街道", "道路", "公路", "铁路", "线路", "电路", "马路", "大街", "有关", "相关", "矿山",
		"下矿", "煤矿", "武", "非煤", "矿井", "入矿", "井下", "山西", "阳城",
	}, root)
}

// readFigures finds figures with what they count, days and hours.
func (a *Account) readFigures(s []rune) {
	for i := 0; i < len(s); {
		n, end := number(s, i)
		if end == i {
			i++
			continue
		}
		rest := string(s[end:min(end+4, len(s))])
		switch {
		case hasPrefix(rest, "人", "名", "死", "伤", "位", "条生命", "个人", "矿工", "工人"):
			if n < 1000 {
				a.people = append(a.people, n)
			}
		case hasPrefix(rest, "日", "号") && n >= 1 && n <= 31 && !hasPrefix(rest, "号井", "号楼", "号线", "号矿", "号煤", "号机", "号炉", "号工"):
			a.days = append(a.days, n)
		case hasPrefix(rest, "时", "点") && n <= 24:
			a.hours = append(a.hours, n%12)
		case hasPrefix(rest, "年", "月", "分", "个小时", "小时", "天", "第"):
		case n >= 10 && rest != "" && unicode.Is(unicode.Han, s[end]):
			a.others = append(a.others, string(s[i:min(end+1, len(s))]))
		}
		i = end
	}
}

func hasPrefix(s string, of ...string) bool {
	return slices.ContainsFunc(of, func(p string) bool { return strings.HasPrefix(s, p) })
}

// number reads a number in digits or in Chinese up to 99 that begins at i; end is i
// where there is none.
func number(s []rune, i int) (n, end int) {
	for end = i; end < len(s) && end < i+9 && s[end] >= '0' && s[end] <= '9'; end++ {
		n = n*10 + int(s[end]-'0')
	}
	if end > i {
		return n, end
	}
	tens, units, seen := 0, 0, false
	for ; end < len(s); end++ {
		c := s[end]
		if c == '十' {
			tens, units, seen = max(units, 1), 0, true
			continue
		}
		d := strings.IndexRune("零一二三四五六七八九", c)
		if c == '两' {
			d = len("零一")
		}
		if d < 0 {
			break
		}
		units, seen = d/len("零"), true
	}
	if !seen {
		return 0, i
	}
	return tens*10 + units, end
}
