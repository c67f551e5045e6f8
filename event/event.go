// Package event joins posts that are one matter into one Event.
package event

import (
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Event is one matter, however many posts speak of it.
type Event struct {
	bun.BaseModel `bun:"table:events,alias:event"`

	// ID is "E-", the day it was first seen, and a hash of its first post.
	ID       string           `bun:"id,pk"`
	Title    string           `bun:"title"`
	Handling verdict.Handling `bun:"handling"` // alert or review
	Category verdict.Category `bun:"category"`
	Grade    verdict.Grade    `bun:"grade"`
	Place    string           `bun:"place"`
	Sections []string         `bun:"sections,type:json"`
	Consult  []string         `bun:"consult,type:json"`
	// Units answer for the matter's place (属地), whoever owns it.
	Units []string     `bun:"units,type:json"`
	Tags  []string     `bun:"tags,type:json"`
	Toll  verdict.Toll `bun:"toll,type:json"`
	Why   string       `bun:"why"`
	Rules string       `bun:"rules"`
	// Step counts the alerts and updates sent: 0 none, 1 the alert, 2 the first update.
	Step int `bun:"step"`
	// Posts and Sources count what speaks of it.
	Posts   int `bun:"posts"`
	Sources int `bun:"sources"`
	// FirstPublished is the earliest time any source claims; FirstSeen and
	// LastSeen are our own; AlertedAt is zero for events in 复核.
	FirstPublished time.Time `bun:"first_published,nullzero"`
	// Happened is when the matter happened, as the first post that says so tells it.
	Happened  time.Time `bun:"happened,nullzero"`
	FirstSeen time.Time `bun:"first_seen"`
	LastSeen  time.Time `bun:"last_seen"`
	AlertedAt time.Time `bun:"alerted_at,nullzero"`
	// GradedAt is when a person last set the grade, zero for never; GradedFrom is the
	// gravest that posts had called for by then.
	GradedFrom verdict.Grade `bun:"graded_from"`
	GradedAt   time.Time     `bun:"graded_at,nullzero"`
	// MergedInto is the event whose matter this one turned out to be.
	MergedInto string `bun:"merged_into,nullzero"`
}

// Sighting is one post of an event as it was read: a new post, or a known one
// whose text changed.
type Sighting struct {
	Post    post.Post
	Verdict verdict.Verdict
	// Seen is when this text was first read.
	Seen time.Time
	// Revision says that the post belongs to the event already.
	Revision bool
}

// Change is what a sighting did to its event.
type Change struct {
	// Alerted: the event was under 复核, or new, and is now a matter to answer.
	Alerted bool
	// Raised: an event already alerted grew graver, by grade or by category.
	Raised bool
	// Widened are the sections that an event already alerted now also concerns.
	Widened []string
	// Spread says in Chinese which step of 升级 an event already alerted has reached.
	Spread string
	// Category, Grade and Toll are those before the change.
	Category verdict.Category
	Grade    verdict.Grade
	Toll     verdict.Toll
}

// Open begins an event with its first sighting.
func Open(s Sighting) (Event, Change) {
	day := s.Seen.In(zh.Beijing()).Format("20060102")
	hash := strings.TrimPrefix(s.Post.ID, "P-")
	e := Event{
		ID:        "E-" + day + "-" + hash[:min(len(hash), 8)],
		Title:     title(s.Post),
		Handling:  verdict.Review,
		FirstSeen: s.Seen,
		Sections:  []string{},
		Consult:   []string{},
		Units:     []string{},
		Tags:      []string{},
	}
	return e, e.Absorb(s)
}

// Absorb takes a sighting into the event. Nothing a post says makes an event
// less grave: only a person lowers a grade.
func (e *Event) Absorb(s Sighting) Change {
	v := s.Verdict
	c := Change{Category: e.Category, Grade: e.Grade, Toll: e.Toll}
	alerted := e.Handling == verdict.Alert
	if v.Handling == verdict.Alert && !alerted {
		// What is alerted is judged by what alerted it: 复核 was a guess.
		e.restart(s)
		c = Change{Alerted: true}
	}
	// Where the event stands under 告警, a post in 复核 adds to its spread and says
	// nothing of its gravity, its place or who is in charge.
	if v.Handling == e.Handling {
		sections := e.Sections
		e.weigh(v)
		if alerted {
			c.Raised = outranks(e.Category, c.Category) || e.Grade.Rank() > c.Grade.Rank()
			c.Widened = slices.Clone(e.Sections[len(sections):])
		}
		if c.Raised {
			e.Title = title(s.Post) // the old one may say 3人被困 of twelve
		}
	}
	e.Tags = union(e.Tags, v.Tags)
	if !s.Revision {
		e.Posts++
	}
	if p := s.Post.Published; !p.IsZero() && (e.FirstPublished.IsZero() || p.Before(e.FirstPublished)) {
		e.FirstPublished = p
	}
	if e.Happened.IsZero() {
		e.Happened = s.Post.Happened
	}
	// A page that merely counts its readers keeps no event alive.
	if s.Seen.After(e.LastSeen) && (!s.Revision || c.Alerted || c.Raised) {
		e.LastSeen = s.Seen
	}
	return c
}

// restart forgets what was guessed of the event while it stood under 复核.
func (e *Event) restart(s Sighting) {
	e.Handling, e.Title = verdict.Alert, title(s.Post)
	e.Category, e.Grade, e.Toll = "", verdict.NoGrade, verdict.Toll{}
	e.Place, e.Why, e.Rules = "", "", ""
	e.Sections, e.Consult, e.Tags = []string{}, []string{}, []string{}
}

// weigh raises the event to the verdict, where that is graver, and adds whom and
// where it concerns.
func (e *Event) weigh(v verdict.Verdict) {
	graver := v.Grade.Rank() > e.Grade.Rank() && e.isNews(v)
	if e.Category == "" || e.Why == "" || outranks(v.Category, e.Category) || graver {
		e.Why, e.Rules = v.Why, v.Rules
	}
	if e.Category == "" || outranks(v.Category, e.Category) {
		e.Category = v.Category
	}
	if graver {
		e.Grade = v.Grade
	}
	if !e.GradedAt.IsZero() && v.Grade.Rank() > e.GradedFrom.Rank() {
		e.GradedFrom = v.Grade
	}
	e.Sections = union(e.Sections, v.Sections)
	e.Consult = union(e.Consult, v.Consult)
	if e.Place == "" && v.Region != nil {
		e.Place = v.Region.Place
	}
	if t := v.Toll; t != nil {
		e.Toll = verdict.Toll{
			Dead:     max(e.Toll.Dead, t.Dead),
			Missing:  max(e.Toll.Missing, t.Missing),
			Trapped:  max(e.Toll.Trapped, t.Trapped),
			Serious:  max(e.Toll.Serious, t.Serious),
			Injured:  max(e.Toll.Injured, t.Injured),
			LossYuan: max(e.Toll.LossYuan, t.LossYuan),
		}
	}
}

// isNews reports whether a verdict tells of a grade that a person who graded the
// event had not seen called for: what a person lowered, a repost of what he judged
// does not raise again.
func (e *Event) isNews(v verdict.Verdict) bool {
	if e.GradedAt.IsZero() || v.Grade.Rank() > e.GradedFrom.Rank() {
		return true
	}
	t, had := v.Toll, e.Toll
	return t != nil && (t.Dead > had.Dead || t.Missing > had.Missing || t.Trapped > had.Trapped ||
		t.Serious > had.Serious || t.LossYuan > had.LossYuan)
}

// GradeAs sets the grade at a person's word, who alone may lower it.
func (e *Event) GradeAs(g verdict.Grade, now time.Time) {
	if e.GradedAt.IsZero() {
		e.GradedFrom = e.Grade
	}
	e.Grade, e.GradedAt = g, now
}

// Take takes in all that another event held: at a person's word both are one matter.
func (e *Event) Take(o Event) {
	v := verdict.Verdict{
		Category: o.Category, Grade: o.Grade, Sections: o.Sections, Consult: o.Consult, Why: o.Why, Rules: o.Rules, Toll: &o.Toll,
	}
	if e.Handling == o.Handling {
		e.weigh(v)
	}
	e.Tags = union(e.Tags, o.Tags)
	e.Units = union(e.Units, o.Units)
	if e.Place == "" {
		e.Place = o.Place
	}
	if p := o.FirstPublished; !p.IsZero() && (e.FirstPublished.IsZero() || p.Before(e.FirstPublished)) {
		e.FirstPublished = p
	}
	if o.FirstSeen.Before(e.FirstSeen) {
		e.FirstSeen = o.FirstSeen
	}
	if o.LastSeen.After(e.LastSeen) {
		e.LastSeen = o.LastSeen
	}
}

// outranks reports whether category a goes before b.
func outranks(a, b verdict.Category) bool {
	order := verdict.Categories()
	ia, ib := slices.Index(order, a), slices.Index(order, b)
	return ia >= 0 && (ib < 0 || ia < ib)
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(slices.Clip(a), s)
		}
	}
	return a
}

// title names an event after its post: the title, else the text's beginning.
func title(p post.Post) string {
	t := strings.Join(strings.Fields(p.Title), " ")
	if t == "" {
		t = strings.Join(strings.Fields(p.Body), " ")
	}
	const most = 60
	if r := []rune(t); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return t
}
