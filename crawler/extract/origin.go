package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"

	"huiying/crawler/sitetext"
)

var (
	originLabel = regexp.MustCompile(`(?:文章|信息|稿件|新闻|内容)?(?:来\s*源|稿源|出\s*处)(?:于|自)?\s*[:：]\s*(.*)$`)
	// A label whose name stands in the next element, without a colon.
	originBare = regexp.MustCompile(`(?:^|[|丨\s])(?:来\s*源|稿源|出\s*处)$`)
	// A name without any label counts only when it names a medium or an office:
	// next to a time stand also people's names, which are not ours to keep.
	medium    = regexp.MustCompile(`^[\p{Han}A-Za-z0-9·]{1,14}(?:报|网|社|台|新闻|在线|周刊|杂志|电视|广播|客户端|发布|政府|局|委员会|厅|频道|传媒|报道|中心)$`)
	originEnd = regexp.MustCompile(`[|丨｜/]|\s{2,}|[\s(（【\[]*(?:我要|参与|作者|责编|责任编辑|编辑|记者|时间|发布|发表|日期|浏览|点击|阅读|字号|字体|字数|分享|评论|打印|关闭|访问|转载|查看|(?:19|20)\d{2}[-年/.])`)
)

// origin is the medium the page names as its source: the site's selector, the
// label 来源 near the title, then the tags made for it.
func (d *document) origin(sel cascadia.Matcher) string {
	if t := d.selected(sel); t != "" {
		if m := originLabel.FindStringSubmatch(t); m != nil {
			t = m[1]
		}
		return trimOrigin(t)
	}
	if o := d.labelled(); o != "" {
		return o
	}
	o := d.beside()
	if o == "" {
		o = d.metas.first("contentsource", "article:source", "source", "mediaid", "og:source", "from")
	}
	if o == "" {
		o = d.account()
	}
	if r := d.told; o == "" && r != nil && d.parts[0].prose() < 2*han(r.body) {
		o = r.origin
	}
	if l := d.jsonLD(); o == "" && l.body != "" {
		o = l.publisher
	}
	if m := originLabel.FindStringSubmatch(o); m != nil {
		o = m[1]
	}
	if strings.Contains(o, "://") {
		return ""
	}
	return trimOrigin(o)
}

// labelled reads 来源：新华社, also when the name stands in the next element.
func (d *document) labelled() string {
	from := max(0, d.heading-12)
	for i := from; i < len(d.runs); i++ {
		if d.heading >= 0 && d.runs[i].at-d.runs[d.heading].at > 400 {
			break
		}
		m := originLabel.FindStringSubmatch(d.runs[i].text)
		if m == nil && originBare.MatchString(d.runs[i].text) {
			m = []string{"", ""}
		}
		if m == nil || utf8.RuneCountInString(d.runs[i].text) > 120 {
			continue
		}
		if o := trimOrigin(m[1]); o != "" {
			return o
		}
		if i+1 < len(d.runs) && utf8.RuneCountInString(d.runs[i+1].text) <= 30 {
			if o := trimOrigin(d.runs[i+1].text); o != "" {
				return o
			}
		}
	}
	return ""
}

// account is the public account that WeChat names above an article.
func (d *document) account() string {
	for i := range d.parts {
		if strings.Contains(d.parts[i].marks, "js_name") && d.parts[i].chars > 0 {
			return squeeze(plain(d.parts[i].node))
		}
	}
	return ""
}

// bareTime is a time without a year, as apps show it.
var bareTime = regexp.MustCompile(`(?:^|[\s·|])\d{1,2}[-/月]\d{1,2}日?\s+\d{1,2}:\d{2}`)

// beside is a medium named in the line of the publication time, as in
// 南方都市报 2026-11-20 16:01.
func (d *document) beside() string {
	if d.heading < 0 {
		return ""
	}
	for i := d.heading + 1; i < len(d.runs) && d.runs[i].at-d.runs[d.heading].at < 200; i++ {
		text := d.runs[i].text
		if len(text) > 240 {
			continue
		}
		var start, end int
		if all := sitetext.FindDates(text); len(all) > 0 {
			start, end = all[0].Start, all[0].End
		} else if at := bareTime.FindStringIndex(text); at != nil {
			start, end = at[0], at[1]
		} else {
			continue
		}
		for _, side := range []string{text[:start], text[end:]} {
			for word := range strings.FieldsFuncSeq(side, func(r rune) bool { return r == '|' || r == '·' || r == '丨' || unicode.IsSpace(r) }) {
				if medium.MatchString(word) {
					return word
				}
			}
		}
		for _, j := range []int{i - 1, i + 1, i + 2} {
			if j > d.heading && j < len(d.runs) && d.runs[j].text != "举报" && medium.MatchString(d.runs[j].text) {
				return d.runs[j].text
			}
		}
		return ""
	}
	return ""
}

func trimOrigin(s string) string {
	s = strings.TrimSpace(s)
	if at := originEnd.FindStringIndex(s); at != nil {
		s = s[:at[0]]
	}
	s = strings.TrimSpace(strings.Trim(s, " :：,，;；、-—()（）【】[]"))
	s = strings.TrimSpace(strings.TrimSuffix(s, "原创稿"))
	if utf8.RuneCountInString(s) > 30 {
		return ""
	}
	return s
}

// readsNear is how far behind the headline the figure of readers stands, in
// characters: beside the time and the origin.
const readsNear = 300

// reads is how often the page says it was read: the site's selector, else a figure
// near the headline that is named so. Many pages fill it in by a script, which is not
// run: then it is not known.
func (d *document) reads(sel cascadia.Matcher) int64 {
	counts := sitetext.NewCountReader()
	if t := d.selected(sel); t != "" {
		return counts.Read(t)
	}
	if d.heading < 0 {
		return 0
	}
	for i := d.heading + 1; i < len(d.runs) && d.runs[i].at-d.runs[d.heading].at < readsNear; i++ {
		text := d.runs[i].text
		if len(text) > 200 || strings.ContainsAny(text, "，。！？；") {
			continue // a sentence speaks of other readers than its own
		}
		if i+1 < len(d.runs) && len(d.runs[i+1].text) < 20 {
			text += d.runs[i+1].text // 浏览次数：<span>345</span>
		}
		if n := counts.Labelled(text); n > 0 {
			return n
		}
	}
	return 0
}
