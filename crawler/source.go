package crawler

import (
	"time"

	"huiying/internal/post"
)

// Source is one place that is read, with what every engine needs to know of it.
type Source struct {
	// ID is short, latin and unique: it stands in logs and post ids.
	ID string
	// Name is what the office reads.
	Name    string
	Channel post.Channel
	// Local says that the source itself belongs to our city, such as its 网络问政.
	Local bool
	// Official says that the bureau itself speaks there: its posts never alert.
	Official bool
	// Pushed says that people hand its posts in, such as hotline sheets: what they
	// hand in first is news like all the rest, and no backlog.
	Pushed bool
	// Audience is how many people the editors estimate the source to reach; 0 for no
	// estimate.
	Audience int64
	// Every is the shortest pause between two rounds, for hours in which the source
	// usually brings much. Defaults to 5m.
	Every time.Duration
	// Slowest is the longest pause, for hours in which it usually brings nothing.
	// Defaults to SlowestFor(Every); equal to Every for a fixed pause.
	Slowest time.Duration
	// Collector reads the source.
	Collector Collector
}

// SlowestFor is the longest pause where only the shortest is set: six times as
// long, though at most 2h.
func SlowestFor(every time.Duration) time.Duration {
	return max(every, min(6*every, 2*time.Hour))
}

// NewPost is the post that a source's items start from.
func (s Source) NewPost() post.Post {
	return post.Post{Source: s.ID, SourceName: s.Name, Channel: s.Channel, Local: s.Local, Official: s.Official, Reach: post.Reach{Audience: s.Audience}}
}
