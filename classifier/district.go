package classifier

import (
	"slices"

	"huiying/internal/verdict"
)

// District is one district or county of the city with the words that name it, its
// former names too (地域·县区).
type District struct {
	Name  string
	Words []string
}

// district is the district that the place words of a post name first, title before
// body; "" where they name none, or only the city.
func (c *Classifier) district(places []hit) string {
	var first hit
	name := ""
	for _, h := range places {
		if is, ok := c.districts[h.word]; ok && (name == "" || h.before(first)) {
			first, name = h, is
		}
	}
	return name
}

// before tells whether h stands before other, the title before the body.
func (h hit) before(other hit) bool {
	if h.field != other.field {
		return h.field.name == string(InTitle)
	}
	return h.at.start < other.at.start
}

// byDistrict tells findings whose rule counts posts by district.
func byDistrict(f finding) bool {
	return slices.ContainsFunc(f.rule.Escalations, func(e verdict.Escalation) bool { return e.By == verdict.PerDistrict })
}

// escalate adds what a finding's rule asks for when many say it, and the
// district by which it is counted.
func (c *Classifier) escalate(r *reading, f finding, v *verdict.Verdict) {
	for _, e := range f.rule.Escalations {
		e.Rule = f.rule.ID
		v.Escalations = append(v.Escalations, e)
		if e.By == verdict.PerDistrict && v.Region != nil {
			v.Region.District = r.district
		}
	}
}
