package casualty

import (
	"slices"
	"strings"
)

// rises tells whether one figure gives way to a higher one between from and to.
func (c clause) rises(from, to int) bool {
	for _, w := range []string{"增至", "升至", "增加到", "增加至", "上升到", "上升至", "增到", "升到", "达到"} {
		if strings.Contains(string(c.runes[from:to]), w) {
			return true
		}
	}
	return false
}

// maxSubject bounds the people whose fate the next clause may tell: above it the
// count is of rescuers or neighbours rather than of those struck.
const maxSubject = 20

// subject is how many people the clause speaks of without saying what became of
// them, 0 when none: 一名作业人员从杆上坠落, 经抢救无效死亡.
func (c clause) subject() int {
	if !slices.ContainsFunc(c.runes, counts) || slices.ContainsFunc(c.marks(), func(m mark) bool { return m.kind != injured }) {
		return 0
	}
	for _, n := range c.people(nil) {
		if n.value <= maxSubject && n.unit && (c.starts(n.end, workers()...) > 0 || c.starts(n.end, persons()...) > 0) {
			return int(n.value)
		}
	}
	return 0
}

// fate tells a clause without a figure that says those spoken of before are dead.
func (c clause) fate() bool {
	marks := c.marks()
	return len(marks) > 0 && marks[len(marks)-1].kind == dead && len(c.numbers()) == 0 &&
		c.starts(0, "经", "后", "送", "不幸", "当场", "因", "最终", "终因", "抢救", "救治", "全部", "均") > 0 &&
		!c.negated(len(c.runes), marks[len(marks)-1].start)
}

// said tells whether 没了 at i is said of people: 一个人没了, 三条命没了, 一个已经没了.
func (c clause) said(i int) bool {
	before := string(c.runes[max(0, i-2):i])
	for _, w := range []string{"人", "命", "个", "都", "已经"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}
