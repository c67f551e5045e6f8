// Package digest tells the office what a period held: what was read and what
// could not be, what the rules found, which clocks run, and what still waits for
// a person. A Report is plain data; renderers turn it into pages and messages.
package digest

import (
	"time"

	"huiying/alerting"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/response"
)

// Report is one digest. Every string of it may hold what a post holds, so
// renderers escape.
type Report struct {
	// Bureau is the name in the heading; Collect leaves it empty.
	Bureau string `json:"bureau,omitempty"`
	// Day is the day in +08:00 in which the period ends, as 2006-01-02.
	Day string `json:"day"`
	// From and To bound the period: From belongs to it, To does not.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// At is when the figures were taken; clocks stand as they stood then.
	At time.Time `json:"at"`
	// Zero is 零报告: sources were read and nothing called for an alert.
	Zero bool `json:"zero"`
	// Blind says that nothing was read at all, so that silence proves nothing.
	Blind bool `json:"blind"`
	// Summary is at most 500 characters, made from the figures below.
	Summary string `json:"summary"`
	// Advice follows from the figures, most pressing first.
	Advice []string `json:"advice"`

	Coverage   Coverage        `json:"coverage"`
	Channels   []ChannelCount  `json:"channels"`
	Categories []CategoryCount `json:"categories"`
	// Events were alerted in the period; Carried earlier ones that still run,
	// were answered or were spoken of in it.
	Events  []Event `json:"events"`
	Carried []Event `json:"carried"`
	// Review lists what waits for a person, at most 50; ReviewTotal counts all.
	Review      []Review      `json:"review"`
	ReviewTotal int           `json:"review_total"`
	Notices     []NoticeCount `json:"notices"`
	// Undelivered are deliveries that no platform has confirmed, at most 50;
	// UndeliveredTotal counts all.
	Undelivered      []Delivery `json:"undelivered"`
	UndeliveredTotal int        `json:"undelivered_total"`
	// Silenced lists what people silenced and what that held back in the period.
	Silenced []Silenced `json:"silenced"`
}

// Coverage says what was read, so that a reader can judge what silence means.
type Coverage struct {
	// Covered sources had a good round in the period.
	Covered []Source `json:"covered"`
	// Missed sources had none.
	Missed []Source `json:"missed"`
	// Unproven sources have no rounds on record, were last read over an hour after the
	// period and brought nothing from within it: whether they could be read then is
	// not known.
	Unproven []Source `json:"unproven"`
	// Absent are channels without any source and without any post.
	Absent []post.Channel `json:"absent"`
}

// Total counts the sources that should have been read.
func (c Coverage) Total() int { return len(c.Covered) + len(c.Missed) + len(c.Unproven) }

// Patchy are the covered sources that were not read for a part of the period, or
// bring nothing though they should.
func (c Coverage) Patchy() []Source {
	var list []Source
	for _, s := range c.Covered {
		if len(s.Unread) > 0 || !s.Quiet.IsZero() {
			list = append(list, s)
		}
	}
	return list
}

// Source is one source's health.
type Source struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Channel post.Channel `json:"channel"`
	// LastGood is the end of the last good round; zero for never.
	LastGood time.Time `json:"last_good,omitzero"`
	// Failures counts the rounds that failed since then.
	Failures int    `json:"failures"`
	Reason   string `json:"reason,omitempty"`
	Posts    int    `json:"posts"`
	// Unread are the times of at least half an hour in which it was due and was not
	// read, also of a source that was read at others.
	Unread []Unread `json:"unread,omitempty"`
	// Quiet is when it last brought something new, where that is unusually long ago
	// though it can be read.
	Quiet time.Time `json:"quiet,omitzero"`
}

// Unread is a time in which a source was not read.
type Unread struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// ChannelCount counts a channel's new posts by handling.
type ChannelCount struct {
	Channel post.Channel `json:"channel"`
	Posts   int          `json:"posts"`
	Alert   int          `json:"alert"`
	Review  int          `json:"review"`
	None    int          `json:"none"`
}

// CategoryCount counts a category's new posts by handling and its new events.
type CategoryCount struct {
	Category verdict.Category `json:"category"`
	Alert    int              `json:"alert"`
	Review   int              `json:"review"`
	Events   int              `json:"events"`
}

