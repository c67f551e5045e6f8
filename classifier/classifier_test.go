package classifier_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// words makes the simplest word list.
func words(w ...string) []classifier.Words { return []classifier.Words{{Words: w}} }

// set is a small rule set that has one of everything.
func set() classifier.RuleSet {
	mine := classifier.Rule{
		ID: "TF-01", Name: "煤矿事故", Category: verdict.Emergency, Status: classifier.Live,
		To: verdict.Alert, Grading: classifier.GradeCasualty,
		Sections: []string{"煤炭科", "局办公室"}, Consult: []string{"市应急管理局"}, Hint: "先核实",
		Groups: []classifier.Group{
			{Name: "场所", Words: words("煤矿", "矿井")},
			{Name: "事故", Negatable: true, Words: []classifier.Words{
				{Words: []string{"透水"}, Not: []string{"透水砖"}, Anywhere: true},
				{Words: []string{"爆炸", "被困"}, Not: []string{"《爆炸》", "信息爆炸"}},
			}},
		},
		Weights: []classifier.Weight{
			{Words: words("救护车"), Points: 10},
			{Words: words("透水"), Points: 20, Position: classifier.InTitle},
			{Words: words("工作会议"), Points: 30, Minus: true},
		},
		Near: []classifier.Distance{{Before: words("煤矿"), After: words("爆炸"), Within: 4, Points: 5}},
	}
	power := classifier.Rule{
		ID: "MS-01", Name: "停电", Category: verdict.Interest, Status: classifier.Live,
		To: verdict.Alert, Sections: []string{"电力科"}, Tag: "停电",
		Groups: []classifier.Group{{Name: "现象", Words: []classifier.Words{{Words: []string{"停电"}, Not: []string{"停电梯"}}}}},
		Excludes: []classifier.Exclude{
			{Name: "公告", Words: words("计划停电公告"), Unless: words("投诉"), To: verdict.None},
		},
	}
	shadow := power
	shadow.ID, shadow.Status, shadow.Sections = "MS-09", classifier.Shadow, []string{"节能科"}
	draft := power
	draft.ID, draft.Status, draft.Groups = "MS-10", classifier.Draft, nil
	ordered := classifier.Rule{
		ID: "SJ-01", Name: "督办", Category: verdict.Ordered, Status: classifier.Live, To: verdict.Alert,
		AnyPlace: true, Sources: []string{"公文系统"}, Sections: []string{"局办公室"},
		Groups: []classifier.Group{{Name: "要求", Words: words("督办")}},
	}
	return classifier.RuleSet{
		Version: "1",
		Places: classifier.Places{
			Sure:      []classifier.Words{{Words: []string{"长治"}, Not: []string{"长治久安", "长治路"}}},
			Unsure:    []classifier.Words{{Words: []string{"上党"}, Not: []string{"上党课"}}},
			Evidence:  words("山西"),
			Elsewhere: words("朔州", "太原"),
			Energy:    words("油价"),
		},
		Excludes: []classifier.Exclude{
			{Name: "演练", Words: words("演练"), Unless: words("不是演练"), To: verdict.None},
			{Name: "旧闻", Words: words("周年"), To: verdict.Review},
		},
		Fallback: classifier.Fallback{Heavy: []classifier.Words{{Words: []string{"爆炸"}, Not: []string{"《爆炸》"}}}},
		Marks: []classifier.Rule{
			{ID: "BJ-01", Name: "传言", Status: classifier.Live, Tag: "疑似谣言", To: verdict.None, AnyPlace: true, Groups: []classifier.Group{{Name: "口吻", Words: words("网传")}}},
			{ID: "BJ-02", Name: "辟谣", Status: classifier.Live, Tag: "已辟谣", To: verdict.Review, AnyPlace: true, Groups: []classifier.Group{{Name: "辟谣", Words: words("谣言")}}},
		},
		Rules: []classifier.Rule{mine, power, shadow, draft, ordered},
	}
}

// shared is one classifier of set for all tests, since jieba takes its time.
var shared = sync.OnceValues(func() (*classifier.Classifier, error) {
	s := set()
	seg, err := jieba.New(classifier.UserWords(s))
	if err != nil {
		return nil, err
	}
	return classifier.New(s, seg)
})

