package samematter

import "time"

// Window is how far apart two accounts of one matter may be.
const Window = 72 * time.Hour

// weights are what two accounts' agreements and differences add to the score.
type weights struct {
	// SameCounty: both name it. NoCounty: one of them names none.
	SameCounty, NoCounty float64

	// SameKind: the same happened; half of it goes by the share of what happened in both.
	SameKind, SameThing float64
	// SameName: the same mine, village. SameTown: no more than the town or street is the same.
	SameName, SameTown float64
	// InOtherTown, OtherPart: they share a name but are in different towns, or name
	// something else of one class; each on top of the former two.
	InOtherTown, OtherPart float64
	// OtherName: different things of one class. UnlikeNames: each names something, of
	// different classes. NoName: one of them names nothing.
	OtherName, UnlikeNames, NoName float64
	// OtherObject: it happened to something else; ToPart: the same where a name is shared
	// of which there is one.
	OtherObject, ToPart float64

	SamePeople, OtherPeople float64
	SameFigure              float64
	SameDay, OtherDay       float64
	SameHour, OtherHour     float64
	// Words times the share of pairs of characters in common, at most WordsMost.
	Words, WordsMost float64
	// Recalled: one tells what happened, the other recalls it.
	Recalled float64
}

// measuredWeights were set by hand on the 60 pairs of testdata/matters.jsonl and mended
// once on matters_fresh.jsonl. Of 30 pairs of one matter each 25 are joined and 2 or 3
// suggested, of 30 near misses each one is (go test -run SameMatter -v; docs/quality.md
// has the first look at the second file too). Two accidents on one day differ in the
// name of the mine, the village or the street: so names weigh most.
func measuredWeights() weights {
	return weights{
		SameCounty: 0.30, NoCounty: 0.10,
		SameKind: 0.25, SameThing: 0.10,
		SameName: 0.34, SameTown: 0.20,
		InOtherTown: -0.50, OtherPart: -0.40,
		OtherName: -0.45, UnlikeNames: -0.15, NoName: 0.10,
		OtherObject: -0.40, ToPart: -0.20,
		SamePeople: 0.15, OtherPeople: -0.04,
		SameFigure: 0.12,
		SameDay:    0.06, OtherDay: -0.30,
		SameHour: 0.06, OtherHour: -0.15,
		Words: 0.40, WordsMost: 0.16,
		Recalled: -0.40,
	}
}

// What a score is enough for, set by the same measurement.
const (
	sameFrom     = 0.80
	possibleFrom = 0.58
	// namelessWords: two accounts that share no name, of 一煤矿 in one county, are one
	// only where this much of the shorter one's words is the same; else a person looks.
	namelessWords = 0.35
)

// Relation is what two accounts are to each other.
type Relation int

// From two matters to one.
const (
	Unrelated Relation = iota
	Possible           // a person is to look
	Same
)

// RelationOf says what a score of Compare is enough for.
func RelationOf(score float64) Relation {
	switch {
	case score >= sameFrom:
		return Same
	case score >= possibleFrom:
		return Possible
	}
	return Unrelated
}
