package extract

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// body finds the article's text: the site's selector, then readability, then
// what a script carries, then the paragraphs themselves.
func (d *document) body(sel cascadia.Matcher, title string) string {
	if sel != nil {
		var parts []string
		for _, n := range outermost(cascadia.QueryAll(d.root, sel)) {
			if text := plain(n); text != "" {
				parts = append(parts, text)
			}
		}
		if len(parts) > 0 {
			return tidy(strings.Join(parts, "\n"), title)
		}
	}
	text := tidy(d.readable(), title)
	if script := tidy(d.fromScripts(), title); han(script) > 2*han(text) {
		text = script
	}
	if text == "" {
		text = tidy(d.paragraphs(), title)
	}
	if text == "" {
		text = tidy(d.metas.first("description", "og:description"), title)
	}
	return text
}

// outermost drops nodes that lie inside an earlier one.
func outermost(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range nodes {
		inside := false
		for _, o := range out {
			for p := n.Parent; p != nil && !inside; p = p.Parent {
				inside = p == o
			}
		}
		if !inside {
			out = append(out, n)
		}
	}
	return out
}

// shortest is the number of characters from which readability is content: its
// own default suits English, where 500 characters are 80 words. A Chinese notice
// is complete in 60, and a higher bound makes it search again more greedily.
const shortest = 60

func (d *document) readable() string {
	address, err := url.Parse(d.url)
	if err != nil {
		address = nil
	}
	page := clone(d.root)
	prune(page)
	known := container(page)
	p := readability.NewParser()
	p.CharThresholds = shortest
	p.DisableJSONLD = true
	a, err := p.ParseDocument(page, address)
	if err != nil || a.Node == nil {
		return text(known)
	}
	pruneLinks(a.Node)
	if k := text(known); han(k)*2 >= han(plain(a.Node)) {
		return k
	}
	return plain(a.Node)
}

func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	pruneLinks(n)
	return plain(n)
}

// containers are the elements in which the publishing systems of Chinese sites
// put an article's text: TRS, 拓尔思 and Visual SiteBuilder of governments and
// universities, the national government template, WeChat, and names so common
// that they mean nothing else.
const containers = `[itemprop=articleBody], .TRS_Editor, .trs_editor_view, .TRS_UEDITOR, #UCAP-CONTENT, .pages_content,
	#js_content, .v_news_content, .wp_articlecontent, #zoom, #Zoom, #artibody, #article_content, #articleContent, #article-content,
	.article-content, .article_content, .articleContent, #content_area, .content_area, .post_text, .post_body, #endText, .rm_txt_con,
	#rwb_zw, #detailContent, .detail-content, .detail_content, .news_content, .newsContent, .cnt_bd, .text_con, .con_text, .TRS_PreAppend, #newsContent, .text_content, .entry-content`

// container is the known element with the most prose, or nil.
func container(page *html.Node) *html.Node {
	known, err := cascadia.ParseGroup(containers)
	if err != nil {
		return nil
	}
	var best *html.Node
	most := 19 // fewer Han characters are a caption
	for _, n := range outermost(cascadia.QueryAll(page, known)) {
		if all, links := weight(n); all-links > most {
			best, most = n, all-links
		}
	}
	if best == nil {
		return nil
	}
	return clone(best)
}

// paragraphs joins every visible paragraph that is prose rather than a link.
func (d *document) paragraphs() string {
	var p printer
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "p" && !within(n, "a", "nav", "footer", "aside", "li") && !onlyLink(n) {
			p.walk(n)
			p.end()
		}
	}
	return p.String()
}

var (
	// The line that names the editors ends an article; it names people.
	editors = regexp.MustCompile(`^[（(【\[]?\s*(?:本文来源.{0,30})?(?:责任编辑|责编|本文编辑|编辑|审核|校对|监制|值班编辑|值班主任|(?:初|复|终)审|来源|稿源|(?:更新|发布)时间)\s*[:：].{0,60}$`)
	// A line that is only furniture of the page.
	furniture = regexp.MustCompile(`^(?:[\[【(（]?\s*(?:打印|关闭|收藏|纠错|大\s*中\s*小|字号|字体|分享到?|扫一扫.*|返回(?:首页|列表|顶部)|上一篇.*|主要内容|视频简介|栏目介绍|相关稿件|下一篇.*|相关(?:阅读|新闻|链接|文章|推荐)|延伸阅读|热门推荐|推荐阅读|点击查看更多|网友评论|我要评论|发表评论|免责声明.{0,4})\s*[:：]?[\]】)）]?\s*)+$`)
)

// infoLine tells whether a line above the text is the one with time and source.
func infoLine(line string) bool {
	if utf8.RuneCountInString(line) > 80 || strings.ContainsAny(line, "。！？，") {
		return false
	}
	if all := stamps(line); len(all) > 0 && all[0].start < 20 {
		return true
	}
	return len(line) < 90 && originLabel.MatchString(line) && originLabel.FindStringIndex(line)[0] == 0
}

// tidy drops furniture and a headline repeated at the top.
func tidy(text, title string) string {
	head := bare(title)
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || furniture.MatchString(line) {
			continue
		}
		if len(out) == 0 && (head != "" && bare(line) == head || infoLine(line)) {
			continue
		}
		out = append(out, line)
	}
	for len(out) > 1 && editors.MatchString(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return strings.Join(out, "\n")
}
