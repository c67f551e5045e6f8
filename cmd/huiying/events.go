package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"time"

	"huiying/event"
	"huiying/event/samematter"
	"huiying/event/similar"
	"huiying/internal/post"
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
// two earlier ones are one event. Until then they and the texts wait in temporary
// files, so that a million posts fit into memory.
func (c *eventsCmd) Run(ctx context.Context, std *streams) (err error) {
	j, err := newJoiner(c.Window)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.texts.close()) }()
	wait, err := os.CreateTemp("", "huiying-events-*")
	if err != nil {
		return fmt.Errorf("make a temporary file (set TMPDIR to a folder with room): %w", err)
	}
	defer func() { err = errors.Join(err, wait.Close(), os.Remove(wait.Name())) }()

	first := bufio.NewWriterSize(wait, 1<<16)
	early := json.NewEncoder(first)
	bad, err := eachPost(ctx, std, func(p post.Post) error {
		a, err := j.take(p)
		if err != nil {
			return err
		}
		return early.Encode(a)
	})
	if err != nil {
		return err
	}
	if err := first.Flush(); err != nil {
		return fmt.Errorf("keep the answers: %w", err)
	}
	if _, err := wait.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the answers back: %w", err)
	}
	if err := j.answer(ctx, wait, std.Out); err != nil {
		return err
	}
	if bad > 0 {
		return exitError{1}
	}
	return nil
}

// answer copies the answers with the events that theirs became part of.
func (j *joiner) answer(ctx context.Context, early io.Reader, to io.Writer) error {
	dec, out := json.NewDecoder(bufio.NewReaderSize(early, 1<<16)), bufio.NewWriterSize(to, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for ctx.Err() == nil {
		var a joined
		if err := dec.Decode(&a); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read the answers back: %w", err)
		}
		a.Event, a.Suggests = j.root(a.Event), j.root(a.Suggests)
		if a.Suggests == a.Event {
			a.Suggests = ""
		}
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the answers: %w", err)
	}
	return ctx.Err()
}

// joiner joins posts one by one without a database.
type joiner struct {
	reduce  *similar.Reducer
	index   *similar.Index
	matters *samematter.Index
	texts   *spill
	opened  map[uint64]struct{} // the names of events, by hash
	seed    maphash.Seed
	into    map[string]string // events found to be part of another
	now     time.Time
}

func newJoiner(window time.Duration) (*joiner, error) {
	texts, err := newSpill()
	if err != nil {
		return nil, err
	}
	return &joiner{
		reduce: similar.NewReducer(), index: similar.NewIndex(window), matters: samematter.NewIndex(), texts: texts,
		opened: map[uint64]struct{}{}, seed: maphash.MakeSeed(), into: map[string]string{}, now: time.Now(),
	}, nil
}

// root is the event that an event became part of, else itself.
func (j *joiner) root(id string) string {
	for j.into[id] != "" {
		id = j.into[id]
	}
	return id
}

// take joins one post.
func (j *joiner) take(p post.Post) (joined, error) {
	if !p.Published.IsZero() {
		j.now = p.Published
	}
	text, account := j.reduce.Reduce(p.Title, p.Body), samematter.NewAccount(p.Title, p.Body, j.now)
	joins, err := j.index.Find(p.URL, text, j.now, j.texts.get)
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
	case len(like) > 0 && samematter.RelationOf(like[0].Score) == samematter.Same:
		a.Event, a.Score, a.How = like[0].Event, like[0].Score, event.OtherWords
	default:
		a.Event = j.open(p)
		if len(like) > 0 {
			a.Suggests, a.Score = like[0].Event, like[0].Score
		}
	}
	// Ids of any form become those that the index packs.
	id := post.NewID("", p.ID)
	j.index.Add(id, a.Event, p.URL, text, j.now)
	j.matters.Add(a.Event, account)
	return a, j.texts.put(id, text)
}

func (j *joiner) merge(from, into string) {
	j.into[from] = into
	j.index.Move(from, into)
	j.matters.Move(from, into)
}

// open names a new event.
func (j *joiner) open(p post.Post) string {
	e, _ := event.Open(event.Sighting{Post: post.Post{ID: post.NewID("", p.ID), Title: p.Title, Body: p.Body}, Seen: j.now})
	for { // one post twice with two texts, or a clash of hashes, has another name
		name := maphash.String(j.seed, e.ID)
		if _, taken := j.opened[name]; !taken {
			j.opened[name] = struct{}{}
			return e.ID
		}
		e.ID += "-2"
	}
}
