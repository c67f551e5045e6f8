package main

import (
	"context"
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
	// Score is the share of the shorter text found in the longer one; 0 for a
	// post that begins its event.
	Score float64   `json:"score"`
	How   event.How `json:"how"`
}

// begins says of a post that it joined nothing.
const begins event.How = "new"

// Run joins the posts in the order in which they stand, as the pipeline would if
// it read them at the time they were published. A post without a time is read
// when the one before it was.
func (c *eventsCmd) Run(ctx context.Context, std *streams) error {
	reduce, index := event.NewReducer(), event.NewIndex(c.Window)
	opened := map[string]bool{}
	texts := map[string]event.Text{}
	lookup := func(id string) (event.Text, error) { return texts[id], nil } //nolint:unparam // as Find wants it
	now := time.Now()
	return answerLines(ctx, std, func(p crawler.Post) (any, error) {
		if !p.Published.IsZero() {
			now = p.Published
		}
		text := reduce.Reduce(p.Title, p.Body)
		joins, err := index.Find(p.URL, text, now, lookup)
		if err != nil {
			return nil, err
		}
		j := event.Join{How: begins}
		if len(joins) > 0 {
			j = joins[0]
		} else {
			e, _ := event.Open(event.Sighting{Post: crawler.Post{ID: crawler.NewID("", p.ID), Title: p.Title, Body: p.Body}, Seen: now})
			for opened[e.ID] { // one post twice with two texts, or a clash of hashes
				e.ID += "-2"
			}
			opened[e.ID] = true
			j.Event = e.ID
		}
		index.Add(p.ID, j.Event, p.URL, text, now)
		texts[p.ID] = text
		return joined{ID: p.ID, Event: j.Event, Score: j.Score, How: j.How}, nil
	})
}
