package alerting

import (
	"slices"
	"strings"
	"time"

	"huiying/internal/verdict"
)

// Cause says in Chinese why somebody is told.
type Cause string

// The causes.
const (
	CauseOwner    Cause = "归口"
	CausePlace    Cause = "属地"
	CauseLegal    Cause = "合法性审核"
	CauseOffice   Cause = "局办公室全收"
	CauseUnowned  Cause = "无归口转办公室"
	CauseLeader   Cause = "分管领导：较大以上和待定"
	CauseHead     Cause = "局主要负责人：重大以上"
	CauseOverdue  Cause = "分管领导：已超时"
	CauseEditor   Cause = "规则出问题时告诉"
	CauseOperator Cause = "系统和来源出问题时告诉"
	CauseDigest   Cause = "日报"
	CauseReview   Cause = "请其合法性审核"
	// CauseUntaken and CauseStandIn are those of the ladder.
	CauseUntaken Cause = "无人认领"
	CauseStandIn Cause = "没有配置应报的领导，由办公室转报"
)

// TagLegal is the tag (标记) by which a rule asks that the legal reviewer hear of
// what it finds.
const TagLegal = "合法性审核"

// Where is what is known of the place of a post.
type Where struct {
	// Place and District are those of the verdict's region; "" for none.
	Place, District string
	// Text is the post's title and body, in which the places of units are looked for.
	Text string
}

// Told is somebody who is told, and all that makes it so.
type Told struct {
	Receiver Receiver
	Causes   []Cause
}

// Rung is one step of the ladder.
type Rung struct {
	// After is how long after the alert it is climbed, if nobody took the matter on;
	// quiet hours of all who are in charge come on top.
	After time.Duration
	Told  []Told
}

// Route returns who is told of a notice, each once, in the order sections (as the
// organisation lists them), units of the place, legal reviewer, office, leaders,
// head. It is never empty: what nobody owns goes to the office. Receivers that
// share a target get a message each, since a message names whom it is for.
func (r *Router) Route(n Notice) []Receiver { return only(r.Explain(n)) }

// RouteRung returns who hears on a rung of the ladder, from 1. Where nobody is, the
// head of the office stands in, else the office.
func (r *Router) RouteRung(n Notice, rung int) []Receiver { return only(r.explainRung(n, rung)) }

// Explain is Route with the causes; Route is made of it, so that they cannot differ.
func (r *Router) Explain(n Notice) []Told {
	var out tellings
	switch n.Kind {
	case KindWarning:
		// 局办公室: it hears of trouble too, since what nobody reads nobody answers.
		to, why := r.org.Operators, CauseOperator
		if n.ForEditors {
			to, why = r.org.Editors, CauseEditor
		}
		for _, one := range to {
			out.add(one, why)
		}
		out.add(r.org.Office, CauseOffice)
		return out
	case KindDigest:
		return []Told{{r.org.Office, []Cause{CauseDigest}}}
	case KindReview:
		for _, s := range r.owners([]string{r.org.LegalReviewer}) {
			out.add(s.Receiver, CauseReview)
		}
		out.add(r.org.Office, CauseOffice)
		return out
	case KindAlert, KindUpdate, KindReminder, KindAnswer, KindSummary:
	}
	for _, s := range r.owners(n.Sections) {
		out.add(s.Receiver, CauseOwner)
	}
	owned := len(out) > 0
	n.Units = r.Units(n)
	for _, s := range r.owners(n.Units) {
		out.add(s.Receiver, CausePlace)
	}
	if slices.Contains(n.Tags, TagLegal) {
		for _, s := range r.owners([]string{r.org.LegalReviewer}) {
			out.add(s.Receiver, CauseLegal)
		}
	}
	out.add(r.org.Office, CauseOffice)
	if !owned {
		out.add(r.org.Office, CauseUnowned)
	}
	if n.Kind == KindReminder || n.Kind == KindAnswer {
		if n.Overdue {
			r.addLeaders(&out, n, CauseOverdue)
		}
		return out
	}
	// 机制第四条: a grave matter goes to the section's 分管领导; DOMAIN: the leader
	// hears of 较大 and above and of 待定, the head of 重大 and above.
	switch n.Grade {
	case verdict.Large, verdict.Pending:
		r.addLeaders(&out, n, CauseLeader)
	case verdict.Major, verdict.Extreme:
		r.addLeaders(&out, n, CauseLeader)
		out.add(r.org.Head, CauseHead)
	case verdict.NoGrade, verdict.Ordinary:
	}
	return out
}

