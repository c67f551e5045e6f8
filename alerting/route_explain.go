package alerting

import (
	"slices"
	"strings"
	"time"

	"huiying/classifier"
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

// RouteRung returns who hears on a rung of the ladder, from 1: the owners'
// 分管领导, then the bureau's head. Whoever is missing is stood in for by the office.
func (r *Router) RouteRung(n Notice, rung int) []Receiver { return only(r.explainRung(n, rung)) }

// Explain is Route with the causes; Route is made of it, so that they cannot differ.
func (r *Router) Explain(n Notice) []Told {
	var out tellings
	switch n.Kind {
	case KindWarning:
		if n.ForEditors {
			return r.or(r.org.Editors, CauseEditor)
		}
		return r.or(r.org.Operators, CauseOperator)
	case KindDigest:
		return []Told{{r.org.Office, []Cause{CauseDigest}}}
	case KindAlert, KindUpdate, KindReminder, KindAnswer:
	}
	for _, s := range r.owners(n.Sections) {
		out.add(s.Receiver, CauseOwner)
	}
	owned := len(out) > 0
	for _, s := range r.near(n.Where) {
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
			r.addLeaders(&out, n.Sections, CauseOverdue)
		}
		return out
	}
	// 机制第四条: a grave matter goes to the section's 分管领导; DOMAIN: the leader
	// hears of 较大 and above and of 待定, the head of 重大 and above.
	switch n.Grade {
	case classifier.Large, classifier.Pending:
		r.addLeaders(&out, n.Sections, CauseLeader)
	case classifier.Major, classifier.Extreme:
		r.addLeaders(&out, n.Sections, CauseLeader)
		out.add(r.org.Head, CauseHead)
	case classifier.NoGrade, classifier.Ordinary:
	}
	return out
}

// ExplainLadder lists who hears of an alert, and when, as long as nobody takes it on,
// beside the section in charge and the office, who hear it again each time.
func (r *Router) ExplainLadder(n Notice) []Rung {
	var out []Rung
	for rung := 1; ; rung++ {
		if _, ok := r.org.Ladder.job(n, rung); !ok {
			return out
		}
		after, _ := r.org.Ladder.after(n.Grade, rung)
		out = append(out, Rung{After: after + r.held(n), Told: r.explainRung(n, rung)})
	}
}

func (r *Router) explainRung(n Notice, rung int) []Told {
	var out tellings
	if rung == 1 {
		r.addLeaders(&out, n.Sections, CauseUntaken)
	} else {
		out.add(r.org.Head, CauseUntaken)
	}
	if len(out) == 0 {
		out.add(r.org.Office, CauseStandIn)
	}
	return out
}

// near are the sections and units that answer for the place of a post: the
// verdict's district, else the place of theirs that the post names first, since
// 长治市沁源县 is of 沁源县 and an article may name every county at its end, else the
// verdict's place.
func (r *Router) near(w Where) []Section {
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
	var out []Section
	for _, s := range r.org.Sections {
		if place != "" && slices.Contains(s.Places, place) {
			out = append(out, s)
		}
	}
	return out
}

func (r *Router) addLeaders(out *tellings, sections []string, why Cause) {
	for _, s := range r.owners(sections) {
		for _, l := range r.org.Leaders {
			if l.Name == s.Leader {
				out.add(l, why)
			}
		}
	}
}

func (r *Router) or(rs []Receiver, why Cause) []Told {
	var out tellings
	for _, one := range rs {
		out.add(one, why)
	}
	if len(out) == 0 {
		out.add(r.org.Office, why)
	}
	return out
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
