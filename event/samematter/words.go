package samematter

import (
	"slices"
	"strings"
)

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

// objects are what something happens to, where a place has many of them: a fire in
// a barn is not the one at the battery store of the same town.
func objects() []occurrence {
	return []occurrence{
		{kind: "储能", words: []string{"储能", "电池舱"}},
		{kind: "变电站", words: []string{"变电站", "升压站"}},
		{kind: "变压器", words: []string{"变压器"}},
		{kind: "线路", words: []string{"线路", "电缆", "高压线", "电线"}},
		{kind: "锅炉", words: []string{"锅炉"}},
		{kind: "罐车", words: []string{"罐车", "槽车"}},
		{kind: "运煤车", words: []string{"运煤车", "拉煤车", "煤车"}},
		{kind: "储罐", words: []string{"储罐", "气罐", "储气罐", "油罐"}},
		{kind: "充电桩", words: []string{"充电桩"}},
		{kind: "光伏", words: []string{"光伏"}},
		{kind: "风机", words: []string{"风机", "风车", "风电", "塔筒"}},
		{kind: "矸石", words: []string{"矸石"}},
		{kind: "换热站", words: []string{"换热站", "热力站"}},
		{kind: "加油站", words: []string{"加油站"}},
		{kind: "加气站", words: []string{"加气站"}},
		{kind: "管道", words: []string{"管道", "管网", "管线", "气管", "管子"}},
		{kind: "住处", words: []string{"柴房", "农户", "民房", "农家院", "居民楼", "出租屋", "地下室"}},
		{kind: "皮带", words: []string{"皮带"}},
		{kind: "罐笼", words: []string{"罐笼"}},
	}
}

// kindsIn lists the kinds of which s has a word.
func kindsIn(s string, of []occurrence) (kinds []string) {
	for _, o := range of {
		if slices.ContainsFunc(o.words, func(w string) bool { return strings.Contains(s, w) }) {
			kinds = append(kinds, o.kind)
		}
	}
	return kinds
}
