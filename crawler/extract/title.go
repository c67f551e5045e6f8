package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"huiying/crawler/sitetext"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// mediaLabel is the mark that sites put before a headline: [视频], [组图].
var mediaLabel = regexp.MustCompile(`^\s*[\[【](?:视频|图集|组图|高清组图|图文|直播|音频|图片|动图)[\]】]\s*`)

// title finds the headline: the site's selector, the tag that government sites
// must carry, the visible heading that the <title> repeats, what stands where a
// headline stands, and the <title> without its suffix last.
func (d *document) title(sel cascadia.Matcher) string {
	if t := d.selected(sel); t != "" {
		return trimTitle(t)
	}
	if t := d.metas["articletitle"]; t != "" {
		return trimTitle(t)
	}
	if t := d.printed().title; t != "" {
		return trimTitle(t)
	}
	full := d.titleTag()
	social := d.metas.first("og:title", "twitter:title", "sharetitle")
	if t := d.repeated(full); t != "" {
		// A headline in two lines stands whole where it is made for sharing.
		if contains(full, social) && contains(social, t) && strings.HasPrefix(bare(social), bare(t)) {
			return trimTitle(social)
		}
		return trimTitle(t)
	}
	if contains(full, social) {
		return trimTitle(social)
	}
	if t := d.loneHeading(full); t != "" {
		return trimTitle(t)
	}
	if t := d.record().title; t != "" && d.parts[0].prose() < han(d.record().body) {
		return trimTitle(t)
	}
	if full == "" {
		full = social
	}
	if full == "" {
		full = d.jsonLD().headline
	}
	return trimTitle(cutSuffix(full))
}

// titleTag is the text of the first <title>.
func (d *document) titleTag() string {
	for i := range d.parts {
		if d.parts[i].node.Data == "title" && d.parts[i].node.Type == html.ElementNode && !d.under(i, "svg") {
			if d.parts[i].node.FirstChild == nil {
				return ""
			}
			return squeeze(d.parts[i].node.FirstChild.Data)
		}
	}
	return ""
}

func trimTitle(s string) string {
	s = squeeze(s)
	if cut := mediaLabel.ReplaceAllString(s, ""); cut != "" {
		s = cut
	}
	return strings.Trim(s, " _|\u3000")
}

// contains tells whether part is a considerable piece of whole, typography aside.
func contains(whole, part string) bool {
	p := bare(part)
	return utf8.RuneCountInString(p) >= 4 && strings.Contains(bare(whole), p)
}

// repeated is the visible heading that <title> repeats. An h1 wins over other
// elements, a longer text over a shorter one; the site's own name is also
// repeated, so what ends the <title> does not count unless it is all of it.
func (d *document) repeated(full string) string {
	whole, head := bare(full), bare(cutSuffix(full))
	if whole == "" {
		return ""
	}
	best, rank := "", 0
	for i := 1; i < len(d.parts); i++ {
		p := &d.parts[i]
		n := p.node
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "head" || n.Data == "a" || p.hidden {
			i = p.end - 1
			continue
		}
		if p.chars < 4 || p.chars > 160 {
			continue
		}
		weight := 0
		switch n.Data {
		case "h1":
			weight = 300
		case "h2", "h3", "h4", "h5", "h6":
			weight = 100
		default:
			switch {
			case strings.Contains(p.marks, "crumb") || strings.Contains(p.marks, "nav"):
				continue
			case strings.Contains(p.marks, "tit") || strings.Contains(p.marks, "headline"):
				weight = 100
			case leaf(n):
			default:
				continue
			}
		}
		text := ownHeading(n)
		b := bare(text)
		size := utf8.RuneCountInString(b)
		if size < 5 && (size < 4 || n.Data != "h1") || size > 120 || !strings.Contains(whole, b) {
			continue
		}
		if !strings.Contains(head, b) && !strings.Contains(b, head) || weight == 0 && size < 8 && size*2 <= utf8.RuneCountInString(head) {
			continue // only the site's or the column's name
		}
		if strings.HasSuffix(whole, b) && !strings.HasPrefix(whole, b) && size*2 < utf8.RuneCountInString(whole) {
			continue
		}
		if score := weight/10 + size; score > rank {
			best, rank = text, score
		}
	}
	return best
}

// ownHeading is the text of a heading without the badges (原创, 置顶) that stand
// in elements of their own beside the words.
func ownHeading(n *html.Node) string {
	var direct strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode {
			direct.WriteString(c.Data)
		} else if c.Type == html.ElementNode && c.Data == "br" {
			direct.WriteByte(' ')
		}
	}
	if own := squeeze(direct.String()); utf8.RuneCountInString(own) >= 5 {
		return own
	}
	return squeeze(strings.ReplaceAll(plain(n), "\n", " "))
}

// leaf tells whether an element holds text and nothing but inline marks.
func leaf(n *html.Node) bool {
	text := false
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			text = true
		case c.Type == html.ElementNode && c.Data != "br" && c.Data != "font" && c.Data != "strong" && c.Data != "b" && c.Data != "span":
			return false
		}
	}
	return text
}

