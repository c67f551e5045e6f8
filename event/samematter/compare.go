package samematter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/event/gram"
	"huiying/event/place"
)

// How two accounts weigh. Whoever tells of one accident names the same place, says
// alike what happened, and gives figures that agree; two accidents on one day
// differ in the name of the mine, the village or the street.
const (
	weightPlace     = 0.30  // the same county
	weightNoPlace   = 0.10  // one of them names no county
	weightName      = 0.34  // the same mine, village, street
	weightNoName    = 0.10  // one of them names none of that class
	weightNameElse  = -0.15 // each names something, of different classes
	weightOtherName = -0.45
	weightOtherPart = -0.40 // the same town, another village
	weightOtherTown = -0.50 // the same name, in another town
	weightTown      = 0.20  // no more than the town or the street is the same
	weightObject    = -0.40 // it happened to something else
	weightObjectToo = -0.20 // the same where a finer name is shared
	weightKind      = 0.25  // the same happened; less where more happened to one
	weightPeople    = 0.15  // the same number of people
	weightOthers    = 0.12  // the same figure of something else
	weightRisen     = -0.04
	weightDay       = 0.06
	weightOtherDay  = -0.30
	weightHour      = 0.06
	weightOtherHour = -0.15
	weightWords     = 0.40 // times the share of pairs of characters in common
	mostWords       = 0.16
	// namelessWords: two accounts that share no name, of 一煤矿 in one county, are one
	// only where this much of the shorter one's words is the same; else a person looks.
	namelessWords = 0.35
	weightThing   = 0.10
	weightOld     = -0.40 // one tells what happened, the other recalls it

	// matterJoin: from here on two accounts are one matter. matterHint: from here on
	// a person is told that they may be.
	matterJoin = 0.80
	matterHint = 0.58

	// MatterWindow is how far apart two accounts of one matter may be.
	MatterWindow = 72 * time.Hour
)

// SameMatter weighs whether two accounts tell of one matter, from 0 to 1, and says
// in Chinese by what.
func SameMatter(a, b Account) (score float64, why string) {
	gap := a.at.Sub(b.at).Abs()
	if gap > MatterWindow || !a.Telling() || !b.Telling() || !a.placed() && !b.placed() || a.telling.apart(b.telling) {
		return 0, ""
	}
	kinds, things := common(a.kinds, b.kinds), common(a.things, b.things)
	if len(kinds) == 0 && (len(things) == 0 || len(a.kinds) > 0 || len(b.kinds) > 0) {
		return 0, ""
	}
	var because []string
	add := func(w float64, reason string) {
		score += w
		if reason != "" {
			because = append(because, reason)
		}
	}
	counties := common(a.counties, b.counties)
	switch {
	case len(counties) > 0:
		add(weightPlace, strings.Join(counties, "、"))
	case len(a.counties) > 0 && len(b.counties) > 0:
		return 0, ""
	default:
		add(weightNoPlace, "")
	}
	share := float64(len(kinds)) / float64(max(len(a.kinds), len(b.kinds), 1))
	add(weightKind*(0.5+0.5*share), strings.Join(kinds, "、"))
	if len(things) > 0 {
		add(weightThing, strings.Join(things, "、"))
	}
	if a.telling.back != b.telling.back {
		add(weightOld, "")
	}
	shared := place.Compare(a.place, b.place)
	same := shared.Names
	reason := strings.Join(same, "、")
	switch {
	case !a.placed() || !b.placed():
		if len(same) == 0 {
			return 0, "" // one says nowhere where
		}
		add(weightName, reason)
	case len(same) > 0 && shared.OtherTown:
		add(weightName+weightOtherTown, reason)
	case shared.Fine && shared.Other:
		add(weightName+weightOtherPart, reason)
	case len(same) > 0 && shared.Other:
		add(weightTown+weightOtherPart, reason)
	case shared.Fine:
		add(weightName, reason)
	case len(same) > 0:
		add(weightTown, reason)
	case shared.Other:
		add(weightOtherName, "")
	case len(a.place.Names) > 0 && len(b.place.Names) > 0:
		add(weightNameElse, "")
	default:
		add(weightNoName, "")
	}
	if len(a.objects) > 0 && len(b.objects) > 0 && len(common(a.objects, b.objects)) == 0 {
		if shared.Fine {
			add(weightObjectToo, "")
		} else {
			add(weightObject, "")
		}
	}
	if n := common(a.people, b.people); len(n) > 0 {
		add(weightPeople, fmt.Sprintf("%d人", n[0]))
	} else if len(a.people) > 0 && len(b.people) > 0 {
		add(weightRisen, "")
	}
	if o := common(a.others, b.others); len(o) > 0 {
		add(weightOthers, strings.Join(o, "、"))
	}
	if d := common(a.days, b.days); len(d) > 0 {
		add(weightDay, fmt.Sprintf("%d日", d[0]))
	} else if len(a.days) > 0 && len(b.days) > 0 {
		add(weightOtherDay, "")
	}
	if h := common(a.hours, b.hours); len(h) > 0 {
		add(weightHour, "")
	} else if len(a.hours) > 0 && len(b.hours) > 0 {
		add(weightOtherHour, "")
	}
	words := gram.Overlap(a.place.Pairs, b.place.Pairs)
	add(min(weightWords*words, mostWords), "")
	most := 1.0
	if len(same) == 0 && words < namelessWords {
		most = matterJoin - 0.01
	}
	return min(max(score, 0), most), strings.Join(because, "，")
}

func common[T comparable](a, b []T) []T {
	var out []T
	for _, v := range a {
		if slices.Contains(b, v) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Kinship is what two accounts are to each other.
type Kinship int

// From two matters to one.
const (
	Apart  Kinship = iota
	Hinted         // a person is to look
	Joined
)

// Judge says what a score of SameMatter is enough for.
func Judge(score float64) Kinship {
	switch {
	case score >= matterJoin:
		return Joined
	case score >= matterHint:
		return Hinted
	}
	return Apart
}
