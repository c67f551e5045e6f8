package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// mediaLabel is the mark that sites put before a headline: [视频], [组图].
var mediaLabel = regexp.MustCompile(`^\s*[\[【](?:视频|图集|组图|高清组图|图文|直播|音频|图片|动图)[\]】]\s*`)

// title finds the headline: the site's selector, the tag that government sites
// must carry, the visible heading that the <title> repeats, and the <title>
// without its suffix last.
func (d *document) title(sel cascadia.Matcher) string {
	if t := d.selected(sel); t != "" {
		return trimTitle(t)
	}
	if t := d.metas["articletitle"]; t != "" {
		return trimTitle(t)
	}
	full := squeeze(d.query.Find("title").First().Text())
	social := d.metas.first("og:title", "twitter:title", "sharetitle")
	if t := d.repeated(full); t != "" {
		return trimTitle(t)
	}
	if contains(full, social) {
		return trimTitle(social)
	}
	if t := d.loneHeading(full); t != "" {
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
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode || n.Data == "title" || n.Data == "a" || within(n, "head", "a", "script", "style") {
			continue
		}
		weight := 0
		switch n.Data {
		case "h1":
			weight = 300
		case "h2", "h3", "h4", "h5", "h6":
			weight = 100
		default:
			m := marks(n)
			switch {
			case strings.Contains(m, "crumb") || strings.Contains(m, "nav"):
				continue
			case strings.Contains(m, "tit") || strings.Contains(m, "headline"):
				weight = 100
			case leaf(n):
			default:
				continue
			}
		}
		text := ownHeading(n)
		b := bare(text)
		size := utf8.RuneCountInString(b)
		if size < 5 || size > 120 || !strings.Contains(whole, b) {
			continue
		}
		if !strings.Contains(head, b) && !strings.Contains(b, head) {
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
// stands alone in its rank.
func (d *document) loneHeading(full string) string {
	lone := ""
	for _, tag := range []string{"h1", "h2", "h3", "h4", "h5"} {
		var found []string
		for n := range d.root.Descendants() {
			if n.Type != html.ElementNode || n.Data != tag || within(n, "a", "nav", "footer", "aside", "li") || unseen(n) || onlyLink(n) {
				continue
			}
			text := ownHeading(n)
			if han(text) < 6 || contains(full, text) || strings.HasPrefix(text, "首页") || strings.Contains(text, "位置") {
				continue
			}
			if d.datedBelow(n) {
				return text
			}
			found = append(found, text)
		}
		if len(found) == 1 && lone == "" {
			lone = found[0]
		}
	}
	return lone
}

// datedBelow tells whether a full date follows an element within a line or two.
func (d *document) datedBelow(n *html.Node) bool {
	end := -1
	for _, r := range d.runs {
		inside := false
		for p := r.node.Parent; p != nil && !inside; p = p.Parent {
			inside = p == n
		}
		switch {
		case inside:
			end = r.at + len([]rune(r.text))
		case end >= 0 && r.at > end+60:
			return false
		case end >= 0 && len([]rune(r.text)) < 80 && len(stamps(r.text)) > 0:
			return true
		}
	}
	return false
}

func onlyLink(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" && !within(c, "a") {
			return false
		}
	}
	return true
}

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
