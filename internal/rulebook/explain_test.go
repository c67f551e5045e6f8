package rulebook

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/verdict"
)

// judgeOf is a classifier of the shipped pack.
func judgeOf(t *testing.T) (*classifier.Classifier, *rulefile.Rules) {
	t.Helper()
	rules, err := rulefile.LoadFrom(yamlcheck.Tree{FS: configs.FS}, "rules", nil)
	if err != nil {
		t.Fatal(err)
	}
	set := RuleSet(rules)
	segmenter, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(segmenter.Close)
	judge, err := classifier.New(set, segmenter)
	if err != nil {
		t.Fatal(err)
	}
	return judge, rules
}

// TestExplanationAgreesWithTheVerdict holds what is told of each rule to what was
// decided, on every example of the pack.
func TestExplanationAgreesWithTheVerdict(t *testing.T) {
	t.Parallel()
	judge, rules := judgeOf(t)
	tried := 0
	for _, r := range rules.Rules {
		for _, list := range [][]rulefile.Example{r.Examples.Hit, r.Examples.Miss, r.Examples.Review, r.Examples.Known} {
			for _, e := range list {
				tried++
				post := Pasted(e.Title, e.Body, e.Source, "", false).Post
				x := judge.Explain(post)
				alerting := slices.ContainsFunc(x.Rules, func(t classifier.RuleTrace) bool {
					return t.Handling == verdict.Alert && t.Status == classifier.Live
				})
				capped := len(x.Marks) > 0
				if x.Verdict.Handling == verdict.Alert && !alerting || alerting && x.Verdict.Handling != verdict.Alert && !capped {
					t.Errorf("%s:%d: verdict %s, rules say alert: %v", e.At.File, e.At.Line, x.Verdict.Handling, alerting)
				}
				for _, m := range x.Verdict.Matches {
					if m.Rule != "" && !explained(x, m) {
						t.Errorf("%s:%d: match %+v is not explained", e.At.File, e.At.Line, m)
					}
				}
			}
		}
	}
	if tried == 0 {
		t.Error("no example was tried")
	}
}

func explained(x classifier.Explanation, m verdict.Match) bool {
	for _, t := range append(slices.Clone(x.Rules), x.Marks...) {
		for _, g := range t.Groups {
			for _, h := range g.Hits {
				if h.Match == m {
					return true
				}
			}
		}
	}
	return false
}

func TestExplain(t *testing.T) {
	t.Parallel()
	rules, problems := deskOf(t, `版本: 1
地域: {本市: {写到就算: [长治], 外地: [太原]}}
通用排除: [{名称: 演练, 词: [演练], 处理: 不报, 除非: [真的]}]
规则:
  - 编号: TF-01
    名称: 煤矿事故
    类别: 突发事件
    必须有:
      - {组: 场所, 词: [煤矿, 矿井, 井下作业面]}
      - {组: 事故, 词: [透水, 瓦斯爆炸], 不算: [透水砖], 否定不算: 是}
    加分: [{词: [被困], 分: 20}]
    分级: 按伤亡
    归口: 煤炭科
`).Check()
	if rules == nil {
		t.Fatal(problems)
	}
	set := RuleSet(rules)
	segmenter, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(segmenter.Close)
	judge, err := classifier.New(set, segmenter)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		title, text string
		want        []string
	}{
		"alert":       {"", "长治一煤矿透水，3人被困", []string{"告警 → 突发事件 · 较大 → 煤炭科、局办公室", "TF-01  80 分→告警  场所 煤矿 ✓  事故 透水 ✓  +20 “被困”", "数字   被困3人→较大", "排除   无"}},
		"deformed":    {"长治煤矿透-水", "", []string{"变形: “透-水”", "如果去掉“变形”: 不会命中"}},
		"negated":     {"", "长治煤矿未发生透水", []string{"未中  差一组", "事故 ✗(“透水”前面是否定或防范的话)"}},
		"guarded":     {"", "长治煤矿铺透水砖", []string{"“透水”落在“不算”的话里"}},
		"elsewhere":   {"", "太原煤矿透水", []string{"无关  只写了外地: 太原", "地域   太原(外地) ✗"}},
		"no place":    {"", "煤矿透水", []string{"复核", "地域   没写地点 ✗", "没写地点"}},
		"excluded":    {"", "长治煤矿透水演练", []string{"“演练”因为“演练”→不报"}},
		"unless":      {"", "长治煤矿透水演练成真的了", []string{"但有“真的”, 不排除"}},
		"near miss":   {"", "长治煤矿瓦斯炸了", []string{"没有 透水/瓦斯爆炸…; 有近似“瓦斯爆炸”"}},
		"other words": {"", "今天天气好", []string{"无关"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := Explain(Pasted(c.title, c.text, "", "", false), judge).Show(&out); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is missing in\n%s", want, out.String())
				}
			}
		})
	}
}
