package page

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// maxTried bounds the failed links that are kept; beyond it all are forgotten.
	maxTried = 10_000
	// permanentFor is how long a link that leads to no page, or that robots.txt
	// forbids, is not tried again.
	permanentFor = 24 * time.Hour
	// maxDeeper is how many rounds are spent on the further pages of a list that
	// cannot be read to the end.
	maxDeeper = 5
)

// backlog is what a Collector keeps between its rounds of what it could not read.
// A restart forgets it: then all is tried anew.
type backlog struct {
	mu    sync.Mutex
	tried map[string]attempt
	// deeper counts the rounds that left further pages of a list unread.
	deeper map[string]int
}

// attempt is the last one to read an article that failed.
type attempt struct {
	at        time.Time
	permanent bool
}

func newBacklog() *backlog {
	return &backlog{tried: map[string]attempt{}, deeper: map[string]int{}}
}

func (b *backlog) failed(url string) (attempt, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.tried[url]
	return a, ok
}

// note keeps how an attempt ended.
func (b *backlog) note(url string, err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		delete(b.tried, url)
		return
	}
	if len(b.tried) >= maxTried {
		clear(b.tried)
	}
	b.tried[url] = attempt{now, permanent(err)}
}

// owes tells whether further pages of a list were left unread.
func (b *backlog) owes(list string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.deeper[list] > 0
}

// settle keeps whether the list's further pages were read as far as need be, and
// tells whether the list may be remembered.
func (b *backlog) settle(list string, whole bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if whole || b.deeper[list] >= maxDeeper {
		delete(b.deeper, list)
		return true
	}
	b.deeper[list]++
	return false
}

// later puts a link off that failed in a round before: those not tried yet go
// first, lest dead links at the head of a list keep all others from being read. It
// tells whether the list may be remembered all the same.
func (rd *round) later(k link, a attempt) bool {
	if a.permanent && rd.o.Now().Sub(a.at).Abs() < permanentFor {
		return true
	}
	rd.waiting = append(rd.waiting, waiting{k, a.at})
	return a.permanent
}

// waiting is a link that was put off.
type waiting struct {
	link

	at time.Time
}

// retry reads what was put off, the longest untried first, as far as the round
// allows.
func (rd *round) retry(ctx context.Context) error {
	slices.SortStableFunc(rd.waiting, func(a, b waiting) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for _, k := range rd.waiting[:min(len(rd.waiting), max(rd.left, 0))] {
		rd.left--
		if err := rd.try(ctx, k.link); err != nil && rd.ends(ctx, err) {
			return err
		}
	}
	return nil
}

// try reads an article that is new to us and keeps what came of it.
func (rd *round) try(ctx context.Context, k link) error {
	err := rd.article(ctx, k, false)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, new(*storeError)):
		return err
	case err != nil:
		rd.note(ctx, k.name(), k.url, err)
		rd.failedArticle(err)
	}
	rd.past.note(k.url, err, rd.o.Now())
	return err
}

// ends tells whether an error of try is one of the round rather than of the
// article.
func (rd *round) ends(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.As(err, new(*storeError))
}
