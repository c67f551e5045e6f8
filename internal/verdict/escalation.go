package verdict

import "time"

// Scope says which posts an Escalation counts together (升级的“按”).
type Scope string

// The scopes: posts of one event with its reposts, posts of one rule that speak of
// one district, and posts of one rule in the whole city. In a district and in the
// city a text and its reposts count as one post.
const (
	PerEvent    Scope = "event"    // 同一事件
	PerDistrict Scope = "district" // 县区
	PerCity     Scope = "city"     // 全市
)

// Name is the scope's Chinese name, also the one rule files use.
func (s Scope) Name() string {
	switch s {
	case PerEvent:
		return "同一事件"
	case PerDistrict:
		return "县区"
	case PerCity:
		return "全市"
	}
	return string(s)
}

// Escalation is one step of a rule's 升级: what alone would wait for a person
// becomes grave when many say it within a short time. It holds once every figure
// that is not zero is reached; of several steps each counts for itself.
type Escalation struct {
	// Rule is the id of the rule that asks for it.
	Rule string `json:"rule"`
	By   Scope  `json:"by"`
	// Posts counts posts and Sources the different sources they came from; 0 asks
	// for none.
	Posts   int `json:"posts,omitempty"`
	Sources int `json:"sources,omitempty"`
	// Within is the time, ending now, in which the posts were first seen; it is
	// written in nanoseconds.
	Within time.Duration `json:"within"`
	// To is what the posts are raised to: Alert, or Review.
	To Handling `json:"to"`
}
