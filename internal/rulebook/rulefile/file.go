package rulefile

import (
	"time"

	"huiying/configs/yamlcheck"
)

// Rules is what all files of a rules directory say together. Word lists are
// resolved: every Words holds its words themselves.
type Rules struct {
	Defaults  Defaults
	Places    Places
	Excludes  []Exclude
	Fallback  Fallback
	Marks     []Mark
	Rules     []Rule
	WordLists map[string]WordList
	// Dir is the directory on disk they were read from; "" for embedded ones.
	Dir string
	// Files counts the files read; Newest is the latest change among them, zero
	// for embedded ones; Hash is the first 8 hex digits of the SHA-256 of names
	// and contents.
	Files  int
	Newest time.Time
	Hash   string

	warnings yamlcheck.Problems
}

// File is one rule file. Every part may stand in any file: 默认 and 兜底 in
// one only, word lists are shared by all, everything else adds up in the order of
// file names.
type File struct {
	Version   int                 `yaml:"版本" need:"yes" jsonschema_description:"规则语言的版本, 现在是 1"`
	Defaults  *Defaults           `yaml:"默认" jsonschema_description:"分数和距离的默认值, 只能写在一个文件里"`
	Places    *Places             `yaml:"地域" jsonschema_description:"什么样的地名算本市"`
	WordLists map[string]WordList `yaml:"词表" jsonschema_description:"起了名字的词表, 所有规则文件都能用"`
	Excludes  []Exclude           `yaml:"通用排除" jsonschema_description:"对所有规则起作用的排除"`
	Fallback  *Fallback           `yaml:"兜底" jsonschema_description:"地域对、只差一组、又有重词的, 转复核; 只能写在一个文件里"`
	Marks     []Mark              `yaml:"标记规则" jsonschema_description:"只打标记, 不单独发告警"`
	Rules     []Rule              `yaml:"规则" jsonschema_description:"一条一条的规则"`
}

// Defaults are 默认.
type Defaults struct {
	Base     int `yaml:"基础分" default:"60" min:"1" max:"200" jsonschema_description:"“必须有”全部满足时得到的分"`
	AlertAt  int `yaml:"告警门槛" default:"60" min:"1" max:"200" jsonschema_description:"达到就告警"`
	ReviewAt int `yaml:"复核门槛" default:"40" min:"1" max:"200" jsonschema_description:"达到就进待复核清单"`
	Near     int `yaml:"相距字数" default:"15" min:"1" max:"200" jsonschema_description:"“相距”不写“以内”时用这个"`
}

// Places is 地域.
type Places struct {
	City City `yaml:"本市" need:"yes" jsonschema_description:"本市的地名"`
}

// City is 本市.
type City struct {
	Sure     WordList `yaml:"写到就算" jsonschema_description:"写到这些地名就算本市"`
	Unsure   WordList `yaml:"还要旁证" jsonschema_description:"要有旁证又没有外地地名才算本市"`
	Evidence WordList `yaml:"旁证" jsonschema_description:"旁证词"`
	Else     WordList `yaml:"外地" jsonschema_description:"外地地名"`
	Energy   WordList `yaml:"能源词" jsonschema_description:"标题里有这些词、没有规则命中、写的也不是别处的, 转复核"`
	// Districts are the districts by name with the place words that mean them.
	Districts map[string]yamlcheck.Names `yaml:"县区" jsonschema_description:"每个县区的各种叫法; “升级”按县区数帖子时用"`
}

