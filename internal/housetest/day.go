package housetest

import (
	"testing"
	"time"

	"huiying/internal/post"

	"huiying/internal/verdict"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/response"
)

// Sources are the eleven sources of the invented city: two that fail, one that
// never answered, one that is switched off.
func Sources(now time.Time) []*Source {
	good := func(id, name string, c post.Channel, items int) *Source {
		return &Source{
			ID: id, Name: name, Channel: c, Every: 5 * time.Minute, Active: true,
			NextAt: now.Add(3 * time.Minute), Rounds: 180, LastTried: now.Add(-2 * time.Minute),
			LastGood: now.Add(-2 * time.Minute), Items: items,
		}
	}
	off := good("oldportal", "旧版门户（停用）", post.Portal, 0)
	off.Active = false
	down := good("shangdangbbs", "上党茶座论坛", post.News, 0)
	down.LastGood, down.Failures = now.Add(-31*time.Hour), 12
	down.LastError = `fetch https://shangdangbbs.example/list: answered 503 Service Unavailable`
	never := good("wxbridge", "能源微信文章桥接", post.WeChat, 0)
	never.LastGood, never.Failures = time.Time{}, 40
	never.LastError = "fetch https://wxbridge.example/feed: dial tcp: lookup wxbridge.example: no such host"
	shaky := good("wenzheng", "网络问政平台", post.QA, 30)
	shaky.LastGood, shaky.Failures, shaky.LastError = now.Add(-25*time.Minute), 1, "fetch https://wenzheng.example/api: context deadline exceeded"
	return []*Source{
		good("portal", "市政府门户网站", post.Portal, 24),
		good("energy", "市能源局网站", post.Portal, 18),
		good("dailynews", "上党晚报网", post.News, 42),
		good("minenews", "煤炭资讯网", post.News, 35),
		shaky,
		good("hotline", "12345热线导入", post.Hotline, 9),
		good("weibo", "本地话题时间线", post.Weibo, 50),
		good("epaper", "晨报电子版", post.Press, 16),
		off, down, never,
	}
}

