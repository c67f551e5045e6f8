package verdict

// Grade is the gravity of an emergency.
type Grade string

// The grades. NoGrade is that of everything that is not an emergency.
const (
	NoGrade  Grade = ""
	Ordinary Grade = "ordinary"
	Large    Grade = "large"
	Pending  Grade = "pending"
	Major    Grade = "major"
	Extreme  Grade = "extreme"
)

// Name is the grade's Chinese name.
func (g Grade) Name() string {
	switch g {
	case NoGrade:
		return ""
	case Ordinary:
		return "一般"
	case Large:
		return "较大"
	case Pending:
		return "待定"
	case Major:
		return "重大"
	case Extreme:
		return "特别重大"
	}
	return string(g)
}

// Rank orders grades for joining and raising them. An ungraded emergency ranks
// below every graded one, so that the first figures always replace 待定; that
// its clock runs as if 重大 is the response room's decision, not a rank.
func (g Grade) Rank() int {
	switch g {
	case NoGrade:
		return 0
	case Pending:
		return 1
	case Ordinary:
		return 2
	case Large:
		return 3
	case Major:
		return 4
	case Extreme:
		return 5
	}
	return 0
}
