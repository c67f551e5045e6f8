package rulebook

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
)

// Archived is a post of the past.
type Archived struct {
	post.Post

	// Event is the event it joined; "" for none, or where nobody knows.
	Event string
	// Judged is what a person said of its alert; "" for nothing yet.
	Judged Judgement
}

// Judgement is what a person says of an alert.
type Judgement string

// The judgements: 真 and 误.
const (
	True  Judgement = "真"
	False Judgement = "误"
)

// Archive is the posts of a time. It can be gone through more than once, and
// going through it holds no more than a few of them.
type Archive struct {
	// Days is how many days were asked for; 0 for all there are.
	Days int
	// Count tells how many posts there are.
	Count func(context.Context) (int, error)
	// Posts goes through them, oldest first. It ends at the first error.
	Posts func(context.Context) iter.Seq2[Archived, error]
}

func asArchived(p post.Stored) Archived { return Archived{Event: p.EventID, Post: p.Post} }

// page is how many rows one query fetches: a query that stayed open over the
// whole archive would keep SQLite from tidying its log under a daemon at work.
const page = 500

// Stored is the posts first seen in the given days before now. official names the
// sources by which the bureau itself speaks.
func Stored(db store.Conn, days int, now time.Time, official map[string]bool) Archive {
	since := now.AddDate(0, 0, -days)
	return Archive{
		Days: days,
		Count: func(ctx context.Context) (int, error) {
			return post.CountSince(ctx, db, since)
		},
		Posts: func(ctx context.Context) iter.Seq2[Archived, error] {
			return func(yield func(Archived, error) bool) {
				at := post.Cursor{FirstSeen: since}
				for {
					rows, err := post.Page(ctx, db, at, page)
					if err != nil {
						yield(Archived{}, fmt.Errorf("read the archive: %w", err))
						return
					}
					said, err := judgements(ctx, db, subjects(rows))
					if err != nil {
						yield(Archived{}, err)
						return
					}
					for _, r := range rows {
						p := asArchived(r)
						p.Official = official[p.Source]
						if p.Judged = said[p.ID]; p.Judged == "" {
							p.Judged = said[p.Event]
						}
						if !yield(p, nil) {
							return
						}
					}
					if len(rows) < page {
						return
					}
					last := rows[len(rows)-1]
					at = post.Cursor{FirstSeen: last.FirstSeen, ID: last.ID}
				}
			}
		},
	}
}

// subjects are the posts and the events that something may have been said of.
func subjects(rows []post.Stored) []string {
	out := make([]string, 0, 2*len(rows))
	for _, r := range rows {
		out = append(out, r.ID)
		if r.EventID != "" {
			out = append(out, r.EventID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lines is posts from a file of JSON lines, which open opens and read reads line
// by line.
func Lines(open func() (io.ReadCloser, error), read func(line []byte) (Archived, error)) Archive {
	a := Archive{Posts: func(ctx context.Context) iter.Seq2[Archived, error] {
		return func(yield func(Archived, error) bool) {
			f, err := open()
			if err != nil {
				yield(Archived{}, fmt.Errorf("open the posts: %w", err))
				return
			}
			defer f.Close() //nolint:errcheck // only read
			in := bufio.NewReaderSize(f, 1<<16)
			for n := 1; ctx.Err() == nil; n++ {
				line, readErr := in.ReadBytes('\n')
				if len(bytes.TrimSpace(line)) > 0 {
					p, err := read(line)
					if err != nil {
						err = fmt.Errorf("第 %d 行: %w", n, err)
					}
					if !yield(p, err) || err != nil {
						return
					}
				}
				if errors.Is(readErr, io.EOF) {
					return
				}
				if readErr != nil {
					yield(Archived{}, fmt.Errorf("read the posts: %w", readErr))
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(Archived{}, err)
			}
		}
	}}
	a.Count = func(ctx context.Context) (int, error) {
		n := 0
		for _, err := range a.Posts(ctx) {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}
	return a
}

// batch is how many posts a worker takes at a time.
const batch = 64

// through goes through an archive: work is done on all posts by as many
// goroutines as there are processors, done is told of each in order.
func through[T any](ctx context.Context, a Archive, work func(Archived) T, done func(Archived, T)) error {
	type slab struct {
		posts   []Archived
		results []T
		ready   chan struct{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	todo, order := make(chan *slab), make(chan *slab, 2*workers)
	var failed error
	go func() {
		defer close(order)
		defer close(todo)
		var posts []Archived
		hand := func() bool {
			s := &slab{posts: posts, results: make([]T, len(posts)), ready: make(chan struct{})}
			posts = nil
			select {
			case order <- s:
			case <-ctx.Done():
				return false
			}
			todo <- s // workers take all that comes
			return true
		}
		for p, err := range a.Posts(ctx) {
			if err != nil {
				failed = err
				return
			}
			if posts = append(posts, p); len(posts) == batch && !hand() {
				return
			}
		}
		if len(posts) > 0 {
			hand()
		}
	}()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for s := range todo {
				for i, p := range s.posts {
					s.results[i] = work(p)
				}
				close(s.ready)
			}
		})
	}
	for s := range order {
		<-s.ready
		for i, p := range s.posts {
			done(p, s.results[i])
		}
	}
	group.Wait()
	if failed != nil {
		return failed
	}
	return ctx.Err()
}
