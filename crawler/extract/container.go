package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// container is the part in which the publishing systems of Chinese sites put an
// article's text, the one with the most prose; -1 where there is none.
func (d *document) container() int {
	best, most := -1, 19 // fewer Han characters are a caption
	for i := 1; i < len(d.parts); i++ {
		p := &d.parts[i]
		if p.cut || p.hidden {
			i = p.end - 1
			continue
		}
		if strings.Contains(p.marks, "postmessage_") && p.prose() > 0 {
			return i // Discuz: the first post of a thread
		}
		if p.prose() <= most || p.node.Type != html.ElementNode || !known(p) {
			continue
		}
		best, most = i, p.prose()
		i = p.end - 1
	}
	return d.narrowed(best)
}

// narrowed is a container inside the given one that holds most of its prose: the
// outer one then is only the frame of both columns.
func (d *document) narrowed(i int) int {
	if i < 0 {
		return i
	}
	for c := i + 1; c < d.parts[i].end; c++ {
		p := &d.parts[c]
		if p.cut || p.hidden || p.prose()*10 < d.parts[i].prose()*6 {
			c = p.end - 1
			continue
		}
		if p.node.Type == html.ElementNode && known(p) {
			return d.narrowed(c)
		}
	}
	return i
}

// known tells whether an element is one of TRS (拓尔思) and Visual SiteBuilder of
// governments and universities, the national government template, WeChat,
// 方正翔宇 of newspapers, or has a name so common that it means nothing else.
func known(p *part) bool {
	if p.node.Data == "founder-content" {
		return true
	}
	return p.marks != "" && strings.Contains(p.marks, " ") && anyField(p.marks, func(name string) bool {
		switch name {
		case "articlebody", "trs_editor", "trs_editor_view", "trs_ueditor", "trs_preappend", "ucap-content", "pages_content", "js_content",
			"v_news_content", "wp_articlecontent", "zoom", "ozoom", "artibody", "article_content", "articlecontent", "article-content",
			"content_area", "post_text", "post_body", "endtext", "rm_txt_con", "rwb_zw", "detailcontent", "detail-content", "detail_content",
			"news_content", "newscontent", "news-content", "cnt_bd", "text_con", "con_text", "text_content", "entry-content":
			return true
		}
		return false
	})
}

// anyField calls do for each of the names in marks, parted by blanks.
func anyField(marks string, do func(name string) bool) bool {
	for name := range strings.FieldsSeq(marks) {
		if do(name) {
			return true
		}
	}
	return false
}
