package pipeline

import (
	"context"
	"time"

	"huiying/internal/post"
)

// Reposts finds posts by their fingerprints among those that any node stored. What
// it answers is a hint: the pipeline reads the posts it names inside the transaction
// and joins by what it finds there. So it may forget, lag behind and be wrong, and
// an error of it stops no post.
type Reposts interface {
	// Find names posts of events first seen since the given time that have the URL
	// or the text of one of these: about one for each that has any. It takes one
	// round trip.
	Find(ctx context.Context, since time.Time, prints []post.Print) ([]string, error)
	// Add makes posts known that a transaction has stored. It does not wait.
	Add(ctx context.Context, prints []post.Print)
}

// noReposts knows of nothing.
type noReposts struct{}

func (noReposts) Find(context.Context, time.Time, []post.Print) ([]string, error) { return nil, nil }
func (noReposts) Add(context.Context, []post.Print)                               {}

// hinted asks for the posts of which some of these may be reposts, as far as the
// index in memory does not know them.
func (p *Pipeline) hinted(ctx context.Context, all []candidate, now time.Time) []string {
	var ask []post.Print
	for _, c := range all {
		if !p.index.Exact(c.URL, c.text, c.FirstSeen) && (c.URL != "" || c.hash != "") {
			ask = append(ask, c.print())
		}
	}
	if len(ask) == 0 {
		return nil
	}
	ids, err := p.o.Reposts.Find(ctx, now.Add(-p.o.JoinWindow), ask)
	if err != nil {
		p.o.Log.WarnContext(ctx, "cannot ask for reposts, the index in memory must do", "error", err)
	}
	return ids
}

func (c candidate) print() post.Print { return post.Print{ID: c.ID, URL: c.URL, TextHash: c.hash} }
