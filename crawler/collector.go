// Package crawler says what a source is and what an engine that reads one must do:
// Source, Collector, Round, Report, and the Trouble that it may meet. The engines stand
// below it; package schedule says when each source is read and keeps its health.
package crawler

import (
	"context"

	"huiying/internal/post"
)

// Emit hands posts downstream and returns once they are durably stored, so that
// a Collector may then remember what it need not fetch again. An error means
// that none of the batch may be taken as stored.
type Emit func(ctx context.Context, posts []post.Post) error

// Round is what a Collector is told before it reads its source once.
type Round struct {
	// Known reports which of the given canonical URLs are stored already, so
	// that a page source need not fetch those articles. Never nil.
	Known func(ctx context.Context, urls []string) (map[string]bool, error)
	// Reread lists URLs of this source whose events are still open: their pages
	// are read again, since figures rise.
	Reread []string
}

// Report says what one round found, also when the round failed half-way.
type Report struct {
	// Items counts what the source listed, new or not.
	Items int
	// Unchanged is true when the source answered that nothing has changed (304).
	Unchanged bool
	// More says that the round's budget left listed items for the next one: a
	// backlog that takes several rounds is one first round.
	More bool
	// Failed counts the items that should have become posts and could not be read.
	// Items that nobody may or can read, such as a PDF, are not among them.
	Failed int
	// Trouble is set where what was read is not what the source holds, though no
	// error ended the round: Garbled text, articles behind a captcha. Such a round
	// does not count as good.
	Trouble Trouble
	// Skipped holds one line of Chinese for each item that could not be read.
	Skipped []string
}

// Collector reads one source. Implementations are the engines feed, page and
// jsonfeed. Collect reads one round, handing over posts through emit, and is
// never called twice at once for one source.
type Collector interface {
	Collect(ctx context.Context, r Round, emit Emit) (Report, error)
}
