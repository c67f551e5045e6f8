package pipeline

import (
	"context"
	"time"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/store"
)

// count keeps what a post of an event, read again with the same text, now publishes of
// its readers. It is no revision, and a failure costs a figure, never the post.
func (p *Pipeline) count(ctx context.Context, r *post.Stored, far post.Reach, now time.Time) {
	far = far.Over(r.Reach)
	err := p.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		// A person may have moved the post to another event since it was read.
		eventID, err := post.SetReach(ctx, tx, r.ID, far)
		if err != nil {
			return err
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
