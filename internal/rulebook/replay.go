package rulebook

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/classifier"
	"huiying/event"
	"huiying/event/similar"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Side is one of the two rule sets that a replay compares.
type Side struct {
	Classifier *classifier.Classifier
	Set        classifier.RuleSet
}

// Replay compares what a draft would have done with what the live rules do.
type Replay struct {
	Posts  int `json:"posts"`
	Events int `json:"events"`
	// Days is the time the archive covers, from its first post to its last; 0
	// where posts carry no time.
	Days  int    `json:"days"`
	Live  Totals `json:"live"`
	Draft Totals `json:"draft"`
	// Added and Lost are the events that would be alerted in addition, and no more,
	// oldest first.
	Added []Shift `json:"added"`
	Lost  []Shift `json:"lost"`
}

// Totals are what one rule set does with the archive.
type Totals struct {
	Version string `json:"version"`
	// Alerts and Reviews count events, AlertPosts posts.
	Alerts     int `json:"alerts"`
	Reviews    int `json:"reviews"`
	AlertPosts int `json:"alert_posts"`
	// PerDay is alerted events a day, Busiest the most of one day.
	PerDay  float64 `json:"alerts_per_day"`
	Busiest int     `json:"busiest_day"`
}

// Shift is an event that only one of the two rule sets alerts.
type Shift struct {
	// Event is the event's id, or that of its post where it opened none.
	Event string    `json:"event"`
	Post  string    `json:"post"`
	Title string    `json:"title"`
	At    time.Time `json:"at,omitzero"`
	// Live and Draft are what the rule sets do with it.
	Live   verdict.Handling `json:"live"`
	Draft  verdict.Handling `json:"draft"`
	Judged Judgement        `json:"judged,omitempty"`
	// Because says which word or rule makes the difference.
	Because string `json:"because"`
}

// stale and joinWindow are the pipeline's own defaults.
const (
	stale      = 72 * time.Hour
	joinWindow = 168 * time.Hour
)

// matter is an event as a replay sees it: the highest handling of its posts by
// either side.
type matter struct {
	at          time.Time
	live, draft verdict.Handling
	judged      Judgement
	// example is the first post on which the sides differ as the matter does, with
	// its verdicts.
	example     Archived
	liveV, newV verdict.Verdict
}

// Run replays an archive. Nothing is stored or sent. done is told how many posts
// are through; nil for nobody.
func Run(ctx context.Context, a Archive, live, draft Side, done func(posts int)) (Replay, error) {
	r := Replay{Live: Totals{Version: live.Set.Version}, Draft: Totals{Version: draft.Set.Version}, Added: []Shift{}, Lost: []Shift{}}
	matters := map[string]*matter{}
	var order []string
	var span period
	reduce, index := similar.NewReducer(), similar.NewIndex(joinWindow)
	type pair struct {
		live, draft verdict.Verdict
		text        similar.Text
	}
	texts := map[string]similar.Text{}                                        // the archive is held as a whole anyway
	lookup := func(id string) (similar.Text, error) { return texts[id], nil } //nolint:unparam // as Find wants it
	err := through(ctx, a, func(p Archived) pair {
		x := pair{live: adjusted(p, live.Classifier), draft: adjusted(p, draft.Classifier)}
		if x.live.Handling != verdict.None || x.draft.Handling != verdict.None {
			x.text = reduce.Reduce(p.Title, p.Body)
		}
		return x
	}, func(p Archived, x pair) {
		r.Posts++
		if done != nil {
			done(r.Posts)
		}
		at := arrived(p)
		span.add(at)
		if x.text == nil {
			return
		}
		id := p.Event
		if id == "" {
			if joins, err := index.Find(p.URL, x.text, at, lookup); err == nil && len(joins) > 0 { // its only error is the lookup's
				id = joins[0].Event
			} else {
				id = "P-" + strings.TrimPrefix(p.ID, "P-")
			}
		}
		index.Add(p.ID, id, p.URL, x.text, at)
		texts[p.ID] = x.text
		index.Forget(at)
		m := matters[id]
		if m == nil {
			m = &matter{at: at, live: verdict.None, draft: verdict.None}
			matters[id], order = m, append(order, id)
		}
		m.take(p, x.live, x.draft)
		if x.live.Handling == verdict.Alert {
			r.Live.AlertPosts++
		}
		if x.draft.Handling == verdict.Alert {
			r.Draft.AlertPosts++
		}
	})
	if err != nil {
		return r, err
	}
	r.count(matters, order, span)
	for _, id := range order {
		m := matters[id]
		if (m.live == verdict.Alert) == (m.draft == verdict.Alert) {
			continue
		}
		s := Shift{
			Event: id, Post: m.example.ID, Title: m.title(), At: m.at, Live: m.live, Draft: m.draft, Judged: m.judged,
			Because: because(m.liveV, m.newV, live.Set, draft.Set),
		}
		if m.draft == verdict.Alert {
			r.Added = append(r.Added, s)
		} else {
			r.Lost = append(r.Lost, s)
		}
	}
	return r, nil
}

