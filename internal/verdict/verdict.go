// Package verdict holds what the rules say of a post, as plain data: the Verdict with
// its category, grade, handling, place and matches.
package verdict

// Category is one of the five kinds of matter that come first.
type Category string

// The categories, gravest first: where a post falls under several, the first wins.
const (
	Emergency Category = "emergency"
	Morality  Category = "morality"
	Ordered   Category = "ordered"
	Interest  Category = "interest"
	Misread   Category = "misread"
)

// Categories lists the five, gravest first.
func Categories() []Category {
	return []Category{Emergency, Morality, Ordered, Interest, Misread}
}

// Name is the category's Chinese name, also the one rule files use.
func (c Category) Name() string {
	switch c {
	case Emergency:
		return "突发事件"
	case Morality:
		return "道德底线"
	case Ordered:
		return "上级要求"
	case Interest:
		return "切身利益"
	case Misread:
		return "政策误读"
	}
	return string(c)
}

// Handling says what becomes of a post.
type Handling string

// The three ways to handle a post.
const (
	// Alert opens an event and a case and tells the section and the office.
	Alert Handling = "alert"
	// Review waits in the office's list for a person.
	Review Handling = "review"
	// None is stored and left alone.
	None Handling = "none"
)

// Name is the handling's Chinese name.
func (h Handling) Name() string {
	switch h {
	case Alert:
		return "告警"
	case Review:
		return "复核"
	case None:
		return "无关"
	}
	return string(h)
}

// Named is the Evidence of a place that the text itself names (写到就算).
const Named = "写到就算"

// Region is the place a post speaks of, with the words that show it.
type Region struct {
	Place    string `json:"place"`
	Evidence string `json:"evidence"`
	// Certain is false where the place was only inferred, say from a local source.
	Certain bool `json:"certain"`
	// District is the district or county the post names first, set where a rule
	// counts posts by it.
	District string `json:"district,omitempty"`
}

// Match is one rule word found in a post. Start and End are code points into the
// original text of Field, so that a page can highlight the very characters.
type Match struct {
	Rule  string `json:"rule"`
	Group string `json:"group"`
	Word  string `json:"word"`
	Field string `json:"field"` // "title" or "body"
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Verdict is what the rules say of one post.
type Verdict struct {
	Handling Handling `json:"handling"`
	Category Category `json:"category"`
	Grade    Grade    `json:"grade"`
	// Sections are the 归口 of all rules that fired, without the office.
	Sections []string `json:"sections"`
	// Consult are the outside agencies a release must be cleared with (会商).
	Consult []string `json:"consult,omitempty"`
	Region  *Region  `json:"region"`
	Tags    []string `json:"tags"`
	Score   int      `json:"score"`
	Matches []Match  `json:"matches"`
	// Why says in Chinese how the verdict came about.
	Why string `json:"why"`
	// Escalations are what the rules that led to the handling ask for when many posts say
	// the same.
	Escalations []Escalation `json:"escalations,omitempty"`
	// Deadlines are what those rules say of their clocks, for a person (时限).
	Deadlines []string `json:"deadlines,omitempty"`
	// Rules is the version of the rules that judged.
	Rules string `json:"rules,omitempty"`
	// Toll are the casualty figures the grade rests on.
	Toll *Toll `json:"toll,omitempty"`
}