// Exclude is one 排除 or 通用排除.
type Exclude struct {
	Name   string          `yaml:"名称" jsonschema_description:"给人看的名字"`
	Words  WordList        `yaml:"词" jsonschema_description:"写到这些词就排除"`
	Lists  yamlcheck.Names `yaml:"词表" jsonschema_description:"用哪些词表"`
	To     Lowers          `yaml:"处理" need:"yes" jsonschema_description:"降为 不报 或 转复核"`
	Unless WordList        `yaml:"除非" jsonschema_description:"有这些词就不排除"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Fallback is 兜底.
type Fallback struct {
	To    Reviews  `yaml:"处理" need:"yes" jsonschema_description:"只能是 转复核"`
	Heavy WordList `yaml:"重词" need:"yes" jsonschema_description:"分量重的词"`
}

// Mark is one 标记规则: it tags and never alerts by itself.
type Mark struct {
	ID       string          `yaml:"编号" need:"yes" jsonschema_description:"不重复的编号, 如 BJ-01"`
	Name     string          `yaml:"名称" need:"yes" jsonschema_description:"给人看的名字"`
	Status   Status          `yaml:"状态" jsonschema_description:"启用、试运行 或 草稿, 默认 启用"`
	Sources  yamlcheck.Names `yaml:"来源" jsonschema_description:"只看这些来源"`
	Channels Channels        `yaml:"渠道" jsonschema_description:"只看这些渠道"`
	Groups   []Group         `yaml:"必须有" need:"yes" jsonschema_description:"每一组至少中一个词"`
	Tag      string          `yaml:"标记" need:"yes" jsonschema_description:"打上的标记"`
	Hint     string          `yaml:"提示" prose:"yes" jsonschema_description:"印在告警里的提示"`
	To       Reviews         `yaml:"处理" jsonschema_description:"转复核"`
	Examples Examples        `yaml:"示例" jsonschema_description:"这条规则自己的考题"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Rule is one 规则.
type Rule struct {
	ID       string          `yaml:"编号" need:"yes" jsonschema_description:"不重复的编号, 如 TF-01"`
	Name     string          `yaml:"名称" need:"yes" jsonschema_description:"给人看的名字"`
	Category Category        `yaml:"类别" need:"yes" jsonschema_description:"五类之一"`
	Status   Status          `yaml:"状态" jsonschema_description:"启用、试运行 或 草稿, 默认 启用"`
	Place    Place           `yaml:"地域" jsonschema_description:"本市 或 不限, 默认 本市"`
	Sources  yamlcheck.Names `yaml:"来源" jsonschema_description:"只看这些来源"`
	Channels Channels        `yaml:"渠道" jsonschema_description:"只看这些渠道"`
	Groups   []Group         `yaml:"必须有" need:"yes" jsonschema_description:"每一组至少中一个词"`
	Plus     []Weight        `yaml:"加分" jsonschema_description:"写到就加分"`
	Minus    []Weight        `yaml:"减分" jsonschema_description:"写到就减分"`
	Near     []Near          `yaml:"相距" jsonschema_description:"两组词在同一句里离得近就加分"`
	Excludes []Exclude       `yaml:"排除" jsonschema_description:"只对这条规则起作用的排除"`
	To       Handling        `yaml:"处理" jsonschema_description:"告警 或 转复核, 默认 告警"`
	Grading  Grading         `yaml:"分级" jsonschema_description:"按伤亡、按停电 或 不分级"`
	Owners   yamlcheck.Names `yaml:"归口" need:"yes" jsonschema_description:"organisation.yaml 里的科室、单位或局办公室"`
	Consult  yamlcheck.Names `yaml:"会商" jsonschema_description:"发布前须先沟通确认的其他机关"`
	Escalate Escalations     `yaml:"升级" jsonschema_description:"短时间很多帖子说同一件事就提级; 可以写一步或几步"`
	Deadline string          `yaml:"时限" prose:"yes" jsonschema_description:"给人看的说明; 不能写出小时数, 时限在 huiying.yaml"`
	Tag      string          `yaml:"标记" jsonschema_description:"命中时打上的标记"`
	Hint     string          `yaml:"提示" prose:"yes" jsonschema_description:"印在告警里的提示"`
	Examples Examples        `yaml:"示例" jsonschema_description:"这条规则自己的考题"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Group is one group of 必须有.
type Group struct {
	Name      string          `yaml:"组" need:"yes" jsonschema_description:"组的名字"`
	Words     WordList        `yaml:"词" jsonschema_description:"中一个就算"`
	Lists     yamlcheck.Names `yaml:"词表" jsonschema_description:"用哪些词表"`
	Not       yamlcheck.Names `yaml:"不算" jsonschema_description:"词落在这些话里不算"`
	Anywhere  yamlcheck.Yes   `yaml:"任意位置" jsonschema_description:"是: 不管词的边界"`
	Negatable yamlcheck.Yes   `yaml:"否定不算" jsonschema_description:"是: 前面有未、没有、严防等不算"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Weight is one 加分 or 减分.
type Weight struct {
	Words     WordList        `yaml:"词" jsonschema_description:"中一个就算"`
	Lists     yamlcheck.Names `yaml:"词表" jsonschema_description:"用哪些词表"`
	Not       yamlcheck.Names `yaml:"不算" jsonschema_description:"词落在这些话里不算"`
	Anywhere  yamlcheck.Yes   `yaml:"任意位置" jsonschema_description:"是: 不管词的边界"`
	Position  Position        `yaml:"位置" jsonschema_description:"标题 或 正文, 不写是都算"`
	Points    int             `yaml:"分" need:"yes" min:"1" max:"100" jsonschema_description:"分数, 1 到 100"`
	Negatable yamlcheck.Yes   `yaml:"否定不算" jsonschema_description:"是: 前面有未、没有、严防等不算"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Near is one 相距.
type Near struct {
	Before WordList `yaml:"前" need:"yes" jsonschema_description:"前面的词"`
	After  WordList `yaml:"后" need:"yes" jsonschema_description:"后面的词"`
	Within int      `yaml:"以内" min:"1" max:"100" jsonschema_description:"几个字以内, 不写用 默认.相距字数"`
	Points int      `yaml:"分" need:"yes" min:"1" max:"100" jsonschema_description:"分数, 1 到 100"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Escalation is one step of 升级: once Posts different posts from Sources
// different sources came within Window by one By, they lead to To. Of Posts and
// Sources at least one is written; what is not written is not asked for.
type Escalation struct {
	By      By       `yaml:"按" need:"yes" jsonschema_description:"县区、全市 或 同一事件"`
	Window  Span     `yaml:"时间内" need:"yes" jsonschema_description:"如 6小时、30分钟、2天"`
	Posts   int      `yaml:"不同帖子达到" min:"2" max:"1000" jsonschema_description:"帖子数, 2 到 1000; 按县区和全市时转发只算一条"`
	Sources int      `yaml:"不同来源达到" min:"2" max:"100" jsonschema_description:"说这件事的不同来源数, 2 到 100"`
	To      Handling `yaml:"转为" need:"yes" jsonschema_description:"告警 或 转复核"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Examples is 示例.
type Examples struct {
	Hit    []Example `yaml:"应命中" jsonschema_description:"应当告警的帖子"`
	Miss   []Example `yaml:"不应命中" jsonschema_description:"不应当告警的帖子"`
	Review []Example `yaml:"转复核" jsonschema_description:"应当转复核的帖子"`
	Known  []Example `yaml:"暂不支持" jsonschema_description:"已知做不到的, 先记下来"`
}

// Example is one text with what is expected of it.
type Example struct {
	Title   string `yaml:"标题" prose:"yes" jsonschema_description:"标题, 可以不写"`
	Body    string `yaml:"文" prose:"yes" need:"yes" jsonschema_description:"正文"`
	Source  string `yaml:"来源" jsonschema_description:"来源的名称"`
	Want    Want   `yaml:"期望" jsonschema_description:"还要满足什么"`
	Should  Hit    `yaml:"应当" jsonschema_description:"暂不支持的例子将来应当怎样"`
	Because string `yaml:"因为" prose:"yes" jsonschema_description:"给人看的理由"`
	// At is where it stands.
	At yamlcheck.Spot `yaml:"-"`
}

// Want is 期望.
type Want struct {
	Category Category      `yaml:"类别" jsonschema_description:"五类之一"`
	Grade    Grade         `yaml:"等级" jsonschema_description:"特别重大、重大、较大、一般 或 待定"`
	Owner    string        `yaml:"归口" jsonschema_description:"归口科室"`
	Tag      string        `yaml:"标记" jsonschema_description:"应有的标记"`
	Deformed yamlcheck.Yes `yaml:"变形" jsonschema_description:"是: 应当靠变形命中"`
}
