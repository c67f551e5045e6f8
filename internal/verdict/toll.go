package verdict

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