// ExplainLadder lists who hears of an alert, and when, as long as nobody takes it on,
// beside the sections and units in charge and the office, who hear it again each time.
func (r *Router) ExplainLadder(n Notice) []Rung {
	n.Units = r.Units(n)
	var out []Rung
	for rung := 1; ; rung++ {
		if _, ok := r.org.Ladder.job(n, rung); !ok {
			return out
		}
		step, _ := r.org.Ladder.step(n.Grade, rung)
		out = append(out, Rung{After: step.After + r.held(n), Told: r.explainRung(n, rung)})
	}
}

func (r *Router) explainRung(n Notice, rung int) []Told {
	var out tellings
	step, _ := r.org.Ladder.step(n.Grade, rung)
	for _, rank := range step.To {
		switch rank {
		case RankLeaders:
			r.addLeaders(&out, n, CauseUntaken)
		case RankOffice:
			out.add(r.officeHead(), CauseUntaken)
		case RankHead:
			out.add(r.org.Head, CauseUntaken)
		}
	}
	if len(out) == 0 {
		out.add(r.officeHead(), CauseStandIn)
	}
	return out
}

// officeHead is the head of the office, else the office itself.
func (r *Router) officeHead() Receiver {
	if r.org.OfficeHead == (Receiver{}) {
		return r.org.Office
	}
	return r.org.OfficeHead
}

// Units names the units that answer for the place of a notice's matter: those the
// event has, else those of the post it tells of. Once an event has some its place is
// known, and others that its posts name are not its own.
func (r *Router) Units(n Notice) []string {
	if len(n.Units) > 0 {
		return n.Units
	}
	var out []string
	for _, s := range r.near(n.Where) {
		out = append(out, s.Name)
	}
	return out
}

// inCharge are the sections in charge of a notice's matter and the units of its
// place, which are in charge beside them (属地管理、分级负责).
func (r *Router) inCharge(n Notice) []Section {
	return r.owners(slices.Concat(n.Sections, n.Units))
}

// near are the sections and units that answer for the place of a post.
func (r *Router) near(w Where) []Section {
	place := r.placeOf(w)
	var out []Section
	for _, s := range r.org.Sections {
		if place != "" && slices.Contains(s.Places, place) {
			out = append(out, s)
		}
	}
	return out
}

// placeOf is where a post's matter is: the verdict's district, else the place of a
// section or unit that the post names first, since 长治市沁源县 is of 沁源县 and an
// article may name every county at its end, else the verdict's place.
func (r *Router) placeOf(w Where) string {
	var known []string
	for _, s := range r.org.Sections {
		known = append(known, s.Places...)
	}
	place := w.District
	if place == "" {
		at := len(w.Text)
		for _, k := range known {
			if i := strings.Index(w.Text, k); i >= 0 && i < at {
				place, at = k, i
			}
		}
	}
	if !slices.Contains(known, place) {
		place = w.Place
	}
	return place
}

// addLeaders adds the 分管领导 of everyone in charge.
func (r *Router) addLeaders(out *tellings, n Notice, why Cause) {
	for _, s := range r.inCharge(n) {
		for _, l := range r.org.Leaders {
			if l.Name == s.Leader {
				out.add(l, why)
			}
		}
	}
}

type tellings []Told

func (ts *tellings) add(r Receiver, why Cause) {
	if r == (Receiver{}) {
		return
	}
	for i := range *ts {
		if t := &(*ts)[i]; t.Receiver.Name == r.Name {
			if !slices.Contains(t.Causes, why) {
				t.Causes = append(t.Causes, why)
			}
			return
		}
	}
	*ts = append(*ts, Told{r, []Cause{why}})
}

func only(ts []Told) []Receiver {
	out := make([]Receiver, len(ts))
	for i, t := range ts {
		out[i] = t.Receiver
	}
	return out
}
