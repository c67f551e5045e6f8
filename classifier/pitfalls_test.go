package classifier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/internal/post"
	"huiying/internal/verdict"
)

// pitfall is a text that blinds or fools a keyword matcher, with what the shipped
// rules must make of it. Empty fields are not looked at.
type pitfall struct {
	title, body string
	local       bool
	year        int // of publication
	handling    []verdict.Handling
	tag         string
	// word must be among the matches, none must not.
	word, none string
	// dead is the toll's, -1 for not looked at; place is the region's.
	dead  int
	place string
	// consult is an agency that must be asked.
	consult string
}

func (p pitfall) post() post.Post {
	post := post.Post{Title: p.title, Body: p.body, Local: p.local}
	if p.year > 0 {
		post.Published = time.Date(p.year, 11, 1, 0, 0, 0, 0, time.UTC)
	}
	return post
}

// TestBlindingTexts has a row for each text that blinds or fools a classifier.
func TestBlindingTexts(t *testing.T) {
	t.Parallel()
	seen, quiet := []verdict.Handling{verdict.Alert, verdict.Review}, []verdict.Handling{verdict.None}
	judge(t, map[string]pitfall{
		"D1 zero width":                    {body: "长治襄垣又停\u200b电了，投诉没人管", handling: seen, word: "停电"},
		"D2 hyphen":                        {body: "长治襄垣又停-电了，投诉没人管", handling: seen, tag: "变形"},
		"D2 full stop":                     {body: "长治襄垣又停.电了，投诉没人管", handling: seen, tag: "变形"},
		"D2 emoji":                         {body: "长治襄垣又停🔌电了，投诉没人管", handling: seen, tag: "变形"},
		"D3 space":                         {body: "长治襄垣又停 电了，投诉没人管", handling: seen, tag: "变形"},
		"D4 letter for a syllable":         {body: "长治上党区又t电了，没人管", handling: quiet},    // a known limit: 暂不支持 in the rules
		"D4 syllable spelled":              {body: "长治上党区又ting电了，没人管", handling: quiet}, // as above
		"D5 traditional":                   {body: "長治襄垣又停電了，投訴沒人管", handling: seen, word: "停电", place: "长治"},
		"D6 full width":                    {body: "长治某煤矿透水，３死２伤", handling: seen, dead: 3},
		"D7 combining marks":               {body: "长治襄垣又停⃠电了，投诉没人管", handling: seen, word: "停电"},
		"D8 right to left":                 {body: "\u202e长治某煤矿透水", handling: seen},
		"D9 Kangxi radical":                {body: "长治某煤矿井下⽕灾，有人被困", handling: seen, word: "火灾"},
		"D9 compatibility ideograph":       {body: "长治某煤矿井下火災，有人被困", handling: seen, word: "火灾"},
		"D10 words in an image only":       {body: "[图片]", handling: quiet},
		"D11 NUL":                          {body: "\x00长治某煤矿\x00透\x00水", handling: seen, word: "透水"},
		"D12 surrogates in CESU-8":         {body: "\xed\xa0\xbd\xed\xb4\x8c长治某煤矿透\xed\xa0\xbd水", handling: seen, word: "透水"},
		"D13 2 MB without marks":           {body: strings.Repeat("这是一段不带标点的话", 1<<16) + "长治某煤矿透水", handling: seen, word: "透水"},
		"D14 keyword behind 1 MB":          {body: strings.Repeat(" ", 1<<20) + "长治某煤矿透水", handling: seen, word: "透水"},
		"D15 1,000 hashtags":               {body: strings.Repeat("#转发#", 1000) + "长治某煤矿透水", handling: seen, word: "透水"},
		"D16 crossing a word, refuted":     {body: "网传长治某矿透水系谣言", handling: seen, word: "透水", tag: "疑似谣言"},
		"D17 the place in a saying":        {body: "为了社会长治久安，某煤矿透水", handling: quiet, title: "读书笔记"},
		"D18 a lecture":                    {body: "支部书记上党课讲安全", handling: quiet},
		"D19 the eldest son":               {body: "家里的长子县里人，喜欢下棋", handling: quiet},
		"D20 a station of the same name":   {title: "北京潞城地铁停电", handling: quiet},
		"D21 a township of the same name":  {title: "台湾屏东长治乡停电", handling: quiet},
		"D22 a rate":                       {body: "长治某煤矿透水，上半年百万吨死亡率0.05", handling: seen, dead: 0},
		"D23 an age":                       {body: "长治某煤矿透水，46岁死亡1人", handling: seen, dead: 1},
		"D24 old news":                     {body: "长治某煤矿透水。二〇一〇年38人遇难", year: 2026, handling: seen, dead: 0},
		"D25 none dead":                    {body: "长治某煤矿透水，零死亡", handling: seen, dead: 0},
		"D25 nobody hurt":                  {body: "长治某煤矿透水，未造成人员伤亡", handling: seen, dead: 0},
		"D26 a drill with real casualties": {body: "长治某煤矿透水演练中突发真险情，3人死亡", handling: seen, dead: 3},
	})
}

