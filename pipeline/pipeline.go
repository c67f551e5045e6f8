// Package pipeline takes posts and, in one transaction, stores them, their verdicts,
// the events they join or open, the cases and clocks, the notices that follow, and the
// jobs that will send and watch them. Nothing is sent inside it; nothing it decided can
// be lost after it.
package pipeline

import (
	"log/slog"
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

// Classifier gives verdicts: a *classifier.Classifier.
type Classifier interface {
	Classify(p post.Post) verdict.Verdict
}

// Options are what a Pipeline needs.
type Options struct {
	DB         *store.DB
	Classifier Classifier
	Outbox     *alerting.Outbox
	Policy     response.Policy
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
	// OnOutcome is told of every post that was new or changed, after it is stored.
	OnOutcome func(Outcome)
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

// Pipeline stores posts with all that follows from them. Emit may be called from many
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
	// doubtful says that the indexes must be read anew; latest is when the last batch was.
	doubtful bool
	latest   time.Time
	// taken and done count the requests handed in and answered.
	taken, done atomic.Int64
	// failures counts by post how often nothing at all could be stored of its batch.
	failures map[string]int
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
	if o.OnOutcome == nil {
		o.OnOutcome = func(Outcome) {}
	}
	if o.Reached == nil {
		o.Reached = func(string) {}
	}
	o.Policy = o.Policy.WithDefaults()
	reduce := similar.NewReducer()
	return &Pipeline{
		o: o, in: make(chan request), ended: make(chan struct{}), reduce: reduce, index: similar.NewIndex(o.JoinWindow), matters: samematter.NewIndex(), failures: map[string]int{},
		matcher: response.Matcher{Bureau: o.Bureau, Reduce: reduce},
	}
}
