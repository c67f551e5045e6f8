package configs

import "time"

// Settings is huiying.yaml.
type Settings struct {
	Storage   Storage   `yaml:"storage" jsonschema_description:"数据库"`
	Redis     Redis     `yaml:"redis" jsonschema_description:"多台机器一起跑时去重用; 不写就用数据库"`
	Files     Files     `yaml:"files" jsonschema_description:"其余配置文件在哪里, 相对于本文件"`
	Fetch     Fetch     `yaml:"fetch" need:"yes" jsonschema_description:"抓取时的规矩"`
	Chat      Chat      `yaml:"chat" need:"yes" jsonschema_description:"消息发到哪里"`
	Ack       Ack       `yaml:"ack" jsonschema_description:"认领链接: 机器人消息里的“认领”通到这里"`
	Ladder    Ladder    `yaml:"ladder" jsonschema_description:"没人认领时逐级上报"`
	Clocks    Clocks    `yaml:"clocks" jsonschema_description:"时限, 只能比机制规定的短"`
	Intake    Intake    `yaml:"intake" jsonschema_description:"什么帖子算旧、多久以内算同一件事"`
	Digest    Digest    `yaml:"digest" jsonschema_description:"日报"`
	Web       Web       `yaml:"web" jsonschema_description:"网页"`
	Log       Log       `yaml:"log" jsonschema_description:"日志"`
	Heartbeat Heartbeat `yaml:"heartbeat" jsonschema_description:"心跳: 一切正常时每分钟报给外面的服务, 报不到它就叫人"`
}

// Heartbeat is a service outside that expects a request while all is well.
type Heartbeat struct {
	// URL holds a token: whoever has it can report in our place.
	URL  Secret `yaml:"url" jsonschema_description:"地址, 写 {env: 变量名} 或 {file: 路径}; 可以是内网的; 空着就不报"`
	Fail bool   `yaml:"fail" jsonschema_description:"不正常时再报 地址/fail, 服务认这个才写 true"`
}

// Storage says where the truth is kept.
type Storage struct {
	Driver StorageDriver `yaml:"driver" default:"sqlite" jsonschema_description:"sqlite 或 postgres"`
	// Path is the SQLite file; relative paths start where huiying was started, or
	// at its --data directory.
	Path string `yaml:"path" default:"data/huiying.db" jsonschema_description:"SQLite 文件"`
	URL  Secret `yaml:"url" jsonschema_description:"PostgreSQL 地址, driver 是 postgres 时必填"`
}

// Redis is the shared index of several nodes. An unset URL means SQL instead.
type Redis struct {
	URL     Secret        `yaml:"url" jsonschema_description:"redis://… 或 {env: 变量名}; 空着就用数据库"`
	Timeout time.Duration `yaml:"timeout" default:"150ms" min:"10ms" max:"5s" jsonschema_description:"等多久就改用数据库"`
}

// Files names the other configuration files, relative to huiying.yaml.
type Files struct {
	Sources      string `yaml:"sources" default:"sources.yaml" jsonschema_description:"来源清单"`
	Organisation string `yaml:"organisation" default:"organisation.yaml" jsonschema_description:"科室名单"`
	Rules        string `yaml:"rules" default:"rules" jsonschema_description:"规则目录"`
}

// Fetch bounds how pages are read.
type Fetch struct {
	Contact  string        `yaml:"contact" need:"yes" jsonschema_description:"网站管理员怎么找到本局: 网址或邮箱, 写在 User-Agent 里"`
	PerHost  time.Duration `yaml:"per_host" default:"1s" min:"10ms" max:"1h" jsonschema_description:"同一网站两次抓取至少隔多久"`
	Timeout  time.Duration `yaml:"timeout" default:"20s" min:"1s" max:"2m" jsonschema_description:"一次抓取最多等多久"`
	MaxBytes int64         `yaml:"max_bytes" default:"5242880" min:"1024" max:"104857600" jsonschema_description:"解压后最多多少字节"`
	// AllowPrivate lists ranges of special addresses that may be read all the same.
	AllowPrivate []Network `yaml:"allow_private" jsonschema_description:"允许抓取的内网网段, 如 10.1.2.0/24"`
}

// Chat lists where messages go.
type Chat struct {
	Targets []Target `yaml:"targets" need:"yes" jsonschema_description:"消息目的地"`
}

