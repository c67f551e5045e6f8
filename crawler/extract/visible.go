package extract

import (
	"regexp"
	"strings"

	"huiying/crawler/sitetext"
)

var (
	pubLabel = regexp.MustCompile(`(?:发布|发表|发稿|刊发|上传|录入|创建|提交|来信|留言|写信|咨询|添加|更新)?(?:时间|日期)|发布于|发表于|来源|作者`)
	badLabel = regexp.MustCompile(`截止|截至|有效期|实施|施行|活动|举办|考试|报名|会议|回复|答复|最后(?:更新|修改)|最后编辑|修改时间|注册|版权|备案|成立`)
	dateMark = regexp.MustCompile(`time|date|pub|info|source|meta|sub|ly\b|from|author|desc|ago`)
	// When an office signed a paper says less than when it was published.
	signedLabel = regexp.MustCompile(`(?:成文|发文|印发|生成|制发|签发|制定)(?:日期|时间)`)
	otherMark   = regexp.MustCompile(`comment|reply|tie|related|relate|recommend|rank|hot|footer|copyright|sidebar|aside|list|nav|crumb|breadcrumb|pinglun|tuijian|foot|calendar|weather`)
)

// visible scores every full date that a reader can see by where it stands and
// what it is called, and returns the best with its score.
func (d *document) visible() (sitetext.Date, int) {
	var best sitetext.Date
	top := 0
	for i, r := range d.runs {
		for _, s := range sitetext.FindDates(r.text) {
			if !d.believable(s) {
				continue
			}
			if score := d.rate(i, s); score > top {
				best, top = s, score
			}
		}
		for _, find := range []func(int) (sitetext.Date, bool){d.split, d.attributed, d.scattered} {
			if s, ok := find(i); ok && d.believable(s) {
				if score := d.rate(i, s); score > top {
					best, top = s, score
				}
			}
		}
	}
	return best, top
}

func atLeast(s sitetext.Date, score, least int) sitetext.Date {
	if score < least {
		return sitetext.Date{}
	}
	return s
}

// split reads a date and its clock that stand in neighbouring elements.
func (d *document) split(i int) (sitetext.Date, bool) {
	if i+1 >= len(d.runs) {
		return sitetext.Date{}, false
	}
	a, b := d.runs[i].text, d.runs[i+1].text
	if len(a) > 60 || len(b) > 24 {
		return sitetext.Date{}, false
	}
	all := sitetext.FindDates(a + " " + b)
	if len(all) == 0 || !all[0].Clock || all[0].End <= len(a) || all[0].Start >= len(a) {
		return sitetext.Date{}, false
	}
	all[0].End = len(a)
	return all[0], true
}

// attributed is the full time that a page writes into an attribute of a text: the
// machine's copy in <time datetime>, or the tip behind 3 天前.
func (d *document) attributed(i int) (sitetext.Date, bool) {
	n := d.runs[i].node.Parent
	if n == nil || len(d.runs[i].text) > 60 {
		return sitetext.Date{}, false
	}
	text := attr(n, "title")
	if n.Data == "time" {
		text = attr(n, "datetime")
	}
	if len(text) < 8 || len(text) > 60 {
		return sitetext.Date{}, false
	}
	s := sitetext.ParseField(text)
	if s.IsZero() {
		return s, false
	}
	s.Start, s.End = 0, len(d.runs[i].text)
	return s, true
}

var (
	yearAlone = regexp.MustCompile(`^(20\d{2})\s*[年/.-]?$`)
	piece     = regexp.MustCompile(`^[\d\s/:：.年月日-]{1,10}$`)
	digits    = regexp.MustCompile(`\d+`)
)

// scattered reads a time whose year, month, day and clock stand in elements of
// their own, as news portals set it.
func (d *document) scattered(i int) (sitetext.Date, bool) {
	m := yearAlone.FindStringSubmatch(d.runs[i].text)
	if m == nil {
		return sitetext.Date{}, false
	}
	var found []string
	for j := i + 1; j < len(d.runs) && j < i+8 && piece.MatchString(d.runs[j].text); j++ {
		found = append(found, digits.FindAllString(d.runs[j].text, -1)...)
	}
	if len(found) < 2 {
		return sitetext.Date{}, false
	}
	s := sitetext.Date{End: len(d.runs[i].text), Clock: len(found) > 3}
	var clock []string
	if s.Clock {
		clock = found[2:min(len(found), 5)]
	}
	s.Time = sitetext.Civil(m[1], found[0], found[1], clock...)
	return s, !s.IsZero()
}

func (d *document) rate(i int, s sitetext.Date) int {
	r := d.runs[i]
	score := 0
	if d.heading >= 0 {
		switch gap := r.at - d.runs[d.heading].at; {
		case i == d.heading:
			return 0 // a date inside the headline is the matter, not the time
		case gap > 0 && gap <= 150:
			score += 40
		case gap > 0 && gap <= 400:
			score += 25
		case gap < 0 && gap >= -120:
			score += 15
		case gap > 3000:
			score -= 15
		}
	} else {
		score += 10
	}
	if s.Clock {
		score += 15
	}
	rest := len([]rune(r.text)) - len([]rune(r.text[s.Start:s.End]))
	switch {
	case rest <= 20:
		score += 15
	case rest <= 45:
		score += 5
	case rest > 90:
		score -= 40
	default:
		score -= 15
	}
	before := r.text[:s.Start]
	if i > 0 && len(before) < 6 {
		before = d.runs[i-1].text + before
	}
	before = last(before, 14)
	after := r.text[s.End:]
	if len(after) < 6 && i+1 < len(d.runs) {
		after += d.runs[i+1].text
	}
	if badLabel.MatchString(before) {
		score -= 35
	} else if signedLabel.MatchString(before) {
		score -= 5
	} else if pubLabel.MatchString(before) {
		score += 20
	}
	if strings.Contains(string([]rune(after)[:min(12, len([]rune(after)))]), "来源") {
		score += 15
	}
	if d.under(r.part, "a") && r.node.Parent.Data != "time" {
		score -= 30
	}
	return score + d.surroundings(r.part)
}

// surroundings judges a date by the elements it stands in, up to the one that
// also holds the headline: what encloses both tells nothing apart.
func (d *document) surroundings(i int) int {
	good, bad, item := false, false, false
	depth := 0
	head := -1
	if d.heading >= 0 {
		head = d.runs[d.heading].part
	}
	for up := d.parts[i].parent; up >= 0 && depth < 8 && (head < 0 || !d.holds(up, head)); up = d.parts[up].parent {
		p := &d.parts[up]
		good = good || depth < 3 && p.marks != "" && dateMark.MatchString(p.marks)
		bad = bad || p.node.Data != "body" && p.node.Data != "html" && p.marks != "" && otherMark.MatchString(p.marks)
		item = item || p.node.Data == "li" || p.node.Data == "footer" || p.node.Data == "aside"
		depth++
	}
	score := 0
	if good {
		score += 15
	}
	if bad {
		score -= 20
	}
	if item {
		score -= 15
	}
	return score
}

// last keeps the final n characters.
func last(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}
