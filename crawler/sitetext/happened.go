package sitetext

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"huiying/internal/zh"
)

var (
	// A day with a clock, as reports of accidents give it: 11月20日15时许,
	// 2026年11月20日下午3点20分, 20日15:40, 昨晚8点多.
	happenedAt = regexp.MustCompile(`(?:(?:(20\d{2})年)?(\d{1,2})月(\d{1,2})[日号]|(\d{1,2})日|(今天|今日|昨天|昨日|前天|今晨|今早|昨晚|昨夜|今晚))[，,]?\s*` +
		`(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间|晚间|晚|早)?\s*(\d{1,2})\s*(?:时|点|:)\s*(?:(\d{1,2})\s*分?)?`)
	// What makes a sentence one about a mishap.
	mishap = regexp.MustCompile(`发生|突发|事故|爆炸|爆燃|起火|着火|失火|火灾|泄漏|泄露|坍塌|垮塌|倒塌|塌方|冒顶|透水|突水|瓦斯|被困|遇难|死亡|身亡|失联|受伤|坠落|触电|中毒|窒息|相撞|侧翻|断裂|破裂|停电|断电|停气|停暖|停热|跳闸|浓烟|异响|冒烟|溃坝|滑坡|喷出`)
)

const (
	// recalled is the age from which a time in a text is that of an old matter.
	recalled = 30 * 24 * time.Hour
	// lead is how many characters of a text are searched for the time: reports
	// begin with it.
	lead = 600
)

// Happened reads when the matter happened of which a text tells: the first time of
// day in its first 600 characters that stands in a sentence about a mishap. A day
// without its year or month is the last one before the text was published, or first
// seen where that is not known. It is zero when the text gives no such time, only
// one that lies more than 30 days back, or one that is still to come.
func Happened(title, body string, published, seen time.Time) time.Time {
	reference := published
	if reference.IsZero() || reference.After(seen) {
		reference = seen
	}
	reference = reference.In(zh.Beijing())
	text := []rune(title + "。" + body)
	for sentence := range strings.FieldsFuncSeq(width.Narrow.String(string(text[:min(len(text), lead)])), func(r rune) bool {
		return r == '。' || r == '｡' || r == '!' || r == '?' || r == '\n'
	}) {
		for _, m := range happenedAt.FindAllStringSubmatchIndex(sentence, 4) {
			if !mishap.MatchString(sentence[m[1]:]) {
				continue
			}
			t := happenedTime(sentence, m, reference)
			if !t.IsZero() && !t.After(seen.Add(maxAhead)) && reference.Sub(t) < recalled {
				return t
			}
		}
	}
	return time.Time{}
}

// happenedTime puts one match of happenedAt together.
func happenedTime(s string, m []int, reference time.Time) time.Time {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	clockwise := group(6) + group(7) + ":" + group(8)
	if group(8) == "" {
		clockwise += "00"
	}
	var day time.Time
	switch near := group(5); {
	case near != "":
		day = nearDay(reference, near)
		if strings.HasSuffix(near, "晚") && group(6) == "" {
			clockwise = "晚上" + clockwise
		}
	case group(2) != "":
		year := group(1)
		if year == "" {
			year = strconv.Itoa(reference.Year())
		}
		day = Civil(year, group(2), group(3))
		if group(1) == "" && day.After(reference) {
			day = Civil(strconv.Itoa(reference.Year()-1), group(2), group(3))
		}
	default:
		n, _ := strconv.Atoi(group(4))
		month := reference
		if n > reference.Day() {
			month = time.Date(reference.Year(), reference.Month(), 1, 0, 0, 0, 0, zh.Beijing()).AddDate(0, 0, -1)
		}
		day = Civil(strconv.Itoa(month.Year()), strconv.Itoa(int(month.Month())), group(4))
	}
	d := dateOn(day, " "+clockwise)
	if d.unclear {
		return time.Time{}
	}
	return d.Time
}