// Target is one place on a chat platform.
type Target struct {
	Name string     `yaml:"name" need:"yes" jsonschema_description:"名字, organisation.yaml 用它"`
	Kind TargetKind `yaml:"kind" need:"yes" jsonschema_description:"console 终端, slack, wecom 企业微信, dingtalk 钉钉, feishu 飞书, email 邮件, webhook 自建接口"`
	// Channel, Token and APIURL are Slack's.
	Channel string `yaml:"channel" jsonschema_description:"Slack 频道 ID, 如 C0123456789"`
	Token   Secret `yaml:"token" jsonschema_description:"Slack 机器人令牌, 写 {env: 变量名} 或 {file: 路径}"`
	APIURL  string `yaml:"api_url" jsonschema_description:"Slack 接口地址, 走代理时才写"`
	// AppToken (Socket Mode) or SigningSecret (interactivity URL) bring buttons.
	AppToken      Secret `yaml:"app_token" jsonschema_description:"Slack 应用级令牌(xapp-…): 用 Socket Mode 接收按钮点击, 不用对外开端口"`
	SigningSecret Secret `yaml:"signing_secret" jsonschema_description:"Slack 签名密钥: 由 ack 的 /slack/interactivity 接收按钮点击"`
	// Webhook and Secret are the robots'; WeCom's have no secret.
	Webhook Secret `yaml:"webhook" jsonschema_description:"机器人或接口的地址, 写 {env: 变量名} 或 {file: 路径}"`
	Secret  Secret `yaml:"secret" jsonschema_description:"钉钉加签、飞书签名校验、自建接口验签用的密钥"`
	// The rest is e-mail's.
	Host     string     `yaml:"host" jsonschema_description:"邮件服务器"`
	Port     int        `yaml:"port" min:"0" max:"65535" jsonschema_description:"端口; 不写时 starttls 用 587, tls 用 465"`
	TLS      Encryption `yaml:"tls" default:"starttls" jsonschema_description:"邮件加密方式: starttls 或 tls"`
	User     string     `yaml:"user" jsonschema_description:"邮箱用户名"`
	Password Secret     `yaml:"password" jsonschema_description:"邮箱密码或授权码"`
	From     string     `yaml:"from" jsonschema_description:"发件地址"`
	To       []string   `yaml:"to" jsonschema_description:"收件地址"`
	// Second is the target that stands in when this one fails.
	Second string `yaml:"second" jsonschema_description:"备用: 连续 5 分钟发不出去时, 特别重大、重大和等级待定的突发事件改发到这个目的地; 不写就一直等"`
	// PerMessage of zero is what the platform allows.
	PerMessage time.Duration `yaml:"per_message" min:"10ms" max:"1m" jsonschema_description:"两条消息至少隔多久; 不写就按平台的限制"`
}

// Ack is the second listener, which people reach from outside: it serves the page
// behind signed links and nothing else.
type Ack struct {
	// Addr of "" serves nothing, and messages carry no links.
	Addr string `yaml:"addr" jsonschema_description:"监听地址, 如 0.0.0.0:8422; 空着就没有认领链接"`
	// PublicURL begins the links.
	PublicURL string        `yaml:"public_url" jsonschema_description:"外面怎么访问它, 链接用它开头, 要以 https:// 开头"`
	TTL       time.Duration `yaml:"ttl" default:"72h" min:"1h" max:"720h" jsonschema_description:"链接多久有效"`
}

// Ladder is how long an alert may stand before somebody takes it on, by grade, and
// who hears then. Zero never climbs.
type Ladder struct {
	Leader LeaderTimes `yaml:"leader" jsonschema_description:"多久没人认领报分管领导"`
	Office OfficeTimes `yaml:"office" jsonschema_description:"多久没人认领报办公室负责人(没有配置就是局办公室), 要比 leader 长"`
	Head   HeadTimes   `yaml:"head" jsonschema_description:"多久没人认领报局主要负责人, 要比 leader 长, 不比 office 短"`
}

// LeaderTimes are the times until the section's 分管领导 hears.
type LeaderTimes struct {
	Extreme  time.Duration `yaml:"extreme" default:"5m" min:"1m" max:"24h" jsonschema_description:"特别重大"`
	Major    time.Duration `yaml:"major" default:"5m" min:"1m" max:"24h" jsonschema_description:"重大"`
	Pending  time.Duration `yaml:"pending" default:"10m" min:"1m" max:"24h" jsonschema_description:"等级待定"`
	Large    time.Duration `yaml:"large" default:"15m" min:"1m" max:"24h" jsonschema_description:"较大"`
	Ordinary time.Duration `yaml:"ordinary" default:"1h" min:"1m" max:"24h" jsonschema_description:"一般"`
	Other    time.Duration `yaml:"other" default:"4h" min:"1m" max:"24h" jsonschema_description:"不分级的事项"`
}

// OfficeTimes are the times until the head of the office hears.
type OfficeTimes struct {
	Extreme  time.Duration `yaml:"extreme" default:"10m" min:"1m" max:"24h" jsonschema_description:"特别重大"`
	Major    time.Duration `yaml:"major" default:"10m" min:"1m" max:"24h" jsonschema_description:"重大"`
	Pending  time.Duration `yaml:"pending" default:"20m" min:"1m" max:"24h" jsonschema_description:"等级待定"`
	Large    time.Duration `yaml:"large" default:"30m" min:"1m" max:"24h" jsonschema_description:"较大"`
	Ordinary time.Duration `yaml:"ordinary" default:"2h" min:"1m" max:"24h" jsonschema_description:"一般"`
	Other    time.Duration `yaml:"other" default:"8h" min:"1m" max:"24h" jsonschema_description:"不分级的事项"`
}

