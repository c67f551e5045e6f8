package rulefile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"huiying/configs/yamlcheck"
)

// The choices of the rule language, in the editors' words.
type (
	// Category is one of the five kinds of matter.
	Category string
	// Status is how far a rule has come; empty is 启用.
	Status string
	// Place is 本市 or 不限; empty is 本市.
	Place string
	// Handling is 告警 or 转复核; empty is 告警.
	Handling string
	// Reviews is 转复核, the only handling a mark or 兜底 may ask for.
	Reviews string
	// Lowers is what an exclusion leads to: 不报 or 转复核.
	Lowers string
	// Grading says which figures grade a rule's events; empty is none.
	Grading string
	// Grade is a grade an example expects.
	Grade string
	// Position is 标题 or 正文; empty is both.
	Position string
	// By is what 升级 counts by.
	By string
	// Hit is what a known gap should be one day.
	Hit string
	// Channel is one of the seven channels, by its Chinese name.
	Channel string
)

// Choices are what may be written.
func (Category) Choices() []string {
	return []string{"突发事件", "道德底线", "上级要求", "切身利益", "政策误读"}
}

// Choices are what may be written.
func (Status) Choices() []string { return []string{"启用", "试运行", "草稿"} }

// Choices are what may be written.
func (Place) Choices() []string { return []string{"本市", "不限"} }

// Choices are what may be written.
func (Handling) Choices() []string { return []string{"告警", "转复核"} }

// Choices are what may be written.
func (Reviews) Choices() []string { return []string{"转复核"} }

// Choices are what may be written.
func (Lowers) Choices() []string { return []string{"不报", "转复核"} }

// Choices are what may be written.
func (Grading) Choices() []string { return []string{"按伤亡", "按停电", "不分级"} }

// Choices are what may be written.
func (Grade) Choices() []string {
	return []string{"特别重大", "重大", "较大", "一般", "待定"}
}

// Choices are what may be written.
func (Position) Choices() []string { return []string{"标题", "正文"} }

// Choices are what may be written.
func (By) Choices() []string { return []string{"县区", "全市", "同一事件"} }

// Choices are what may be written.
func (Hit) Choices() []string { return []string{"命中", "不命中", "转复核"} }

// Choices are what may be written.
func (Channel) Choices() []string {
	return []string{"门户网站", "新闻网站", "网络问政", "热线", "微信", "微博", "报刊"}
}

// Channels is a list of channels that may be written as one without brackets.
type Channels []Channel

// Decode reads it for yamlcheck.
func (cs *Channels) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	var names yamlcheck.Names
	names.Decode(d, n, p)
	all := Channel("").Choices()
	for i, name := range names {
		if slices.Index(all, name) < 0 {
			d.Fault(p.Index(i, "").Key, "E027", "没有“"+name+"”这个渠道", "有这些: "+yamlcheck.List(all)+"; "+yamlcheck.Suggest(name, all))
			continue
		}
		*cs = append(*cs, Channel(name))
	}
}

// Span is a duration as editors write it: 30分钟, 6小时, 2天.
type Span time.Duration

// Decode reads it for yamlcheck.
func (s *Span) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	text, ok := d.Text(n, p)
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
	d.Problem(n, p, "E029", "看不懂这段时间“"+yamlcheck.Short(text)+"”", "写成 30分钟、6小时 或 2天")
}