// Event is one matter with what the office must know of it.
type Event struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Category verdict.Category `json:"category"`
	Grade    verdict.Grade    `json:"grade"`
	Place    string           `json:"place,omitempty"`
	Sections []string         `json:"sections"`
	Consult  []string         `json:"consult,omitempty"`
	Tags     []string         `json:"tags,omitempty"`
	Toll     verdict.Toll     `json:"toll"`
	// Posts and Sources count everything that speaks of it, New only what came
	// in the period.
	Posts     int       `json:"posts"`
	Sources   int       `json:"sources"`
	New       int       `json:"new"`
	FirstSeen time.Time `json:"first_seen"`
	AlertedAt time.Time `json:"alerted_at,omitzero"`
	// Lead are the first posts that spoke of it, at most 3.
	Lead   []Post  `json:"lead"`
	Clocks []Clock `json:"clocks"`
}

// Post is where a matter can be read.
type Post struct {
	Source string `json:"source"`
	Title  string `json:"title,omitempty"`
	URL    string `json:"url,omitempty"`
}

// Clock is one deadline as it stood at Report.At.
type Clock struct {
	Kind      response.ClockKind `json:"kind"`
	DueAt     time.Time          `json:"due_at"`
	StoppedAt time.Time          `json:"stopped_at,omitzero"`
	// State is one of running, overdue, answered, late and ended.
	State response.ClockState `json:"state"`
	// Left is the time left in seconds, negative when overdue; for a stopped
	// clock what was left when it stopped.
	Left int64  `json:"left_seconds"`
	URL  string `json:"url,omitempty"`
	Note string `json:"note,omitempty"`
	// Ended is why a clock ended without an answer: graded, merged or mistaken.
	Ended response.Ending `json:"ended,omitempty"`
}

// ClockAt is how a clock of a case stands at now.
func ClockAt(c response.Clock, now time.Time) Clock {
	return Clock{
		Kind:      c.Kind,
		DueAt:     c.DueAt,
		StoppedAt: c.StoppedAt,
		State:     c.State(now),
		Left:      int64(-c.Overdue(now) / time.Second),
		URL:       c.URL,
		Note:      c.Note,
		Ended:     c.Ended,
	}
}

// Words says in Chinese how the clock stood at Report.At, such as 剩 42分钟.
func (c Clock) Words() string {
	return c.State.Words(time.Duration(c.Left)*time.Second, c.Ended)
}

// Review is one matter that waits for a person.
type Review struct {
	EventID  string           `json:"event_id,omitempty"`
	Title    string           `json:"title"`
	Source   string           `json:"source"`
	URL      string           `json:"url,omitempty"`
	Category verdict.Category `json:"category,omitempty"`
	Posts    int              `json:"posts"`
	SeenAt   time.Time        `json:"seen_at"`
}

// NoticeCount counts one kind of notice made in the period and its deliveries.
type NoticeCount struct {
	Kind    alerting.Kind `json:"kind"`
	Notices int           `json:"notices"`
	Sent    int           `json:"sent"`
	Waiting int           `json:"waiting"`
	Failed  int           `json:"failed"`
	// Silenced are those that a silence held back.
	Silenced int `json:"silenced,omitempty"`
}

// Delivery is one notice that has not reached its receiver.
type Delivery struct {
	NoticeID string         `json:"notice_id"`
	Headline string         `json:"headline"`
	Receiver string         `json:"receiver"`
	State    alerting.State `json:"state"`
	Attempts int            `json:"attempts"`
	Reason   string         `json:"reason,omitempty"`
	Since    time.Time      `json:"since"`
}

// Partial says that some source was not read, or not all the time, or that none can
// tell whether it was.
func (r Report) Partial() bool {
	return len(r.Coverage.Missed)+len(r.Coverage.Unproven)+len(r.Coverage.Patchy()) > 0
}

// Posts counts the period's new posts.
func (r Report) Posts() int {
	n := 0
	for _, c := range r.Channels {
		n += c.Posts
	}
	return n
}

// Clocks counts the clocks of all the report's events by state.
func (r Report) Clocks() map[response.ClockState]int {
	n := make(map[response.ClockState]int, 4)
	for _, list := range [][]Event{r.Events, r.Carried} {
		for _, e := range list {
			for _, c := range e.Clocks {
				n[c.State]++
			}
		}
	}
	return n
}
