package rulebook

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/verdict"
)

func TestRuleSet(t *testing.T) {
	t.Parallel()
	const text = `版本: 1
默认: {复核门槛: 30}
地域:
  本市:
    写到就算:
      - 词: 长治
        不算: [长治久安]
      - 壶关
    旁证: [山西]
词表:
  场所: [煤矿, 矿井]
通用排除:
  - {名称: 演练, 词: [演练], 处理: 不报, 除非: [真的]}
兜底: {处理: 转复核, 重词: [死亡]}
标记规则:
  - {编号: BJ-01, 名称: 谣言, 必须有: [{组: 口吻, 词: 网传}], 标记: 疑似谣言}
规则:
  - 编号: TF-01
    名称: 煤矿事故
    类别: 突发事件
    状态: 试运行
    渠道: [微博, 网络问政]
    必须有:
      - {组: 场所, 词表: 场所, 不算: 煤矿机械}
    加分:
      - {词: [透水], 分: 20, 位置: 标题}
    减分:
      - {词: [会议], 分: 30}
    相距:
      - {前: 管道, 后: 泄漏, 分: 5}
    分级: 按伤亡
    归口: 煤炭科
    示例:
      应命中:
        - {文: 长治某煤矿,停🔌电, 期望: {等级: 待定, 变形: 是}}
`
	fsys := fstest.MapFS{"rules/a.yaml": {Data: []byte(text)}}
	rules, err := rulefile.LoadFrom(yamlcheck.Tree{FS: fsys}, "rules", []string{"煤炭科"})
	if err != nil {
		t.Fatal(err)
	}
	w := func(words ...string) []classifier.Words { return []classifier.Words{{Words: words}} }
	want := classifier.RuleSet{
		Version: rules.Version(), Base: 60, AlertAt: 60, ReviewAt: 30, Near: 15,
		Places: classifier.Places{
			Sure:     []classifier.Words{{Words: []string{"长治"}, Not: []string{"长治久安"}}, {Words: []string{"壶关"}}},
			Evidence: w("山西"),
		},
		Excludes: []classifier.Exclude{{Name: "演练", Words: w("演练"), Unless: w("真的"), To: verdict.None}},
		Fallback: classifier.Fallback{Heavy: w("死亡")},
		Marks: []classifier.Rule{{
			ID: "BJ-01", Name: "谣言", Status: classifier.Live, AnyPlace: true, To: verdict.None, Tag: "疑似谣言",
			Groups: []classifier.Group{{Name: "口吻", Words: w("网传")}},
		}},
		Rules: []classifier.Rule{{
			ID: "TF-01", Name: "煤矿事故", Category: verdict.Emergency, Status: classifier.Shadow,
			Channels: []string{"weibo", "qa"},
			Groups: []classifier.Group{{Name: "场所", Words: []classifier.Words{
				{Words: []string{"煤矿", "矿井"}, Not: []string{"煤矿机械"}},
			}}},
			Weights: []classifier.Weight{
				{Words: w("透水"), Points: 20, Position: classifier.InTitle},
				{Words: w("会议"), Points: 30, Minus: true},
			},
			Near: []classifier.Distance{{Before: w("管道"), After: w("泄漏"), Points: 5}},
			To:   verdict.Alert, Grading: classifier.GradeCasualty, Sections: []string{"煤炭科"},
			Examples: classifier.Examples{Hit: []classifier.Example{{
				Body: "长治某煤矿,停🔌电", File: "rules/a.yaml", Line: 35,
				Want: classifier.Want{Grade: verdict.Pending, Tag: "变形"},
			}}},
		}},
	}
	if diff := cmp.Diff(want, RuleSet(rules)); diff != "" {
		t.Error(diff)
	}
}
