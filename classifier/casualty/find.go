package casualty

import (
	"slices"
	"strings"

	"huiying/internal/verdict"
)

// The widest gaps, in characters, between a figure and the word it counts: before
// it stand nouns and adverbs (12名矿工在井下被困), after it little (死亡人数升至12人).
const (
	gapBefore = 12
	gapAfter  = 8
)

// Find reads the casualties out of text as text.Cleaner leaves it. Of several
// figures for one thing it takes the greatest, since a text repeats them and
// rises. Ages, dates and rates are no people; negated figures and those of an
// older accident the text only recalls do not count. year is the year the text was
// published, 0 when unknown: sentences that name an earlier year are recalled.
func Find(text string, year int) verdict.Toll {
	var t verdict.Toll
	saved, everTrapped, left := 0, false, -1
	atOnce, later := 0, 0 // 2人当场死亡, 1人经抢救无效死亡: the only figures that add up
	for _, sentence := range sentences(text) {
		// Most sentences tell of nobody's fate and of no loss, or give no number.
		if !strings.ContainsFunc(sentence, counts) || !strings.ContainsFunc(sentence, func(r rune) bool { return opens(r) || r == '损' }) || recalled(sentence, year) {
			continue
		}
		subject := 0
		for _, c := range clauses([]rune(sentence)) {
			t.LossYuan = max(t.LossYuan, c.loss())
			figures := c.figures()
			if len(figures) == 0 && subject > 0 && c.fate() {
				figures = []figure{{kind: dead, count: subject}}
			}
			subject = c.subject()
			for _, f := range figures {
				if f.kind == trapped && f.rest {
					left = f.count
				}
				switch n := f.count; f.kind {
				case dead:
					t.Dead = max(t.Dead, n)
					if c.has("当场") {
						atOnce = max(atOnce, n)
					} else if c.has("抢救无效") || c.has("医治无效") || c.has("救治无效") {
						later = max(later, n)
					}
				case missing:
					t.Missing = max(t.Missing, n)
				case trapped:
					t.Trapped, everTrapped = max(t.Trapped, n), true
				case serious:
					t.Serious = max(t.Serious, n)
				case injured:
					t.Injured = max(t.Injured, n)
				case rescued:
					saved = max(saved, n)
				case nobody:
				}
			}
		}
	}
	t.Dead = max(t.Dead, atOnce+later)
	if left >= 0 && t.Dead+saved > 0 {
		t.Trapped = left // 仍有1人被困: the others are found
	} else if everTrapped && t.Dead > 0 && saved > 0 && t.Dead+saved+t.Missing >= t.Trapped {
		t.Trapped = 0 // everybody who was trapped is accounted for
	}
	if t == (verdict.Toll{}) {
		return single(text)
	}
	return t
}

func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r == '。' || r == '！' || r == '？' || r == '；' || r == '\n'
	})
}

// recalled tells sentences that speak of an accident of the past.
func recalled(sentence string, year int) bool {
	for _, w := range []string{"年前", "周年", "历史上", "曾发生", "曾经发生", "去年", "前年", "当年"} {
		if strings.Contains(sentence, w) {
			return true
		}
	}
	if year == 0 {
		return false
	}
	for _, c := range clauses([]rune(sentence)) {
		for _, n := range c.numbers() {
			if n.value >= 1949 && int(n.value) < year && c.starts(n.end, "年") > 0 {
				return true
			}
		}
	}
	return false
}

// figure is a count of people and what became of them.
type figure struct {
	kind  kind
	count int
	rest  bool // 仍有, 另外: those who are left of more
}

// mark is a status word found in a clause.
type mark struct {
	start, end int
	kind       kind
}

