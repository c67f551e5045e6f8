package response

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"huiying/internal/store"
)

// Evidence is why a clock stops: a link to the published answer, or a person's
// recorded act.
type Evidence struct {
	// URL of the published answer.
	URL string
	// Note is a person's record where there is no link, such as a press
	// conference held.
	Note string
	// Clocks limits what is stopped. By default the first release and the
	// answer are; a press conference needs to be named, as a page is no conference.
	Clocks []ClockKind
	// Ended says that no answer ends the clocks, but this.
	Ended Ending
}

// covers are the kinds of clock that the evidence stops.
func (e Evidence) covers() []ClockKind {
	if len(e.Clocks) == 0 {
		return []ClockKind{FirstRelease, Answer}
	}
	return e.Clocks
}

// everyClock is for what ends a case as a whole.
func everyClock() []ClockKind { return []ClockKind{FirstRelease, PressConference, Answer} }

// Stop stops the running clocks that the evidence covers and returns the case as
// it then is; a case none of whose clocks runs is answered.
func Stop(ctx context.Context, tx store.Conn, id string, e Evidence, now time.Time) (Case, error) {
	if e.URL == "" && e.Note == "" {
		return Case{}, errors.New("时限只凭证据停止: 请给出答复链接（--url）或记录（--note）")
	}
	// The pipeline may be opening clocks of this very case: one after the other.
	// On SQLite the transaction alone sees to that.
	c, err := find(ctx, tx, id, func(q *bun.SelectQuery) *bun.SelectQuery {
		if tx.Dialect().Name() == dialect.PG {
			q = q.For("UPDATE")
		}
		return q
	})
	if err != nil {
		return Case{}, err
	}
	running := 0
	for _, k := range c.Clocks {
		if k.Running() && slices.Contains(e.covers(), k.Kind) {
			k.StoppedAt, k.URL, k.Note, k.Ended = now, e.URL, e.Note, e.Ended
			_, err := tx.NewUpdate().Model(k).Column("stopped_at", "url", "note", "ended").WherePK().
				Where("stopped_at IS NULL").Exec(ctx)
			if err != nil {
				return Case{}, fmt.Errorf("stop clock %s: %w", k.ID, err)
			}
		}
		if k.Running() {
			running++
		}
	}
	if running == 0 && c.Status.Waits() {
		c.Status, c.AnsweredAt = Answered, now
		if _, err := tx.NewUpdate().Model(&c).Column("status", "answered_at").WherePK().Exec(ctx); err != nil {
			return Case{}, fmt.Errorf("answer case %s: %w", c.ID, err)
		}
	}
	return c, nil
}
