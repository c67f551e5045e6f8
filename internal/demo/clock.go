package demo

import (
	"context"
	"fmt"
	"time"
)

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
	s.mu.Unlock()
	return s.remember()
}

// Tell tells the story from the present chapter to the end of the last one. For
// each it calls turned, then round, which reads every site once; a chapter lasts
// until round has returned, and pace at least. An error of round ends the story.
func (s *Site) Tell(ctx context.Context, pace time.Duration, turned func(n int, c Chapter), round func(context.Context) error) error {
	for n := s.Chapter(); n <= s.Chapters(); n++ {
		if err := s.SetChapter(n); err != nil {
			return err
		}
		turned(n, s.story.Chapters[n-1])
		rest := time.NewTimer(pace)
		err := round(ctx)
		if err != nil || n == s.Chapters() {
			rest.Stop()
			return err
		}
		select {
		case <-rest.C:
		case <-ctx.Done():
			rest.Stop()
			return fmt.Errorf("tell the demo's story: %w", ctx.Err())
		}
	}
	return nil
}
