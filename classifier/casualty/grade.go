// Package casualty reads casualty figures out of Chinese text and grades accidents
// by law.
package casualty

import "huiying/internal/verdict"

// Of grades a toll by article 3 of 生产安全事故报告和调查处理条例 (State Council
// decree 493 of 2007): any one of lives, serious injuries (acute poisoning
// counted, 受伤 without 重 not) or direct loss suffices, and 以上 includes the
// number itself. Lives are those of Toll.Lives. A toll without any figure gives
// Pending.
func Of(t verdict.Toll) verdict.Grade {
	const yuan10m, yuan50m, yuan100m = 10_000_000, 50_000_000, 100_000_000
	switch lives := t.Lives(); {
	case lives >= 30 || t.Serious >= 100 || t.LossYuan >= yuan100m:
		return verdict.Extreme
	case lives >= 10 || t.Serious >= 50 || t.LossYuan >= yuan50m:
		return verdict.Major
	case lives >= 3 || t.Serious >= 10 || t.LossYuan >= yuan10m:
		return verdict.Large
	case t == verdict.Toll{}:
		return verdict.Pending
	}
	return verdict.Ordinary
}
