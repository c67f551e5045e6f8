package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/rulebook"
	"huiying/internal/verdict"
)

// pack is the shipped rule pack and a classifier of it, for all tests.
var pack = sync.OnceValues(func() (judge struct {
	*classifier.Classifier
	set classifier.RuleSet
}, err error,
) {
	_, rules, err := rulebook.Default()
	if err != nil {
		return judge, err
	}
	judge.set = rulebook.RuleSet(rules)
	seg, err := jieba.New(classifier.UserWords(judge.set))
	if err != nil {
		return judge, err
	}
	judge.Classifier, err = classifier.New(judge.set, seg)
	return judge, err
})

// TestRuleExamples holds every rule of the pack to its own examples. An example
// that is known not to work yet and does is reported too: it has to move.
func TestRuleExamples(t *testing.T) {
	t.Parallel()
	p, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(p.set.Marks, p.set.Rules) {
		if len(r.Examples.Hit)+len(r.Examples.Review) == 0 || len(r.Examples.Miss) == 0 {
			t.Errorf("%s %s has no example of both kinds", r.ID, r.Name)
		}
		for kind, list := range map[string][]classifier.Example{
			"应命中": r.Examples.Hit, "不应命中": r.Examples.Miss, "转复核": r.Examples.Review, "暂不支持": r.Examples.Known,
		} {
			for _, e := range list {
				t.Run(fmt.Sprintf("%s/%s/%d", r.ID, kind, e.Line), func(t *testing.T) {
					t.Parallel()
					example := post.Post{Title: e.Title, Body: e.Body, SourceName: e.Source}
					if len(r.Channels) > 0 { // an example comes through a channel its rule looks at
						example.Channel = post.Channel(r.Channels[0])
					}
					v := p.Classify(example)
					if complaint := against(kind, r, e, v); complaint != "" {
						t.Errorf("%s:%d: %s\n标题 %s\n文 %s\n%s", e.File, e.Line, complaint, e.Title, e.Body, v.Why)
					}
				})
			}
		}
	}
}

// against says in which way v is not what the example expects.
func against(kind string, r classifier.Rule, e classifier.Example, v verdict.Verdict) string {
	of := v.Handling
	if r.Tag != "" && r.Category == "" && v.Handling == verdict.Alert && e.Want.Tag != "" && !slices.Contains(v.Tags, e.Want.Tag) {
		return "没有打上标记 " + e.Want.Tag
	}
	switch {
	case kind == "应命中" && of != verdict.Alert, kind == "转复核" && of != verdict.Review:
		return kind + ", 结果是 " + of.Name()
	case kind == "不应命中" && of == verdict.Alert:
		return "不应命中却命中了"
	case kind == "暂不支持" && of == verdict.Alert:
		return "现在能命中了, 请移到“应命中”"
	case kind == "不应命中" || kind == "暂不支持":
		return ""
	case e.Want.Category != "" && v.Category != e.Want.Category:
		return "类别是 " + v.Category.Name() + ", 应是 " + e.Want.Category.Name()
	case e.Want.Grade != "" && v.Grade != e.Want.Grade:
		return "等级是 " + v.Grade.Name() + ", 应是 " + e.Want.Grade.Name()
	case e.Want.Section != "" && e.Want.Section != "局办公室" && !slices.Contains(v.Sections, e.Want.Section):
		return fmt.Sprintf("归口是 %v, 应有 %s", v.Sections, e.Want.Section)
	case e.Want.Tag != "" && !slices.Contains(v.Tags, e.Want.Tag):
		return fmt.Sprintf("标记是 %v, 应有 %s", v.Tags, e.Want.Tag)
	}
	return ""
}

