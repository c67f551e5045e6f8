package configs

import "time"

// SourceFile is sources.yaml.
type SourceFile struct {
	Sources []Source `yaml:"sources" need:"yes" jsonschema_description:"来源, 一项一个"`
}

// Source is one place that is read.
type Source struct {
	ID      string        `yaml:"id" need:"yes" jsonschema_description:"不重复的英文编号"`
	Name    string        `yaml:"name" need:"yes" jsonschema_description:"给人看的名字, 规则的“来源”用它"`
	Channel SourceChannel `yaml:"channel" need:"yes" jsonschema_description:"渠道"`
	Kind    SourceKind    `yaml:"kind" need:"yes" jsonschema_description:"feed 订阅, page 网页, json 接口"`
	Enabled bool          `yaml:"enabled" default:"true" jsonschema_description:"false 就不抓"`
	URL     string        `yaml:"url" jsonschema_description:"网址"`
	URLs    []string      `yaml:"urls" jsonschema_description:"几个网址; 和 url 只写一样"`
	// Local says that the source itself belongs to our city.
	Local bool `yaml:"local" jsonschema_description:"true: 来源本身就是本市的, 如本市网络问政"`
	// Official marks the bureau's own site and accounts: their posts are answers and
	// never alert.
	Official bool `yaml:"official" jsonschema_description:"true: 本局自己的发布渠道, 不会告警"`
	// Every and EveryMax bound the pause between two rounds; without EveryMax see
	// crawler.SlowestFor.
	Every    time.Duration `yaml:"every" default:"5m" min:"10s" max:"24h" jsonschema_description:"忙时多久看一次; 平时更新少的时段会自动放慢"`
	EveryMax time.Duration `yaml:"every_max" max:"24h" jsonschema_description:"最慢多久看一次; 不写就是 every 的 6 倍, 不超过 2h; 和 every 写成一样, 就总按 every 看"`
	Page     Page          `yaml:"page" jsonschema_description:"kind 是 page 时: 各部分的 CSS 选择器"`
	JSON     JSON          `yaml:"json" jsonschema_description:"kind 是 json 时: 各字段的路径"`
}

// Addresses are all addresses of a source.
func (s Source) Addresses() []string {
	if s.URL != "" {
		return append([]string{s.URL}, s.URLs...)
	}
	return s.URLs
}

// Page holds CSS selectors; an empty one leaves the part to the reader.
type Page struct {
	Links       string `yaml:"links" jsonschema_description:"列表页里的文章链接"`
	Title       string `yaml:"title" jsonschema_description:"标题"`
	Body        string `yaml:"body" jsonschema_description:"正文"`
	Date        string `yaml:"date" jsonschema_description:"发布时间"`
	Origin      string `yaml:"origin" jsonschema_description:"来源"`
	MaxArticles int    `yaml:"max_articles" default:"30" min:"1" max:"500" jsonschema_description:"一轮最多读几篇"`
}

// JSON holds a preset or the paths of the fields, such as data.list and title.
type JSON struct {
	Preset    JSONPreset `yaml:"preset" jsonschema_description:"现成的写法: weibo 或 wenzheng"`
	Items     string     `yaml:"items" jsonschema_description:"帖子列表"`
	ID        string     `yaml:"id" jsonschema_description:"编号"`
	Title     string     `yaml:"title" jsonschema_description:"标题"`
	Body      string     `yaml:"body" jsonschema_description:"正文"`
	URL       string     `yaml:"url" jsonschema_description:"网址; 可含 {id}"`
	Published string     `yaml:"published" jsonschema_description:"发布时间"`
}

// The choices of sources.yaml.
type (
	// SourceChannel is one of the seven channels.
	SourceChannel string
	// SourceKind is feed, page or json.
	SourceKind string
	// JSONPreset is weibo or wenzheng.
	JSONPreset string
)

func (SourceChannel) choices() []string {
	return []string{"portal", "news", "qa", "hotline", "wechat", "weibo", "press"}
}
func (SourceKind) choices() []string { return []string{"feed", "page", "json"} }
func (JSONPreset) choices() []string { return []string{"weibo", "wenzheng"} }
