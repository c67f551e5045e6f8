package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// around tells whether a class or id names a block around an article rather than
// the article, by a whole word of it or the beginning of one.
func around(marks string) bool {
	return marks != "" && tokens(marks, func(w string) bool {
		switch w {
		case "relate", "relates", "tuijian", "commentlist", "pinglun", "share", "sharebox", "sharedaddy", "fenxiang", "shenming", "disclaimer",
			"copyright", "hot", "hotnews", "rank", "ranking", "paihang", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "footer", "foot",
			"sidebar", "subscribe", "qrcode", "erweima", "statement", "zebian", "editor-info", "breadcrumbnav", "pagelist", "pagination":
			return true
		}
		for _, begin := range []string{"related", "recommend", "comment", "bdshare", "jiathis", "tuijian", "hotcomment"} {
			if strings.HasPrefix(w, begin) {
				return true
			}
		}
		return false
	})
}

// Headings that open a block of other articles.
var others = regexp.MustCompile(`^[\s·■◆>【\[]*(?:相关|延伸|更多|推荐|热门|热点|精彩|为你|为您|猜你|大家|点击|阅读|收视|新闻|最新|本周|今日|编辑|图文|频道|一周|网友|近期)[\s·]*(?:阅读|新闻|文章|链接|报道|资讯|推荐|总?排行榜?|TOP榜?|专题|内容|喜欢|都爱看|都在看|还看了?|精选|评论|稿件|视频|文件|热词搜索?|热点)*[\s】\]:：>»更多]*$`)

// opensOthers tells whether a text is a heading for other articles.
func opensOthers(s string) bool {
	return len(s) >= 6 && len(s) < 60 && s != "新闻" && s != "阅读" && others.MatchString(s)
}

// prune cuts what surrounds the article: blocks that are named so, blocks that
// open with a heading for other articles, teasers, and the answers in a forum's
// thread. A block that holds a large part of the page's prose, or the headline,
// stays.
func (d *document) prune() {
	prose := max(d.parts[0].prose(), 1)
	head := -1
	if d.heading >= 0 {
		head = d.runs[d.heading].part
	}
	for i := 1; i < len(d.parts); i++ {
		p := &d.parts[i]
		if p.node.Type != html.ElementNode {
			continue
		}
		if p.hidden {
			i = p.end - 1
			continue
		}
		if removable(p.node) && p.han > 0 && !d.holds(i, head) && d.foreign(i, prose) {
			d.cutPart(i)
			i = p.end - 1
			continue
		}
		if p.anchors >= 2 || p.lines >= 4 {
			d.pruneAnswers(i)
			d.pruneTeasers(i, head)
		}
	}
}

func removable(n *html.Node) bool {
	switch n.Data {
	case "html", "head", "body", "article", "main", "p", "h1", "h2", "h3", "h4", "h5", "h6":
		return false
	}
	return true
}

func (d *document) foreign(i, prose int) bool {
	p := &d.parts[i]
	if p.prose()*3 >= prose {
		return false
	}
	switch p.node.Data {
	case "footer", "aside", "nav":
		return true
	}
	if around(p.marks) {
		return true
	}
	return block(p.node.Data) && p.endRun > p.firstRun && p.linked*6 > p.han && opensOthers(d.runs[p.firstRun].text)
}

// signature is what elements of one kind share: the tag and the words of class
// and id without their numbers.
func signature(p *part) string {
	return p.node.Data + " " + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, p.marks)
}

// pruneTeasers cuts items that announce other articles: at least two elements of
// one kind under i, each beginning with a link to another page that reads like a
// headline, with some words of that article below.
func (d *document) pruneTeasers(i, head int) {
	var items []int
	kind := ""
	flush := func() {
		if len(items) >= 2 {
			for _, c := range items {
				d.cutPart(c)
			}
		}
		items = items[:0]
	}
	d.children(i, func(c int) bool {
		p := &d.parts[c]
		if p.node.Type != html.ElementNode || p.cut || p.hidden {
			return true
		}
		s := signature(p)
		if s != kind {
			flush()
			kind = s
		}
		if !d.holds(c, head) && d.teaser(c) {
			items = append(items, c)
		}
		return true
	})
	flush()
}

func (d *document) teaser(i int) bool {
	p := &d.parts[i]
	if p.anchors < 1 || p.lines < 2 || p.linked < 6 || p.endRun <= p.firstRun || !block(p.node.Data) || p.node.Data == "p" {
		return false
	}
	run := d.runs[p.firstRun].part
	for up := d.parts[run].parent; up > i; up = d.parts[up].parent {
		a := d.parts[up].node
		if a.Data == "a" {
			href := attr(a, "href")
			return d.parts[up].han >= 6 && href != "" && href[0] != '#' && !strings.HasPrefix(strings.ToLower(href), "javascript:")
		}
	}
	return false
}

// forumMark is a text that stands beside each post of a thread.
var forumMark = regexp.MustCompile(`^(?:(?:发表|回复|发布|更新)于.{0,25}|#?\d{1,5}\s*(?:楼|#|F)|#\d{1,5}|楼主|沙发|板凳|地板|只看(?:该作者|楼主|TA)|引用|举报|注册(?:时间|日期)|积分|主题|帖子|支持|点赞|来自.{1,8}网友)[:：]?$`)

// answered tells an official's answer, which belongs to a citizen's letter.
var answered = regexp.MustCompile(`^(?:回复|答复|办理|处理|官方|承办|受理)(?:单位|部门|机构|内容|意见|结果|情况|时间|回复)[:：]?|官方回[复应]`)

// pruneAnswers keeps the first post of a thread: what others wrote below it are
// comments. Letters to offices keep the office's answer.
func (d *document) pruneAnswers(i int) {
	var posts []int
	kind := ""
	found := func() {
		if len(posts) < 2 {
			return
		}
		for _, c := range posts[1:] {
			if !d.says(c, answered) {
				d.cutPart(c)
			}
		}
	}
	d.children(i, func(c int) bool {
		p := &d.parts[c]
		if p.node.Type != html.ElementNode || p.cut || p.hidden || p.prose() < 4 || p.endRun-p.firstRun < 3 {
			return true
		}
		switch p.node.Data {
		case "div", "li", "section", "article", "table", "tr", "tbody":
		default:
			return true
		}
		if s := signature(p); s != kind {
			found()
			posts, kind = posts[:0], s
		}
		if d.says(c, forumMark) {
			posts = append(posts, c)
		}
		return true
	})
	found()
}

// says tells whether one of a part's texts matches.
func (d *document) says(i int, what *regexp.Regexp) bool {
	p := &d.parts[i]
	for r := p.firstRun; r < p.endRun && r < p.firstRun+200; r++ {
		if t := d.runs[r].text; len(t) < 90 && what.MatchString(t) {
			return true
		}
	}
	return false
}