// TestPitfalls has a row for each trap that keyword rules for this city are known
// to fall into.
func TestPitfalls(t *testing.T) {
	t.Parallel()
	seen, quiet := []verdict.Handling{verdict.Alert, verdict.Review}, []verdict.Handling{verdict.None}
	judge(t, map[string]pitfall{
		"segmentation: 透水系":    {body: "长治煤矿透水系谣言", handling: seen, word: "透水"},
		"segmentation: 煤改气":    {body: "长治潞城煤改气补贴一直没发，投诉没人管", handling: seen},
		"substring: 有限电力公司":    {body: "长治某有限电力公司举行运动会", none: "限电"},
		"substring: 闪电价格":      {body: "长治超市闪电价格促销", none: "电价"},
		"substring: 停电梯":       {body: "长治小区物业停电梯检修", none: "停电"},
		"substring: 又停电话":      {body: "长治营业厅又停电话不通", none: "停电"},
		"substring: 透水砖":       {body: "长治煤矿广场铺透水砖", handling: quiet},
		"gas: 断气 of the dying": {body: "长治一老人抢救无效断气", none: "断气"},
		"gas: 泄露 of data":      {body: "长治某快递泄露公民信息", handling: quiet},
		"gas: 信息爆炸":            {body: "长治老师谈信息爆炸时代的读书", handling: quiet},
		"gas: 话剧《爆炸》":          {body: "长治煤矿工会排演话剧《爆炸》", handling: quiet},
		"traditional":          {body: "長治某煤礦透水，３死", handling: seen, dead: 3},
		"obfuscation: 霉矿":      {body: "长治某霉矿透水", handling: quiet},
		// The row above is a known limit: nobody can list every such spelling.
		"negation: prevention":          {body: "长治煤矿开展检查，严防透水", handling: quiet},
		"negation: in another clause":   {body: "长治严防事故，某煤矿透水", handling: seen},
		"negation: not a drill":         {body: "长治煤矿透水，这不是演练", handling: seen},
		"没 is the complaint":            {body: "长治屯留没电两天了，投诉没人管", handling: seen},
		"refuted":                       {body: "网传长治某煤矿瓦斯爆炸系不实信息", handling: []verdict.Handling{verdict.Review}},
		"old news: anniversary":         {body: "长治某煤矿透水事故十周年", handling: []verdict.Handling{verdict.Review, verdict.None}},
		"drill":                         {body: "长治某煤矿开展透水事故应急演练", handling: quiet},
		"place: 平顺过渡":                   {body: "确保系统平顺过渡", handling: quiet},
		"place: 长治路 of another city":    {title: "青岛长治路停电", handling: quiet},
		"place: 黎城 of another province": {title: "江苏金湖黎城镇停电", handling: quiet},
		"place: former name 屯留县":        {body: "屯留县某煤矿透水", handling: seen},
		"place: former name 长治县":        {body: "长治县某煤矿透水", handling: seen},
		"place: former name 潞城市":        {body: "潞城市某煤矿透水", handling: seen},
		"place: another's, reposted":    {title: "朔州煤矿透水", body: "长治网友转发", handling: []verdict.Handling{verdict.Review}},
		"numbers: Chinese numeral":      {body: "长治某煤矿透水致十一人死亡", dead: 11, handling: seen},
		"numbers: estimate":             {body: "长治某煤矿透水致三十多人死亡", dead: 30, handling: seen},
		"numbers: 3号井":                  {body: "长治某煤矿3号井透水", dead: 0, handling: seen},
		"competence of another agency":  {body: "长治小区停暖三天，投诉没人管", handling: seen, consult: "住"},
	})
}

func judge(t *testing.T, rows map[string]pitfall) {
	t.Helper()
	s, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := s.engine.Classify(p.post())
			if p.handling != nil && !slices.Contains(p.handling, v.Handling) {
				t.Errorf("%s, want one of %v", v.Handling, p.handling)
			}
			dead := 0
			if v.Toll != nil {
				dead = v.Toll.Dead
			}
			if dead != p.dead {
				t.Errorf("%d dead, want %d", dead, p.dead)
			}
			if p.tag != "" && !slices.Contains(v.Tags, p.tag) {
				t.Errorf("tags %v without %s", v.Tags, p.tag)
			}
			has := func(word string) bool {
				return slices.ContainsFunc(v.Matches, func(m verdict.Match) bool { return m.Word == word })
			}
			if p.word != "" && !has(p.word) {
				t.Errorf("matches %v without %s", v.Matches, p.word)
			}
			if p.none != "" && has(p.none) {
				t.Errorf("%s is a match", p.none)
			}
			if p.place != "" && (v.Region == nil || v.Region.Place != p.place) {
				t.Errorf("region %+v, want %s", v.Region, p.place)
			}
			if p.consult != "" && !slices.ContainsFunc(v.Consult, func(a string) bool { return strings.Contains(a, p.consult) }) {
				t.Errorf("%v are consulted, want %s", v.Consult, p.consult)
			}
			if t.Failed() {
				t.Log(v.Why)
			}
		})
	}
}
