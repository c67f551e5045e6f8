package demo

import (
	"context"
	"fmt"
	"time"
)

// settled is how often an entrance must be asked in a chapter before the story
// moves on. A source is never read twice at once, so the second question shows
// that all the first one brought has been stored.
const settled = 2

// Chapters is how many chapters the story has.
func (s *Site) Chapters() int { return len(s.story.Chapters) }

// Chapter is the number of the present chapter, from 1.
func (s *Site) Chapter() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chapter
}

// SetChapter turns to a chapter, from 1. Pages that appear or change in it are
// served from the next request on.
func (s *Site) SetChapter(n int) error {
	if n < 1 || n > s.Chapters() {
		return fmt.Errorf("turn the demo's story: chapter must be 1 to %d, got %d", s.Chapters(), n)
	}
	s.mu.Lock()
	s.chapter = n
	clear(s.asked)
	s.wake()
	s.mu.Unlock()
	return s.remember()
}

// ask counts a request for a site's entrance.
func (s *Site) ask(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[id]++
	s.wake()
}

// wake tells whoever waits that something changed. The caller holds mu.
func (s *Site) wake() {
	close(s.moved)
	s.moved = make(chan struct{})
}

// Heard waits until every site's present chapter has been read to its end.
func (s *Site) Heard(ctx context.Context) error {
	for {
		s.mu.Lock()
		all, moved := true, s.moved
		for _, p := range s.places {
			all = all && s.asked[p.ID] >= settled
		}
		s.mu.Unlock()
		if all {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("wait for the demo's sites to be read: %w", ctx.Err())
		}
	}
}

// Tell tells the story from the present chapter to the end of the last one:
// each lasts until it has been read on all five sites, and Pace at least. It
// calls turned at the start of every chapter, the first one included.
func (s *Site) Tell(ctx context.Context, turned func(n int, c Chapter)) error {
	for n := s.Chapter(); ; n++ {
		if err := s.SetChapter(n); err != nil {
			return err
		}
		turned(n, s.story.Chapters[n-1])
		rest := time.NewTimer(s.pace)
		if err := s.Heard(ctx); err != nil {
			rest.Stop()
			return err
		}
		if n == s.Chapters() {
			rest.Stop()
			return nil
		}
		select {
		case <-rest.C:
		case <-ctx.Done():
			rest.Stop()
			return fmt.Errorf("tell the demo's story: %w", ctx.Err())
		}
	}
}
