package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"huiying/crawler"
	"huiying/event"
)

// eventsCmd reads posts as JSON lines and writes which of them are one event.
type eventsCmd struct {
	Window time.Duration `default:"168h" help:"相隔多久的帖子还归并。"`
}

// joined is one line of output: the keys that other programs rely on.
type joined struct {
	ID    string `json:"id"`
	Event string `json:"event"`
	// Score is the share of the shorter text found in the longer one, or how likely
	// two accounts are of one matter; 0 for a post that begins its event.
	Score float64   `json:"score"`
	How   event.How `json:"how"`
	// Suggests is another event that may be the same matter, for a person to judge.
	Suggests string `json:"suggests,omitempty"`
}

// begins says of a post that it joined nothing.
const begins event.How = "new"

// Run joins the posts in the order in which they stand, as the pipeline would if
// it read them at the time they were published. A post without a time is read
// when the one before it was. Answers come at the end: a later post may show that
// two earlier ones are one event.
func (c *eventsCmd) Run(ctx context.Context, std *streams) error {
	j := newJoiner(c.Window)
	var answers []joined
	bad, err := eachPost(ctx, std, func(p crawler.Post) error {
		a, err := j.take(p)
		answers = append(answers, a)
		return err
	})
	if err != nil {
		return err
	}
	enc := json.NewEncoder(std.Out)
	enc.SetEscapeHTML(false)
	for _, a := range answers {
		a.Event, a.Suggests = j.root(a.Event), j.root(a.Suggests)
		if a.Suggests == a.Event {
			a.Suggests = ""
		}
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
	}
	if bad > 0 {
		return exitError{1}
	}
	return nil
}

// joiner joins posts one by one without a database.
type joiner struct {
	reduce  *event.Reducer
	index   *event.Index
	matters *event.Matters
	texts   map[string]event.Text
	opened  map[string]bool
	into    map[string]string // events found to be part of another
	now     time.Time
}

func newJoiner(window time.Duration) *joiner {
	return &joiner{
		reduce: event.NewReducer(), index: event.NewIndex(window), matters: event.NewMatters(),
		texts: map[string]event.Text{}, opened: map[string]bool{}, into: map[string]string{}, now: time.Now(),
	}
}

// root is the event that an event became part of, else itself.
func (j *joiner) root(id string) string {
	for j.into[id] != "" {
		id = j.into[id]
	}
	return id
}

// take joins one post.
func (j *joiner) take(p crawler.Post) (joined, error) {
	if !p.Published.IsZero() {
		j.now = p.Published
	}
	text, account := j.reduce.Reduce(p.Title, p.Body), event.NewAccount(p.Title, p.Body, j.now)
	joins, err := j.index.Find(p.URL, text, j.now, func(id string) (event.Text, error) { return j.texts[id], nil })
	if err != nil {
		return joined{}, err
	}
	a := joined{ID: p.ID, How: begins}
	like := j.matters.Find(account)
	switch {
	case len(joins) > 0:
		a.Event, a.Score, a.How = joins[0].Event, joins[0].Score, joins[0].How
		for _, other := range joins[1:] { // a text that is two events' makes them one
			j.merge(other.Event, a.Event)
		}
	case len(like) > 0 && event.Judge(like[0].Score) == event.Joined:
		a.Event, a.Score, a.How = like[0].Event, like[0].Score, event.OtherWords
	default:
		a.Event = j.open(p)
		if len(like) > 0 {
			a.Suggests, a.Score = like[0].Event, like[0].Score
		}
	}
	j.index.Add(p.ID, a.Event, p.URL, text, j.now)
	j.matters.Add(a.Event, account)
	j.texts[p.ID] = text
	return a, nil
}

func (j *joiner) merge(from, into string) {
	j.into[from] = into
	j.index.Move(from, into)
	j.matters.Move(from, into)
}

// open names a new event.
func (j *joiner) open(p crawler.Post) string {
	e, _ := event.Open(event.Sighting{Post: crawler.Post{ID: crawler.NewID("", p.ID), Title: p.Title, Body: p.Body}, Seen: j.now})
	for j.opened[e.ID] { // one post twice with two texts, or a clash of hashes
		e.ID += "-2"
	}
	j.opened[e.ID] = true
	return e.ID
}
