package rulebook

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	base := ruleText("切身利益", "停电, 断电")
	for name, tc := range map[string]struct {
		after string
		want  []Change
	}{
		"nothing": {base, nil},
		"words": {ruleText("切身利益", "停电, 没电"), []Change{
			{What: "修改", Name: "QY-01 停供", Lines: []string{"必须有“现象”: 加了 “没电” 去掉 “断电”"}},
		}},
		"category": {ruleText("突发事件", "停电, 断电"), []Change{
			{What: "修改", Name: "QY-01 停供", Emergency: true, Lines: []string{"类别: 由“切身利益”改为“突发事件”"}},
		}},
		"a rule more": {base + "  - 编号: TF-01\n    名称: 爆炸\n    类别: 突发事件\n    必须有: [{组: 事故, 词: [爆炸]}]\n    归口: 电力科\n", []Change{
			{What: "新增", Name: "TF-01 爆炸", Emergency: true, Lines: []string{
				"名称: “爆炸”", "类别: “突发事件”", "状态: “启用”", "必须有“事故”: “爆炸”", "归口: “电力科”",
			}},
		}},
		"an exclusion for all": {base + "通用排除: [{名称: 演练, 词: [演练], 处理: 转复核}]\n", []Change{
			{What: "修改", Name: "通用排除", Emergency: true, Lines: []string{"“演练”的词: 加了 “演练”", "“演练”的处理: 加了 “复核”"}},
		}},
		"an example": {base + "    示例: {应命中: [{文: 长治停电了}]}\n", []Change{
			{What: "修改", Name: "QY-01 停供", Lines: []string{"示例·应命中: 加了 “长治停电了”"}},
		}},
		"thresholds": {base + "默认: {告警门槛: 70}\n", []Change{
			{What: "修改", Name: "默认", Emergency: true, Lines: []string{"告警门槛: 由“60”改为“70”"}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			before := RuleSet(loaded(t, folder(t, filepath.Join(dir, "a"), map[string]string{"1.yaml": base})))
			after := RuleSet(loaded(t, folder(t, filepath.Join(dir, "b"), map[string]string{"1.yaml": tc.after})))
			if diff := cmp.Diff(tc.want, Differences(before, after)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
