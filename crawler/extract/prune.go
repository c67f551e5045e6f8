package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

var (
	// Words with which sites name the blocks around an article, as whole parts
	// of a class or id.
	around = regexp.MustCompile(`(?:^|[\s_-])(?:related?|relates|relatednews|recommends?|recommended|tuijian|comments?|commentlist|pinglun|share|sharebox|fenxiang|bdsharebuttonbox|shenming|disclaimer|copyright|hot|hotnews|rank|ranking|paihang|breadcrumbs?|crumbs?|footer|foot|sidebar|subscribe|qrcode|erweima|statement|zebian|editor-info)(?:$|[\s_-])`)
	// Headings that open a block of other articles.
	others = regexp.MustCompile(`^[\s【\[]*(?:相关|延伸|更多|推荐|热门|热点|精彩|为你|为您|猜你|大家|点击|阅读|收视|新闻|最新|本周|今日|编辑)[\s·]*(?:阅读|新闻|文章|链接|报道|资讯|推荐|排行榜?|TOP榜?|专题|内容|喜欢|都爱看|还看了?|精选|评论|稿件|视频)+[\s】\]:：>»更多]*$`)
)

// weight counts the Han characters under a node, and those inside links.
func weight(n *html.Node) (all, linked int) {
	for c := range n.Descendants() {
		if c.Type != html.TextNode || c.Parent.Data == "script" || c.Parent.Data == "style" {
			continue
		}
		k := han(c.Data)
		all += k
		if c.Parent.Data == "a" || within(c, "a") {
			linked += k
		}
	}
	return all, linked
}

// prune removes from a copy of the page what surrounds the article: blocks that
// are named so, blocks that open with a heading for other articles, and lists of
// links. A block that holds a large part of the page's prose always stays.
func prune(root *html.Node) {
	total, linked := weight(root)
	prose := max(total-linked, 1)
	var drop []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || !removable(n) {
			continue
		}
		if around.MatchString(marks(n)) || n.Data == "footer" || n.Data == "aside" || n.Data == "nav" {
			if all, links := weight(n); (all-links)*3 < prose {
				drop = append(drop, n)
			}
			continue
		}
		if block(n.Data) && opensOthers(n) {
			if all, links := weight(n); links*6 > all && (all-links)*3 < prose {
				drop = append(drop, n)
			}
		}
	}
	remove(drop)
}

func removable(n *html.Node) bool {
	switch n.Data {
	case "html", "head", "body", "article", "main", "p", "h1", "h2", "h3", "h4", "h5", "h6":
		return false
	}
	return true
}

// opensOthers tells whether the first words of a block are a heading for other
// articles and the rest follows in elements of their own.
func opensOthers(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type != html.TextNode || strings.TrimSpace(c.Data) == "" || c.Parent.Data == "script" || c.Parent.Data == "style" {
			continue
		}
		return len(c.Data) < 60 && others.MatchString(squeeze(c.Data))
	}
	return false
}

// pruneLinks removes lists of links from what was taken for the article.
func pruneLinks(root *html.Node) {
	var drop []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "ul", "ol", "dl", "div", "table", "section":
		default:
			continue
		}
		if n == root || n.Parent == nil {
			continue
		}
		all, links := weight(n)
		if count(n, "a") >= 2 && links > 0 && links*5 >= all*4 {
			drop = append(drop, n)
		}
	}
	remove(drop)
}

func count(n *html.Node, tag string) int {
	k := 0
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == tag {
			k++
		}
	}
	return k
}

func remove(nodes []*html.Node) {
	for _, n := range nodes {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

// clone copies a tree, so that finders may cut it.
func clone(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace}
	c.Attr = append(c.Attr, n.Attr...)
	for child := range n.ChildNodes() {
		c.AppendChild(clone(child))
	}
	return c
}
