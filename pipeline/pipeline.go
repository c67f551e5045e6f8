// Package pipeline is the heart: it takes posts and, in one transaction, stores
// them, their verdicts, the events they join or open, the cases and clocks, the
// notices that follow, and the jobs that will send and watch them. Nothing is
// sent inside it; nothing it decided can be lost after it.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/event/samematter"
	"huiying/event/similar"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/response"
)

// Judge gives verdicts: a *classifier.Classifier.
type Judge interface {
	Classify(p post.Post) verdict.Verdict
}

// Options are what a Pipeline needs.
type Options struct {
	DB     *store.DB
	Judge  Judge
	Outbox *alerting.Outbox
	Policy response.Policy
	// StaleAfter is the age beyond which a post goes to 复核 instead of opening
	// clocks. Defaults to 72h.
	StaleAfter time.Duration
	// JoinWindow is how long reposts join an event. Defaults to 168h.
	JoinWindow time.Duration
	// Bureau is the bureau's name; see response.Matcher.
	Bureau string
	// Reposts finds posts that other nodes stored. Defaults to none: the index in
	// memory alone.
	Reposts Reposts
	// Page is the address of an event's own page.
	Page func(eventID string) string
	// Watch is told of every post that was new or changed, after it is stored.
	Watch func(Outcome)
	// Reached is called at named points of a batch; tests end the process there.
	Reached func(point string)
	Now     func() time.Time
	Log     *slog.Logger
}

// Outcome is what became of one post.
type Outcome struct {
	Post    post.Post
	Verdict verdict.Verdict
	// Revision is 1 for a new post, more for one whose text changed.
	Revision int
	// Event is nil for posts that are 无关. Join is how the post came to it;
	// zero for a post that opened its event.
	Event *event.Event
	Join  event.Join
	// Change is what the post did to the event.
	Change event.Change
	// Clocks are those the post opened.
	Clocks []response.Clock
	// Told are the receivers of the alert or update, if one went out.
	Told []alerting.Receiver
}

// The size and the patience of a batch. One post a transaction is bound by
// fsync; many at once share it.
const (
	batchSize = 50
	batchWait = 20 * time.Millisecond
)

// stopGrace is how long a batch under way may take after Run was told to stop.
const stopGrace = 2 * time.Second

// Pipeline takes posts through all rooms. Emit may be called from many
// goroutines; Run does the work.
type Pipeline struct {
	o      Options
	in     chan request
	ended  chan struct{} // closed when Run returns
	reduce *similar.Reducer
	// matcher tells which open cases a post of the bureau's own may answer.
	matcher response.Matcher
	index   *similar.Index
	matters *samematter.Index // finds the same matter in other words
	// filled is up to where the index knows the database, and known are the posts
	// seen lately as the index has them.
	filled time.Time
	known  map[string]stamp
	// waiting is what open read for this batch, nil before; opened are its new events.
	waiting *waiting
	opened  []string
	// doubtful says that the indexes must be read anew; latest is when the last batch was.
	doubtful bool
	latest   time.Time
	// taken and done count the requests handed in and answered.
	taken, done atomic.Int64
}

// Done counts the requests that were answered, and Waiting says whether some are not.
func (p *Pipeline) Done() int64 { return p.done.Load() }

// Waiting reports whether posts wait to be taken through the rooms.
func (p *Pipeline) Waiting() bool { return p.taken.Load() > p.done.Load() }

type request struct {
	posts []post.Post
	done  chan error
}

