package classifier

import "huiying/internal/verdict"

// RuleSet is everything the editors wrote, with word lists resolved. It is plain
// data: configs reads it from the rule files, app hands it over.
type RuleSet struct {
	// Version names this set in verdicts and alerts.
	Version string
	// Base is the score of a rule whose groups all hold. Defaults to 60.
	Base int
	// AlertAt and ReviewAt are the scores that lead to 告警 and 复核. Default to 60 and 40.
	AlertAt, ReviewAt int
	// Near is the distance in characters of 相距 where a rule gives none. Defaults to 15.
	Near int

	Places   Places
	Excludes []Exclude // 通用排除, applied to every rule
	Fallback Fallback  // 兜底
	Marks    []Rule    // 标记规则: they tag and never alert by themselves
	Rules    []Rule
}

// Words is a list of words with the contexts that void them.
type Words struct {
	Words []string
	// Not lists contexts: a hit that lies inside one of them is void (不算).
	Not []string
	// Anywhere switches the word-boundary check off (任意位置).
	Anywhere bool
}

// Places decides whether a post is about our city (地域).
type Places struct {
	Sure      []Words // 写到就算
	Unsure    []Words // 还要旁证
	Evidence  []Words // 旁证
	Elsewhere []Words // 外地
	// Energy are words of an energy matter of public interest: in the title of a
	// post that no rule found and that is not another place's they lead to 复核.
	Energy []Words
	// Districts name the districts of the city, for counting by them (县区).
	Districts []District
}

// Group is one group of a rule's 必须有: at least one of its words must occur.
type Group struct {
	Name  string
	Words []Words
	// Negatable voids hits that are negated or spoken of as prevented (否定不算).
	Negatable bool
}

// Position limits where words count.
type Position string

// The positions: anywhere, 标题 and 正文.
const (
	Anywhere Position = ""
	InTitle  Position = "title"
	InBody   Position = "body"
)

// Weight adds (加分) or takes away (减分) once when any of its words occurs.
type Weight struct {
	Words     []Words
	Points    int // always positive; Minus tells 减分
	Minus     bool
	Position  Position
	Negatable bool
}

// Distance scores when a word of After follows a word of Before within Within
// characters of one sentence (相距).
type Distance struct {
	Before, After []Words
	Within        int
	Points        int
}

// Exclude lowers a rule's finding to 不报 or 复核 (排除, 通用排除).
type Exclude struct {
	Name   string
	Words  []Words
	Unless []Words          // 除非 cancels the exclusion
	To     verdict.Handling // None or Review
}

// Fallback is 兜底: right place, one group missing and a heavy word present lead
// to 复核.
type Fallback struct {
	Heavy []Words
}

// Status says how far a rule has come.
type Status string

// The states of a rule: 启用, 试运行 (tags, never alerts) and 草稿 (ignored).
const (
	Live   Status = "live"
	Shadow Status = "shadow"
	Draft  Status = "draft"
)

// Grading says which figures grade a rule's events (分级).
type Grading string

// The gradings: none, 按伤亡 and 按停电.
const (
	GradeNone     Grading = ""
	GradeCasualty Grading = "casualty"
	GradeOutage   Grading = "outage"
)

// Rule is one rule of the editors.
type Rule struct {
	ID       string
	Name     string
	Category verdict.Category
	Status   Status
	// AnyPlace switches the region gate off (地域: 不限).
	AnyPlace bool
	// Sources limits the rule to sources of these names, Channels to these
	// channels; empty means all.
	Sources  []string
	Channels []string
	Groups   []Group
	Weights  []Weight
	Near     []Distance
	Excludes []Exclude
	// To lowers or keeps what the rule leads to (处理); Alert unless a mark says otherwise.
	To       verdict.Handling
	Tag      string // 标记, for mark rules
	Hint     string // 提示, printed in the alert
	Grading  Grading
	Sections []string // 归口
	Consult  []string // 会商
	// Escalations are the steps of 升级; whoever joins posts into events acts on them.
	Escalations []verdict.Escalation
	// Deadline is what the rule says of its clock, for a person (时限). It never holds
	// a figure and sets nothing: how long clocks run is the mechanism's.
	Deadline string
	Examples Examples
}

// Examples are a rule's own tests (示例).
type Examples struct {
	Hit, Miss, Review, Known []Example
}

// Example is one text with what is expected of it.
type Example struct {
	Title, Body, Source string
	Want                Want
	// Because says why, for a person (因为).
	Because string
	// File and Line say where the example stands.
	File string
	Line int
}

// Want is what an example expects beyond being hit or not; empty fields are not tested.
type Want struct {
	Category verdict.Category
	Grade    verdict.Grade
	Section  string
	Tag      string
}
