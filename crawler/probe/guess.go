package probe

import (
	"regexp"
	"strings"

	"huiying/internal/post"
)

// SourceID makes a source's id of a host.
func SourceID(host string) string {
	id := strings.TrimPrefix(strings.ToLower(host), "www.")
	for _, end := range []string{".gov.cn", ".com.cn", ".org.cn", ".edu.cn", ".net.cn", ".cn", ".com", ".net", ".org"} {
		if short, ok := strings.CutSuffix(id, end); ok {
			id = short
			if end == ".gov.cn" {
				id += "-gov"
			}
			break
		}
	}
	id = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, id), "-")
	if id == "" {
		return "new-source"
	}
	return id
}

// GuessChannel guesses a source's channel by what is known of it, such as its
// folder, its name and its host, the best clue first; 新闻 where none tells.
func GuessChannel(clues ...string) post.Channel {
	hints := []struct {
		channel post.Channel
		words   *regexp.Regexp
	}{
		{post.Weibo, regexp.MustCompile(`(?i)微博|weibo`)},
		{post.WeChat, regexp.MustCompile(`(?i)微信|公众号|wechat|weixin`)},
		{post.QA, regexp.MustCompile(`(?i)问政|留言|信箱|来信|信访|投诉|论坛|wenzheng|liuyan`)},
		{post.Hotline, regexp.MustCompile(`12345|热线`)},
		{post.Press, regexp.MustCompile(`(?i)报纸|报刊|日报|晚报|晨报|数字报|电子报|电子版|数字版|epaper|\bpaper\.|\bszb\.`)},
		{post.Portal, regexp.MustCompile(`(?i)政府|政务|门户|官网|机关|部委|能源局|[\p{Han}]{2,}[局厅委]$|\.gov\.cn`)},
		{post.News, regexp.MustCompile(`(?i)新闻|资讯|媒体|news`)},
	}
	for _, clue := range clues {
		for _, h := range hints {
			if h.words.MatchString(clue) {
				return h.channel
			}
		}
	}
	return post.News
}