// New makes a Pipeline.
func New(o Options) *Pipeline {
	if o.StaleAfter == 0 {
		o.StaleAfter = 72 * time.Hour
	}
	if o.JoinWindow == 0 {
		o.JoinWindow = 168 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Reposts == nil {
		o.Reposts = noReposts{}
	}
	if o.Watch == nil {
		o.Watch = func(Outcome) {}
	}
	if o.Reached == nil {
		o.Reached = func(string) {}
	}
	o.Policy = o.Policy.WithDefaults()
	reduce := similar.NewReducer()
	return &Pipeline{
		o: o, in: make(chan request), ended: make(chan struct{}), reduce: reduce, index: similar.NewIndex(o.JoinWindow), matters: samematter.NewIndex(),
		matcher: response.Matcher{Bureau: o.Bureau, Reduce: reduce},
	}
}

// ErrStopped says that the pipeline took no more posts: they will be read again.
var ErrStopped = errors.New("pipeline has stopped")

// Emit hands posts in and returns once they are stored with all that follows.
func (p *Pipeline) Emit(ctx context.Context, posts []post.Post) error {
	if len(posts) == 0 {
		return nil
	}
	r := request{posts: posts, done: make(chan error, 1)}
	p.taken.Add(1)
	select {
	case p.in <- r:
	case <-p.ended:
		p.taken.Add(-1)
		return ErrStopped
	case <-ctx.Done():
		p.taken.Add(-1)
		return ctx.Err()
	}
	// Taken: the batch runs to its end even when ctx ends.
	err := <-r.done
	p.done.Add(1)
	return err
}

// Run works until ctx ends, once. Every request it took is answered.
func (p *Pipeline) Run(ctx context.Context) error {
	defer close(p.ended)
	if err := p.Fill(ctx); err != nil {
		return err
	}
	// A batch begun is finished, within reason: rolled back it is read again.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopGrace, cancel) })()
	for {
		batch, ok := p.gather(ctx)
		if !ok {
			return nil
		}
		err := p.work(work, batch)
		for _, r := range batch {
			r.done <- err
		}
	}
}

// gather waits for posts, then for what else comes at once.
func (p *Pipeline) gather(ctx context.Context) ([]request, bool) {
	var batch []request
	select {
	case r := <-p.in:
		batch = append(batch, r)
	case <-ctx.Done():
		return nil, false
	}
	n := len(batch[0].posts)
	wait := time.NewTimer(batchWait)
	defer wait.Stop()
	for n < batchSize {
		select {
		case r := <-p.in:
			batch = append(batch, r)
			n += len(r.posts)
		case <-wait.C:
			return batch, true
		case <-ctx.Done():
			return batch, true
		}
	}
	return batch, true
}

func (p *Pipeline) work(ctx context.Context, batch []request) error {
	var posts []post.Post
	for _, r := range batch {
		posts = append(posts, r.posts...)
	}
	for some := range slices.Chunk(posts, batchSize) {
		outcomes, err := p.Process(ctx, some)
		if err != nil {
			outcomes, err = p.oneByOne(ctx, some, err)
		}
		for _, o := range outcomes {
			p.o.Watch(o)
		}
		if err != nil {
			p.o.Log.ErrorContext(ctx, "posts could not be stored, they will be read again", "error", err)
			return err
		}
	}
	return nil
}

// oneByOne tries the posts of a batch that failed each on its own, so that one
// that cannot be stored does not keep the others out, round after round. Where
// none can be stored the fault is the database's, and cause is returned: the
// sources will be read again. A post that alone cannot be stored is told to the
// operators with its address; reading it again would not help.
func (p *Pipeline) oneByOne(ctx context.Context, posts []post.Post, cause error) ([]Outcome, error) {
	var all []Outcome
	var bad []post.Post
	for _, one := range posts {
		outcomes, err := p.Process(ctx, []post.Post{one})
		if err != nil {
			bad = append(bad, one)
			cause = err
			continue
		}
		all = append(all, outcomes...)
	}
	for _, one := range bad {
		if err := p.tellUnstorable(ctx, one, cause); err != nil {
			return all, cause // not even this can be written: the database is down
		}
		p.o.Log.ErrorContext(ctx, "post cannot be stored", "post", one.ID, "source", one.Source, "url", one.URL, "error", cause)
	}
	return all, nil
}

// tellUnstorable tells the operators of a post that cannot be stored.
func (p *Pipeline) tellUnstorable(ctx context.Context, c post.Post, cause error) error {
	clean(&c)
	n := alerting.Notice{
		ID: "W-post-" + c.ID, Kind: alerting.KindWarning, CreatedAt: p.o.Now(),
		Content: alerting.Content{
			Headline: "【系统】有一条帖子存不进数据库，请人工查看",
			Summary:  "来源 " + c.SourceName + "。没有研判，也没有告警，请打开原文判断。",
			Why:      cause.Error(),
			Link:     c.URL, LinkName: c.SourceName,
		},
	}
	return p.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := p.o.Outbox.Post(ctx, tx, n, "")
		return err
	})
}

// Process takes one batch through all rooms. It is not safe for concurrent use:
// Run calls it, or a command that has the pipeline for itself.
func (p *Pipeline) Process(ctx context.Context, posts []post.Post) ([]Outcome, error) {
	p.o.Reached("fetched")
	now := p.o.Now()
	if err := p.trust(ctx, now); err != nil {
		return nil, err
	}
	candidates, err := p.judge(ctx, posts, now)
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	p.o.Reached("classified")
	hints := p.hinted(ctx, candidates, now)

	var outcomes []Outcome
	var prints []post.Print
	err = p.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		outcomes, prints, p.waiting, p.opened = outcomes[:0], prints[:0], nil, nil
		if err := p.o.DB.Lock(ctx, tx, "huiying pipeline"); err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		if err := p.catchUp(ctx, tx, now); err != nil {
			return err
		}
		if err := p.takeIn(ctx, tx, hints); err != nil {
			return err
		}
		have, err := post.ByIDs(ctx, tx, ids(candidates))
		if err != nil {
			return err
		}
		for _, c := range candidates {
			o, changed, err := p.decide(ctx, tx, c, have[c.ID], now)
			if err != nil {
				return fmt.Errorf("post %s of %s: %w", c.ID, c.Source, err)
			}
			if changed {
				outcomes = append(outcomes, o)
				if o.Event != nil {
					prints = append(prints, c.print())
					p.note(c.ID, stamp{o.Event.ID, c.hash})
				}
			}
		}
		p.o.Reached("decided")
		return nil
	})
	if err != nil {
		p.takeBack(ctx, candidates)
		return nil, err
	}
	p.o.Reached("stored")
	p.index.Forget(now)
	p.o.Reposts.Add(ctx, prints)
	return outcomes, nil
}