func build(tb testing.TB) *classifier.Classifier {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestClassify(t *testing.T) {
	t.Parallel()
	c := build(t)
	for name, tc := range map[string]struct {
		post     post.Post
		handling verdict.Handling
		category verdict.Category
		grade    verdict.Grade
		tags     []string
		score    int
		why      string // contained in Why
	}{
		"alert": {
			post:     post.Post{Body: "长治某煤矿透水，12人被困"},
			handling: "alert", category: "emergency", grade: "major", score: 60,
			why: "地域 长治(写到就算) · TF-01 煤矿事故 60分: 场所“煤矿” 事故“透水” 提示: 先核实 · 12人被困→重大",
		},
		"title weighs more": {
			post:     post.Post{Title: "长治煤矿透水", Body: "救护车来了"},
			handling: "alert", category: "emergency", grade: "pending", score: 90, why: "场所“煤矿”(标题)",
		},
		"near in one sentence":    {post: post.Post{Body: "长治煤矿发生爆炸"}, handling: "alert", category: "emergency", grade: "pending", score: 65},
		"not across sentences":    {post: post.Post{Body: "长治煤矿。爆炸"}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"prevention in clause":    {post: post.Post{Body: "长治严防煤矿透水"}, handling: "none"},
		"prevention elsewhere":    {post: post.Post{Body: "长治严防事故，煤矿透水"}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"ASCII comma is a clause": {post: post.Post{Body: "长治严防事故,煤矿透水"}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"denied":                  {post: post.Post{Body: "长治煤矿未发生透水"}, handling: "none"},
		"denied too far off":      {post: post.Post{Body: "长治未能按时发出通知的那座煤矿透水"}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"another thing denied":    {post: post.Post{Body: "长治煤矿未经批准生产透水"}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"voided by its context":   {post: post.Post{Body: "长治煤矿铺透水砖"}, handling: "none"},
		"quoted title":            {post: post.Post{Body: "长治煤矿工会排演话剧《爆炸》"}, handling: "none"},
		"crossing words":          {post: post.Post{Body: "长治又停电话不通"}, handling: "none"},
		"inside a longer word":    {post: post.Post{Body: "长治停电了"}, handling: "alert", category: "interest", score: 60, tags: []string{"停电", "试运行:MS-09"}},
		"crossing, anywhere":      {post: post.Post{Body: "网传长治煤矿透水系谣言"}, handling: "review", category: "emergency", grade: "pending", score: 60, tags: []string{"疑似谣言", "已辟谣"}, why: "标记“已辟谣”转复核"},
		"taken apart":             {post: post.Post{Body: "长治停-电了"}, handling: "alert", category: "interest", score: 60, tags: []string{"停电", "变形", "试运行:MS-09"}, why: "(变形)"},
		"taken apart, guarded":    {post: post.Post{Body: "长治停-电梯"}, handling: "none"},
		"minus": {
			post: post.Post{Body: "长治煤矿透水，工作会议"}, handling: "none",
			why: "地域 长治(写到就算) · TF-01 煤矿事故 30分: 场所“煤矿” 事故“透水” 提示: 先核实, 离复核门槛 40分差 10分",
		},
		"minus, but many":         {post: post.Post{Body: "长治煤矿透水3人遇难，工作会议"}, handling: "review", category: "emergency", grade: "large", score: 30},
		"drill":                   {post: post.Post{Body: "长治煤矿透水演练"}, handling: "none", why: "排除“演练”"},
		"not a drill":             {post: post.Post{Body: "长治煤矿透水，这不是演练"}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"drill with victims":      {post: post.Post{Body: "长治煤矿透水演练致3人死亡"}, handling: "review", category: "emergency", grade: "large", score: 60},
		"old news":                {post: post.Post{Body: "长治煤矿透水十周年"}, handling: "review", category: "emergency", grade: "pending", score: 60},
		"notice":                  {post: post.Post{Body: "长治计划停电公告"}, handling: "none"},
		"notice complained of":    {post: post.Post{Body: "长治计划停电公告，投诉"}, handling: "alert", category: "interest", score: 60, tags: []string{"停电", "试运行:MS-09"}},
		"one group short":         {post: post.Post{Body: "长治刚才爆炸了"}, handling: "review", category: "emergency", grade: "pending", score: 40, tags: []string{"差一组"}},
		"one group short, denied": {post: post.Post{Body: "长治没有爆炸"}, handling: "none"},
		"both, gravest wins":      {post: post.Post{Body: "长治煤矿爆炸后停电"}, handling: "alert", category: "emergency", grade: "pending", score: 65, tags: []string{"停电", "试运行:MS-09"}},
		"ordered from its source": {post: post.Post{Body: "督办", SourceName: "公文系统"}, handling: "alert", category: "ordered", score: 60},
		"ordered from another":    {post: post.Post{Body: "督办", SourceName: "微博"}, handling: "none"},

		"elsewhere":                {post: post.Post{Body: "朔州煤矿透水"}, handling: "none", why: "只写了外地: 朔州"},
		"guarded place":            {post: post.Post{Body: "长治久安，太原煤矿透水"}, handling: "none"},
		"nowhere":                  {post: post.Post{Body: "煤矿透水"}, handling: "review", category: "emergency", grade: "pending", score: 60, why: "没写地点"},
		"nowhere, in passing":      {post: post.Post{Title: "今天看了一本书", Body: "煤矿透水"}, handling: "none"},
		"nowhere, energy":          {post: post.Post{Title: "油价要涨"}, handling: "review", category: "interest", score: 40},
		"local source":             {post: post.Post{Body: "煤矿透水", Local: true}, handling: "alert", category: "emergency", grade: "pending", score: 60, why: "来源属于本市"},
		"local source, elsewhere":  {post: post.Post{Title: "太原停电", Local: true}, handling: "review", category: "interest", score: 60, tags: []string{"停电", "试运行:MS-09"}},
		"unsure with evidence":     {post: post.Post{Body: "山西上党煤矿透水"}, handling: "alert", category: "emergency", grade: "pending", score: 60, why: "地域 上党(旁证 山西)"},
		"unsure without evidence":  {post: post.Post{Body: "上党煤矿透水"}, handling: "review", category: "emergency", grade: "pending", score: 60},
		"unsure, but elsewhere":    {post: post.Post{Body: "山西朔州去上党的人说煤矿透水"}, handling: "none"},
		"title is of another city": {post: post.Post{Title: "朔州煤矿透水", Body: "长治网友转发"}, handling: "review", category: "emergency", grade: "pending", score: 80},

		"empty":        {handling: "none", why: "没有规则里的词"},
		"last year's":  {post: post.Post{Body: "长治煤矿透水。2010年38人遇难", Published: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}, handling: "alert", category: "emergency", grade: "pending", score: 60},
		"year unknown": {post: post.Post{Body: "长治煤矿透水。2010年38人遇难"}, handling: "alert", category: "emergency", grade: "extreme", score: 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := c.Classify(tc.post)
			type outcome struct {
				H verdict.Handling
				C verdict.Category
				G verdict.Grade
				T []string
				S int
			}
			slices.Sort(v.Tags)
			slices.Sort(tc.tags)
			want := outcome{tc.handling, tc.category, tc.grade, tc.tags, tc.score}
			got := outcome{v.Handling, v.Category, v.Grade, v.Tags, v.Score}
			if len(got.T) == 0 {
				got.T = nil
			}
			if d := cmp.Diff(want, got); d != "" || !strings.Contains(v.Why, tc.why) {
				t.Errorf("%s\nwhy: %s\nwant in it: %s", d, v.Why, tc.why)
			}
		})
	}
}

func TestVerdictsPointIntoTheOriginal(t *testing.T) {
	t.Parallel()
	c := build(t)
	p := post.Post{Title: "【速看】長治\u200b煤礦", Body: "\x00\ufeff昨夜３點，透\u20e0-水！１２人被困"}
	v := c.Classify(p)
	fields := map[string][]rune{"title": []rune(p.Title), "body": []rune(p.Body)}
	got := map[string]string{}
	for _, m := range v.Matches {
		got[m.Word] = string(fields[m.Field][m.Start:m.End])
	}
	want := map[string]string{"煤矿": "煤礦", "透水": "透\u20e0-水", "被困": "被困"}
	delete(want, "透水") // 被困 stands undisguised in the same group
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"煤炭科"}, v.Sections); d != "" {
		t.Error(d)
	}
}

func TestVerdictJSONHasNoNullLists(t *testing.T) {
	t.Parallel()
	c := build(t)
	data, err := json.Marshal(c.Classify(post.Post{Body: "今天天气好"}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"handling":"none","category":"","grade":"","sections":[],"region":null,"tags":[],"score":0,"matches":[],"why":"没有规则里的词","rules":"1"}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
}

func TestNewRefusesRulesThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]classifier.Rule{
		"no group":   {ID: "X-1"},
		"empty word": {ID: "X-1", Groups: []classifier.Group{{Name: "空", Words: words("\u200b")}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := classifier.New(classifier.RuleSet{Rules: []classifier.Rule{rule}}, nil); err == nil || !strings.Contains(err.Error(), "X-1") {
				t.Errorf("err = %v, want one that names X-1", err)
			}
		})
	}
}

// TestConcurrently runs under -race in CI.
func TestConcurrently(t *testing.T) {
	t.Parallel()
	c := build(t)
	posts := []post.Post{{Body: "长治某煤矿透水，12人被困"}, {Body: "襄垣停-电"}, {Title: "油价"}}
	var want []verdict.Verdict
	for _, p := range posts {
		want = append(want, c.Classify(p))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, p := range posts {
				if d := cmp.Diff(want[i], c.Classify(p)); d != "" {
					t.Error(d)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzClassify(f *testing.F) {
	f.Add("长治煤矿", "透-水，12人被困")
	f.Add("\u202e停\x00电", "長治\xff停🔌电")
	c := build(f)
	f.Fuzz(func(t *testing.T, title, body string) {
		v := c.Classify(post.Post{Title: title, Body: body})
		length := map[string]int{"title": len([]rune(title)), "body": len([]rune(body))}
		for _, m := range v.Matches {
			if m.Start < 0 || m.Start >= m.End || m.End > length[m.Field] {
				t.Fatalf("%+v of a %s of %d", m, m.Field, length[m.Field])
			}
		}
		if v.Sections == nil || v.Tags == nil || v.Matches == nil || v.Why == "" {
			t.Fatalf("%+v", v)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	c := build(b)
	for name, p := range map[string]post.Post{
		"no hit": {Title: "今天天气好", Body: strings.Repeat("公园里的花都开了，大家出来散步。", 20)},
		"alert":  {Title: "长治煤矿透水", Body: strings.Repeat("救护车来了，家属在门口等消息。", 20)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Classify(p)
			}
		})
	}
}
