package samematter

import (
	"fmt"
	"slices"
	"strings"

	"huiying/event/gram"
	"huiying/event/place"
)

// Compare weighs whether two accounts tell of one matter, from 0 to 1, and says in
// Chinese by what.
func Compare(a, b Account) (score float64, why string) {
	if !mayBeOne(a, b) {
		return 0, ""
	}
	c := comparison{a: a, b: b, weights: measuredWeights(), names: place.Compare(a.place, b.place)}
	c.place()
	c.occurrence()
	c.name()
	c.object()
	c.figures()
	words := gram.Overlap(a.place.Pairs, b.place.Pairs)
	c.add(min(c.weights.Words*words, c.weights.WordsMost), "")
	most := 1.0
	if len(c.names.Names) == 0 && words < namelessWords {
		most = sameFrom - 0.01
	}
	return min(max(c.score, 0), most), strings.Join(c.reasons, "，")
}

// mayBeOne reports whether two accounts may be of one matter at all: near in time,
// told in one way, of one thing that happened, in one county where both name theirs.
func mayBeOne(a, b Account) bool {
	if a.at.Sub(b.at).Abs() > Window || a.IsEmpty() || b.IsEmpty() || a.report.excludes(b.report) {
		return false
	}
	sameKind := len(common(a.kinds, b.kinds)) > 0
	if onlyThings := len(a.kinds) == 0 && len(b.kinds) == 0; !sameKind && (!onlyThings || len(common(a.things, b.things)) == 0) {
		return false
	}
	if len(a.counties) > 0 && len(b.counties) > 0 && len(common(a.counties, b.counties)) == 0 {
		return false
	}
	return a.placed() && b.placed() || (a.placed() || b.placed()) && len(place.Compare(a.place, b.place).Names) > 0
}

// comparison sums up what speaks for two accounts being one matter.
type comparison struct {
	a, b    Account
	weights weights
	names   place.Shared
	score   float64
	reasons []string
}

// add adds a weight, with its reason in Chinese; "" gives none.
func (c *comparison) add(weight float64, reason string) {
	c.score += weight
	if reason != "" {
		c.reasons = append(c.reasons, reason)
	}
}

func (c *comparison) place() {
	if counties := common(c.a.counties, c.b.counties); len(counties) > 0 {
		c.add(c.weights.SameCounty, strings.Join(counties, "、"))
	} else {
		c.add(c.weights.NoCounty, "")
	}
}

func (c *comparison) occurrence() {
	kinds := common(c.a.kinds, c.b.kinds)
	share := float64(len(kinds)) / float64(max(len(c.a.kinds), len(c.b.kinds), 1))
	c.add(c.weights.SameKind*(0.5+0.5*share), strings.Join(kinds, "、"))
	if things := common(c.a.things, c.b.things); len(things) > 0 {
		c.add(c.weights.SameThing, strings.Join(things, "、"))
	}
	if c.a.report.back != c.b.report.back {
		c.add(c.weights.Recalled, "")
	}
}

func (c *comparison) name() {
	w, n, reason := c.weights, c.names, strings.Join(c.names.Names, "、")
	switch same := len(n.Names) > 0; {
	case !c.a.placed() || !c.b.placed():
		c.add(w.SameName, reason)
	case same && n.OtherTown:
		c.add(w.SameName+w.InOtherTown, reason)
	case n.Fine && n.Other:
		c.add(w.SameName+w.OtherPart, reason)
	case same && n.Other:
		c.add(w.SameTown+w.OtherPart, reason)
	case n.Fine:
		c.add(w.SameName, reason)
	case same:
		c.add(w.SameTown, reason)
	case n.Other:
		c.add(w.OtherName, "")
	case len(c.a.place.Names) > 0 && len(c.b.place.Names) > 0:
		c.add(w.UnlikeNames, "")
	default:
		c.add(w.NoName, "")
	}
}

func (c *comparison) object() {
	switch {
	case len(c.a.objects) == 0 || len(c.b.objects) == 0 || len(common(c.a.objects, c.b.objects)) > 0:
	case c.names.Fine:
		c.add(c.weights.ToPart, "")
	default:
		c.add(c.weights.OtherObject, "")
	}
}

func (c *comparison) figures() {
	c.figure(c.a.people, c.b.people, "%d人", c.weights.SamePeople, c.weights.OtherPeople)
	if o := common(c.a.others, c.b.others); len(o) > 0 {
		c.add(c.weights.SameFigure, strings.Join(o, "、"))
	}
	c.figure(c.a.days, c.b.days, "%d日", c.weights.SameDay, c.weights.OtherDay)
	c.figure(c.a.hours, c.b.hours, "", c.weights.SameHour, c.weights.OtherHour)
}

// figure compares the figures of one kind, where both accounts give some. The reason is
// the first that is the same, by the format, "" for none.
func (c *comparison) figure(a, b []int, format string, same, other float64) {
	switch both := common(a, b); {
	case len(both) > 0 && format != "":
		c.add(same, fmt.Sprintf(format, both[0]))
	case len(both) > 0:
		c.add(same, "")
	case len(a) > 0 && len(b) > 0:
		c.add(other, "")
	}
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
