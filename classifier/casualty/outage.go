package casualty

import (
	"strings"

	"huiying/internal/verdict"
)

// Outage is what is known of a power outage; zero means not said.
type Outage struct {
	// GridMW is the load of the city's grid before the outage, in megawatts.
	GridMW int
	// LoadPercent is how much of that load was shed, UsersPercent how many of the
	// users supplied went without power.
	LoadPercent, UsersPercent float64
}

// OfOutage grades an outage of an ordinary prefecture-level city by the annex of
// 电力安全事故应急处置和调查处理条例 (State Council decree 599 of 2011). With
// GridMW unknown the city counts as one of 600 MW and more, which is the stricter
// reading. No percentage gives Pending, less than any threshold Ordinary.
func OfOutage(o Outage) verdict.Grade {
	big := o.GridMW == 0 || o.GridMW >= 600
	switch {
	case o.LoadPercent == 0 && o.UsersPercent == 0:
		return verdict.Pending
	case big && (o.LoadPercent >= 60 || o.UsersPercent >= 70):
		return verdict.Major
	case o.LoadPercent >= 40 || o.UsersPercent >= 50:
		return verdict.Large
	}
	return verdict.Ordinary
}

// FindOutage reads the shares of load and users lost out of normalised text, such
// as 减供负荷45%, 六成用户停电 or 超过70%的用户.
func FindOutage(text string) Outage {
	var o Outage
	for _, c := range clauses([]rune(text)) {
		if !c.has("停电") && !c.has("断电") && !c.has("减供") && !c.has("负荷损失") && !c.has("损失负荷") {
			continue
		}
		for _, n := range c.numbers() {
			percent := 0.0
			switch rest := string(c.runes[n.end:]); {
			case strings.HasPrefix(rest, "%"):
				percent = n.value
			case strings.HasPrefix(rest, "成") && n.value < 10:
				percent = n.value * 10
			}
			if percent <= 0 || percent > 100 {
				continue
			}
			if c.has("用户") || c.has("居民") {
				o.UsersPercent = max(o.UsersPercent, percent)
			} else if c.has("负荷") {
				o.LoadPercent = max(o.LoadPercent, percent)
			}
		}
	}
	return o
}
