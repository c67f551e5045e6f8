package samematter

import (
	"slices"
	"strings"
)

// report is in what way a text tells of a matter: as happening, as an exercise, as
// announced, as long past. Two accounts of one matter tell of it alike.
type report struct {
	// exercise: nothing happened, it was practised or spoken of.
	exercise bool
	// announced: it was to happen, on a day set before.
	announced bool
	// again: it happened to them once more: another matter than the first time.
	again bool
	// past: an anniversary, or the sentence for what happened long ago. back: less
	// surely so.
	past, back bool
}

func reportOf(s string) (t report) {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
	}
	t.exercise = has("演练", "演习", "实战推演", "管理会议", "工作会议", "警示教育", "专题培训")
	t.announced = has("计划检修", "计划停电", "计划停气", "检修停电", "停电通知", "停气通知", "停暖通知", "停电公告", "停气公告", "做好准备")
	t.again = has("再次发生", "又发生", "再度发生", "接连发生")
	back := 0
	for _, w := range []string{"去年", "前年", "追责", "问责", "罚款"} {
		if strings.Contains(s, w) {
			back++
		}
	}
	t.past = has("周年", "宣判", "判刑", "判处", "获刑", "一审", "二审") || back > 1
	t.back = back > 0
	return t
}

// excludes reports whether what is told in these two ways cannot be one matter.
func (t report) excludes(o report) bool {
	return t.exercise != o.exercise || t.announced != o.announced || t.again != o.again || t.past != o.past
}

// happened reports whether s tells by the word that it happened: not that it is
// feared, prevented or recalled.
func happened(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before := s[max(0, i-unrealWithin*len("字")):i]
		if cut := strings.LastIndexAny(before, "，。！？；\n"); cut >= 0 {
			before = before[cut:]
		}
		if !slices.ContainsFunc([]string{"担心", "担忧", "害怕", "生怕", "防止", "防范", "预防", "避免", "杜绝", "近年", "历年", "往年", "以往"}, func(w string) bool {
			return strings.Contains(before, w)
		}) {
			return true
		}
		from = i + len(word)
	}
}

// unrealWithin is how many characters before a word say that it did not happen now.
const unrealWithin = 8