// loneHeading serves pages whose <title> is only the name of the site or the
// column: a heading with a date right below it, else the strongest heading that
// stands alone in its rank, else the line above the one with time and origin.
func (d *document) loneHeading(full string) string {
	if t := d.labelledTitle(); t != "" {
		return t
	}
	lone := ""
	for _, tag := range []string{"h1", "h2", "h3", "h4", "h5", "tit"} {
		var found []string
		for i := 1; i < len(d.parts); i++ {
			p := &d.parts[i]
			if p.node.Type != html.ElementNode || p.han < 4 || p.chars > 160 || p.hidden {
				continue
			}
			if tag == "tit" {
				if !strings.Contains(p.marks, "tit") || p.lines > 2 || strings.Contains(p.marks, "subtit") {
					continue
				}
			} else if p.node.Data != tag {
				continue
			}
			if p.linked*2 > p.han || d.under(i, "a", "nav", "footer", "aside", "li") {
				continue
			}
			text := ownHeading(p.node)
			if han(text) < 6 || contains(full, text) && !strings.HasPrefix(bare(full), bare(text)) || strings.HasPrefix(text, "首页") || strings.Contains(text, "位置") || opensOthers(text) {
				continue
			}
			if d.datedBelow(i) {
				return text
			}
			found = append(found, text)
		}
		if len(found) == 1 && lone == "" && (tag != "tit" || han(found[0]) >= 8) {
			lone = found[0]
		}
	}
	if t := d.aboveInfo(full); t != "" {
		return t
	}
	return lone
}

// titleLabel stands before a headline in the tables of letter boards and of
// offices' disclosures.
var titleLabel = regexp.MustCompile(`^(?:标\s*题|主\s*题|(?:信件|来信|留言|问题|诉求|公文|文件)(?:标题|主题|名称))\s*(?:[:：]\s*(.*))?$`)

// labelledTitle is the headline that a page labels as such.
func (d *document) labelledTitle() string {
	for i, r := range d.runs {
		if len(r.text) > 300 {
			continue
		}
		m := titleLabel.FindStringSubmatch(r.text)
		if m == nil || d.under(r.part, "a", "th", "form") && m[1] == "" {
			continue
		}
		text := m[1]
		if text == "" && i+1 < len(d.runs) {
			text = strings.TrimLeft(d.runs[i+1].text, ":： ")
		}
		if n := utf8.RuneCountInString(text); han(text) >= 4 && n <= 100 && !strings.HasSuffix(text, "：") {
			return text
		}
	}
	return ""
}

// datedBelow tells whether a full date follows a part within a line or two.
func (d *document) datedBelow(i int) bool {
	last := d.parts[i].endRun - 1
	if last < 0 {
		return false
	}
	end := d.runs[last].at + utf8.RuneCountInString(d.runs[last].text)
	for r := last + 1; r < len(d.runs) && d.runs[r].at <= end+60; r++ {
		if len(d.runs[r].text) < 240 && utf8.RuneCountInString(d.runs[r].text) < 80 && len(sitetext.FindDates(d.runs[r].text)) > 0 {
			return true
		}
	}
	return false
}

// aboveInfo is the line right above the first one that tells both when an article
// appeared and a word for it, such as 来源 or 发布时间: old pages set headlines as
// mere bold text.
func (d *document) aboveInfo(full string) string {
	for i, r := range d.runs {
		if len(r.text) > 300 || !infoMark.MatchString(r.text) || len(sitetext.FindDates(r.text)) == 0 || d.under(r.part, "a", "li") {
			continue
		}
		for j := i - 1; j >= 0 && j >= i-3; j-- {
			above := d.runs[j]
			n := han(above.text)
			if n < 4 || d.parts[above.part].linked > 0 || infoMark.MatchString(above.text) {
				continue
			}
			if n < 6 || utf8.RuneCountInString(above.text) > 80 || strings.Contains(above.text, "位置") || contains(full, above.text) {
				return ""
			}
			return above.text
		}
		return ""
	}
	return ""
}

var infoMark = regexp.MustCompile(`来源|作者|(?:发布|发表|更新)?(?:时间|日期)\s*[:：]|点击|浏览|阅读`)

// siteWord marks the piece of a <title> that names a site, a column or an owner.
var siteWord = regexp.MustCompile(`(?i)(?:网|网站|频道|官网|在线|新闻|资讯|论坛|社区|日报|晚报|晨报|时报|门户|首页|中心|平台|客户端|人民政府|公众号|\.(?:com|cn|net|org))\s*$`)

// separators lists what sites put between a headline and their name, strongest
// first; a dash inside a headline is common, so it is trusted least.
func separators() []string {
	return []string{"_", "|", "｜", "--", " - ", " – ", " — ", " —— ", "-", "–"}
}

// cutSuffix drops the names of site and column from a <title>.
func cutSuffix(s string) string {
	for _, sep := range separators() {
		parts := strings.Split(s, sep)
		if len(parts) < 2 {
			continue
		}
		keep := 1
		if !strings.ContainsAny(sep, "_|｜") && sep != "--" {
			// Only what names a site may go after a dash.
			keep = len(parts)
			for keep > 1 && siteWord.MatchString(parts[keep-1]) {
				keep--
			}
		}
		head := strings.TrimSpace(strings.Join(parts[:keep], sep))
		if han(head) >= 4 || utf8.RuneCountInString(head) >= 12 {
			s = head
		}
	}
	return s
}