// figures pairs the clause's numbers with its status words: a word takes the
// number before it, else the one after it, and a number is taken once.
func (c clause) figures() []figure {
	if !slices.ContainsFunc(c.runes, counts) {
		return nil
	}
	marks := c.marks()
	if len(marks) == 0 {
		return nil
	}
	numbers := c.people(marks)
	var out []figure
	used := make([]bool, len(numbers))
	for m, s := range marks {
		if s.kind == nobody || m+1 < len(marks) && c.superseded(s, marks[m+1]) {
			continue
		}
		at := -1
		for i, n := range numbers {
			before := n.end <= s.start && s.start-n.end <= gapBefore && (m == 0 || marks[m-1].end <= n.start || c.superseded(marks[m-1], s))
			if !used[i] && before {
				at = i
			}
		}
		for i, n := range numbers {
			after := n.start >= s.end && n.start-s.end <= gapAfter && (n.start == s.end || c.starts(s.start, "中毒", "昏迷", "晕倒") == 0) && (m+1 == len(marks) || n.end <= marks[m+1].start)
			if at < 0 && !used[i] && after && n.unit {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		if at+1 < len(numbers) && numbers[at+1].start-numbers[at].end <= 4 && c.rises(numbers[at].end, numbers[at+1].start) {
			at++ // 由2人增至4人
		}
		used[at] = true
		if !c.negated(numbers[at].start, s.start) {
			out = append(out, figure{s.kind, int(min(numbers[at].value, 1e6)), c.rest(numbers[at].start)})
		}
	}
	return out
}

// superseded tells a status word that the next one overtakes for the same people,
// as in 7名被困人员遇难 and 5人中毒身亡.
func (c clause) superseded(a, b mark) bool {
	if a.kind == injured && b.kind == dead && b.start-a.end <= 2 {
		return !slices.ContainsFunc(c.numbers(), func(n number) bool { return n.start >= a.end && n.start < b.start })
	}
	if a.kind != trapped && a.kind != missing || b.kind != dead && b.kind != rescued || b.start-a.end > 6 {
		return false
	}
	return !slices.ContainsFunc(c.numbers(), func(n number) bool { return n.start >= a.end && n.start < b.start })
}

func (c clause) marks() []mark {
	if !slices.ContainsFunc(c.runes, opens) {
		return nil
	}
	var out []mark
	words := statuses()
	for i := 0; i < len(c.runes); {
		if !opens(c.runes[i]) {
			i++
			continue
		}
		best := mark{}
		for _, s := range words {
			if n := c.starts(i, s.word); n > best.end-best.start && (s.word != "没了" || c.said(i)) {
				best = mark{i, i + n, s.kind}
			}
		}
		if best.end == 0 {
			i++
			continue
		}
		out = append(out, best)
		i = best.end
	}
	return out
}

// head is a number that can count people.
type head struct {
	number
	unit bool // a measure word for people follows
}

// people are the numbers followed by a measure word for people, or by a status
// word at once (3死5伤).
func (c clause) people(marks []mark) []head {
	var out []head
	for _, n := range c.numbers() {
		if n.value < 1 || n.value != float64(int(n.value)) {
			continue
		}
		if l := c.starts(n.end, "个人", "人", "名", "位", "具", "条生命", "口"); l > 0 {
			n.end += l
			if c.starts(n.end, "次", "口", "均") > 0 {
				continue // 人次, 人口, 人均
			}
			out = append(out, head{n, true})
			continue
		}
		if c.starts(n.end, "个") > 0 && (c.starts(n.end+1, workers()...) > 0 || c.starts(n.end+1, persons()...) > 0 || c.starts(n.end+1, "都", "已经") > 0 && c.starts(n.end+1, "都没出", "都没上", "都没跑") == 0) {
			n.end++
			out = append(out, head{n, true}) // 二十几个工人, 两个都没气了
			continue
		}
		if c.runes[n.start] == '俩' {
			out = append(out, head{n, true})
			continue
		}
		if before := string(c.runes[max(0, n.start-5):n.start]); strings.Contains(before, "人数") {
			out = append(out, head{n, true}) // 死亡人数增至16
			continue
		}
		if c.starts(n.end, workers()...) > 0 || c.starts(n.end, persons()...) > 0 {
			out = append(out, head{n, true}) // 一村民, 两矿工
			continue
		}
		for _, m := range marks {
			if m.start == n.end && m.kind != nobody {
				out = append(out, head{n, false})
			}
		}
	}
	return out
}

// negated tells figures that the text denies: 无一人死亡, 未造成3人被困.
func (c clause) negated(number, status int) bool {
	from := max(0, min(number, status)-4)
	before := strings.ReplaceAll(string(c.runes[from:min(number, status)]), "无效", "") // 抢救无效死亡
	for _, w := range []string{"无", "未", "没有", "并非", "避免", "防止", "每", "假设", "如果"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

// rest tells figures of those who are left: 仍有3人, 另外1名, 剩余7名.
func (c clause) rest(number int) bool {
	before := string(c.runes[max(0, number-3):number])
	for _, w := range []string{"仍有", "另外", "剩余", "剩下", "还有", "尚有", "余下"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

// loss is the direct economic loss the clause names, in CNY.
func (c clause) loss() int64 {
	at := c.index("损失", 0)
	if at < 0 {
		return 0
	}
	most := 0.0
	if i := c.index("亿元", at); i > at && c.starts(i-1, "过", "上", "近", "超") > 0 {
		most = 100_000_000 // 损失过亿元
	}
	for _, n := range c.numbers() {
		if n.start > at && n.start-at <= 10 && c.starts(n.end, "元", "余元", "多元", "人民币") > 0 {
			most = max(most, n.value)
		}
	}
	return int64(most)
}
