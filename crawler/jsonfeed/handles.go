package jsonfeed

import (
	"regexp"
	"strings"
)

// nameHider hides in a text of Weibo who passed it on, answered or was called upon:
// people's names there are none of our business. Names of offices, media and
// companies stay, since "@长治市能源局" says whose matter it is.
type nameHider struct{ chain, reply, mention, institution, price *regexp.Regexp }

func newNameHider() nameHider {
	return nameHider{
		price:   regexp.MustCompile(`\d(?:元|块|角|分|吨|度|斤)`),
		chain:   regexp.MustCompile(`//\s*@[^:：\s@]{1,40}\s*[:：]`),
		reply:   regexp.MustCompile(`回复\s*@[^:：\s@]{1,40}\s*[:：]`),
		mention: regexp.MustCompile(`[\w.\-]*@[\p{Han}\w·\-]{1,40}`),
		institution: regexp.MustCompile(`(?:局|厅|部|委|办|政府|发布|公安|交警|消防|应急|法院|检察院?|日报|晚报|晨报|时报|电视台|广播|新闻|网|热线|客服|集团|公司|` +
			`电网|电力|燃气|热力|供热|供水|水务|能源|矿业|煤业|中心|街道|社区|医院|学校|大学|协会|12345)$|^@(?:中国|国家|山西|长治|央视|新华)`),
	}
}

func (h nameHider) hide(text string) string {
	text = h.chain.ReplaceAllString(text, "//")
	text = h.reply.ReplaceAllString(text, "回复：")
	return h.mention.ReplaceAllStringFunc(text, func(name string) string {
		if h.institution.MatchString(name) || h.price.MatchString(name) {
			return name
		}
		// What stands before is kept: a@b is an address and no name.
		if at := strings.IndexByte(name, '@'); at > 0 {
			return name
		}
		return "@某人"
	})
}
