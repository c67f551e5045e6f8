package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"huiying/alerting"
	"huiying/internal/post"
	"huiying/internal/store"
)

// The size and the patience of a batch. One post a transaction is bound by
// fsync; many at once share it.
const (
	batchSize = 50
	batchWait = 20 * time.Millisecond
)

// stopGrace is how long a batch under way may take after Run was told to stop.
const stopGrace = 2 * time.Second

type request struct {
	posts []post.Post
	done  chan error
}

// ErrStopped says that the pipeline took no more posts: they will be read again.
var ErrStopped = errors.New("pipeline has stopped")

// Emit hands posts in and returns nil once each is stored with all that follows, or,
// where it cannot be, told to the operators: the caller may then remember them as read.
// After any error they must be read again; what of them was stored is left out then.
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
			outcomes, err = p.oneByOne(ctx, some)
		}
		for _, o := range outcomes {
			p.o.OnOutcome(o)
		}
		if err != nil {
			p.o.Log.ErrorContext(ctx, "posts could not be stored, they will be read again", "error", err)
			return err
		}
	}
	return nil
}

// patience is in how many batches of which nothing could be stored a post may be until
// it is given up.
const patience = 5

// oneByOne stores the posts of a batch that failed each on its own, so that one that
// cannot be stored does not keep the others out. It returns an error where some are
// neither stored nor told to the operators.
//
// Where others are stored the fault is the post's own: it is told at once. Where none
// is, the fault may be the database's and pass, so all are read again. It ends after
// patience batches, because a source whose one new post cannot be stored would
// otherwise fail for ever; and only if the operators' notice can be written, which
// shows that the database takes writes and refuses this post.
func (p *Pipeline) oneByOne(ctx context.Context, posts []post.Post) ([]Outcome, error) {
	type failure struct {
		post post.Post
		err  error
	}
	var stored []Outcome
	var failed []failure
	for _, one := range posts {
		outcomes, err := p.Process(ctx, []post.Post{one})
		if err != nil {
			failed = append(failed, failure{one, err})
		}
		stored = append(stored, outcomes...)
	}
	var again error
	for _, f := range failed {
		if len(stored) == 0 && !p.exhausted(f.post.ID) {
			again = f.err
			continue
		}
		clean(&f.post)
		if err := p.tellUnstorable(ctx, f.post, f.err); err != nil {
			again = f.err // not even this can be written: the database is down
			continue
		}
		p.o.Log.ErrorContext(ctx, "post cannot be stored", "post", f.post.ID, "source", f.post.Source, "url", f.post.URL, "error", f.err)
	}
	return stored, again
}

// exhausted counts one more failure of a post and reports whether that was the last
// one that patience allows. The count then begins anew: a notice that cannot be written
// says that the failures were the database's.
func (p *Pipeline) exhausted(id string) bool {
	if len(p.failures) >= mostKnown {
		clear(p.failures)
	}
	p.failures[id]++
	if p.failures[id] < patience {
		return false
	}
	delete(p.failures, id)
	return true
}

// tellUnstorable tells the operators of a cleaned post that cannot be stored.
func (p *Pipeline) tellUnstorable(ctx context.Context, c post.Post, cause error) error {
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

// Done counts the requests that were answered, and Waiting says whether some are not.
func (p *Pipeline) Done() int64 { return p.done.Load() }

// Waiting reports whether posts wait to be stored.
func (p *Pipeline) Waiting() bool { return p.taken.Load() > p.done.Load() }