// TestTraps holds the pack to texts made to blind or fool it.
func TestTraps(t *testing.T) {
	t.Parallel()
	p, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	const alert, review, none = verdict.Alert, verdict.Review, verdict.None
	long := strings.Repeat("这是一段不带标点的话", 1<<15)
	for name, tc := range map[string]struct {
		text string
		want []verdict.Handling
	}{
		"zero width":           {"长治上党区又停\u200b电了没人管", []verdict.Handling{alert}},
		"hyphen":               {"长治上党区又停-电了没人管", []verdict.Handling{alert}},
		"full stop in a word":  {"长治上党区又停.电了没人管", []verdict.Handling{alert}},
		"emoji":                {"长治上党区又停🔌电了没人管", []verdict.Handling{alert}},
		"space":                {"长治上党区又停 电了没人管", []verdict.Handling{alert}},
		"traditional":          {"長治上黨區又停電了沒人管", []verdict.Handling{alert}},
		"full width":           {"长治一煤矿透水，３死２伤", []verdict.Handling{alert}},
		"combining mark":       {"长治上党区又停\u20e0电了没人管", []verdict.Handling{alert}},
		"right to left":        {"\u202e长治上党区又停电了没人管", []verdict.Handling{alert}},
		"Kangxi radical":       {"长治一煤矿井下起⽕", []verdict.Handling{alert}},
		"NUL":                  {"\x00长治上党区又停电了没人管", []verdict.Handling{alert}},
		"lone surrogate":       {"长治上党区又停\xed\xa0\x80电了没人管", []verdict.Handling{alert}},
		"2 MB, no punctuation": {long + "长治煤矿透水", []verdict.Handling{alert, review}},
		"hashtags":             {strings.Repeat("#天气#", 1000) + "长治煤矿透水12人被困", []verdict.Handling{alert}},
		"透|水系":                 {"网传长治某矿透水系谣言", []verdict.Handling{review}},
		"长治久安":                 {"为了社会长治久安，煤矿爆炸案宣判", []verdict.Handling{none, review}},
		"上党课":                  {"老矿工上党课，讲述井下火灾往事", []verdict.Handling{none, review}},
		"长子":                   {"他是家里的长子县里煤矿上班，说起当年井下火灾", []verdict.Handling{none, review}},
		"another 潞城":           {"北京潞城地铁停电，乘客投诉没人管", []verdict.Handling{none}},
		"another 长治":           {"台湾屏东长治乡停电，居民投诉没人管", []verdict.Handling{none}},
		"rate":                 {"长治煤矿百万吨死亡率0.05", []verdict.Handling{none}},
		"zero dead":            {"长治煤矿连续三年零死亡", []verdict.Handling{none}},
		"drill":                {"长治开展煤矿透水应急演练", []verdict.Handling{none}},
		"drill with victims":   {"长治煤矿应急演练中突发透水，已致3人死亡", []verdict.Handling{review, alert}},
		"not a drill":          {"这不是演练！长治一煤矿透水了，5人被困", []verdict.Handling{alert}},
		"song":                 {"新歌《停电》在长治首唱", []verdict.Handling{none, review}},
		"breath":               {"长治一老人抢救无效断气", []verdict.Handling{none}},
		"leaked data":          {"长治警方破获泄露公民信息案", []verdict.Handling{none}},
		"lift":                 {"长治某小区停电梯检修", []verdict.Handling{none, review}},
		"price":                {"长治商场闪电价格大促", []verdict.Handling{none}},
		"company":              {"长治有限电力公司招聘", []verdict.Handling{none}},
		"permeable bricks":     {"长治煤矿工人村铺上透水砖", []verdict.Handling{none}},
		"reposted":             {"朔州一煤矿透水，3人被困", []verdict.Handling{none}},
		"prevention":           {"长治严防煤矿瓦斯爆炸、透水等事故", []verdict.Handling{none}},
		"prevention elsewhere": {"长治要求严防事故，潞安一矿井却透水了", []verdict.Handling{alert}},
		"complaint of lack":    {"长治襄垣一整天没电了，找谁说理", []verdict.Handling{alert}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := p.Classify(post.Post{Body: tc.text}); !slices.Contains(tc.want, v.Handling) {
				t.Errorf("%s, want %v: %s", v.Handling, tc.want, v.Why)
			}
		})
	}
}

// TestTrapFigures are the traps whose point is the grade.
func TestTrapFigures(t *testing.T) {
	t.Parallel()
	p, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]verdict.Grade{
		"长治煤矿爆炸，46岁矿工死亡1人":    verdict.Ordinary,
		"长治煤矿透水，十一人遇难":        verdict.Major,
		"长治煤矿透水，三十多人没上来":      verdict.Extreme,
		"长治煤矿透水，未造成人员伤亡":      verdict.Pending,
		"长治煤矿透水，2人死亡3人失联5人被困": verdict.Major,
		"长治3号井冒顶，矿工1人受伤":      verdict.Ordinary,
	} {
		if v := p.Classify(post.Post{Body: text}); v.Grade != want {
			t.Errorf("%s: %s, want %s (%s)", text, v.Grade, want, v.Why)
		}
	}
}

// TestLabelled keeps the pack from getting worse on posts that two people judged.
// The texts lie outside the repository; where they are absent the test is skipped.
func TestLabelled(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "labelled", "posts.jsonl"))
	if err != nil {
		t.Skip("no labelled posts:", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	p, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	var alerts, alerted, seen, false1, irrelevant int
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var labelled struct {
			post.Post
			Accept []string `json:"accept"`
		}
		if err := json.Unmarshal(lines.Bytes(), &labelled); err != nil {
			t.Fatal(err)
		}
		labelled.Local = labelled.Channel == post.QA
		v := p.Classify(labelled.Post)
		switch {
		case slices.Equal(labelled.Accept, []string{"告警"}):
			alerts++
			if v.Handling == verdict.Alert {
				alerted++
			}
			if v.Handling != verdict.None {
				seen++
			}
		case slices.Equal(labelled.Accept, []string{"无关"}):
			irrelevant++
			if v.Handling == verdict.Alert {
				false1++
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("alerts %d/%d, alerted or reviewed %d/%d, irrelevant alerted %d/%d", alerted, alerts, seen, alerts, false1, irrelevant)
	if alerted*100 < alerts*95 || seen*100 < alerts*99 || false1*100 > irrelevant {
		t.Error("the pack fell below 95 % alerted, 99 % alerted or reviewed, or above 1 % irrelevant alerted")
	}
}