func adjusted(p Archived, by *classifier.Classifier) verdict.Verdict {
	return event.Adjust(event.Sighting{Post: p.Post, Verdict: by.Classify(p.Post)}, nil, nil, stale)
}

// arrived is when a post came: by its source's word where we do not know.
func arrived(p Archived) time.Time {
	if p.FirstSeen.IsZero() {
		return p.Published
	}
	return p.FirstSeen
}

func (m *matter) take(p Archived, live, draft verdict.Verdict) {
	before := (m.live == verdict.Alert) != (m.draft == verdict.Alert)
	m.live, m.draft = higher(m.live, live.Handling), higher(m.draft, draft.Handling)
	if m.judged == "" || p.Judged == True { // of one event one true post is enough
		m.judged = p.Judged
	}
	differs := (live.Handling == verdict.Alert) != (draft.Handling == verdict.Alert)
	if m.example.ID == "" || differs && !before {
		m.example, m.liveV, m.newV = p, live, draft
	}
}

func higher(a, b verdict.Handling) verdict.Handling {
	for _, h := range []verdict.Handling{verdict.Alert, verdict.Review} {
		if a == h || b == h {
			return h
		}
	}
	return verdict.None
}

func (m *matter) title() string {
	if strings.TrimSpace(m.example.Title) != "" {
		return shortened(m.example.Title, 40)
	}
	return shortened(m.example.Body, 40)
}

func (r *Replay) count(matters map[string]*matter, order []string, span period) {
	r.Events = len(matters)
	live, draft := map[string]int{}, map[string]int{}
	for _, id := range order {
		m := matters[id]
		day := m.at.In(zh.Beijing()).Format(time.DateOnly)
		for _, side := range []struct {
			h      verdict.Handling
			totals *Totals
			days   map[string]int
		}{{m.live, &r.Live, live}, {m.draft, &r.Draft, draft}} {
			switch side.h {
			case verdict.Alert:
				side.totals.Alerts++
				if !m.at.IsZero() {
					side.days[day]++
					side.totals.Busiest = max(side.totals.Busiest, side.days[day])
				}
			case verdict.Review:
				side.totals.Reviews++
			case verdict.None:
			}
		}
	}
	if r.Days = span.days(); r.Days == 0 {
		return
	}
	r.Live.PerDay = float64(r.Live.Alerts) / float64(r.Days)
	r.Draft.PerDay = float64(r.Draft.Alerts) / float64(r.Days)
}

// because says what makes one rule set alert and the other not.
func because(live, draft verdict.Verdict, old, now classifier.RuleSet) string {
	if draft.Handling == verdict.Alert {
		return difference(draft, live, old, "新词", "新规则")
	}
	return difference(live, draft, now, "去掉了词", "去掉了规则")
}

// difference explains v, which alerts, against w, which does not. other are the
// rules of w.
func difference(v, w verdict.Verdict, other classifier.RuleSet, word, rule string) string {
	known := vocabulary(other)
	var words []string
	for _, m := range v.Matches {
		if !known[m.Word] && !slices.Contains(words, m.Word) {
			words = append(words, m.Word)
		}
	}
	if len(words) > 0 {
		return word + quoted(words)
	}
	for _, m := range v.Matches {
		if m.Rule != "" && !slices.ContainsFunc(other.Rules, func(r classifier.Rule) bool { return r.ID == m.Rule && r.Status == classifier.Live }) {
			return rule + " " + m.Rule
		}
	}
	return fmt.Sprintf("同样的词, 一边%s, 一边%s: %s", v.Handling.Name(), w.Handling.Name(), shortened(w.Why, 80))
}

// vocabulary is every word of the rules' groups and weights.
func vocabulary(set classifier.RuleSet) map[string]bool {
	out := map[string]bool{}
	for _, r := range slices.Concat(set.Marks, set.Rules) {
		if r.Status == classifier.Draft {
			continue
		}
		for _, g := range r.Groups {
			for _, w := range g.Words {
				for _, word := range w.Words {
					out[word] = true
				}
			}
		}
	}
	for _, w := range set.Places.Energy {
		for _, word := range w.Words {
			out[word] = true
		}
	}
	return out
}
