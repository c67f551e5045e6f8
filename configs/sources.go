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
	Kind    SourceKind    `yaml:"kind" need:"yes" jsonschema_description:"feed 订阅, page 网页, json 接口, intake 表格和接口送来的"`
	Enabled bool          `yaml:"enabled" default:"true" jsonschema_description:"false 就不抓"`
	URL     string        `yaml:"url" jsonschema_description:"网址"`
	URLs    []string      `yaml:"urls" jsonschema_description:"几个网址; 和 url 只写一样"`
	// Local says that the source itself belongs to our city.
	Local bool `yaml:"local" jsonschema_description:"true: 来源本身就是本市的, 如本市网络问政"`
	// Role official marks the bureau's own site and accounts: their posts are answers
	// and never alert.
	Role SourceRole `yaml:"role" jsonschema_description:"official: 本局自己的发布渠道, 不会告警, 当作答复"`
	// Official is the older way to say role: official. Load sets it for both.
	Official bool `yaml:"official" jsonschema_description:"旧写法, 同 role: official"`
	// Reach is how many people the editors estimate the source to reach.
	Reach int `yaml:"reach" min:"0" max:"1000000000" jsonschema_description:"估计这个来源有多少受众(人); 只用来估一件事传播多广, 不影响告警"`
	// Every and EveryMax bound the pause between two rounds; without EveryMax see
	// crawler.SlowestFor.
	Every    time.Duration `yaml:"every" default:"5m" min:"10s" max:"24h" jsonschema_description:"忙时多久看一次; 平时更新少的时段会自动放慢"`
	EveryMax time.Duration `yaml:"every_max" max:"24h" jsonschema_description:"最慢多久看一次; 不写就是 every 的 6 倍, 不超过 2h; 和 every 写成一样, 就总按 every 看"`
	Page     Page          `yaml:"page" jsonschema_description:"kind 是 page 时: 各部分的 CSS 选择器"`
	JSON     JSON          `yaml:"json" jsonschema_description:"kind 是 json 时: 各字段的路径"`
	Intake   Sheet         `yaml:"intake" jsonschema_description:"kind 是 intake 时: 列名、投递目录、接口令牌"`
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
	Links  string `yaml:"links" jsonschema_description:"列表页里的文章链接"`
	Title  string `yaml:"title" jsonschema_description:"标题"`
	Body   string `yaml:"body" jsonschema_description:"正文"`
	Date   string `yaml:"date" jsonschema_description:"发布时间"`
	Origin string `yaml:"origin" jsonschema_description:"来源"`
	Reads  string `yaml:"reads" jsonschema_description:"阅读量; 不写就找标题附近写着“阅读、浏览”的数"`
	// Sitemap finds articles beside the list pages, or instead of them.
	Sitemap string `yaml:"sitemap" jsonschema_description:"站点地图的网址; 写了它可以不写 url"`
	Next    string `yaml:"next" jsonschema_description:"列表页里“下一页”的链接; 不写由程序自己找"`
	// MaxPages bounds the pages of one list; later ones are read only while all on a
	// page is new.
	MaxPages    int `yaml:"max_pages" default:"1" min:"1" max:"50" jsonschema_description:"一个列表一轮最多翻几页; 翻到有读过的就停"`
	MaxArticles int `yaml:"max_articles" default:"30" min:"1" max:"500" jsonschema_description:"一轮最多读几篇"`
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
	Reads     string     `yaml:"reads" jsonschema_description:"阅读量"`
	Shares    string     `yaml:"shares" jsonschema_description:"转发量"`
	// Next leads to a cursor, put into the address as Param, or to the next page's
	// address. Param without Next counts pages.
	Next  string `yaml:"next" jsonschema_description:"下一页的游标或网址在哪里, 如 data.cardlistInfo.since_id"`
	Param string `yaml:"param" jsonschema_description:"游标或页码写进网址的哪个参数, 如 since_id 或 page"`
	Pages int    `yaml:"pages" default:"1" min:"1" max:"20" jsonschema_description:"一轮最多读几页"`
}

// Sheet says how rows that are handed in are read, and through which doors.
type Sheet struct {
	// Columns maps the headers of a sheet, or the keys of JSON, to fields.
	Columns map[string]SheetField `yaml:"columns" jsonschema_description:"列名: 字段; 不写的列由程序自己认"`
	// Drop is a directory; relative paths start at the data directory.
	Drop string `yaml:"drop" jsonschema_description:"投递目录: 放进去的表格自动导入, 相对于数据目录"`
	// Token opens the API for this source.
	Token     Secret `yaml:"token" jsonschema_description:"接口令牌, 写 {env: 变量名} 或 {file: 路径}"`
	PerMinute int    `yaml:"per_minute" default:"60" min:"1" max:"6000" jsonschema_description:"接口每分钟最多收几次"`
}

// The choices of sources.yaml.
type (
	// SourceChannel is one of the seven channels.
	SourceChannel string
	// SourceKind is feed, page, json or intake.
	SourceKind string
	// SourceRole is official or not said.
	SourceRole string
	// SheetField is what a column holds; none for a column that is not read.
	SheetField string
	// JSONPreset is weibo or wenzheng.
	JSONPreset string
)

// Choices are what may be written.
func (SourceChannel) Choices() []string {
	return []string{"portal", "news", "qa", "hotline", "wechat", "weibo", "press"}
}

// Choices are what may be written.
func (SourceKind) Choices() []string { return []string{"feed", "page", "json", "intake"} }

// Choices are what may be written.
func (SourceRole) Choices() []string { return []string{"official"} }

// Choices are what may be written.
func (SheetField) Choices() []string {
	return []string{"id", "title", "body", "time", "place", "origin", "url", "none"}
}

// Choices are what may be written.
func (JSONPreset) Choices() []string { return []string{"weibo", "wenzheng"} }
