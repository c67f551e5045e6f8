package rulebook

import (
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// Live gives verdicts by the rules that are live. They can be changed meanwhile:
// every post is classified by the old rules or by the new ones. It is safe for
// concurrent use.
type Live struct {
	live atomic.Pointer[ruling]
	// work is done by one goroutine on one thread of the system: glibc gives each
	// thread a heap of its own, and dictionaries built on one thread and freed
	// after the next was built on another leave a hole of 100 MB in each.
	work  chan func()
	ended chan struct{}
}

// ruling is one set of rules, ready to classify by.
type ruling struct {
	*classifier.Classifier

	version string
	words   []string // those the segmenter was built with
	segment *jieba.Segmenter
	// holds counts the posts that are being classified, and one more while the ruling is
	// live. Once it is zero nobody comes any more, and idle is closed.
	holds atomic.Int64
	idle  chan struct{}
}

// hold keeps the ruling from being freed; it reports false where it is too late.
func (r *ruling) hold() bool {
	for {
		n := r.holds.Load()
		if n == 0 {
			return false
		}
		if r.holds.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (r *ruling) release() {
	if r.holds.Add(-1) == 0 {
		close(r.idle)
	}
}

// NewLive makes set live. Close it after use.
func NewLive(set classifier.RuleSet) (*Live, error) {
	l := &Live{work: make(chan func()), ended: make(chan struct{})}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its goroutine
		defer close(l.ended)
		for f := range l.work {
			f()
		}
	}()
	if err := l.Change(set); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Classify gives the verdict on one post. After Close it does
// not return: a part that did not stop in time must not go on without rules.
func (l *Live) Classify(p post.Post) verdict.Verdict {
	for {
		r := l.live.Load()
		if r == nil {
			select {}
		}
		if r.hold() { // else it was replaced this instant
			defer r.release()
			return r.Classify(p)
		}
	}
}

// Version is that of the rules that are live.
func (l *Live) Version() string { return l.live.Load().version }

// Change makes set live, or on an error leaves all as it was. It returns when no
// post is classified by the old rules any more and what they used is freed. The
// dictionaries, half a second's work, are built anew only where the words changed.
func (l *Live) Change(set classifier.RuleSet) error {
	done := make(chan error)
	l.work <- func() { done <- l.replace(set) }
	return <-done
}

func (l *Live) replace(set classifier.RuleSet) (err error) {
	old := l.live.Load()
	r := &ruling{version: set.Version, words: classifier.UserWords(set), idle: make(chan struct{})}
	if old != nil && slices.Equal(old.words, r.words) {
		r.segment = old.segment
	} else if r.segment, err = jieba.New(r.words); err != nil {
		return err
	}
	if r.Classifier, err = classifier.New(set, r.segment); err != nil {
		if old == nil || r.segment != old.segment {
			r.segment.Close()
		}
		return fmt.Errorf("rules: %w", err)
	}
	r.holds.Store(1)
	l.live.Store(r)
	if old != nil {
		old.retire(r.segment)
	}
	return nil
}

// retire waits for the posts that are being classified and frees what only they used. To
// cut with a segmenter that is freed would end the process.
func (r *ruling) retire(inUse *jieba.Segmenter) {
	r.release()
	<-r.idle
	if r.segment != inUse {
		r.segment.Close()
	}
}

// Close frees the rules once no post is being classified.
func (l *Live) Close() {
	done := make(chan struct{})
	l.work <- func() {
		if r := l.live.Swap(nil); r != nil {
			r.retire(nil)
		}
		close(done)
	}
	<-done
	close(l.work)
	<-l.ended
}
