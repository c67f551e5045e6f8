package pipeline

import (
	"context"
	"fmt"
	"time"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store"
)

// count keeps what a post of an event, read again with the same text, now publishes of
// its readers. It is no revision, and a failure costs a figure, never the post.
func (p *Pipeline) count(ctx context.Context, r *row, far post.Reach, now time.Time) {
	far = far.Over(r.reach())
	err := p.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.NewUpdate().Model((*row)(nil)).Set("reads = ?", far.Reads).Set("shares = ?", far.Shares).
			Set("audience = ?", far.Audience).Where("id = ?", r.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep how far post %s spread: %w", r.ID, err)
		}
		// A person may have moved the post to another event since it was read.
		var eventID string
		if err := tx.NewSelect().Model((*row)(nil)).Column("event_id").Where("id = ?", r.ID).Scan(ctx, &eventID); err != nil {
			return fmt.Errorf("read whose post %s is: %w", r.ID, err)
		}
		return p.spreads(ctx, tx, eventID, far, now)
	})
	if err != nil {
		p.o.Log.WarnContext(ctx, "figures of a post's readers were not kept", "post", r.ID, "error", err)
	}
}

// spreads notes how far the event of a post has spread by this hour, where the post
// says anything of it.
func (p *Pipeline) spreads(ctx context.Context, tx store.Tx, eventID string, far post.Reach, now time.Time) error {
	if eventID == "" || far.Reads == 0 && far.Shares == 0 {
		return nil
	}
	return event.KeepReach(ctx, tx, eventID, now)
}
