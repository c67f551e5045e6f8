package main

import (
	"fmt"
	"slices"

	"huiying/internal/verdict"
)

// figure is one measure of the rules: Count of Of posts.
type figure struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Of    int    `json:"of"`
	// Goal is the least share, or with AtMost the greatest; 0 means none is set.
	Goal   float64 `json:"goal,omitempty"`
	AtMost bool    `json:"at_most,omitempty"`
}

// met tells whether the goal is met; without posts there is nothing to miss.
func (f figure) met() bool {
	share := float64(f.Count) / float64(max(f.Of, 1))
	return f.Goal == 0 || f.Of == 0 || f.AtMost && share <= f.Goal || !f.AtMost && share >= f.Goal
}

func (f figure) share() string {
	if f.Of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.4f", float64(f.Count)/float64(f.Of))
}

func (f figure) goal() string {
	switch {
	case f.Goal == 0:
		return ""
	case f.AtMost:
		return fmt.Sprintf("≤ %g", f.Goal)
	default:
		return fmt.Sprintf("≥ %g", f.Goal)
	}
}

// share counts how many of some posts are so.
type share struct{ count, of int }

func (s *share) add(is bool) {
	s.of++
	if is {
		s.count++
	}
}

// quality adds up what the rules made of posts. A handling is right when it is
// among those accepted. Recall is taken over the posts for which people accepted
// an alert and nothing else, precision over all alerts; categories count where the
// rules spoke and people named one, grades where the rules found an emergency.
type quality struct {
	posts int
	// emergencies and others are recalls of alerts by what people named.
	emergencies, others recall
	each                [5]recall // by category, in the order of names
	emergencyPrecision  share
	otherPrecision      share
	falseAlarms         share
	needless            share
	category, grade     share
	unjudged            share // alerts among posts nobody judged
}

type recall struct{ alerted, seen, relevant share }

func (r *recall) add(p judged, h verdict.Handling) {
	if slices.Equal(p.Accept, []string{verdict.Alert.Name()}) {
		r.alerted.add(h == verdict.Alert)
		r.seen.add(h != verdict.None)
	}
	if !slices.Contains(p.Accept, verdict.None.Name()) {
		r.relevant.add(h != verdict.None)
	}
}

// add counts one post and tells whether the rules were right in everything.
func (q *quality) add(p judged, v verdict.Verdict) bool {
	q.posts++
	if len(p.Accept) == 0 {
		q.unjudged.add(v.Handling == verdict.Alert)
		return v.Handling != verdict.Alert
	}
	right := slices.Contains(p.Accept, v.Handling.Name())
	group := &q.others
	if slices.Contains(p.Categories, verdict.Emergency.Name()) {
		group = &q.emergencies
	}
	group.add(p, v.Handling)
	for i, c := range verdict.Categories() {
		if slices.Contains(p.Categories, c.Name()) {
			q.each[i].add(p, v.Handling)
		}
	}
	if v.Handling == verdict.Alert {
		precision := &q.otherPrecision
		if v.Category == verdict.Emergency {
			precision = &q.emergencyPrecision
		}
		precision.add(slices.Contains(p.Accept, verdict.Alert.Name()))
	}
	if slices.Equal(p.Accept, []string{verdict.None.Name()}) {
		q.falseAlarms.add(v.Handling == verdict.Alert)
		q.needless.add(v.Handling == verdict.Review)
	}
	if len(p.Categories) > 0 && v.Handling != verdict.None {
		named := slices.Contains(p.Categories, v.Category.Name())
		q.category.add(named)
		right = right && named
	}
	if len(p.Grades) > 0 && v.Category == verdict.Emergency {
		graded := slices.Contains(p.Grades, v.Grade.Name())
		q.grade.add(graded)
		right = right && graded
	}
	return right
}

// figures lists the measures with their goals.
func (q *quality) figures() []figure {
	of := func(name string, s share, goal float64) figure {
		return figure{Name: name, Count: s.count, Of: s.of, Goal: goal}
	}
	atMost := func(name string, s share, goal float64) figure {
		return figure{Name: name, Count: s.count, Of: s.of, Goal: goal, AtMost: true}
	}
	if q.unjudged.of == q.posts {
		return []figure{atMost("没有标注的帖子里告警", q.unjudged, 3.0/10_000)}
	}
	out := []figure{
		of("突发事件 该告警的已告警", q.emergencies.alerted, 0.95),
		of("突发事件 该告警的已告警或复核", q.emergencies.seen, 0.99),
		of("突发事件 告警准确", q.emergencyPrecision, 0.85),
		of("其他类别 该告警的已告警", q.others.alerted, 0),
		of("其他类别 该告警的已告警或复核", q.others.seen, 0.92),
		of("其他类别 告警准确", q.otherPrecision, 0.75),
		atMost("无关的误告警", q.falseAlarms, 0.01),
		of("无关的进了复核", q.needless, 0),
		of("类别正确", q.category, 0.90),
		of("等级正确", q.grade, 0.90),
	}
	for i, c := range verdict.Categories() {
		if q.each[i].relevant.of > 0 {
			out = append(out,
				of(c.Name()+" 已告警", q.each[i].alerted, 0),
				of(c.Name()+" 已告警或复核(含该复核的)", q.each[i].relevant, 0))
		}
	}
	return out
}
