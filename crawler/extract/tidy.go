package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"huiying/crawler/sitetext"
)

var (
	// The line that names the editors ends an article; it names people.
	editors = regexp.MustCompile(`^(?:[【\[(（](?:我要)?纠错[】\])）]\s*)?[（(【\[]?\s*(?:本文来源.{0,30})?(?:责任编辑|责编|本文编辑|编辑|审核|校对|监制|值班编辑|值班主任|作者|撰稿|撰文|文字|摄影|制图|策划|统筹|出品|(?:初|复|终)审|来源|稿源|(?:更新|发布)时间)\s*[:：︱|丨].{0,60}$`)
	// A line that is only furniture of the page.
	furniture = regexp.MustCompile(`^(?:[\[【(（]?\s*(?:打印(?:本页|此页)?|关闭(?:窗口|本页)?|收藏|纠错|大|中|小|大\s*中\s*小|字号|字体|分享到?|分享让更多人看到|扫一扫.*|返回(?:首页|列表|顶部)|上一[篇条页].*|主要内容|视频简介|栏目介绍|相关稿件|下一[篇条页].*|阅读下一篇.*|相关(?:阅读|新闻|链接|文章|推荐|热词搜索)|延伸阅读|热门推荐|推荐阅读|精彩视频推荐|点击查看更多|(?:点击)?展开(?:全文|阅读全文)|阅读(?:全文|更多|原文)|余下全文|打开(?:APP|客户端).*|网友评论|我要评论|发表评论|(?:请|您)?(?:先)?登[录陆]后?(?:再|可|发表|参与)*评论|免责声明.{0,4}|转播到\S{2,8}|正在加载.*|加载中.*|自动播放.*|[<>‹›«»]|\d{1,2})\s*[:：]?[\]】)）]?\s*)+$`)
	// What a site says of itself under an article; it and all that follows goes.
	siteFoot = regexp.MustCompile(`(?i)版权所有|ICP[备证]|公网安备|网站标识码|Copyright|All Rights Reserved|(?:主办|承办|协办)(?:单位)?[:：]|技术支持[:：]|^Powered by|友情链接|未经(?:书面)?(?:许可|授权|允许).{0,6}(?:不得|禁止|严禁)`)
	// What a site says of the rights in an article, at its end.
	disclaimer = regexp.MustCompile(`^[（(【\[*※]*\s*(?:特别|免责|郑重|版权)?(?:声明|提示)[】\])）]?\s*[:：].{0,40}(?:本文|本[网站报刊]|本平台|本客户端|本公众号|转载|用户上传|网络).*(?:仅代表|不代表|观点|版权|侵权|转载|删除|立场)|^(?:以上|本文|本站).{0,20}(?:仅代表|不代表).{0,30}(?:观点|立场)|^您认为这篇文章`)
)

// infoLine tells whether a line above the text is the one with time and source.
func infoLine(line string) bool {
	if utf8.RuneCountInString(line) > 90 || strings.ContainsAny(line, "。！？，") {
		return false
	}
	if all := sitetext.FindDates(line); len(all) > 0 && all[0].Start < 60 && infoRest(line[:all[0].Start]) {
		return true
	}
	return len(line) < 90 && originLabel.MatchString(line) && originLabel.FindStringIndex(line)[0] == 0
}

// infoRest tells whether what stands before a time is a label or a medium.
func infoRest(s string) bool {
	return utf8.RuneCountInString(s) < 8 || pubLabel.MatchString(s) || medium.MatchString(strings.Trim(s, " ·|　"))
}

func plainLines(text string) []lineOf {
	var out []lineOf
	for line := range strings.Lines(text) {
		out = append(out, lineOf{text: line})
	}
	return out
}

// tidy drops furniture, headings that open lists of links with those lists, what
// a site says of itself, and a headline repeated at the top.
func tidy(lines []lineOf, title string) string {
	head := bare(title)
	var out []string
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i].text)
		if line == "" {
			continue
		}
		if end := listed(lines, i); end > i {
			i = end - 1
			continue
		}
		if furniture.MatchString(line) || lines[i].linked && lines[i].heading || len(out) == 0 && (lines[i].linked && !strings.ContainsAny(line, "。！？") || head != "" && bare(line) == head || infoLine(line)) {
			continue
		}
		if len(out) > 0 && len(line) < 400 && (siteFoot.MatchString(line) && len(line) < 240 && i*3 > len(lines) || disclaimer.MatchString(line)) {
			break
		}
		out = append(out, line)
	}
	for len(out) > 1 && (editors.MatchString(out[len(out)-1]) || opensOthers(out[len(out)-1])) {
		out = out[:len(out)-1]
	}
	return strings.Join(out, "\n")
}

// listed is the end of a list of links that begins at line i with a heading for
// it, or of three links and more without one; i where there is none.
func listed(lines []lineOf, i int) int {
	end := i
	titled := !lines[i].linked && opensOthers(strings.TrimSpace(lines[i].text))
	if titled {
		end++
	}
	links := 0
	for end < len(lines) && (lines[end].linked || links > 0 && strings.TrimSpace(lines[end].text) == "") {
		if han(lines[end].text) >= 6 {
			links++
		}
		end++
	}
	if links >= 3 || titled && links >= 1 {
		return end
	}
	return i
}
