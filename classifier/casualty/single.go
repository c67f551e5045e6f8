package casualty

import (
	"slices"
	"strings"

	"huiying/internal/verdict"
)

// single reads a casualty told without a figure, as headlines do of one person:
// 男子触电身亡, 老人烧炭取暖遇难. It looks only for nouns that by usage mean one
// person; 矿工 or 村民 may be many, and a toll guessed too low would lower the grade.
func single(text string) verdict.Toll {
	var t verdict.Toll
	for _, sentence := range sentences(text) {
		if !strings.ContainsFunc(sentence, outcome) || !strings.ContainsFunc(sentence, introduces) || recalled(sentence, 0) {
			continue
		}
		for _, c := range clauses([]rune(sentence)) {
			switch c.single() {
			case dead:
				t.Dead = 1
			case injured:
				t.Injured = 1
			case nobody, missing, trapped, serious, rescued:
			}
		}
	}
	return t
}

// persons are the nouns that mean one person.
func persons() []string {
	return []string{
		"男子", "女子", "男孩", "女孩", "男童", "女童", "老人", "老汉", "老太", "大爷", "大妈", "宝妈", "妈妈", "母亲", "父亲",
		"丈夫", "妻子", "女士", "先生", "路人", "行人", "司机", "驾驶员", "教师", "老师", "辅警", "民警", "农机手", "女工", "电工", "大学生", "少年", "店主", "老板", "小伙",
	}
}

// workers are nouns that need a number to say how many.
func workers() []string {
	return []string{"矿工", "村民", "工人", "员工", "居民", "学生", "业主", "住户", "工作人员", "作业人员", "施工人员", "群众", "顾客", "店员", "消防员", "检修人员", "检修工", "押运员", "操作工", "安装工", "民工", "租客", "游客", "患者", "乘客", "孩子", "儿童", "遇难者", "伤者"}
}

// fatal and hurtful are what becomes of one person.
func fatal() []string {
	return []string{"死亡", "遇难", "身亡", "丧生", "罹难", "殒命", "离世", "去世", "电死", "炸死", "砸死", "压死", "夹死", "烧死", "坠亡", "不治"}
}

func hurtful() []string { return []string{"烧伤", "烫伤", "炸伤", "电伤", "受伤", "重伤"} }

// single finds a person and, close behind, what became of them.
func (c clause) single() kind {
	if !slices.ContainsFunc(c.runes, outcome) {
		return nobody
	}
	for i, r := range c.runes {
		if !introduces(r) {
			continue
		}
		n := c.starts(i, persons()...)
		if n == 0 || c.starts(i+n, "们", "家属", "等") > 0 || c.many(i) {
			continue
		}
		for j := i + n; j < len(c.runes) && j-i-n <= 2*gapBefore; j++ {
			switch {
			case c.starts(j, "死亡率") > 0:
			case c.starts(j, fatal()...) > 0 && !c.negated(j, j):
				return dead
			case c.starts(j, hurtful()...) > 0 && !c.negated(j, j):
				return injured
			}
		}
		if strings.HasSuffix(string(c.runes[max(0, i-2):i]), "烧伤") || strings.HasSuffix(string(c.runes[max(0, i-2):i]), "炸伤") {
			return injured // 烧伤妈妈
		}
	}
	return nobody
}

// many tells a noun that words before it make plural.
func (c clause) many(i int) bool {
	before := string(c.runes[max(0, i-3):i])
	for _, w := range []string{"多", "数", "几", "众", "些", "群", "批"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}