// Day writes the invented day into db: about thirty posts, seven alerted events,
// four in review, an accident whose figures rise, clocks in every state and
// deliveries in every state.
func Day(tb testing.TB, db *store.DB) {
	tb.Helper()
	now := Now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	var rows []any
	src := make(map[string]*Source)
	for _, s := range Sources(now) {
		src[s.ID] = s
		rows = append(rows, s)
	}

	flood := &event.Event{
		ID: "E-20261123-7c1f", Title: "沁源县一煤矿发生透水，12人被困井下", Handling: verdict.Alert,
		Category: verdict.Emergency, Grade: verdict.Major, Place: "沁源县", Sections: []string{"煤炭科", "安全监管科"},
		Consult: []string{"应急管理局"}, Toll: verdict.Toll{Dead: 1, Trapped: 12}, Rules: "2026-11-23.2",
		Why:  "TF-01 煤矿生产安全事故：地域 沁源县（写到就算）；场所 煤矿；事故 透水；被困 12 人，按宁高勿低定为重大。",
		Step: 2, Posts: 5, Sources: 4, FirstPublished: ago(104 * time.Minute), FirstSeen: ago(97 * time.Minute),
		LastSeen: ago(6 * time.Minute), AlertedAt: ago(97 * time.Minute),
	}
	blast := &event.Event{
		ID: "E-20261123-a03e", Title: "屯留区一选煤厂传出巨响冒黑烟", Handling: verdict.Alert,
		Category: verdict.Emergency, Grade: verdict.Pending, Place: "屯留区", Sections: []string{"煤炭科"},
		Tags: []string{"疑似谣言"}, Rules: "2026-11-23.2", Step: 1, Posts: 2, Sources: 2,
		Why:       "TF-02 厂区爆炸：地域 屯留区；场所 选煤厂；事故 巨响、黑烟；没有伤亡数字，等级待定。",
		FirstSeen: ago(18 * time.Minute), LastSeen: ago(9 * time.Minute), AlertedAt: ago(18 * time.Minute),
	}
	heat := &event.Event{
		ID: "E-20261123-51d8", Title: "潞州区三个小区停暖三天，居民问何时恢复", Handling: verdict.Alert,
		Category: verdict.Interest, Place: "潞州区", Sections: []string{"油气科"}, Consult: []string{"住房和城乡建设局", "城市管理局"},
		Rules: "2026-11-23.2", Why: "QY-03 供热中断：地域 潞州区；现象 停暖。", Step: 1, Posts: 4, Sources: 3,
		FirstSeen: ago(7 * time.Hour), LastSeen: ago(50 * time.Minute), AlertedAt: ago(7 * time.Hour),
	}
	price := &event.Event{
		ID: "E-20261123-9b42", Title: "网传“下月起居民电价翻倍”系误读", Handling: verdict.Alert,
		Category: verdict.Misread, Place: "本市", Sections: []string{"电力科"}, Tags: []string{"已辟谣"},
		Rules: "2026-11-23.2", Why: "ZC-01 电价政策误读：政策 居民电价；误读 翻倍。", Step: 1, Posts: 3, Sources: 2,
		FirstSeen: ago(6 * time.Hour), LastSeen: ago(4 * time.Hour), AlertedAt: ago(6 * time.Hour),
	}
	elder := &event.Event{
		ID: "E-20261121-3f70", Title: "独居老人欠费被停气，邻居发帖质疑", Handling: verdict.Alert,
		Category: verdict.Morality, Place: "襄垣县", Sections: nil, Rules: "2026-11-21.1",
		Why: "DD-02 民生底线：对象 独居老人；行为 停气。", Step: 1, Posts: 2, Sources: 2,
		FirstSeen: ago(43 * time.Hour), LastSeen: ago(20 * time.Hour), AlertedAt: ago(43 * time.Hour),
	}
	charger := &event.Event{
		ID: "E-20261121-c6aa", Title: "高新区充电桩收费不透明，多人投诉", Handling: verdict.Alert,
		Category: verdict.Interest, Place: "长治高新区", Sections: []string{"电力科"}, Rules: "2026-11-21.1",
		Why: "QY-07 充电收费：地域 长治高新区；现象 收费不透明。", Step: 1, Posts: 1, Sources: 1,
		FirstSeen: ago(51 * time.Hour), LastSeen: ago(51 * time.Hour), AlertedAt: ago(51 * time.Hour),
	}
	order := &event.Event{
		ID: "E-20261120-08be", Title: "省能源局督办：限期核查煤矿瓦斯抽采台账", Handling: verdict.Alert,
		Category: verdict.Ordered, Place: "全市", Sections: []string{"煤炭科"}, Rules: "2026-11-20.4",
		Why: "SJ-01 上级督办：主体 省能源局；要求 督办、限期。", Step: 1, Posts: 1, Sources: 1,
		FirstSeen: ago(60 * time.Hour), LastSeen: ago(60 * time.Hour), AlertedAt: ago(60 * time.Hour),
	}
	for _, e := range []*event.Event{flood, blast, heat, price, elder, charger, order} {
		rows = append(rows, e)
	}

	risen := NewPost(src["dailynews"], flood, 101, ago(97*time.Minute), "沁源县一煤矿发生透水，12人被困井下",
		"本报讯　今日13时20分许，沁源县一煤矿井下发生透水。\n据现场指挥部最新消息，目前1人遇难，12人被困井下，救援正在进行。", "煤矿", "透水", "12人被困", "沁源县")
	risen.Revision = 2
	rows = append(rows, risen, &Revision{
		PostID: risen.ID, Revision: 1, Title: "沁源县一煤矿发生透水，3人被困", SeenAt: ago(97 * time.Minute),
		Body: "本报讯　今日13时20分许，沁源县一煤矿井下发生透水，初步了解3人被困。",
		Verdict: verdict.Verdict{
			Handling: verdict.Alert, Category: verdict.Emergency, Grade: verdict.Large, Toll: &verdict.Toll{Trapped: 3},
			Matches: Matches("沁源县一煤矿发生透水，3人被困", "本报讯　今日13时20分许，沁源县一煤矿井下发生透水，初步了解3人被困。", "煤矿", "透水", "3人被困"),
		},
	})
	rows = append(rows,
		NewPost(src["weibo"], flood, 102, ago(90*time.Minute), "", "#沁源透水# 朋友在矿上，说井下透水了，救护车来了好几辆，求平安🙏", "透水"),
		NewPost(src["minenews"], flood, 103, ago(70*time.Minute), "快讯：沁源县一煤矿发生透水", "山西沁源县一煤矿发生透水，救援力量已到场。", "煤矿", "透水"),
		NewPost(src["wenzheng"], flood, 104, ago(40*time.Minute), "请问沁源矿上透水的事官方什么时候通报", "家属很着急，请官方尽快说明透水情况。", "透水"),
		NewPost(src["weibo"], flood, 105, ago(6*time.Minute), "", "转发：沁源县一煤矿发生透水，12人被困井下", "煤矿", "透水", "12人被困"),
		NewPost(src["weibo"], blast, 111, ago(18*time.Minute), "", "屯留这边选煤厂一声巨响，冒黑烟，有没有知道怎么回事的", "选煤厂", "巨响", "黑烟"),
		NewPost(src["hotline"], blast, 112, ago(9*time.Minute), "市民来电反映选煤厂响声", "来电人称屯留区一选煤厂传出巨响，询问是否安全。", "选煤厂", "巨响"),
		NewPost(src["wenzheng"], heat, 121, ago(7*time.Hour), "潞州区英雄路附近三个小区停暖三天", "家里有老人孩子，室温只有12度，打电话说在抢修，到底什么时候恢复供暖？", "停暖", "潞州区"),
		NewPost(src["hotline"], heat, 122, ago(5*time.Hour), "停暖投诉", "潞州区居民来电反映停暖三天。", "停暖", "潞州区"),
		NewPost(src["weibo"], heat, 123, ago(3*time.Hour), "", "停暖第三天，小区群里都在问", "停暖"),
		NewPost(src["wenzheng"], heat, 124, ago(50*time.Minute), "再问潞州区停暖何时恢复", "已是第二次提问。", "停暖"),
		NewPost(src["weibo"], price, 131, ago(6*time.Hour), "", "听说下月起居民电价翻倍？真的假的", "居民电价", "翻倍"),
		NewPost(src["dailynews"], price, 132, ago(5*time.Hour), "“电价翻倍”不实：阶梯电价标准未变", "记者从相关部门获悉，居民电价标准没有调整。", "居民电价", "翻倍"),
		NewPost(src["weibo"], price, 133, ago(4*time.Hour), "", "别传电价翻倍了，官方已经说明", "翻倍"),
		NewPost(src["weibo"], elder, 141, ago(43*time.Hour), "", "邻居独居老人因为欠费被停气，三天没法做饭", "独居老人", "停气"),
		NewPost(src["dailynews"], elder, 142, ago(20*time.Hour), "欠费该不该停气？", "近日有网友发帖称独居老人被停气。", "独居老人", "停气"),
		NewPost(src["wenzheng"], charger, 151, ago(51*time.Hour), "高新区充电桩收费不透明", "服务费每次都不一样。", "充电桩", "收费不透明"),
		NewPost(src["portal"], order, 161, ago(60*time.Hour), "省能源局督办：限期核查煤矿瓦斯抽采台账", "请有关单位按时限要求报送。", "督办", "限期"),
	)

	review := []struct {
		title, body, why string
		source           string
		category         verdict.Category
		seen             time.Duration
	}{
		{"市里组织煤矿透水事故应急演练", "演练模拟井下透水，参演人员全部安全升井。", "通用排除 演练：转复核。", "dailynews", verdict.Emergency, 8 * time.Hour},
		{"十年前那场矿难的反思", "回顾旧事故。", "旧闻：转复核。", "minenews", verdict.Emergency, 5 * time.Hour},
		{"", "家里又跳闸了，这电到底怎么回事", "差一组：没有写明地点。", "weibo", verdict.Interest, 2 * time.Hour},
		{"供热管网改造施工公告", "施工期间可能影响供热。", "42 分，低于告警门槛。", "energy", verdict.Interest, 90 * time.Minute},
	}
	for i, v := range review {
		e := &event.Event{
			ID: "E-20261123-f" + string(rune('a'+i)) + "00", Title: v.title, Handling: verdict.Review, Category: v.category,
			Place: "本市", Why: v.why, Rules: "2026-11-23.2", Posts: 1, Sources: 1, FirstSeen: ago(v.seen), LastSeen: ago(v.seen),
		}
		if e.Title == "" {
			e.Title = v.body
		}
		rows = append(rows, e, NewPost(src[v.source], e, 200+i, ago(v.seen), v.title, v.body, "透水", "供热"))
	}
	for i, title := range []string{
		"我市召开会议部署冬季能源保供", "长治久安，平安建设见成效", "晋城一企业停电检修", "周末天气晴好",
		"市图书馆新书上架", "太原地铁新线试运行", "高速收费站提示", "社区开展义诊", "全市秋粮收购过半",
	} {
		s := []string{"portal", "energy", "dailynews", "epaper", "weibo"}[i%5]
		rows = append(rows, NewPost(src[s], nil, 300+i, ago(time.Duration(i+1)*50*time.Minute), title, "正文从略。"))
	}

	first := Clock(response.FirstRelease, flood.FirstSeen, time.Hour)
	answered := Clock(response.Answer, price.FirstSeen, 48*time.Hour)
	answered.StoppedAt, answered.URL = price.FirstSeen.Add(100*time.Minute), "https://energy.example/notice/2026/1123.html"
	late := Clock(response.Answer, order.FirstSeen, 48*time.Hour)
	late.StoppedAt, late.Note = ago(9*time.Hour), "已书面报送，局办公室登记"
	for _, c := range [][]any{
		NewCase(flood, first, Clock(response.PressConference, flood.FirstSeen, 24*time.Hour)),
		NewCase(blast, Clock(response.FirstRelease, blast.FirstSeen, time.Hour), Clock(response.PressConference, blast.FirstSeen, 24*time.Hour)),
		NewCase(heat, Clock(response.Answer, heat.FirstSeen, 48*time.Hour)),
		NewCase(price, answered),
		NewCase(elder, Clock(response.Answer, elder.FirstSeen, 48*time.Hour)),
		NewCase(charger, Clock(response.Answer, charger.FirstSeen, 48*time.Hour)),
		NewCase(order, late),
		NewNotice(flood, alerting.KindAlert, 1, flood.AlertedAt, alerting.Sent, "煤炭科", "安全监管科", "局办公室", "分管领导"),
		NewNotice(flood, alerting.KindUpdate, 2, ago(35*time.Minute), alerting.Unsure, "局主要负责人"),
		NewNotice(blast, alerting.KindAlert, 1, blast.AlertedAt, alerting.Pending, "煤炭科", "局办公室"),
		NewNotice(heat, alerting.KindAlert, 1, heat.AlertedAt, alerting.Sent, "油气科", "局办公室"),
		NewNotice(price, alerting.KindAlert, 1, price.AlertedAt, alerting.Failed, "电力科"),
		NewNotice(elder, alerting.KindAlert, 1, elder.AlertedAt, alerting.Sent, "局办公室"),
		NewNotice(charger, alerting.KindReminder, 9, ago(3*time.Hour), alerting.Sent, "电力科", "局办公室"),
	} {
		rows = append(rows, c...)
	}
	Insert(tb, db, rows...)
}
