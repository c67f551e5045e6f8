package alerting

import "huiying/internal/verdict"

// Urgency says who overtakes whom at a channel.
type Urgency int

// The urgencies, ascending.
const (
	// Routine is everything else.
	Routine Urgency = iota
	// Listing is a summary: it empties the line of many.
	Listing
	// Grave is 重大 and 较大, and an emergency whose grade is 待定, which is dealt with
	// as if 重大.
	Grave
	// Gravest is 特别重大.
	Gravest
)

// Urgency is how urgent a notice is.
func (n Notice) Urgency() Urgency {
	switch {
	case n.Grade == verdict.Extreme:
		return Gravest
	case n.Grade.Rank() >= verdict.Large.Rank(), n.Grade == verdict.Pending && n.Category == verdict.Emergency:
		return Grave
	case n.Kind == KindSummary:
		return Listing
	}
	return Routine
}

// alone reports a notice that always gets a message of its own: 重大 and above, and
// what is a list itself.
func (n Notice) alone() bool {
	return n.Grade.Rank() >= verdict.Major.Rank() || n.Kind == KindDigest || n.Kind == KindSummary
}
