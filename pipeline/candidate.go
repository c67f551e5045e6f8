package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/crawler/sitetext"
	"huiying/event/similar"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// candidate is a post that is new or whose text changed, with its verdict.
type candidate struct {
	post.Post
	verdict verdict.Verdict
	text    similar.Text
	hash    string
}

// candidates leaves out what is known unchanged and classifies the rest. It runs
// before the transaction, since jieba needs no lock.
func (p *Pipeline) candidates(ctx context.Context, posts []post.Post, now time.Time) ([]candidate, error) {
	all := make([]candidate, 0, len(posts))
	at := map[string]int{}
	for _, one := range posts {
		clean(&one)
		if one.FirstSeen.IsZero() {
			one.FirstSeen = now
		}
		one.Happened = sitetext.Happened(one.Title, one.Body, one.Published, one.FirstSeen)
		// A source may list one post twice in a round; the later reading counts.
		if i, twice := at[one.ID]; twice {
			all[i].Post = one
			continue
		}
		at[one.ID] = len(all)
		all = append(all, candidate{Post: one})
	}
	have, err := post.ByIDs(ctx, p.o.DB.Reader(), ids(all))
	if err != nil {
		return nil, err
	}
	changed := all[:0]
	for _, c := range all {
		r := have[c.ID]
		if r != nil && c.Title == "" {
			c.Title = r.Title // a list names what the article page itself may not
		}
		c.text = p.reduce.Reduce(c.Title, c.Body)
		c.hash = c.text.Hash()
		if r != nil && r.TextHash == c.hash {
			if r.EventID != "" && c.Over(r.Reach) != r.Reach {
				p.keepFigures(ctx, r, c.Reach, now)
			}
			continue
		}
		if c.verdict, err = p.classify(c.Post); err != nil {
			return nil, err
		}
		changed = append(changed, c)
	}
	return changed, nil
}

// classify asks the classifier. Its panic is an error of this post, not the end of
// the process, which would read the same post again after the restart.
func (p *Pipeline) classify(c post.Post) (v verdict.Verdict, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("classifier panicked on post %s: %v", c.ID, r)
		}
	}()
	return p.o.Classifier.Classify(c), nil
}

// maxURL is the longest URL in bytes that the databases' indexes take.
const maxURL = 2000

// clean drops what a database cannot hold: broken UTF-8, NUL and endless URLs, and
// hides what finds a person.
func clean(p *post.Post) {
	if len(p.URL) > maxURL {
		p.URL = ""
	}
	for _, s := range []*string{&p.URL, &p.Title, &p.Body, &p.Origin} {
		*s = strings.ReplaceAll(strings.ToValidUTF8(*s, "\uFFFD"), "\x00", "")
	}
	hidePersons(p)
}

func ids(all []candidate) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.ID
	}
	return out
}

// keepFigures keeps what a post of an event, read again with the same text, now publishes of
// its readers. It is no revision, and a failure costs a figure, never the post.
func (p *Pipeline) keepFigures(ctx context.Context, r *post.Stored, far post.Reach, now time.Time) {
	far = far.Over(r.Reach)
	err := p.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		// A person may have moved the post to another event since it was read.
		eventID, err := post.SetReach(ctx, tx, r.ID, far)
		if err != nil {
			return err
		}
		return keepReach(ctx, tx, eventID, far, now)
	})
	if err != nil {
		p.o.Log.WarnContext(ctx, "figures of a post's readers were not kept", "post", r.ID, "error", err)
	}
}
