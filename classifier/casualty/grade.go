// Package casualty reads casualty figures out of Chinese text and grades accidents
// by law.
package casualty

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

// Toll is what a text says of casualties; zero means not said.
type Toll struct {
	Dead    int `json:"dead,omitempty"`
	Missing int `json:"missing,omitempty"`
	Trapped int `json:"trapped,omitempty"`
	Serious int `json:"serious,omitempty"`
	Injured int `json:"injured,omitempty"`
	// LossYuan is the direct economic loss in CNY.
	LossYuan int64 `json:"loss_yuan,omitempty"`
}

// Lives is the provisional death toll while an accident unfolds: the dead, the
// missing and the trapped together, for better too high than too low.
func (t Toll) Lives() int { return t.Dead + t.Missing + t.Trapped }

// Max joins two readings of one accident: of each figure the greater.
func (t Toll) Max(o Toll) Toll {
	return Toll{
		Dead:     max(t.Dead, o.Dead),
		Missing:  max(t.Missing, o.Missing),
		Trapped:  max(t.Trapped, o.Trapped),
		Serious:  max(t.Serious, o.Serious),
		Injured:  max(t.Injured, o.Injured),
		LossYuan: max(t.LossYuan, o.LossYuan),
	}
}

// Of grades a toll by article 3 of 生产安全事故报告和调查处理条例 (State Council
// decree 493 of 2007): any one of lives, serious injuries (acute poisoning
// counted, 受伤 without 重 not) or direct loss suffices, and 以上 includes the
// number itself. Lives are those of Toll.Lives. A toll without any figure gives
// Pending.
func Of(t Toll) Grade {
	const yuan10m, yuan50m, yuan100m = 10_000_000, 50_000_000, 100_000_000
	switch lives := t.Lives(); {
	case lives >= 30 || t.Serious >= 100 || t.LossYuan >= yuan100m:
		return Extreme
	case lives >= 10 || t.Serious >= 50 || t.LossYuan >= yuan50m:
		return Major
	case lives >= 3 || t.Serious >= 10 || t.LossYuan >= yuan10m:
		return Large
	case t == Toll{}:
		return Pending
	}
	return Ordinary
}
