package configs

import (
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// The choices of the rule language, in the editors' words.
type (
	// RuleCategory is one of the five kinds of matter.
	RuleCategory string
	// RuleStatus is how far a rule has come; empty is 启用.
	RuleStatus string
	// RulePlace is 本市 or 不限; empty is 本市.
	RulePlace string
	// RuleHandling is 告警 or 转复核; empty is 告警.
	RuleHandling string
	// RuleReviews is 转复核, the only handling a mark or 兜底 may ask for.
	RuleReviews string
	// RuleLowers is what an exclusion leads to: 不报 or 转复核.
	RuleLowers string
	// RuleGrading says which figures grade a rule's events; empty is none.
	RuleGrading string
	// RuleGrade is a grade an example expects.
	RuleGrade string
	// RulePosition is 标题 or 正文; empty is both.
	RulePosition string
	// RuleBy is what 升级 counts by.
	RuleBy string
	// RuleHit is what a known gap should be one day.
	RuleHit string
	// RuleChannel is one of the seven channels, by its Chinese name.
	RuleChannel string
)

func (RuleCategory) choices() []string {
	return []string{"突发事件", "道德底线", "上级要求", "切身利益", "政策误读"}
}
func (RuleStatus) choices() []string   { return []string{"启用", "试运行", "草稿"} }
func (RulePlace) choices() []string    { return []string{"本市", "不限"} }
func (RuleHandling) choices() []string { return []string{"告警", "转复核"} }
func (RuleReviews) choices() []string  { return []string{"转复核"} }
func (RuleLowers) choices() []string   { return []string{"不报", "转复核"} }
func (RuleGrading) choices() []string  { return []string{"按伤亡", "按停电", "不分级"} }
func (RuleGrade) choices() []string {
	return []string{"特别重大", "重大", "较大", "一般", "待定"}
}
func (RulePosition) choices() []string { return []string{"标题", "正文"} }
func (RuleBy) choices() []string       { return []string{"县区", "全市", "同一事件"} }
func (RuleHit) choices() []string      { return []string{"命中", "不命中", "转复核"} }
func (RuleChannel) choices() []string {
	return []string{"门户网站", "新闻网站", "网络问政", "热线", "微信", "微博", "报刊"}
}

// RuleChannels is a list of channels that may be written as one without brackets.
type RuleChannels []RuleChannel

func (cs *RuleChannels) decode(d *decoder, n ast.Node, p trail) {
	var names Names
	names.decode(d, n, p)
	all := RuleChannel("").choices()
	for i, name := range names {
		if indexOf(all, name) < 0 {
			d.fault(p.index(i, "").key, "E027", "没有“"+name+"”这个渠道", "有这些: "+list(all)+"; "+suggest(name, all))
			continue
		}
		*cs = append(*cs, RuleChannel(name))
	}
}

// Span is a duration as editors write it: 30分钟, 6小时, 2天.
type Span time.Duration

func (s *Span) decode(d *decoder, n ast.Node, p trail) {
	text, ok := d.text(n, p)
	if !ok {
		return
	}
	for unit, length := range map[string]time.Duration{"分钟": time.Minute, "小时": time.Hour, "天": 24 * time.Hour} {
		figure, found := strings.CutSuffix(text, unit)
		if !found {
			continue
		}
		if x, err := strconv.Atoi(strings.TrimSpace(figure)); err == nil && x > 0 && x <= 1000 {
			*s = Span(time.Duration(x) * length)
			return
		}
	}
	d.problem(n, p, "E029", "看不懂这段时间“"+short(text)+"”", "写成 30分钟、6小时 或 2天")
}

func itoa(i int) string { return strconv.Itoa(i) }