// HeadTimes are the times until the bureau's head hears.
type HeadTimes struct {
	Extreme  time.Duration `yaml:"extreme" default:"10m" min:"1m" max:"24h" jsonschema_description:"特别重大"`
	Major    time.Duration `yaml:"major" default:"10m" min:"1m" max:"24h" jsonschema_description:"重大"`
	Pending  time.Duration `yaml:"pending" default:"20m" min:"1m" max:"24h" jsonschema_description:"等级待定"`
	Large    time.Duration `yaml:"large" default:"30m" min:"1m" max:"24h" jsonschema_description:"较大"`
	Ordinary time.Duration `yaml:"ordinary" min:"1m" max:"24h" jsonschema_description:"一般; 不写就不报"`
	Other    time.Duration `yaml:"other" min:"1m" max:"24h" jsonschema_description:"不分级的事项; 不写就不报"`
}

// Clocks are the deadlines of the mechanism. Their defaults are also their upper
// bounds (机制第三条).
type Clocks struct {
	FirstRelease    time.Duration `yaml:"first_release" default:"1h" min:"5m" jsonschema_description:"特别重大、重大和待定: 首次发布"`
	PressConference time.Duration `yaml:"press_conference" default:"24h" min:"1h" jsonschema_description:"特别重大、重大和待定: 新闻发布会"`
	Answer          time.Duration `yaml:"answer" default:"48h" min:"1h" jsonschema_description:"其他: 答复公众"`
	DueSoon         DueSoon       `yaml:"due_soon" jsonschema_description:"到期前多久提醒"`
	// UngradedAfter is how long an emergency may stay 待定 before the bureau's head
	// is told.
	UngradedAfter time.Duration `yaml:"ungraded_after" default:"15m" min:"1m" jsonschema_description:"待定超过多久报告局主要负责人"`
}

// DueSoon is how long before each deadline a reminder is sent.
type DueSoon struct {
	FirstRelease    time.Duration `yaml:"first_release" default:"15m" min:"1m" jsonschema_description:"首次发布"`
	PressConference time.Duration `yaml:"press_conference" default:"4h" min:"1m" jsonschema_description:"新闻发布会"`
	Answer          time.Duration `yaml:"answer" default:"8h" min:"1m" jsonschema_description:"答复公众"`
}

// Intake decides what is old and what is one matter.
type Intake struct {
	StaleAfter time.Duration `yaml:"stale_after" default:"72h" min:"1h" max:"720h" jsonschema_description:"发布多久以后才看到的帖子转复核, 不计时"`
	JoinWindow time.Duration `yaml:"join_window" default:"168h" min:"1h" max:"2160h" jsonschema_description:"多久以内的转发算同一件事"`
	// Addr is where the API for hotline and print listens; none without it.
	Addr string `yaml:"addr" jsonschema_description:"热线等系统推送用的接口监听在哪里, 如 127.0.0.1:8421; 不写就没有接口"`
}

// Digest is the office's daily digest.
type Digest struct {
	At       DayTime `yaml:"at" default:"08:30" jsonschema_description:"每天几点发, 北京时间, 如 \"08:30\""`
	Receiver string  `yaml:"receiver" default:"局办公室" jsonschema_description:"发给谁: organisation.yaml 里的名称"`
}

// Web is the page.
type Web struct {
	Addr string `yaml:"addr" default:"127.0.0.1:8420" jsonschema_description:"监听地址, 目前只能是本机"`
	// PublicURL begins every link to our own pages in messages.
	PublicURL string `yaml:"public_url" default:"http://127.0.0.1:8420" jsonschema_description:"消息里的链接用这个网址开头"`
}

// Log says what is logged and how.
type Log struct {
	Level  LogLevel  `yaml:"level" default:"info" jsonschema_description:"debug、info、warn 或 error"`
	Format LogFormat `yaml:"format" default:"text" jsonschema_description:"text 或 json"`
}

// The choices of huiying.yaml.
type (
	// StorageDriver is sqlite or postgres.
	StorageDriver string
	// TargetKind names a chat platform.
	TargetKind string
	// Encryption is starttls or tls.
	Encryption string
	// LogLevel is debug, info, warn or error.
	LogLevel string
	// LogFormat is text or json.
	LogFormat string
)

// Choices are what may be written.
func (StorageDriver) Choices() []string { return []string{"sqlite", "postgres"} }

// Choices are what may be written.
func (TargetKind) Choices() []string {
	return []string{"console", "slack", "wecom", "dingtalk", "feishu", "email", "webhook"}
}

// Choices are what may be written.
func (Encryption) Choices() []string { return []string{"starttls", "tls"} }

// Choices are what may be written.
func (LogLevel) Choices() []string { return []string{"debug", "info", "warn", "error"} }

// Choices are what may be written.
func (LogFormat) Choices() []string { return []string{"text", "json"} }
