package casualty

// kind is what a figure counts.
type kind int

const (
	nobody kind = iota
	dead
	missing
	trapped
	serious
	injured
	rescued
)

// status is a word that says what became of people. Longer words come before
// their own beginnings.
type status struct {
	word string
	kind kind
}

func statuses() []status {
	return []status{
		{"死亡率", nobody},
		{"伤亡", nobody},
		{"死伤", injured},
		{"死亡", dead},
		{"遇难", dead},
		{"身亡", dead},
		{"丧生", dead},
		{"罹难", dead},
		{"殒命", dead},
		{"殉职", dead},
		{"去世", dead},
		{"遗体", dead},
		{"不治", dead},
		{"离世", dead},
		{"没抢救过来", dead},
		{"没有抢救过来", dead},
		{"没救过来", dead},
		{"没救回来", dead},
		{"没醒过来", dead},
		{"没气了", dead},
		{"没了", dead}, // only of people: see marks
		{"坠亡", dead},
		{"死者", dead},
		{"死", dead},
		{"亡", dead},
		{"失联", missing},
		{"失踪", missing},
		{"失去联系", missing},
		{"下落不明", missing},
		{"联系不上", missing},
		{"联络不上", missing},
		{"没联系上", missing},
		{"被困", trapped},
		{"受困", trapped},
		{"困在", trapped},
		{"困井下", trapped},
		{"被埋", trapped},
		{"埋压", trapped},
		{"没上来", trapped},
		{"没有上来", trapped},
		{"未升井", trapped},
		{"没升井", trapped},
		{"未能升井", trapped},
		{"没能升井", trapped},
		{"未撤出", trapped},
		{"没撤出", trapped},
		{"没能撤出", trapped},
		{"未能撤出", trapped},
		{"没能出来", trapped},
		{"未出来", trapped},
		{"没出来", trapped},
		{"没跑出来", trapped},
		{"没逃出来", trapped},
		{"埋了", trapped},
		{"埋在", trapped},
		{"重伤", serious},
		{"危重", serious},
		{"生命垂危", serious},
		{"急性中毒", serious},
		{"轻伤", injured},
		{"受伤", injured},
		{"烧伤", injured},
		{"烫伤", injured},
		{"炸伤", injured},
		{"砸伤", injured},
		{"摔伤", injured},
		{"灼伤", injured},
		{"电伤", injured},
		{"熏倒", injured},
		{"晕倒", injured},
		{"昏迷", injured},
		{"中毒", injured},
		{"送医", injured},
		{"伤", injured},
		{"获救", rescued},
		{"脱险", rescued},
		{"脱困", rescued},
		{"生还", rescued},
		{"安全升井", rescued},
		{"升井", rescued},
	}
}
